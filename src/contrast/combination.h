// A Combination of conditions is a segment that a search looks at: its counts, how strong it is.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "contrast/segment.h"
#include "event/tally.h"

namespace culprit {

struct Combination {
  Conditions conditions;  // the last one was added last; none: the whole
  Counted counted;
  double strength = 0;
};

bool uses(const Conditions& conditions, const std::string& field);
Counted counted_of(const std::vector<Counts>& windows);
Counted minus(Counted a, const Counted& b);

// How many times as bad as the rest single conditions were before, as far as that is proven. A part
// of a part has the past of the worst of its conditions, unless its own refutes that: among the
// many parts of a part that was always bad some had a good time before, by chance.
class Pasts {
 public:
  struct Known {
    double past = 1;
    double units = 0;  // after the onset
  };
  void learn(const Combination& single);
  Known of(const Condition& condition) const;  // 1: nothing is against it

 private:
  std::unordered_map<std::uint64_t, Known> known_;  // by hash of the condition; pasts above 1
};

// A part of a part that is `past` times as bad as what lies outside of that one: how many times as
// bad as what lies outside of itself, among which is the rest of the wider part.
double inherited_past(double past, double units_wider, double units_part, double units_whole);

}  // namespace culprit
