#include "contrast/combination.h"

#include <algorithm>

namespace culprit {
namespace {

std::uint64_t key_of(const Condition& condition) {
  const std::hash<std::string> hash;
  std::uint64_t key = hash(condition.field);
  key = key * 31 + hash(condition.value);
  key = key * 31 + std::hash<double>()(condition.number);
  return key * 31 + static_cast<std::uint64_t>(condition.op);
}

}  // namespace

void Pasts::learn(const Combination& single) {
  if (single.counted.past <= 1) return;
  known_[key_of(single.conditions.front())] = {single.counted.past, single.counted.after.total};
}

Pasts::Known Pasts::of(const Condition& condition) const {
  if (known_.empty()) return {};
  const auto found = known_.find(key_of(condition));
  return found == known_.end() ? Known{} : found->second;
}

double inherited_past(double past, double units_wider, double units_part, double units_whole) {
  if (past <= 1) return 1;
  const double beside = past * std::max(0.0, units_wider - units_part);
  const double outside = std::max(0.0, units_whole - std::max(units_wider, units_part));
  if (beside + outside <= 0) return past;
  return std::max(1.0, past * (units_whole - units_part) / (beside + outside));
}

bool uses(const Conditions& conditions, const std::string& field) {
  return std::any_of(conditions.begin(), conditions.end(),
                     [&](const Condition& one) { return one.field == field; });
}

Counted counted_of(const std::vector<Counts>& windows) {
  if (windows.size() == 1) return {{}, windows[0], 1};
  return {windows[0], windows[1], 1};
}

Counted minus(Counted a, const Counted& b) {
  a.before.total -= b.before.total;
  a.before.bad -= b.before.bad;
  a.after.total -= b.after.total;
  a.after.bad -= b.after.bad;
  return a;
}

}  // namespace culprit
