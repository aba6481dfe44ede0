// A SetSearch finds the smallest set of differences that makes GOOD into BAD, flaky or not.
//
// First the ends: nothing applied, everything applied. Where each gives one answer twice, a
// question takes one run, and the questions are a SetSplitting's; at last the set that was found
// and each smaller one are asked once more. As soon as two runs of one set differ, the command is
// flaky: the rates at both ends are measured, every question becomes a sequential test (Sprt) of
// "fails rather as often as BAD than as GOOD", and what was run before still counts. Answers may be
// wrong a few times in a hundred then; the last ones, about each member that is left, have to be as
// sure as the whole. Where the differences seem to hide each other, what was found is asked more
// often: it looks the same where chance does it. A set that was found is confirmed by fresh runs,
// because it was chosen for having failed. If it does not fail, or nothing has failed for
// suspiciously long, the last set on the way that does is looked for by halving, and the search
// goes on from there.
//
// It runs nothing and draws nothing: what it asks follows from what it was told.
// Invariant: kept() failed when it was asked, as often as BAD does where the command is flaky.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "search/factor_levels.h"
#include "search/set_splitting.h"
#include "search/sprt.h"

namespace culprit {

class SetSearch {
 public:
  struct Rates {  // of failing
    double good = 0;
    double bad = 1;
  };
  struct Options {
    // Runs at an end before it is believed that BAD never fails. 1: no question is asked twice,
    // unless answers differ. 12: what fails one time in three is missed by one search in 129 (by
    // one in 25 with 8), and where BAD fails at once it costs nothing.
    std::size_t calibrate = 12;
    // Where they are known; then an end is only run where the search is about to find it.
    std::optional<Rates> rates = {};
    double confidence = 0.95;
  };
  enum class Phase : std::uint8_t { ends, searching, confirming, finished };
  enum class Verdict : std::uint8_t {
    found,
    good_fails,    // nothing applied fails already
    bad_passes,    // everything applied never failed
    same_rate,     // both fail sometimes, about as often
    unjudged,      // an end could not be judged
    inconsistent,  // what was found did not fail again, time after time
  };

  SetSearch(std::size_t count, Options options);

  // The set to run next while `running` others run. Nothing: none for the moment, and none at all
  // once none runs.
  std::optional<Subset> ask(std::size_t running = 0) const;
  void tell(const Subset& tried, std::optional<Outcome> outcome);

  Phase phase() const { return phase_; }
  bool done() const { return phase_ == Phase::finished; }
  Verdict verdict() const { return verdict_; }  // once it is done
  // The smallest set so far that fails.
  const Subset& kept() const { return history_.back(); }
  bool flaky() const { return flaky_; }
  // Of what was found: an answer that it rests on only leans, after as many runs as one may take.
  bool unsure() const;
  bool contradicted() const { return contradicted_; }
  std::size_t tests() const { return tests_; }    // runs of the search
  std::size_t checks() const { return checks_; }  // runs at the ends, and to be sure of the answer
  TrialCounts counts(const Subset& set) const;    // runs of a set
  Rates rates() const { return rates_; }

 private:
  struct Doubt {          // which sets of the history fail
    std::size_t low = 0;  // that does
    std::size_t high = 0;
    std::size_t probed = 0;
  };
  struct Answer {
    std::optional<Outcome> outcome;
  };

  void advance();
  void advance_ends();
  void advance_flaky_ends();
  void advance_search();
  void advance_confirming();
  void advance_proof();
  void advance_doubt();
  void begin_search();
  void begin_doubt();
  void become_flaky();
  void restart(std::size_t from);
  void put(const Subset& set, std::size_t runs);
  std::size_t runs_wanted(const TrialCounts& counts, double error) const;
  void finish(Verdict verdict);
  bool leans(const Subset& set) const;
  std::optional<Answer> answer(const TrialCounts& counts, double error) const;
  double error() const;
  Sprt test_of(const TrialCounts& counts, double error) const;

  Options options_;
  Subset none_;
  Subset all_;
  Phase phase_ = Phase::ends;
  Verdict verdict_ = Verdict::found;
  bool flaky_ = false;
  bool contradicted_ = false;
  Rates rates_;
  std::map<Subset, TrialCounts> counts_;
  std::map<Subset, TrialCounts> fresh_;  // since the set was to be confirmed
  std::optional<SetSplitting> splitting_;
  std::vector<Subset> history_;  // failing sets, each within the one before
  std::size_t trusted_ = 0;      // of these, the last that was confirmed
  std::size_t passed_ = 0;       // answers on end that were no failure
  std::optional<Doubt> doubt_;
  std::size_t restarts_ = 0;
  std::size_t tests_ = 0;
  std::size_t checks_ = 0;
  std::optional<Subset> question_;
  std::size_t wanted_ = 1;  // runs of it that will not be one too many
};

}  // namespace culprit
