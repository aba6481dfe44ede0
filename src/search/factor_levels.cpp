#include "search/factor_levels.h"

namespace culprit {

TrialCounts counts_of(const ConditionCounts& counts, const FactorLevels& condition) {
  const auto found = counts.find(condition);
  return found == counts.end() ? TrialCounts{} : found->second;
}

void count(ConditionCounts& counts, const FactorLevels& condition, std::optional<Outcome> outcome) {
  TrialCounts& counted = counts[condition];
  if (!outcome) counted.unjudged += 1;
  if (outcome == Outcome::bad) counted.bad += 1;
  if (outcome == Outcome::good) counted.good += 1;
}

FactorSet factors_on(const FactorLevels& condition) {
  FactorSet on = 0;
  for (std::size_t i = 0; i < condition.levels.size(); ++i) {
    if (condition.levels[i] > 0) on |= set_of(i);
  }
  return on;
}

FactorLevels only(const FactorLevels& strongest, FactorSet set) {
  FactorLevels made = strongest;
  for (std::size_t i = 0; i < made.levels.size(); ++i) {
    if ((set & set_of(i)) == 0) made.levels[i] = 0;
  }
  return made;
}

}  // namespace culprit
