#include "parse/timestamp.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>

#include "parse/bytes.h"
#include "parse/short_date.h"
#include "parse/wall_clock.h"

namespace culprit {
namespace {

constexpr std::size_t search_bytes_max = 128;
constexpr std::size_t compact_minute_length = 13;

// "2025-11-20T14:03", with '/' or '.' in the date and a space or '_' for the T too.
Wall iso_minute(std::string_view text) {
  const char dash = at(text, 4);
  if ((dash != '-' && dash != '/' && dash != '.') || at(text, 7) != dash || at(text, 13) != ':') {
    return {};
  }
  const char middle = text[10];
  if (middle != 'T' && middle != ' ' && middle != 't' && middle != '_') return {};
  return wall_of(year_at(text, 0), two(text, 5), two(text, 8), two(text, 11), two(text, 14), 16);
}

// "20/Nov/2025:14:03", the access logs'.
Wall access_minute(std::string_view text) {
  if (at(text, 2) != '/' || at(text, 6) != '/' || at(text, 11) != ':' || at(text, 14) != ':') {
    return {};
  }
  return wall_of(year_at(text, 7), month_named(text, 3), two(text, 0), two(text, 12), two(text, 15),
                 17);
}

// "20251120T1403"; its seconds follow without a colon.
Wall compact_minute(std::string_view text) {
  if (at(text, 8) != 'T' || !is_digit(at(text, 14))) return {};
  return wall_of(year_at(text, 0), two(text, 4), two(text, 6), two(text, 9), two(text, 11),
                 compact_minute_length);
}

// The first byte of what zone_at() reads.
bool may_begin_zone(char byte) {
  return byte == '+' || byte == '-' || byte == 'Z' || byte == 'z' || byte == 'U' || byte == 'G';
}

// "2025-11-20-14.03.12.675872", DB2's and its machines'.
TimeRead dotted_clock(std::string_view text, const Zone& zone) {
  if (at(text, 4) != '-' || at(text, 7) != '-' || at(text, 10) != '-') return {};
  if (at(text, 13) != '.' || at(text, 16) != '.' || two(text, 17) > 60) return {};
  Wall wall =
      wall_of(year_at(text, 0), two(text, 5), two(text, 8), two(text, 11), two(text, 14), 19);
  if (wall.length == 0) return {};
  wall.count += two(text, 17) * per_second;
  wall.count += take_fraction(text, wall.length);
  return in_zone(wall, {}, zone);
}

// "20251120-14:03:12:606", "20251120-14:3:9:606", with a space for the dash too.
TimeRead joined_date(std::string_view text, const Zone& zone) {
  const unsigned year = year_at(text, 0);
  if (year == 0 || (at(text, 8) != '-' && at(text, 8) != ' ')) return {};
  std::size_t position = 9;
  std::array<unsigned, 3> parts{};  // hours, minutes, seconds
  for (std::size_t part = 0; part < parts.size(); ++part) {
    if (part > 0 && at(text, position++) != ':') return {};
    if (!is_digit(at(text, position))) return {};
    while (is_digit(at(text, position)) && parts[part] < 100) {
      parts[part] = parts[part] * 10 + static_cast<unsigned>(text[position++] - '0');
    }
  }
  Wall wall = wall_of(year, two(text, 4), two(text, 6), parts[0], parts[1], position);
  if (wall.length == 0 || parts[2] > 60) return {};
  wall.count += parts[2] * per_second;
  wall.count += take_fraction(text, wall.length);
  if (wall.length == position && at(text, position) == ':') {
    std::int64_t scale = per_second;
    while (is_digit(at(text, wall.length + 1)) && scale >= 10) {
      scale /= 10;
      wall.count += scale * (text[++wall.length] - '0');
    }
    ++wall.length;
  }
  return in_zone(wall, {}, zone);
}

// Seconds, fraction and zone behind a minute. Seconds may be missing, never be wrong.
TimeRead finish(std::string_view text, Wall minute, const Zone& zone) {
  Wall wall = minute;
  const bool compact = wall.length == compact_minute_length;
  if (compact || at(text, wall.length) == ':') {
    const std::size_t digits = wall.length + (compact ? 0 : 1);
    const unsigned second = two(text, digits);
    if (second > 60) return {};
    wall.length = digits + 2;
    wall.count += second * per_second;
    wall.count += take_fraction(text, wall.length);
    if (is_digit(at(text, wall.length))) return {};
  }
  return in_zone(wall, zone_at(text, wall.length), zone);
}

// ":12.345Z", ":12,345 words" behind a minute, as most lines have them: what finish() says of
// these, and nothing of others.
TimeRead usual_second(std::string_view text, Wall minute, const Zone& zone) {
  constexpr std::size_t bytes = 7;
  if (text.size() < minute.length + bytes) return {};
  const char* const from = text.data() + minute.length;
  const auto digit = [from](unsigned place) {
    return static_cast<unsigned>(static_cast<unsigned char>(from[place])) - '0';
  };
  if (from[0] != ':' || (from[3] != '.' && from[3] != ',')) return {};
  bool digits = true;
  for (const unsigned place : {1U, 2U, 4U, 5U, 6U}) digits &= digit(place) <= 9;
  const unsigned second = digit(1) * 10 + digit(2);
  if (!digits || second > 60) return {};
  const unsigned millisecond = digit(4) * 100 + digit(5) * 10 + digit(6);
  const std::int64_t count = minute.count + second * per_second + millisecond * (per_second / 1000);
  const std::size_t length = minute.length + bytes;
  const char behind = at(text, length);
  const char next = at(text, length + 1);
  if (behind == 'Z') {
    if (is_letter(next) || is_digit(next)) return {};
    return {from_nanoseconds(count), length + 1, true};
  }
  if (is_digit(behind) || may_begin_zone(behind == ' ' ? next : behind)) return {};
  return {zone.to_time(count), length, false};
}

// "Nov 20 03:31:08.5 2025", "Nov 20 03:31:08 UTC 2025", "Nov 20, 2025 3:31:08 AM".
TimeRead month_first(std::string_view text, const Zone& zone) {
  const unsigned month = month_named(text, 0);
  if (month == 0 || at(text, 3) != ' ') return {};
  const Wall day = day_at(text, 4);
  std::size_t position = 4 + day.length;
  if (at(text, position) == ',') {
    const Wall clock = clock_at(text, position + 7);
    const std::size_t length = position + 7 + clock.length;
    const Wall wall = dated(year_at(text, position + 2), month, day, clock, length);
    return in_zone(wall, zone_at(text, length), zone);
  }
  const Wall clock = clock_at(text, position + 1);
  position += 1 + clock.length;
  Wall offset = zone_at(text, position);
  position += offset.length + 1;
  if (is_digit(at(text, position + 4))) return {};
  Wall wall = dated(year_at(text, position), month, day, clock, position + 4);
  if (offset.length == 0)
    offset = zone_at(text, wall.length);
  else if (wall.length > 0)
    wall.length -= offset.length;  // counted in already
  return in_zone(wall, offset, zone);
}

// "20 Nov 2025 03:31:08", "20-Nov-2025 03:31:08".
TimeRead day_first(std::string_view text, const Zone& zone) {
  const Wall day = day_at(text, 0);
  const char mark = at(text, day.length);
  if (day.length == 0 || (mark != ' ' && mark != '-') || at(text, day.length + 4) != mark) {
    return {};
  }
  const unsigned month = month_named(text, day.length + 1);
  const char behind = at(text, day.length + 9);
  if (month == 0 || (behind != ' ' && behind != ':')) return {};
  const Wall clock = clock_at(text, day.length + 10);
  const std::size_t length = day.length + 10 + clock.length;
  return in_zone(dated(year_at(text, day.length + 5), month, day, clock, length),
                 zone_at(text, length), zone);
}

TimeRead epoch_at(std::string_view text) {
  std::size_t length = 0;
  while (length < text.size() && length < 20 && is_digit(text[length])) ++length;
  if (length < 9) return {};
  if (at(text, length) == '.' && is_digit(at(text, length + 1))) {
    ++length;
    while (length < text.size() && length < 32 && is_digit(text[length])) ++length;
  }
  const char behind = at(text, length);
  if (is_digit(behind) || is_letter(behind) || behind == '_' || behind == '-') return {};
  const auto time = epoch_time(text.substr(0, length));
  return time ? TimeRead{*time, length, true} : TimeRead{};
}

TimeRead digit_first(std::string_view text, const Zone& zone) {
  if (const Wall minute = iso_minute(text); minute.length > 0) return finish(text, minute, zone);
  if (const Wall minute = access_minute(text); minute.length > 0) return finish(text, minute, zone);
  if (const Wall minute = compact_minute(text); minute.length > 0) {
    return finish(text, minute, zone);
  }
  const TimeRead epoch = epoch_at(text);
  if (epoch.length > 0) return epoch;
  for (const auto& spelling : {dotted_clock, joined_date}) {
    if (const TimeRead read = spelling(text, zone); read.length > 0) return read;
  }
  const TimeRead read = day_first(text, zone);
  return read.length > 0 ? read : read_short_date(text, zone);
}

TimeRead letter_first(std::string_view text, const Zone& zone) {
  std::size_t skipped = 0;
  if (weekday_named(text)) {
    skipped = at(text, 3) == ',' ? 4 : 3;
    if (at(text, skipped) != ' ') return {};
    ++skipped;
  }
  const std::string_view rest = text.substr(skipped);
  TimeRead read = month_first(rest, zone);
  if (read.length == 0 && skipped > 0) read = day_first(rest, zone);
  if (read.length == 0) read = read_short_date(rest, zone);
  if (read.length > 0) read.length += skipped;
  return read;
}

// What a number of seconds, milliseconds and so on is multiplied with; 0: none of them.
std::int64_t epoch_scale(double count) {
  constexpr double first = 631'152'000;   // 1990-01-01
  constexpr double last = 4'102'444'800;  // 2100-01-01
  std::int64_t scale = per_second;
  for (double unit = 1; scale > 0; unit *= 1000, scale /= 1000) {
    if (count >= first * unit && count < last * unit) return scale;
  }
  return 0;
}

bool begins_with(const TimeCache& cache, std::string_view text) {
  constexpr std::size_t least = 16;  // of a minute's bytes; the access logs' have one more
  if (cache.length == 0 || text.size() <= cache.length) return false;
  return std::memcmp(text.data(), cache.prefix, least) == 0 &&
         (cache.length == least || text[least] == cache.prefix[least]);
}

// Digits with an exponent, which exact arithmetic does not cover.
std::optional<Time> epoch_from_double(std::string_view digits) {
  double value = 0;
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (failed != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  const std::int64_t scale = epoch_scale(value);
  if (scale == 0) return std::nullopt;
  return from_nanoseconds(std::llround(value * static_cast<double>(scale)));
}

bool may_begin_time(std::string_view line, std::size_t position) {
  const char byte = line[position];
  if (!is_digit(byte) && byte != '[' && !(byte >= 'A' && byte <= 'W')) return false;
  if (position == 0 || byte == '[') return true;
  const char before = line[position - 1];
  return !is_digit(before) && !is_letter(before) && before != '.' && before != '-';
}

// "251120 033108" is a time only where a line begins.
bool is_date_of_digits(std::string_view text) {
  for (std::size_t i = 0; i < 13; ++i) {
    if (i == 6 ? at(text, i) != ' ' : !is_digit(at(text, i))) return false;
  }
  return true;
}

bool epoch_fits(std::string_view line, std::size_t position) {
  if (position == 0 || line[position] == '[') return true;
  return line[position - 1] == '[' || line[position - 1] == '(';
}

// An epoch has no separators in its first nine bytes, every other spelling has.
bool looks_like_epoch(std::string_view text) {
  if (at(text, 0) == '[') text.remove_prefix(1);
  for (std::size_t i = 0; i < 9; ++i) {
    if (!is_digit(at(text, i))) return false;
  }
  return true;
}

}  // namespace

std::optional<Time> epoch_time(std::string_view digits) {
  std::int64_t whole = 0;
  std::size_t i = 0;
  for (; i < digits.size() && is_digit(digits[i]); ++i) {
    if (i == 19) return std::nullopt;
    // 19 digits can pass the range of an int64; unsigned arithmetic is defined there.
    whole = static_cast<std::int64_t>(static_cast<std::uint64_t>(whole) * 10 +
                                      static_cast<std::uint64_t>(digits[i] - '0'));
  }
  if (i == 0) return std::nullopt;
  const bool exponent = digits.find_first_of("eE", i) != std::string_view::npos;
  if (exponent) return epoch_from_double(digits);
  const std::int64_t scale = epoch_scale(static_cast<double>(whole));
  if (scale == 0) return std::nullopt;
  const std::int64_t fraction = take_fraction(digits, i);
  if (i != digits.size()) return std::nullopt;
  return from_nanoseconds(whole * scale + fraction / (per_second / scale));
}

TimeRead read_timestamp(std::string_view text, const Zone& zone) {
  if (text.empty()) return {};
  if (is_digit(text[0])) return digit_first(text, zone);
  if (text[0] == '[') {
    TimeRead read;
    if (is_digit(at(text, 1))) read = digit_first(text.substr(1), zone);
    if (is_letter(at(text, 1))) read = letter_first(text.substr(1), zone);
    if (read.length == 0) return {};
    ++read.length;
    if (at(text, read.length) == ']') ++read.length;
    return read;
  }
  return is_letter(text[0]) ? letter_first(text, zone) : TimeRead{};
}

TimeRead read_timestamp(std::string_view text, const Zone& zone, TimeCache& cache) {
  if (begins_with(cache, text)) {
    const Wall minute{cache.base, cache.length};
    const TimeRead usual = usual_second(text, minute, zone);
    return usual.length > 0 ? usual : finish(text, minute, zone);
  }
  Wall minute = iso_minute(text);
  if (minute.length == 0) minute = access_minute(text);
  if (minute.length == 0) return read_timestamp(text, zone);
  std::memcpy(cache.prefix, text.data(), minute.length);
  cache.length = static_cast<std::uint8_t>(minute.length);
  cache.base = minute.count;
  return finish(text, minute, zone);
}

TimeFound find_timestamp(std::string_view line, const Zone& zone, const TimeShape& hint) {
  if (hint.found && hint.offset < line.size()) {
    const TimeRead read = read_timestamp(line.substr(hint.offset), zone);
    if (read.length > 0) return {read, hint.offset};
  }
  const std::size_t end = std::min(line.size(), search_bytes_max);
  for (std::size_t i = 0; i < end; ++i) {
    if (!may_begin_time(line, i)) continue;
    const std::string_view rest = line.substr(i);
    if (looks_like_epoch(rest) && !epoch_fits(line, i)) continue;
    if (i > 0 && is_date_of_digits(rest)) continue;
    const TimeRead read = read_timestamp(rest, zone);
    if (read.length > 0) return {read, i};
  }
  return {};
}

}  // namespace culprit
