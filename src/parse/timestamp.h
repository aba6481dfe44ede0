// Timestamps as logs write them: recognised once per source, then read fast.
//
// Covered: RFC 3339 (T or space, '.' or ',' before the fraction, Z, +hh:mm, +hhmm or no zone),
// epoch in s, ms, us, ns (integer or with a fraction), `20/Nov/2025:03:31:08 +0100`,
// `2025/11/20 03:31:08`, `Nov 20 03:31:08 2025`, `20 Nov 2025 03:31:08`, `20251120T033108Z`, a
// weekday before and AM or PM behind, `[...]` around any of them. Times without a zone are local
// to the given Zone. Dates without a year, or with two digits of it: parse/short_date.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/time.h"
#include "base/zone.h"

namespace culprit {

// Where in a plain-text line the time stands.
struct TimeShape {
  bool found = false;
  std::size_t offset = 0;      // bytes before it in a typical line, a hint only
  std::size_t offset_max = 0;  // the most bytes before it in any line of the sample
};

// The last date that was read, so that the next line of the same minute costs a comparison.
struct TimeCache {
  char prefix[20] = {};     // "2025-11-20T14:03"
  std::uint8_t length = 0;  // bytes of it that count; 0: empty
  std::int64_t base = 0;    // its wall clock in nanoseconds, before any zone is applied
};

// A time read at the beginning of a text, and how many bytes it took.
struct TimeRead {
  Time time = no_time;
  std::size_t length = 0;  // 0: there is no time here
  bool zoned = false;      // it named its zone, or is an epoch
};

// Reads any supported spelling at the beginning of `text`.
TimeRead read_timestamp(std::string_view text, const Zone& zone);

// The same with the cache: what a hot loop calls.
TimeRead read_timestamp(std::string_view text, const Zone& zone, TimeCache& cache);

// A number that is an instant: s, ms, us or ns by its magnitude (1990 to 2100); or nothing.
std::optional<Time> epoch_time(std::string_view digits);

// A timestamp found within the first 128 bytes of a line, the first of several. An epoch counts
// only at the beginning or behind an opening bracket, where it cannot be just any number.
struct TimeFound {
  TimeRead read;           // length 0: none
  std::size_t offset = 0;  // where it begins
};
TimeFound find_timestamp(std::string_view line, const Zone& zone, const TimeShape& hint);

}  // namespace culprit
