#include "parse/wall_clock.h"

#include <array>

namespace culprit {

unsigned month_named(std::string_view text, std::size_t position) {
  constexpr std::string_view names = "janfebmaraprmayjunjulaugsepoctnovdec";
  if (position + 3 > text.size()) return 0;
  std::array<char, 3> lower{};
  for (std::size_t i = 0; i < 3; ++i) lower[i] = static_cast<char>(text[position + i] | 32);
  for (unsigned month = 0; month < 12; ++month) {
    if (names.compare(month * 3, 3, lower.data(), 3) == 0) return month + 1;
  }
  return 0;
}

bool weekday_named(std::string_view text) {
  constexpr std::string_view names = "MonTueWedThuFriSatSun";
  if (text.size() < 3) return false;
  for (std::size_t day = 0; day < 7; ++day) {
    if (names.compare(day * 3, 3, text.data(), 3) == 0) return true;
  }
  return false;
}

Wall zone_at(std::string_view text, std::size_t position) {
  const std::size_t space = at(text, position) == ' ' ? 1 : 0;
  const std::size_t i = position + space;
  const char first = at(text, i);
  if ((first == 'Z' || first == 'z') && !is_letter(at(text, i + 1)) && !is_digit(at(text, i + 1))) {
    return {0, space + 1};
  }
  if (first == 'U' || first == 'G') {
    const std::string_view word = text.substr(i, 3);
    if ((word == "UTC" || word == "GMT") && !is_letter(at(text, i + 3))) return {0, space + 3};
    return {};
  }
  if (first != '+' && first != '-') return {};
  const unsigned hours = two(text, i + 1);
  if (hours > 18) return {};
  const std::size_t colon = at(text, i + 3) == ':' ? 1 : 0;
  unsigned minutes = two(text, i + 3 + colon);
  std::size_t length = 5 + colon;
  if (minutes > 59) {
    if (space == 1 || is_digit(at(text, i + 3))) return {};  // " -07" is rather a number
    minutes = 0;
    length = 3;
  }
  const std::int64_t east = (hours * 60 + minutes) * per_minute;
  return {first == '+' ? east : -east, space + length};
}

TimeRead in_zone(Wall wall, Wall offset, const Zone& zone) {
  if (wall.length == 0) return {};
  if (offset.length == 0) return {zone.to_time(wall.count), wall.length, false};
  return {from_nanoseconds(wall.count - offset.count), wall.length + offset.length, true};
}

Wall clock_at(std::string_view text, std::size_t position) {
  const std::size_t begin = position;
  unsigned hour = two(text, position);
  std::size_t width = 2;
  if (hour > 99 && is_digit(at(text, position))) {
    hour = static_cast<unsigned>(text[position] - '0');
    width = 1;
  }
  position += width;
  const unsigned minute = two(text, position + 1);
  const unsigned second = two(text, position + 4);
  if (hour > 23 || minute > 59 || second > 60) return {};
  if (at(text, position) != ':' || at(text, position + 3) != ':') return {};
  position += 6;
  const std::int64_t fraction = take_fraction(text, position);
  const std::string_view half = text.substr(std::min(position, text.size()), 3);
  if (hour >= 1 && hour <= 12 && (half == " AM" || half == " PM")) {
    hour = hour % 12 + (half == " PM" ? 12 : 0);
    position += 3;
  }
  return {(hour * 60 + minute) * per_minute + second * per_second + fraction, position - begin};
}

Wall day_at(std::string_view text, std::size_t position) {
  if (const unsigned day = two(text, position); day <= 31) return {day, 2};
  const std::size_t space = at(text, position) == ' ' ? 1 : 0;
  const char digit = at(text, position + space);
  if (!is_digit(digit) || is_digit(at(text, position + space + 1))) return {};
  return {digit - '0', space + 1};
}

Wall dated(unsigned year, unsigned month, Wall day, Wall clock, std::size_t length) {
  const auto day_number = static_cast<unsigned>(day.count);
  if (day.length == 0 || clock.length == 0 || !valid_date(year, month, day_number)) return {};
  return {days_from_civil(year, month, day_number) * per_day + clock.count, length};
}

}  // namespace culprit
