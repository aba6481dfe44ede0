// Conjunctions keeps, for each small set of factors, how likely it is that failing takes them all.
//
// Hypotheses: that nothing matters; that all factors of one set (up to three) have to be on; that
// each condition has a rate of its own, which is the way out where the world is none of the others
// (a factor that hides the failure, more than three factors together). Under each the two rates,
// with the set and without it, are unknown and summed out, so that the posterior is exact and
// a trial costs one term of each hypothesis. Main effects alone cannot tell a pair that is needed
// together from two halves of one.
//
// A factor between off and strongest may be on enough or not: where a hypothesis' side hangs on it,
// that condition has a rate of its own for that hypothesis too.
// Invariant: the probabilities of nothing(), anything_else() and all sets sum to one.
#pragma once

#include <cstddef>
#include <map>
#include <utility>
#include <vector>

#include "base/dice.h"
#include "search/factor_levels.h"

namespace culprit {

// The factors at full strength, and those that are off.
struct OnOff {
  FactorSet on = 0;
  FactorSet off = 0;

  auto operator<=>(const OnOff&) const = default;
};

class Conjunctions {
 public:
  explicit Conjunctions(std::size_t factor_count);

  void tell(const OnOff& tried, Outcome outcome);

  double nothing() const { return probability_[0]; }
  double anything_else() const { return else_; }
  // P(the factor is in the set that matters).
  std::vector<double> matters() const;
  // The smallest union of likely sets that holds `mass` of what is not nothing.
  FactorSet holding(double mass) const;
  FactorSet likeliest() const;
  double probability(FactorSet set) const;  // of one of up to three; others: 0
  double within(FactorSet on) const;        // P(all that matters is among these), not nothing
  // The posterior mean of the rate at a condition, over all hypotheses.
  double rate(const OnOff& at) const;
  // How many bits one trial there is expected to teach about which set it is.
  double expected_bits(const OnOff& at) const;
  // One throw of the world: the rates at these conditions, all under one hypothesis.
  std::vector<double> drawn_rates(const std::vector<OnOff>& at, Dice& dice) const;

 private:
  struct Hypothesis {
    FactorSet set;
    double prior;         // a logarithm
    TrialCounts with;     // trials with all of the set on
    TrialCounts without;  // and with one of it off, at least
    double log_with = 0;  // the marginal likelihoods of these
    double log_without = 0;
    double log_between = 0;  // of trials that may be either
  };

  void add_sets(std::size_t factor_count, std::size_t size);
  void weigh();
  double rate_under(const Hypothesis& hypothesis, const OnOff& at) const;
  TrialCounts own(const OnOff& at) const;

  std::size_t factor_count_;
  std::vector<Hypothesis> hypotheses_;  // the first is "nothing": all trials are without it
  std::vector<double> probability_;     // of each
  double else_ = 0;                     // of a rate for each condition
  std::map<OnOff, TrialCounts> each_;
  double log_each_ = 0;
};

}  // namespace culprit
