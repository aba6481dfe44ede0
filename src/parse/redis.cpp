// Redis and Valkey: "1234:M 20 Nov 2025 14:03:12.123 # words", the sign being the level.
//
// Fields: `pid`, `role` (master, replica, child, sentinel).
#include <charconv>

#include "parse/bytes.h"
#include "parse/formats.h"

namespace culprit {
namespace {

std::string_view role_named(char letter) {
  switch (letter) {
    case 'M': return "master";
    case 'S': return "replica";
    case 'C': return "child";
    case 'X': return "sentinel";
    default: return {};
  }
}

Level level_of(char sign) {
  switch (sign) {
    case '.': return Level::debug;
    case '-': return Level::info;
    case '*': return Level::info;  // redis calls it notice
    case '#': return Level::warn;
    default: return Level::none;
  }
}

// Its highest level is warning, which it gives to a start as well ("Server initialized"): what
// failed is told by the words that such messages begin or end with.
bool says_failure(std::string_view words) {
  for (const std::string_view begin : {"Failed ", "Error ", "Can't ", "Unable ", "Fatal ", "Bad ",
                                       "Write error ", "Short write "}) {
    if (words.starts_with(begin)) return true;
  }
  return words.ends_with(" error") || words.find(" error ") != words.npos ||
         words.find(" failed") != words.npos;
}

// "1234:signal-handler (1763647392) words": written where no clock may be asked for more than
// seconds.
Reading read_from_signal(std::string_view pid, std::string_view rest, Scratch& scratch,
                         Event& event) {
  const std::size_t close = rest.find(") ");
  std::int64_t seconds = 0;
  const auto [end, fault] =
      std::from_chars(rest.data(), rest.data() + std::min(close, rest.size()), seconds);
  if (close == rest.npos || fault != std::errc() || end != rest.data() + close) {
    return Reading::unreadable;
  }
  scratch.fields.clear();
  scratch.fields.push_back({"pid", pid, Kind::number});
  event.time = Time(std::chrono::seconds(seconds));
  event.level = Level::warn;
  event.message = trimmed(rest.substr(close + 2));
  event.fields = scratch.fields;
  return Reading::event;
}

}  // namespace

double score_redis(std::string_view sample, const Zone& zone) {
  Dialect dialect;
  dialect.zone = zone;
  return share_of_events(sample, dialect, read_redis);
}

Reading read_redis(const Dialect& dialect, std::string_view line, Scratch& scratch, Event& event) {
  if (trimmed(line).empty()) return Reading::blank;
  std::size_t digits = 0;
  while (digits < line.size() && is_digit(line[digits])) ++digits;
  // The picture and the words of a start, and a crash report's lines, belong to what is above.
  if (digits == 0 || line.size() < digits + 10 || line[digits] != ':') return Reading::continuation;
  constexpr std::string_view signal = "signal-handler (";
  if (line.substr(digits + 1).starts_with(signal)) {
    return read_from_signal(line.substr(0, digits), line.substr(digits + 1 + signal.size()),
                            scratch, event);
  }
  const std::string_view role = role_named(line[digits + 1]);
  if (role.empty() || line[digits + 2] != ' ') return Reading::continuation;
  const std::string_view rest = line.substr(digits + 3);
  const TimeRead time = read_timestamp(rest, dialect.zone, scratch.time_cache);
  if (time.length == 0 || rest.size() < time.length + 3) return Reading::unreadable;
  scratch.fields.clear();
  add_field(scratch.fields, "pid", line.substr(0, digits), Kind::number);
  add_field(scratch.fields, "role", role, Kind::text);
  event.time = time.time;
  event.level = level_of(rest[time.length + 1]);
  event.message = trimmed(rest.substr(time.length + 2));
  if (event.level == Level::warn && says_failure(event.message)) event.level = Level::error;
  event.set_fields(scratch.fields);
  return Reading::event;
}

}  // namespace culprit
