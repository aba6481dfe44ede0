// A ConditionSearch finds the condition under which a command fails most, and makes it small.
//
// The caller owns the loop: ask() says which condition to try, tell() what came of it. It runs
// nothing, reads no clock, and what it asks follows from its seed and from what it was told:
// telling an old history again brings back the same state. ask(n) is for workers beside each other,
// n trials of which are still running.
//
// Phases: all factors off (how often does it fail by itself), a screening of all factors at full
// strength, after that whatever teaches most about which set of factors it takes; successive
// halving over the conditions that failed or that the posterior proposes; top-two Thompson sampling
// (Russo, "Simple Bayesian algorithms for best-arm identification", 2016) until one is within a
// tenth of the best with confidence; shrinking (condition_shrink.h); and at last fresh trials of
// what is left, a number fixed before. Only these make a finding: whatever was chosen because it
// failed looks worse than it is.
//
// Promises: never more than trials_max trials; `found` only where the confirming trials fail more
// often than all in which one of its factors was off (Fisher's test at `false_finding`); more of
// these, with all factors off, are made where they are too few to tell.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/statistics.h"
#include "search/condition_shrink.h"
#include "search/conjunctions.h"
#include "search/factor_levels.h"
#include "search/screening.h"

namespace culprit {

class ConditionSearch {
 public:
  struct Options {
    std::size_t trials_max = 150;
    std::size_t baseline_trials = 10;
    std::size_t confirming_trials = 50;  // at most; 50 leave a rate of 0.9 an interval of 0.18
    double best_confidence = 0.9;        // that the best is within a tenth of the best there is
    double confidence = 0.95;            // of intervals
    double false_finding = 0.005;
    std::uint64_t seed = 1;
  };
  enum class Phase : std::uint8_t {
    baseline,
    screening,
    halving,
    racing,
    shrinking,
    confirming,
    finished
  };

  ConditionSearch(std::vector<SearchFactor> factors, Options options);

  // The condition to try next while `running` others have not come back; nothing: it is over, or
  // (with some still running) there is nothing to do before they are.
  std::optional<FactorLevels> ask(std::size_t running = 0) const;
  // Nothing as outcome: it could not be judged. Any condition may be told, also one never asked.
  void tell(const FactorLevels& condition, std::optional<Outcome> outcome);

  Phase phase() const { return phase_; }
  std::size_t trials() const { return trials_; }
  const std::vector<SearchFactor>& factors() const { return factors_; }

  struct Findings {
    bool found = false;      // confirmed by fresh trials
    bool confirmed = false;  // all confirming trials were made: `rate` is of them alone
    FactorLevels best;       // the smallest known condition that fails often; all off: none
    TrialCounts counts;      // what `rate` was made from
    Interval rate;           // Clopper-Pearson's where confirmed, else good at any time
    TrialCounts baseline_counts;
    Interval baseline;  // all factors off; good at any time
    TrialCounts all;    // every trial, whatever the condition
    Interval all_rate;
    std::vector<double> matters;  // P(the factor matters), in the order of the factors
    std::vector<MainEffect> effects;
  };
  Findings findings() const;

 private:
  void advance();
  enum class Step : std::uint8_t { made, waits };
  Step step();
  Step end_baseline();
  Step end_screening();
  Step end_halving();
  Step end_racing();
  Step end_shrinking();
  Step end_confirming();
  void begin_halving();
  void begin_shrinking(const FactorLevels& from);
  void begin_confirming(const FactorLevels& condition);
  void begin_screening_again();

  std::optional<FactorLevels> ask_screening(std::size_t running) const;
  FactorLevels most_telling(Dice dice) const;
  std::optional<FactorLevels> ask_halving(std::size_t running) const;
  FactorLevels ask_racing(Dice dice) const;
  std::optional<FactorLevels> ask_confirming(std::size_t running) const;

  FactorLevels off() const;
  FactorLevels strongest() const;
  FactorSet possible(FactorSet set, Dice& dice) const;
  FactorLevels strongest_of(FactorSet set, Dice& dice) const;
  OnOff on_off_of(const FactorLevels& condition) const;
  double rate_of(const FactorLevels& condition) const;
  FactorLevels best_so_far() const;
  std::size_t left() const { return options_.trials_max - trials_; }
  std::size_t reserve() const;
  std::vector<double> judged_shares() const;
  bool told_apart() const;
  std::vector<double> near_best() const;
  std::vector<FactorLevels> candidates() const;
  Dice dice(std::size_t running) const;

  std::vector<SearchFactor> factors_;
  Options options_;
  Phase phase_ = Phase::baseline;
  std::size_t trials_ = 0;
  ConditionCounts counts_;
  Conjunctions conjunctions_;
  std::vector<FactorLevels> plan_;  // of the screening, what is still to be tried
  std::vector<FactorLevels> arms_;  // of the halving and the race
  std::size_t rung_ = 1;            // trials that each arm has to have
  std::size_t raced_ = 0;           // trials of this race
  std::optional<ConditionShrink> shrink_;
  FactorLevels confirming_;
  TrialCounts confirmed_;  // since confirming began
  std::size_t confirm_planned_ = 0;
  std::size_t screened_until_ = 0;  // trials before which a screening does not end
};

std::string_view name_of(ConditionSearch::Phase phase);

}  // namespace culprit
