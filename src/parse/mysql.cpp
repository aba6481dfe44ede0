// The error log of MySQL and MariaDB:
//
//     2025-11-20T14:03:12.123456Z 0 [ERROR] [MY-010119] [Server] Aborting
//     2025-11-20 14:03:12 0 [Warning] Access denied for user 'shop'@'10.0.0.7'
//
// Fields: `thread`, `code`, `subsystem`.
#include "parse/bytes.h"
#include "parse/formats.h"

namespace culprit {
namespace {

// "[ERROR]" at the beginning of `rest`, which moves behind it; empty: none.
std::string_view bracketed(std::string_view& rest) {
  const std::size_t close = rest.find(']');
  if (!rest.starts_with('[') || close == rest.npos || close > 40) return {};
  const std::string_view content = rest.substr(1, close - 1);
  rest.remove_prefix(close + 1);
  while (rest.starts_with(' ')) rest.remove_prefix(1);
  return content;
}

}  // namespace

double score_mysql(std::string_view sample, const Zone& zone) {
  Dialect dialect;
  dialect.zone = zone;
  return share_of_events(sample, dialect, read_mysql);
}

Reading read_mysql(const Dialect& dialect, std::string_view line, Scratch& scratch, Event& event) {
  if (trimmed(line).empty()) return Reading::blank;
  const TimeRead time = read_timestamp(line, dialect.zone, scratch.time_cache);
  if (time.length == 0) return Reading::continuation;  // a crash report, a version's words
  std::string_view rest = trimmed(line.substr(time.length));
  std::size_t digits = 0;
  while (digits < rest.size() && is_digit(rest[digits])) ++digits;
  if (digits == 0 || digits + 1 >= rest.size() || rest[digits] != ' ') return Reading::unreadable;
  const std::string_view thread = rest.substr(0, digits);
  rest.remove_prefix(digits + 1);
  const std::string_view word = bracketed(rest);
  const Level level = word == "Note" || word == "System" ? Level::info : level_named(word);
  if (level == Level::none) return Reading::unreadable;
  scratch.fields.clear();
  add_field(scratch.fields, "thread", thread, Kind::number);
  add_field(scratch.fields, "level", word, Kind::text);
  if (rest.starts_with("[MY-") || rest.starts_with("[ER_")) {
    add_field(scratch.fields, "code", bracketed(rest), Kind::text);
    const std::string_view subsystem = bracketed(rest);
    if (!subsystem.empty()) add_field(scratch.fields, "subsystem", subsystem, Kind::text);
  }
  event.time = time.time;
  event.level = level;
  event.message = rest;
  event.set_fields(scratch.fields);
  return Reading::event;
}

}  // namespace culprit
