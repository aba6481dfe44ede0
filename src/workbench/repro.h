// The verb `repro`: a command and factors that may vary in; how often it fails, and under which
// conditions, out.
//
// Without factors it measures how often the command fails. With them it searches for the condition
// under which it fails most, shrinks it and confirms it (search/condition_search.h). It ends when
// its question is decided (`rate_at_least`, Wald's test), when the search is done, when the budget
// of trials or time is spent, at a Ctrl-C, or when the command asks for it (exit 128 and above); in
// each case what is known so far is the result. Each trial is told to `journal` as it ends, and
// `history` takes such a journal back.
//
// A trial has a time limit in any case: the setup's, else first_timeout until the command has shown
// how long it takes with all factors off, then ten times the longest of that.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/world.h"
#include "event/expr.h"
#include "experiment/repro_script.h"
#include "experiment/trials.h"
#include "search/condition_search.h"

namespace culprit {

struct ReproFactor {
  SearchFactor factor;
  // Writes a level into the setup, level 0 too. An Error: it cannot be applied on this machine.
  std::function<Status(std::size_t level, TrialSetup& setup)> apply;
  // What the setup cannot hold and the proxy applies, as one line; may be empty.
  std::function<std::string(std::size_t level)> toxic = nullptr;
};

struct ReproProgress {
  std::string_view phase;  // "measuring" where nothing varies
  std::size_t trials = 0;
  std::size_t trials_max = 0;
  std::size_t failures = 0;
  std::string last;  // "exit 1"
};

struct ReproOptions {
  TrialSetup setup;
  std::vector<ReproFactor> factors;
  std::optional<Expr> signature;
  std::optional<double> rate_at_least;  // is there a condition that fails at least so often?
  double confidence = 0.95;
  std::size_t trials_max = 150;
  Duration time_max = Duration::zero();  // zero: none
  std::size_t workers = 1;
  std::uint64_t seed = 1;  // that of `history`, where there is one
  std::string history;     // a journal of the same search, to go on with
  std::function<void(std::string_view line)> journal = nullptr;  // its lines as they come, with the
                                                                 // first where there was no history
  std::function<void(const ReproProgress&)> progress = nullptr;
  std::function<Result<Trial>(const TrialSetup&, const TrialWatch&)> run = run_trial;

  static constexpr Duration first_timeout = std::chrono::seconds(60);
};

struct Reproduction {
  enum class Verdict : std::uint8_t { reproduced, not_reproduced };
  enum class End : std::uint8_t {
    decided,   // whether it fails at least `rate_at_least` of the time
    searched,  // all was tried that there is to try
    trials_spent,
    time_spent,
    interrupted,
    asked_to_stop,  // by the command
    untestable,     // not one of the first trials could be judged
  };
  struct Belief {
    std::string factor;
    double matters = 0;  // probability
    MainEffect effect;
  };
  struct Failure {
    FactorLevels condition;
    std::string reason;
    Trial trial;
  };

  Verdict verdict = Verdict::not_reproduced;
  End end = End::searched;
  std::optional<bool> at_least;  // where that was asked and could be decided
  double rate = 0;               // under `conditions`; of all trials where nothing matters
  Interval interval;
  TrialCounts counts;  // what the rate was made from
  TrialCounts baseline_counts;
  Interval baseline;
  FactorLevels best;
  std::vector<ReproCondition> conditions;  // factors that are not off; none: it fails anyhow
  bool confirmed = false;                  // by fresh trials
  std::vector<Belief> beliefs;             // about each factor
  std::size_t trials = 0;                  // with those of the history
  std::map<std::string, std::size_t> bad_reasons;
  std::map<std::string, std::size_t> unjudged_reasons;
  double seconds = 0;  // of trials, added up
  Duration timeout = Duration::zero();
  std::uint64_t seed = 1;
  std::vector<Failure> failures;  // the first few, with what they said
  static constexpr std::size_t failures_kept_max = 3;
};

// Errors: usage (options that make no sense; no such command; a command that cannot be run: 126 or
// 127 with all factors off; a signature of unknown fields; a journal of another search), denied (a
// limit that is refused), unavailable, malformed (journal). A Ctrl-C is none.
Result<Reproduction> reproduce(World& world, const ReproOptions& options);

// The trial's setup at a condition. Errors: as of the factors.
Result<TrialSetup> setup_at(const ReproOptions& options, const FactorLevels& condition);

// What is written down of it; `commit` and `versions` are the caller's to know.
Result<ReproRecord> record_of(const ReproOptions& options, const Reproduction& made);

// "decided", "interrupted", ...
std::string_view name_of(Reproduction::End end);

}  // namespace culprit
