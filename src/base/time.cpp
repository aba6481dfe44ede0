#include "base/time.h"

#include <array>
#include <cmath>
#include <limits>

#include <fmt/format.h>

namespace culprit {
namespace {

constexpr std::int64_t per_second = 1'000'000'000;
constexpr std::int64_t seconds_per_day = 86'400;

struct Unit {
  std::string_view name;
  std::int64_t nanoseconds;
};

// Longer names first where one begins another, so that "ms" is not read as "m".
constexpr std::array units{
    Unit{"ns", 1},
    Unit{"us", 1'000},
    Unit{"µs", 1'000},
    Unit{"ms", 1'000'000},
    Unit{"s", per_second},
    Unit{"m", 60 * per_second},
    Unit{"h", 3'600 * per_second},
    Unit{"d", seconds_per_day* per_second},
    Unit{"w", 7 * seconds_per_day* per_second},
};

struct CivilDate {
  std::int64_t year;
  unsigned month;
  unsigned day;
};

// The inverse of days_from_civil, from the same paper.
CivilDate civil_from_days(std::int64_t days) {
  days += 719468;
  const std::int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  const auto day_of_era = static_cast<unsigned>(days - era * 146097);
  const unsigned year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const unsigned day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const unsigned shifted = (5 * day_of_year + 2) / 153;
  const unsigned month = shifted < 10 ? shifted + 3 : shifted - 9;
  const std::int64_t year = static_cast<std::int64_t>(year_of_era) + era * 400;
  return {year + (month <= 2 ? 1 : 0), month, day_of_year - (153 * shifted + 2) / 5 + 1};
}

struct Clock {
  std::int64_t days;
  std::int64_t second;    // of the day
  std::int64_t fraction;  // nanoseconds
};

Clock clock_of(Time time) {
  const std::int64_t count = nanoseconds(time);
  const std::int64_t second = count / per_second - (count % per_second < 0 ? 1 : 0);
  const std::int64_t day = second / seconds_per_day - (second % seconds_per_day < 0 ? 1 : 0);
  return {day, second - day * seconds_per_day, (count % per_second + per_second) % per_second};
}

std::string hours_text(const Clock& clock) {
  return fmt::format("{:02}:{:02}:{:02}", clock.second / 3600, clock.second / 60 % 60,
                     clock.second % 60);
}

std::string fraction_text(std::int64_t fraction) {
  if (fraction % 1'000'000 == 0) return fmt::format(".{:03}", fraction / 1'000'000);
  if (fraction % 1'000 == 0) return fmt::format(".{:06}", fraction / 1'000);
  return fmt::format(".{:09}", fraction);
}

// Three significant digits, without zeros at the end: "4.35", "12.3", "350".
std::string short_number(double value) {
  const int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  std::string text = fmt::format("{:.{}f}", value, decimals);
  if (decimals > 0) {
    while (text.back() == '0') text.pop_back();
    if (text.back() == '.') text.pop_back();
  }
  return text;
}

std::string short_text(std::uint64_t count) {
  constexpr std::array<Unit, 4> small{Unit{"ns", 1}, Unit{"us", 1'000}, Unit{"ms", 1'000'000},
                                      Unit{"s", per_second}};
  for (const Unit& unit : small) {
    const double value = static_cast<double>(count) / static_cast<double>(unit.nanoseconds);
    if (value < 999.5) return short_number(value) + std::string(unit.name);
  }
  return {};  // not reached: seconds come here below 60
}

std::string two_units(std::uint64_t large, std::string_view large_name, std::uint64_t small,
                      std::string_view small_name) {
  if (small == 0) return fmt::format("{}{}", large, large_name);
  return fmt::format("{}{} {}{}", large, large_name, small, small_name);
}

std::string long_text(std::uint64_t count) {
  const std::uint64_t whole = (count + per_second / 2) / per_second;
  if (whole < 3600) return two_units(whole / 60, "m", whole % 60, "s");
  const std::uint64_t minutes = (whole + 30) / 60;
  if (minutes < 1440) return two_units(minutes / 60, "h", minutes % 60, "m");
  const std::uint64_t hours = (minutes + 30) / 60;
  return two_units(hours / 24, "d", hours % 24, "h");
}

// A cursor over text; each function takes what it names from the front, or says no.
struct Cursor {
  std::string_view text;

  bool take(char wanted) {
    if (text.empty() || text.front() != wanted) return false;
    text.remove_prefix(1);
    return true;
  }
  bool take_either(char one, char other) { return take(one) || take(other); }

  std::optional<unsigned> digits(std::size_t count) {
    if (text.size() < count) return std::nullopt;
    unsigned value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (text[i] < '0' || text[i] > '9') return std::nullopt;
      value = value * 10 + static_cast<unsigned>(text[i] - '0');
    }
    text.remove_prefix(count);
    return value;
  }

  // Nanoseconds of the digits after a point; what is finer is cut off.
  std::optional<std::int64_t> fraction() {
    std::int64_t value = 0;
    std::int64_t scale = per_second / 10;
    std::size_t length = 0;
    for (; length < text.size() && text[length] >= '0' && text[length] <= '9'; ++length) {
      value += scale * (text[length] - '0');
      scale /= 10;
    }
    if (length == 0) return std::nullopt;
    text.remove_prefix(length);
    return value;
  }
};

unsigned days_in_month(unsigned year, unsigned month) {
  constexpr std::array<unsigned, 12> days{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : days[month - 1];
}

std::optional<std::int64_t> date_days(Cursor& cursor) {
  const auto year = cursor.digits(4);
  if (!year || !cursor.take('-')) return std::nullopt;
  const auto month = cursor.digits(2);
  if (!month || !cursor.take('-')) return std::nullopt;
  const auto day = cursor.digits(2);
  if (!day || *month < 1 || *month > 12 || *day < 1) return std::nullopt;
  if (*day > days_in_month(*year, *month)) return std::nullopt;
  return days_from_civil(*year, *month, *day);
}

// Seconds of the day; 60 is a leap second and becomes the next minute's first.
std::optional<std::int64_t> clock_seconds(Cursor& cursor) {
  const auto hour = cursor.digits(2);
  if (!hour || *hour > 23 || !cursor.take(':')) return std::nullopt;
  const auto minute = cursor.digits(2);
  if (!minute || *minute > 59 || !cursor.take(':')) return std::nullopt;
  const auto second = cursor.digits(2);
  if (!second || *second > 60) return std::nullopt;
  return *hour * 3600 + *minute * 60 + *second;
}

// Seconds east of Greenwich.
std::optional<std::int64_t> offset_seconds(Cursor& cursor) {
  if (cursor.take_either('Z', 'z')) return 0;
  const bool east = cursor.take('+');
  if (!east && !cursor.take('-')) return std::nullopt;
  const auto hours = cursor.digits(2);
  if (!hours || *hours > 23) return std::nullopt;
  cursor.take(':');
  const auto minutes = cursor.digits(2);
  if (!minutes || *minutes > 59) return std::nullopt;
  const auto offset = static_cast<std::int64_t>(*hours * 3600 + *minutes * 60);
  return east ? offset : -offset;
}

// Instants that an int64 of nanoseconds can hold, with no_time left out.
std::optional<Time> instant(std::int64_t second, std::int64_t fraction) {
  std::int64_t count = 0;
  if (__builtin_mul_overflow(second, per_second, &count)) return std::nullopt;
  if (__builtin_add_overflow(count, fraction, &count)) return std::nullopt;
  const Time time = from_nanoseconds(count);
  return time == no_time ? std::nullopt : std::optional(time);
}

const Unit* unit_at(std::string_view text) {
  const Unit* best = nullptr;
  for (const Unit& unit : units) {
    if (!text.starts_with(unit.name)) continue;
    if (best == nullptr || unit.name.size() > best->name.size()) best = &unit;
  }
  return best;
}

// "1.5h" off the front.
std::optional<double> take_part(std::string_view& text) {
  std::size_t length = 0;
  double value = 0;
  double scale = 0;  // 0 until the point
  std::size_t digits = 0;
  for (; length < text.size(); ++length) {
    const char byte = text[length];
    if (byte == '.' && scale == 0) {
      scale = 1;
    } else if (byte >= '0' && byte <= '9') {
      ++digits;
      value = value * 10 + (byte - '0');
      scale *= 10;
    } else {
      break;
    }
  }
  text.remove_prefix(length);
  const Unit* unit = unit_at(text);
  if (digits == 0 || unit == nullptr) return std::nullopt;
  text.remove_prefix(unit->name.size());
  if (scale > 0) value /= scale;
  return value * static_cast<double>(unit->nanoseconds);
}

}  // namespace

Duration from_seconds(double count) {
  const double scaled = count * 1e9;
  // The nearest doubles inside the range of an int64.
  if (!(scaled > -9.2233720368547748e18)) return Duration::min();
  if (scaled >= 9.2233720368547748e18) return Duration::max();
  return Duration{std::llround(scaled)};
}

std::string to_string(Time time) {
  if (time == no_time) return "-";
  const Clock clock = clock_of(time);
  const CivilDate date = civil_from_days(clock.days);
  return fmt::format("{:04}-{:02}-{:02}T{}{}Z", date.year, date.month, date.day, hours_text(clock),
                     fraction_text(clock.fraction));
}

std::string clock_text(Time time) {
  if (time == no_time) return "-";
  const Clock clock = clock_of(time);
  const std::int64_t milliseconds = clock.fraction / 1'000'000;
  if (milliseconds == 0) return hours_text(clock) + "Z";
  return fmt::format("{}.{:03}Z", hours_text(clock), milliseconds);
}

std::string to_string(Duration duration) {
  const std::int64_t count = duration.count();
  if (count == 0) return "0s";
  const std::uint64_t size =
      count < 0 ? 0 - static_cast<std::uint64_t>(count) : static_cast<std::uint64_t>(count);
  // 59.95 s would round to "60s".
  const std::string text = size < 59'950'000'000 ? short_text(size) : long_text(size);
  return count < 0 ? "-" + text : text;
}

std::optional<Time> parse_time(std::string_view text) {
  Cursor cursor{text};
  const auto days = date_days(cursor);
  if (!days) return std::nullopt;
  if (!cursor.take_either('T', 't') && !cursor.take(' ')) return std::nullopt;
  const auto second = clock_seconds(cursor);
  if (!second) return std::nullopt;
  std::int64_t fraction = 0;
  if (cursor.take('.')) {
    const auto read = cursor.fraction();
    if (!read) return std::nullopt;
    fraction = *read;
  }
  const auto offset = offset_seconds(cursor);
  if (!offset || !cursor.text.empty()) return std::nullopt;
  return instant(*days * seconds_per_day + *second - *offset, fraction);
}

std::optional<Duration> parse_duration(std::string_view text) {
  if (text.empty()) return std::nullopt;
  double total = 0;
  while (!text.empty()) {
    const auto part = take_part(text);
    if (!part) return std::nullopt;
    total += *part;
    if (text.size() > 1 && text.front() == ' ') text.remove_prefix(1);
  }
  if (total >= 9.2233720368547748e18) return std::nullopt;
  return Duration{std::llround(total)};
}

}  // namespace culprit
