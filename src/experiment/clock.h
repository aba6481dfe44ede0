// A clock level says how far the wall clock of a command is shifted: by so much, or to an instant
// at which programs that reckon with dates fail.
//
//   +1d  -1h               by so much
//   2028-02-29T12:00:00Z   to that instant
//   leap-day               noon of the next 29 February, in the zone
//   year-end               five seconds before the next year, in the zone
//   2038                   two seconds before 2^31 s since 1970
//   dst-gap, dst-overlap   five seconds before the zone's next switch forward, or back; a zone
//                          that never switches stays where it is
#pragma once

#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace culprit {

// `zone` as Zone::named takes it; only words that need one look at it.
Result<Duration> clock_shift(std::string_view level, std::string_view zone, Time now);

}  // namespace culprit
