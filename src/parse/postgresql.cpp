// PostgreSQL's log with any usual log_line_prefix: a time, what the prefix adds, a level with two
// spaces behind its colon, the words.
//
//     2025-11-20 14:03:12.123 UTC [1234] shop@orders ERROR:  duplicate key value violates ...
//     2025-11-20 14:03:12.123 UTC [1234] shop@orders DETAIL:  Key (id)=(7) already exists.
//
// DETAIL, HINT, QUERY, CONTEXT, LOCATION and STATEMENT continue the event before them. Fields:
// `pid`, `user`, `database`, `application` or whatever the prefix names with `=`; of slow
// statements `duration_ms`.
#include <algorithm>
#include <array>

#include "parse/bytes.h"
#include "parse/formats.h"

namespace culprit {
namespace {

struct Severity {
  std::string_view word;
  Level level;
};
constexpr std::array<Severity, 10> severities = {{{"LOG", Level::info},
                                                  {"ERROR", Level::error},
                                                  {"FATAL", Level::fatal},
                                                  {"PANIC", Level::fatal},
                                                  {"WARNING", Level::warn},
                                                  {"NOTICE", Level::info},
                                                  {"INFO", Level::info},
                                                  {"DEBUG", Level::debug},
                                                  {"DEBUG1", Level::debug},
                                                  {"DEBUG2", Level::debug}}};
constexpr std::array<std::string_view, 7> attached = {
    "DETAIL", "HINT", "QUERY", "CONTEXT", "LOCATION", "STATEMENT", "BACKTRACE"};
constexpr std::size_t prefix_bytes_max = 300;

// "[1234]", "[1234-1]", "shop@orders", "user=shop,db=orders,app=psql,client=10.0.0.7".
void add_prefix(std::string_view prefix, std::vector<Field>& fields) {
  const auto add = [&](std::string_view name, std::string_view value) {
    const bool unset = value.empty() || value == "[unknown]";
    if (!unset) fields.push_back({name, value, spelled_kind(value)});
  };
  while (!prefix.empty()) {
    const std::size_t end = std::min(prefix.find_first_of(" ,"), prefix.size());
    std::string_view part = prefix.substr(0, end);
    prefix.remove_prefix(std::min(end + 1, prefix.size()));
    if (part.starts_with('[') && part.ends_with(']')) part = part.substr(1, part.size() - 2);
    const std::size_t equals = part.find('=');
    const std::size_t at_sign = part.find('@');
    if (equals != part.npos) {
      const std::string_view name = part.substr(0, equals);
      add(name == "db"    ? "database"
          : name == "app" ? "application"
                          : name,
          part.substr(equals + 1));
    } else if (at_sign != part.npos) {
      add("user", part.substr(0, at_sign));
      add("database", part.substr(at_sign + 1));
    } else if (!part.empty() && is_digit(part[0])) {
      const std::string_view number = part.substr(0, part.find('-'));
      if (spells_number(number) && fields.empty()) add("pid", number);
    }
  }
}

// "duration: 12.345 ms  statement: ..."
void add_duration(std::string_view message, std::vector<Field>& fields) {
  constexpr std::string_view word = "duration: ";
  if (!message.starts_with(word)) return;
  const std::string_view rest = message.substr(word.size());
  const std::size_t end = rest.find(" ms");
  if (end == rest.npos || !spells_number(rest.substr(0, end))) return;
  fields.push_back({"duration_ms", rest.substr(0, end), Kind::number});
}

}  // namespace

double score_postgresql(std::string_view sample, const Zone& zone) {
  Dialect dialect;
  dialect.zone = zone;
  return share_of_events(sample, dialect, read_postgresql);
}

Reading read_postgresql(const Dialect& dialect, std::string_view line, Scratch& scratch,
                        Event& event) {
  if (trimmed(line).empty()) return Reading::blank;
  if (is_space(line.front())) return Reading::continuation;  // a statement's further lines
  const std::size_t colon = line.substr(0, prefix_bytes_max).find(":  ");
  if (colon == line.npos) return Reading::unreadable;
  std::size_t begin = colon;
  while (begin > 0 && (is_letter(line[begin - 1]) || is_digit(line[begin - 1]))) --begin;
  const std::string_view word = line.substr(begin, colon - begin);
  const auto severity = std::find_if(severities.begin(), severities.end(),
                                     [&](const Severity& one) { return one.word == word; });
  const TimeFound time = find_timestamp(line.substr(0, begin), dialect.zone, {});
  if (severity == severities.end()) {
    const bool more = std::find(attached.begin(), attached.end(), word) != attached.end();
    return more && time.read.length > 0 ? Reading::continuation : Reading::unreadable;
  }
  if (time.read.length == 0) return Reading::unreadable;
  scratch.fields.clear();
  const std::size_t behind = time.offset + time.read.length;
  add_prefix(line.substr(0, time.offset), scratch.fields);
  add_prefix(trimmed(line.substr(behind, begin - behind)), scratch.fields);
  add_field(scratch.fields, "level", word, Kind::text);
  event.time = time.read.time;
  event.level = severity->level;
  event.message = trimmed(line.substr(colon + 1));
  add_duration(event.message, scratch.fields);
  event.set_fields(scratch.fields);
  return Reading::event;
}

}  // namespace culprit
