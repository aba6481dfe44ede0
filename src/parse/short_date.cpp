#include "parse/short_date.h"

#include <chrono>
#include <initializer_list>

#include "parse/wall_clock.h"

namespace culprit {
namespace {

// Clocks and zones may put a line a little after the file's last change.
constexpr std::int64_t ahead_max = per_day + per_day / 4;

struct Date {
  unsigned year = 0;
  unsigned month = 0;
  unsigned day = 0;
};

std::int64_t start_of(const Date& date) {
  return days_from_civil(date.year, date.month, date.day) * per_day;
}

// Days that lie beyond the newest possible time are no readings.
bool possible(const Date& date, const Zone& zone) {
  if (!valid_date(date.year, date.month, date.day)) return false;
  return zone.newest() == no_time || start_of(date) - nanoseconds(zone.newest()) <= ahead_max;
}

// The latest of the readings that are possible.
Date best_of(std::initializer_list<Date> readings, const Zone& zone) {
  Date best;
  for (const Date& date : readings) {
    if (!possible(date, zone)) continue;
    if (best.year == 0 || (zone.newest() != no_time && start_of(date) > start_of(best))) {
      best = date;
    }
  }
  return best;
}

TimeRead with_clock(std::string_view text, const Date& date, std::size_t position,
                    const Zone& zone) {
  if (date.year == 0) return {};
  const Wall clock = clock_at(text, position);
  const std::size_t length = position + clock.length;
  const Wall wall = dated(date.year, date.month, {date.day, 1}, clock, length);
  return in_zone(wall, zone_at(text, length), zone);
}

// "Nov 20 03:31:08", "Nov  7 03:31:08".
TimeRead month_first(std::string_view text, const Zone& zone) {
  const unsigned month = month_named(text, 0);
  if (month == 0 || at(text, 3) != ' ') return {};
  const Wall day = day_at(text, 4);
  const std::size_t position = 4 + day.length;
  if (day.length == 0 || at(text, position) != ' ') return {};
  const auto number = static_cast<unsigned>(day.count);
  return with_clock(text, {year_of(month, number, zone), month, number}, position + 1, zone);
}

// "20 Nov 03:31:08".
TimeRead day_first(std::string_view text, const Zone& zone) {
  const Wall day = day_at(text, 0);
  if (day.length == 0 || at(text, day.length) != ' ') return {};
  const unsigned month = month_named(text, day.length + 1);
  if (month == 0 || at(text, day.length + 4) != ' ') return {};
  const auto number = static_cast<unsigned>(day.count);
  return with_clock(text, {year_of(month, number, zone), month, number}, day.length + 5, zone);
}

// Two digits of a year, of the hundred years around now.
unsigned full_year(unsigned two_digits) { return two_digits + (two_digits < 70 ? 2000 : 1900); }

// "25/11/20", "11/20/25", "20.11.25", "20-11-2025", "11/20/2025", a space or T, a clock.
TimeRead all_numbers(std::string_view text, const Zone& zone) {
  const char mark = at(text, 2);
  if ((mark != '/' && mark != '.' && mark != '-') || at(text, 5) != mark) return {};
  const unsigned a = two(text, 0);
  const unsigned b = two(text, 3);
  const unsigned c = two(text, 6);
  if (a > 99 || b > 99 || c > 99) return {};
  const unsigned year = year_at(text, 6);
  const std::size_t length = year != 0 ? 10 : 8;
  const char behind = at(text, length);
  const std::size_t gap = behind == ',' && at(text, length + 1) == ' ' ? 2 : 1;
  if (gap == 1 && behind != ' ' && behind != 'T') return {};
  Date date;
  if (year != 0) {
    date = mark == '/' ? best_of({{year, a, b}, {year, b, a}}, zone)
                       : best_of({{year, b, a}, {year, a, b}}, zone);
  } else if (mark == '.') {
    date = best_of({{full_year(c), b, a}}, zone);
  } else {
    date = best_of({{full_year(a), b, c}, {full_year(c), a, b}, {full_year(c), b, a}}, zone);
  }
  return with_clock(text, date, length + gap, zone);
}

// "11-20 03:31:08.811", "[11.20 03:31:08]": without a year, the month first; with points it may be
// the day.
TimeRead month_and_day(std::string_view text, const Zone& zone) {
  const char mark = at(text, 2);
  if ((mark != '-' && mark != '.') || at(text, 5) != ' ') return {};
  const unsigned a = two(text, 0);
  const unsigned b = two(text, 3);
  const Date one{year_of(a, b, zone), a, b};
  const Date other{mark == '.' ? year_of(b, a, zone) : 0, b, a};
  return with_clock(text, best_of({one, other}, zone), 6, zone);
}

// "251120 033108", two digits of the year first.
TimeRead all_digits(std::string_view text, const Zone& zone) {
  if (at(text, 6) != ' ' || at(text, 13) != ' ') return {};
  const Date date = best_of({{full_year(two(text, 0)), two(text, 2), two(text, 4)}}, zone);
  if (date.year == 0 || two(text, 0) > 99 || two(text, 11) > 60) return {};
  Wall wall = wall_of(date.year, date.month, date.day, two(text, 7), two(text, 9), 13);
  if (wall.length == 0) return {};
  wall.count += two(text, 11) * per_second;
  return in_zone(wall, {}, zone);
}

}  // namespace

unsigned year_of(unsigned month, unsigned day, const Zone& zone) {
  if (zone.newest() == no_time) return 0;
  // 29 February may be eight years back (1900 was no leap year).
  const std::chrono::year_month_day newest(std::chrono::floor<std::chrono::days>(zone.newest()));
  const auto latest = static_cast<unsigned>(static_cast<int>(newest.year())) + 1;
  for (unsigned year = latest; year + 9 > latest; --year) {
    if (possible({year, month, day}, zone)) return year;
  }
  return 0;
}

TimeRead read_short_date(std::string_view text, const Zone& zone) {
  if (text.empty()) return {};
  if (!is_digit(text[0])) return month_first(text, zone);
  for (const auto& spelling : {all_numbers, day_first, month_and_day, all_digits}) {
    if (const TimeRead read = spelling(text, zone); read.length > 0) return read;
  }
  return {};
}

}  // namespace culprit
