// Clocks that are off are seen through the ids that sources share: the same request is first seen
// by two services at nearly the same moment, unless one of their clocks, or the zone of its times,
// is wrong.
//
// Of each pair of sources the median difference counts. It is an offset if it is near whole or half
// hours (a zone), or over a second and the same for nearly all requests (a clock): what comes later
// because it waits its turn varies, and is least near zero. Sources that agree are one group, and
// the group with most ids is taken to be right.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "base/time.h"

namespace culprit {

struct ClockOffset {
  Duration ahead{0};  // what has to be taken off its times
  Duration low{0};    // 95 %, of the median
  Duration high{0};
  std::size_t ids = 0;
  bool zone = false;  // a whole number of half hours
};

// Of differences `b - a`, in any order; nothing: b agrees with a, or there are too few to tell.
constexpr std::size_t shared_ids_least = 20;
std::optional<ClockOffset> offset_of(std::vector<Duration> differences);

// First times of the same id in two sources, b's minus a's, by (a, b) with a < b.
using SharedIds = std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<Duration>>;

struct OffSource {
  std::uint32_t source = 0;
  std::uint32_t against = 0;  // a source of the group that is taken to be right
  ClockOffset offset;
};

// The sources that are off, ascending. `trust` says, by source, which of two equal groups is right.
std::vector<OffSource> off_sources(const SharedIds& shared,
                                   const std::vector<std::uint64_t>& trust);

}  // namespace culprit
