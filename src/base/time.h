// Time is an instant in UTC with nanoseconds; Duration a span of them. Their text is RFC 3339.
//
// Parsing here covers what people and programs write on culprit's own surface (flags, JSON,
// deploy lists). The many spellings found in logs are parse/timestamp.h's.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace culprit {

using Duration = std::chrono::nanoseconds;
using Time = std::chrono::sys_time<Duration>;

constexpr Time no_time = Time::min();  // "not known", never an instant

constexpr std::int64_t nanoseconds(Time time) { return time.time_since_epoch().count(); }
constexpr Time from_nanoseconds(std::int64_t count) { return Time{Duration{count}}; }
constexpr double seconds(Duration duration) { return static_cast<double>(duration.count()) * 1e-9; }
Duration from_seconds(double count);  // saturates

// "2025-11-20T14:03:12.345Z": milliseconds, or finer where the instant needs it.
// no_time is "-".
std::string to_string(Time time);

// "14:03:12Z" or, with milliseconds when they are not zero, "14:03:12.345Z".
std::string clock_text(Time time);

// "350ms", "4.35s", "2m 10s", "3h 4m", "2d 5h": three digits or two units, for people.
std::string to_string(Duration duration);

// RFC 3339 with offset or Z, 'T' or a space, any number of fractional digits; or nothing.
std::optional<Time> parse_time(std::string_view text);

// "250ms", "2s", "1.5h", "14d", "1h30m"; or nothing.
std::optional<Duration> parse_duration(std::string_view text);

// Days since 1970-01-01 of a proleptic Gregorian date (Hinnant, "chrono-Compatible Low-Level
// Date Algorithms"); month 1..12, day 1..31, not checked.
constexpr std::int64_t days_from_civil(std::int64_t year, unsigned month, unsigned day) {
  year -= month <= 2 ? 1 : 0;
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const auto year_of_era = static_cast<unsigned>(year - era * 400);
  const unsigned day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const unsigned day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + static_cast<std::int64_t>(day_of_era) - 719468;
}

}  // namespace culprit
