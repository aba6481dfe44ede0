// The verb `shrink`: which of the differences between GOOD and BAD make a command fail.
//
// The search (search/set_search.h) says which to apply, a trial of the command whether it fails
// then. It ends with a set that fails and of which none can be left out, at a Ctrl-C, when the
// budget is spent, or when the command asks for it (exit 128 and above); in each case the smallest
// failing set so far is the result. A trial has a time limit in any case, as those of `repro` have.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/world.h"
#include "event/expr.h"
#include "experiment/trials.h"
#include "search/set_search.h"

namespace culprit {

struct ShrinkProgress {
  SetSearch::Phase phase = SetSearch::Phase::ends;
  std::size_t trials = 0;
  std::size_t kept = 0;  // differences that are still in
  std::string last;      // "exit 1"
};

struct ShrinkOptions {
  std::size_t count = 0;  // of differences
  // How the command is run with some of them applied.
  std::function<Result<Trial>(const Subset& applied, const TrialSetup&, const TrialWatch&)> run;
  TrialSetup setup;
  std::optional<Expr> signature;
  SetSearch::Options search;
  std::size_t trials_max = 2000;
  std::size_t workers = 1;  // of one question, where the command is flaky
  std::function<void(const ShrinkProgress&)> progress = nullptr;

  static constexpr Duration first_timeout = std::chrono::seconds(60);
};

struct Shrunk {
  // A run that failed. Of one in another way nobody knows whether it is the same fault.
  struct Failure {
    std::string reason;  // "exit 1"; empty: nothing failed
    std::string said;    // its last line
    std::string ended;   // as an EXPR: "exit = 1", "signal = SIGSEGV", "timed_out = true"
  };
  enum class Verdict : std::uint8_t { found, inconclusive, no_difference };
  enum class End : std::uint8_t {
    searched,
    equal,         // there is no difference
    good_fails,    // with nothing applied
    bad_passes,    // with all of it
    same_rate,     // both fail, about as often
    inconsistent,  // what was found did not fail again
    unsure,        // it is the likeliest: GOOD's rate and BAD's are too near for these runs
    trials_spent,
    interrupted,
    asked_to_stop,  // by the command
    untestable,     // an end could not be judged
  };

  Verdict verdict = Verdict::inconclusive;
  End end = End::searched;
  Subset kept;             // fails
  std::size_t tests = 0;   // runs of the search
  std::size_t checks = 0;  // runs at the ends, and to be sure of the answer
  bool flaky = false;
  bool contradicted = false;  // differences hide each other: it is minimal, not the smallest
  SetSearch::Rates rates;     // of failing, where it is flaky
  TrialCounts kept_counts, good_counts, bad_counts;  // runs of these
  std::size_t untold = 0;    // of what was found: without so many it could not be judged
  Failure failure;           // of what was found, or the last one
  Failure bad;               // the last one of BAD itself
  bool fails_as_bad = true;  // the way the first of the two ends is one that BAD's runs have
  std::string death;         // "SIGSEGV": told by a shell's exit code, which asked for the end
  std::map<std::string, std::size_t> unjudged_reasons;
  double seconds = 0;  // of trials, added up
};

// Errors: usage (no such command, or one that cannot be run: 126 or 127 at GOOD; a
// signature of unknown fields), denied, unavailable. A Ctrl-C is none.
Result<Shrunk> shrink(World& world, const ShrinkOptions& options);

std::string_view name_of(Shrunk::Verdict verdict);  // "found", "inconclusive", "no_difference"
std::string_view name_of(Shrunk::End end);          // "searched", "good_fails", ...

}  // namespace culprit
