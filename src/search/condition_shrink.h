// A ConditionShrink takes out of a failing condition what it can do without, under noise.
//
// Kept is what still fails at least half as often as the condition it began with. First the set of
// factors, by group testing: what the posterior holds for the whole set is tried alone, else groups
// that matter least are left out together and halved when that was too much; in the end each
// factor that is left was left out once, and missed. Then magnitudes: for each factor the lowest
// level that will do, by noisy halving, the others as they are. At last all of it together once
// more, stronger where that is too little. Every question is an Sprt whose two rates lie so around
// one half that a rate there is a toss.
//
// It keeps no outcomes: all follows from the counts of the search, so trials made for another
// reason count too. Bounded: an answer takes at most trials_max trials, the likelier side then.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "search/conjunctions.h"
#include "search/factor_levels.h"
#include "search/sprt.h"

namespace culprit {

class ConditionShrink {
 public:
  // `rate` is how often `start` fails.
  ConditionShrink(FactorLevels start, double rate);

  // Draws its conclusions from what is known; `matters` orders what is left out first.
  void advance(const ConditionCounts& counts, const Conjunctions& conjunctions,
               const std::vector<double>& matters);

  // What to try next, or nothing once it is the smallest.
  const std::optional<FactorLevels>& ask() const { return trying_; }
  const FactorLevels& kept() const { return kept_; }
  bool done() const { return stage_ == Stage::done; }
  double rate() const { return rate_; }

  // Whether the condition fails about as often as the one it began with; nothing: not known yet.
  std::optional<Sprt::Verdict> verdict(const TrialCounts& counts) const;

 private:
  enum class Stage { factors, magnitudes, together, done };

  // Each does one step that is decided; false: it needs more trials, of trying_.
  enum class Step { made, waits };
  Step step(const ConditionCounts& counts, const Conjunctions& conjunctions,
            const std::vector<double>& matters);
  Step step_factors(const ConditionCounts& counts, const Conjunctions& conjunctions,
                    const std::vector<double>& matters);
  Step step_magnitude(const ConditionCounts& counts);
  Step step_together(const ConditionCounts& counts);
  FactorSet next_without(const Conjunctions& conjunctions,
                         const std::vector<double>& matters) const;
  void refute(FactorSet without);
  bool strengthen();

  FactorLevels start_;
  double rate_;
  Sprt::Options question_;   // at least half of the rate?
  Sprt::Options magnitude_;  // and of one level beside another
  Stage stage_ = Stage::factors;
  FactorLevels kept_;
  FactorSet needed_ = 0;              // were left out alone, and missed
  std::size_t group_;                 // how many are left out at once
  std::size_t guesses_left_ = 3;      // at the whole set, before groups are tried
  std::size_t factor_ = 0;            // whose magnitude is looked for
  std::optional<FactorSet> without_;  // is left out of kept_ in trying_
  std::optional<FactorLevels> trying_;
};

}  // namespace culprit
