// klog and glog, as Kubernetes and many C++ programs write them:
//
//     E1120 14:03:12.123456   12345 server.go:71] words
//     I1120 14:03:12.123456       1 controller.go:38] "Synced pod" pod="kube-system/dns" took="2ms"
//
// Fields: `pid`, `file`, `line`, and the pairs of structured lines. The year is the file's.
#include <algorithm>

#include "parse/bytes.h"
#include "parse/formats.h"
#include "parse/short_date.h"
#include "parse/wall_clock.h"

namespace culprit {
namespace {

Level level_of(char letter) {
  switch (letter) {
    case 'D': return Level::debug;
    case 'I': return Level::info;
    case 'W': return Level::warn;
    case 'E': return Level::error;
    case 'F': return Level::fatal;
    default: return Level::none;
  }
}

// `at` stands at a quote: the text up to the closing one; escapes are left as they are.
std::string_view quoted(std::string_view text, std::size_t& position) {
  const std::size_t begin = ++position;
  while (position < text.size() && text[position] != '"') {
    position += text[position] == '\\' ? 2 : 1;
  }
  const std::size_t end = std::min(position, text.size());
  position = std::min(end + 1, text.size());
  return text.substr(begin, end - begin);
}

// ` pod="kube-system/dns" took="2ms" count=3`
void add_pairs(std::string_view text, std::vector<Field>& fields) {
  std::size_t position = 0;
  while (position < text.size()) {
    while (position < text.size() && is_space(text[position])) ++position;
    const std::size_t equals = text.find('=', position);
    if (equals == text.npos || equals == position) return;
    const std::string_view name = text.substr(position, equals - position);
    if (name.find(' ') != name.npos) return;
    position = equals + 1;
    if (position < text.size() && text[position] == '"') {
      fields.push_back({name, quoted(text, position), Kind::text});
      continue;
    }
    const std::size_t end = std::min(text.find(' ', position), text.size());
    const std::string_view value = text.substr(position, end - position);
    fields.push_back({name, value, spelled_kind(value)});
    position = end;
  }
}

TimeRead time_of(std::string_view line, const Zone& zone) {
  const unsigned month = two(line, 1);
  const unsigned day = two(line, 3);
  const unsigned year = year_of(month, day, zone);
  if (at(line, 5) != ' ' || year == 0) return {};
  const Wall clock = clock_at(line, 6);
  const Wall wall = dated(year, month, {day, 2}, clock, 6 + clock.length);
  return in_zone(wall, {}, zone);
}

}  // namespace

double score_klog(std::string_view sample, const Zone& zone) {
  Dialect dialect;
  dialect.zone = zone;
  return share_of_events(sample, dialect, read_klog);
}

Reading read_klog(const Dialect& dialect, std::string_view line, Scratch& scratch, Event& event) {
  if (trimmed(line).empty()) return Reading::blank;
  if (is_space(line.front())) return Reading::continuation;
  const Level level = level_of(line.front());
  if (level == Level::none || line.size() < 22) return Reading::unreadable;
  const TimeRead time = time_of(line, dialect.zone);
  const std::size_t close = line.find("] ");
  if (time.length == 0 || close == line.npos || close < time.length) return Reading::unreadable;
  scratch.fields.clear();
  const auto add = [&](std::string_view name, std::string_view value) {
    if (!value.empty()) add_field(scratch.fields, name, value, spelled_kind(value));
  };
  const std::string_view middle = trimmed(line.substr(time.length, close - time.length));
  const std::size_t space = middle.rfind(' ');
  if (space == middle.npos) return Reading::unreadable;
  const std::string_view place = middle.substr(space + 1);
  const std::size_t colon = place.rfind(':');
  add("level", line.substr(0, 1));
  add("pid", trimmed(middle.substr(0, space)));
  add("file", place.substr(0, colon));
  if (colon != place.npos) add("line", place.substr(colon + 1));
  event.time = time.time;
  event.level = level;
  event.message = trimmed(line.substr(close + 2));
  if (event.message.starts_with('"')) {
    std::size_t position = 0;
    const std::string_view whole = event.message;
    event.message = quoted(whole, position);
    add_pairs(whole.substr(position), scratch.fields);
  }
  event.set_fields(scratch.fields);
  return Reading::event;
}

}  // namespace culprit
