// The verb `bisect`: a range of history and a command in; the commit that made it fail more often,
// with a probability, out.
//
// Both ends are tested first (bisect_calibration.h), then the search says which commit teaches most
// for its seconds (search/change_search.h), and CommitTrials run the command there. Only passes and
// failures (with a signature: of that signature) speak of the culprit; what does not build or
// cannot be judged does not. It ends when one commit holds the confidence, when nothing is left
// that could tell more, at a Ctrl-C, when the budget is spent, when the command asks for it, or
// when the ends themselves show that there is nothing to search. Each run is told to `journal` as
// it ends; `history` takes such rows back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/world.h"
#include "event/expr.h"
#include "repo/git.h"
#include "search/change_search.h"
#include "workbench/bisect_calibration.h"
#include "workbench/bisect_journal.h"
#include "workbench/commit_trials.h"
#include "workbench/lasting_break.h"

namespace culprit {

// The history in question: points in topological order, the last one is BAD.
struct BisectRange {
  std::vector<std::string> shas;
  std::vector<std::vector<Point>> parents;
  std::string base;             // has none of them: GOOD, or where it parted from BAD
  std::vector<TreeMark> marks;  // of what builds read; the base's is TreeMark()
};

struct BisectProgress {
  enum class Phase : std::uint8_t { ends, searching };
  Phase phase = Phase::ends;
  std::size_t runs = 0;
  double runs_left = 0;  // about
  double seconds_left = 0;
  std::span<const double> posterior;   // of each point
  std::string last;                    // what came of the last run: "3f2c1a9 bad (exit 1)"
  std::vector<std::string> under_way;  // commits that are built or tested now
};

struct BisectOptions {
  BisectRange range;
  std::vector<double> prior = {};  // of each point; empty: all the same
  double no_change = 0.01;         // prior
  double confidence = 0.95;
  Calibration::Options ends = {};
  TrialSetup setup;
  std::optional<Expr> signature;
  std::size_t workers = 1;
  std::size_t runs_max = 2000;
  Duration time_max = Duration::zero();  // zero: none
  std::vector<BisectRow> history = {};
  std::function<void(const BisectRow& row, const CommitTrial& trial)> journal = nullptr;
  std::function<void(const BisectProgress&)> progress = nullptr;
  // The CULPRIT_RUN of the next run, each once; none: they are counted from 0.
  std::function<std::size_t()> number = nullptr;

  static constexpr Duration first_timeout = std::chrono::hours(1);  // until GOOD has shown its time
};

struct Bisection {
  enum class Verdict : std::uint8_t { found, no_change, inconclusive };
  enum class End : std::uint8_t {
    decided,
    trouble,  // at the ends: nothing to search
    stuck,    // what is left cannot be told apart
    broke,    // something outside of the commits, amid the search
    runs_spent,
    time_spent,
    interrupted,
    asked_to_stop,  // by the command
  };

  Verdict verdict = Verdict::inconclusive;
  End end = End::decided;
  std::optional<Calibration::Trouble> trouble;
  std::optional<LastingBreak> broke;  // then nothing is known of the commits
  std::string said;  // the last line of the newest run at the end that `trouble` is about, masked
  std::string shell_death;         // the signal that a shell told by the exit code that stopped it
  std::optional<Point> likeliest;  // nothing: no change is likelier than any
  double probability = 0;          // of it
  std::vector<Point> credible;     // that hold the confidence together, likeliest first
  std::vector<double> posterior;   // of each point
  double no_change = 0;            // probability
  double evidence_ratio = 0;       // of the likeliest against its likeliest neighbour
  std::vector<bool> untestable;    // of each point: no use to try, it does not build
  ChangeSearch::Rates rates;
  TrialCounts before;  // judged runs, told ones too, where the likeliest change is not yet,
  TrialCounts since;   // and where it is
  TrialCounts at_good;
  TrialCounts at_bad;
  std::vector<BisectRow> rows;  // all, with those of the history
  std::size_t runs = 0;         // that were made, here or before
  std::size_t skipped = 0;      // of them: nothing could be judged
  double seconds = 0;  // since the beginning, of tests and builds; beside each other counts twice
  double runs_left = 0;
  Duration timeout = Duration::zero();
};

// Errors: usage (a command that cannot be run at GOOD: 126 or 127), unavailable (no space, no
// processes, a runner that does not run), denied. A Ctrl-C is none.
Result<Bisection> bisect(World& world, CommitTrials& trials, const BisectOptions& options);

std::string_view name_of(Bisection::Verdict verdict);
std::string_view name_of(Bisection::End end);

}  // namespace culprit
