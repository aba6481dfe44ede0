// A mix shift is a failure rate that rose although no part of the traffic became worse: a part that
// always failed more has more of the traffic (Simpson, 1951).
//
// The rise of the whole splits into what a part's larger share brings at its rate of before (mix)
// and what changed in the rates themselves. Only the second has a cause to look for among those who
// are hit; the first asks who sends the traffic.
#pragma once

#include <optional>
#include <span>

#include "contrast/segment.h"

namespace culprit {

struct MixShift {
  Condition condition;
  Counted counted;
  double share_of_rise = 0;  // of the whole's rise in failure rate
};

// A part that might have shifted.
struct MixPart {
  const Condition* condition = nullptr;
  const Counted* counted = nullptr;
};

// The part whose shift explains most of the rise; nothing: none explains half of it, surely.
std::optional<MixShift> find_mix_shift(std::span<const MixPart> parts, const Baseline& baseline);

}  // namespace culprit
