// Pieces of written times that all spellings share: digits, months, clocks, zones.
//
// A piece that is not there has length 0. Only parse/timestamp.cpp and parse/short_date.cpp use it.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/zone.h"
#include "parse/bytes.h"
#include "parse/timestamp.h"

namespace culprit {

constexpr std::int64_t per_second = 1'000'000'000;
constexpr std::int64_t per_minute = 60 * per_second;
constexpr std::int64_t per_day = 86'400 * per_second;

inline char at(std::string_view text, std::size_t position) {
  return position < text.size() ? text[position] : '\0';
}

// Two digits, or a number over 99.
inline unsigned two(std::string_view text, std::size_t position) {
  if (position + 2 > text.size()) return 100;
  const unsigned high = static_cast<unsigned char>(text[position]) - '0';
  const unsigned low = static_cast<unsigned char>(text[position + 1]) - '0';
  return high > 9 || low > 9 ? 100 : high * 10 + low;
}

// Four digits, or 0.
inline unsigned year_at(std::string_view text, std::size_t position) {
  const unsigned high = two(text, position);
  const unsigned low = two(text, position + 2);
  return high > 99 || low > 99 ? 0 : high * 100 + low;
}

// Years are kept where an int64 of nanoseconds can hold them with any offset.
inline bool valid_date(unsigned year, unsigned month, unsigned day) {
  constexpr std::array<unsigned, 12> days{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (year < 1700 || year > 2250 || month < 1 || month > 12 || day < 1) return false;
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return day <= days[month - 1] + (month == 2 && leap ? 1 : 0);
}

// A wall clock read up to some byte, in nanoseconds; length 0: none.
struct Wall {
  std::int64_t count = 0;
  std::size_t length = 0;
};

inline Wall wall_of(unsigned year, unsigned month, unsigned day, unsigned hour, unsigned minute,
                    std::size_t length) {
  if (!valid_date(year, month, day) || hour > 23 || minute > 59) return {};
  return {
      days_from_civil(year, month, day) * per_day + hour * 60 * per_minute + minute * per_minute,
      length};
}

// Digits behind a point or comma, in nanoseconds; finer ones are cut off. Moves `position`
// behind them, or leaves it.
inline std::int64_t take_fraction(std::string_view text, std::size_t& position) {
  const char mark = at(text, position);
  if ((mark != '.' && mark != ',') || !is_digit(at(text, position + 1))) return 0;
  std::int64_t value = 0;
  std::int64_t scale = per_second / 10;
  std::size_t i = position + 1;
  for (; i < text.size() && is_digit(text[i]); ++i) {
    value += scale * (text[i] - '0');
    scale /= 10;
  }
  position = i;
  return value;
}

// 1 to 12 by its English three letters in any case, or 0.
unsigned month_named(std::string_view text, std::size_t position);
bool weekday_named(std::string_view text);
// A zone behind a time: nanoseconds east and the bytes it took; length 0: none.
Wall zone_at(std::string_view text, std::size_t position);
TimeRead in_zone(Wall wall, Wall offset, const Zone& zone);
// "3:31:08" or "03:31:08.5", with AM or PM behind: nanoseconds of the day.
Wall clock_at(std::string_view text, std::size_t position);
// A day of one or two digits, "20" or " 7" or "7": value and bytes; length 0: none.
Wall day_at(std::string_view text, std::size_t position);
Wall dated(unsigned year, unsigned month, Wall day, Wall clock, std::size_t length);

}  // namespace culprit
