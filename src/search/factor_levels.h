// FactorLevels is one condition: for each factor of a search, at which of its levels; 0 is "off".
//
// A factor is anything that may make a failure likelier: the latency of an upstream, the number of
// processors, a time zone. Its levels go from harmless (0) to strongest. What was tried is counted
// by condition, and everything that a search knows follows from these counts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "event/event.h"

namespace culprit {

struct SearchFactor {
  std::string name;
  std::vector<std::string> levels;  // two or more, as a person reads them
  // Of a group at most one is on at a time, as of the values that one setting may have; 0: none.
  std::size_t group = 0;
};

struct FactorLevels {
  std::vector<std::size_t> levels;  // one for each factor

  auto operator<=>(const FactorLevels&) const = default;
};

struct TrialCounts {
  double bad = 0;
  double good = 0;
  double unjudged = 0;  // tried, and told nothing

  double total() const { return bad + good; }
};

using ConditionCounts = std::map<FactorLevels, TrialCounts>;

// Sets of factors are bits; a search has at most that many.
using FactorSet = std::uint64_t;
constexpr std::size_t factors_max = 64;
constexpr FactorSet set_of(std::size_t factor) { return FactorSet{1} << factor; }

// What was counted of it so far; nothing yet: zeros.
TrialCounts counts_of(const ConditionCounts& counts, const FactorLevels& condition);
void count(ConditionCounts& counts, const FactorLevels& condition, std::optional<Outcome> outcome);

FactorSet factors_on(const FactorLevels& condition);  // that are not off
// Those of `strongest` that are in the set, the others off.
FactorLevels only(const FactorLevels& strongest, FactorSet set);

}  // namespace culprit
