// HAProxy's HTTP and TCP logs, with or without the syslog header before them:
//
//     10.0.0.7:34567 [20/Nov/2025:14:03:12.123] web shop/app2 0/0/1/210/211 200 1524 - - ----
//         12/8/3/1/0 0/0 "GET /cart/7 HTTP/1.1"
//     10.0.0.7:34567 [20/Nov/2025:14:03:12.123] db pg/pg-1 1/0/5012 212 sD 3/3/2/1/0 0/0
//
// Fields: `client`, `frontend`, `backend`, `server`, `queue_ms`, `connect_ms`, `response_ms`,
// `duration_ms`, `status`, `bytes`, `termination`, `retries`, `method`, `path`, `host`, `app`,
// `pid`. The time is that of the request's arrival, in brackets.
#include <algorithm>
#include <array>

#include "parse/bytes.h"
#include "parse/formats.h"

namespace culprit {
namespace {

std::string_view take_word(std::string_view& rest) {
  const std::size_t end = std::min(rest.find(' '), rest.size());
  const std::string_view word = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return word;
}

struct Split {
  std::array<std::string_view, 5> parts;
  std::size_t count = 0;
};

// "0/0/1/210/211"; more than five parts are none.
Split split(std::string_view text) {
  Split made;
  while (!text.empty() && made.count < made.parts.size()) {
    const std::size_t end = std::min(text.find('/'), text.size());
    made.parts[made.count++] = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (!text.empty()) made.count = 0;
  return made;
}

bool timer(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);  // logasap: not over yet
  return spells_number(text);
}

class HaproxyLine {
 public:
  HaproxyLine(const Dialect& dialect, std::string_view line, Scratch& scratch)
      : dialect_(dialect), scratch_(scratch), line_(line) {
    scratch.fields.clear();
  }

  bool read(Event& event) {
    // The client's address and the bracket that opens the time.
    const std::size_t bracket = line_.find(" [");
    for (std::size_t at = bracket; at != line_.npos; at = line_.find(" [", at + 1)) {
      if (at + 2 < line_.size() && is_digit(line_[at + 2])) return behind(at, event);
    }
    return false;
  }

 private:
  void add(std::string_view name, std::string_view value) {
    if (!value.empty() && value != "-" && value != "-1") {
      add_field(scratch_.fields, name, value, spelled_kind(value));
    }
  }

  bool behind(std::size_t bracket, Event& event) {
    const std::size_t space = line_.rfind(' ', bracket - 1);
    const std::size_t begin = bracket == 0 || space == line_.npos ? 0 : space + 1;
    const std::string_view client = line_.substr(begin, bracket - begin);
    if (client.find(':') == client.npos) return false;
    std::string_view rest = line_.substr(bracket + 1);
    const TimeRead time = read_timestamp(rest, dialect_.zone);
    if (time.length == 0 || time.length + 1 >= rest.size() || rest[time.length] != ' ')
      return false;
    rest.remove_prefix(time.length + 1);
    header(line_.substr(0, begin));
    add("client", client.substr(0, client.rfind(':')));
    add("frontend", take_word(rest));
    const std::string_view target = take_word(rest);
    const std::size_t slash = target.find('/');
    if (slash == target.npos) return false;
    add("backend", target.substr(0, slash));
    add("server", target.substr(slash + 1));
    const Split timers = split(take_word(rest));
    if (timers.count < 3 || !timer(timers.parts[timers.count - 1])) return false;
    const bool http = timers.count == 5;
    add("queue_ms", timers.parts[http ? 1 : 0]);
    add("connect_ms", timers.parts[http ? 2 : 1]);
    if (http) add("response_ms", timers.parts[3]);
    add("duration_ms", timers.parts[timers.count - 1]);
    if (http) add("status", take_word(rest));
    add("bytes", take_word(rest));
    if (http) rest = behind_cookies(rest);
    add("termination", take_word(rest));
    const Split connections = split(take_word(rest));
    if (connections.count == 5) add("retries", connections.parts[4]);
    request(rest);
    event.time = time.time;
    event.level = Level::none;
    event.message = {};
    event.set_fields(scratch_.fields);
    return true;
  }

  std::string_view behind_cookies(std::string_view rest) {
    take_word(rest);
    take_word(rest);
    return rest;
  }

  // "Nov 20 14:03:12 lb-1 haproxy[7]: " or what a collector puts there.
  void header(std::string_view text) {
    text = trimmed(text);
    if (!text.ends_with(':')) return;
    text.remove_suffix(1);
    const std::size_t space = text.rfind(' ');
    const std::string_view tag = space == text.npos ? text : text.substr(space + 1);
    const std::size_t open = tag.find('[');
    add("app", tag.substr(0, open));
    if (open != tag.npos && tag.ends_with(']'))
      add("pid", tag.substr(open + 1, tag.size() - open - 2));
    if (space == text.npos) return;
    const std::string_view before = text.substr(0, space);
    add("host", before.substr(before.rfind(' ') + 1));
  }

  void request(std::string_view rest) {
    const std::size_t open = rest.find('"');
    if (open == rest.npos) return;
    std::string_view text = rest.substr(open + 1);
    if (text.ends_with('"')) text.remove_suffix(1);
    if (text.starts_with('<')) return;  // <BADREQ>
    add("method", take_word(text));
    const std::string_view target = take_word(text);
    add("path", target.substr(0, target.find('?')));
  }

  const Dialect& dialect_;
  Scratch& scratch_;
  std::string_view line_;
};

}  // namespace

Reading read_haproxy(const Dialect& dialect, std::string_view line, Scratch& scratch,
                     Event& event) {
  if (trimmed(line).empty()) return Reading::blank;
  HaproxyLine haproxy(dialect, line, scratch);
  return haproxy.read(event) ? Reading::event : Reading::unreadable;
}

namespace {

// What HAProxy says of itself ("Server shop/web-1 is DOWN") is in the same log and tells nothing
// about how its traffic is written.
Reading read_traffic(const Dialect& dialect, std::string_view line, Scratch& scratch,
                     Event& event) {
  const Reading reading = read_haproxy(dialect, line, scratch, event);
  const bool own = reading == Reading::unreadable && line.find(" haproxy[") != line.npos;
  return own ? Reading::blank : reading;
}

}  // namespace

double score_haproxy(std::string_view sample, const Zone& zone) {
  Dialect dialect;
  dialect.zone = zone;
  return share_of_events(sample, dialect, read_traffic);
}

}  // namespace culprit
