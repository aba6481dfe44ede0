// What the clocks of sources differ by, from the units they share (contrast/clock_offset.h).
#pragma once

#include <vector>

#include "contrast/clock_offset.h"
#include "store/embedded/evidence.h"

namespace culprit {

// Of evidence whose units are joined.
std::vector<OffSource> clock_offsets(const Evidence& evidence);

// "a.log is 2h ahead of b.log ..."
std::string clock_text(const Evidence& evidence, const OffSource& off);

}  // namespace culprit
