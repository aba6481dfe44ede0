// Access logs of Apache and nginx: common and combined, with a virtual host before them and fields
// of one's own behind.
//
//     shop.example 10.0.0.7 - ann [20/Nov/2025:03:31:08 +0100] "GET /a?b HTTP/1.1" 200 17 "-"
//     "curl"
//
// A '-' is an absent value. `route` is the path with each segment that varies replaced by :id. What
// stands behind the agent is read by its shape: the first two numbers are nginx's request_time and
// upstream_response_time (a lone whole number, Apache's %D, is request_time too), `key=value` is
// itself, anything else is extra, extra.2 ...
#include <algorithm>
#include <array>
#include <cstring>

#include "parse/bytes.h"
#include "parse/formats.h"

namespace culprit {
namespace {

constexpr std::string_view extras[] = {"extra",   "extra.2", "extra.3", "extra.4",
                                       "extra.5", "extra.6", "extra.7", "extra.8"};
constexpr std::string_view times[] = {"request_time", "upstream_response_time"};

// A segment that has digits varies, but for the version of an interface: v1, v2.0.
bool segment_varies(std::string_view segment) {
  if (segment.size() > 1 && segment[0] == 'v' && spells_number(segment.substr(1))) return false;
  for (std::size_t i = 0; i < segment.size(); ++i) {
    if (segment[i] == '%')
      i += 2;  // an escaped byte
    else if (is_digit(segment[i]))
      return true;
  }
  return false;
}

class AccessLine {
 public:
  AccessLine(const Dialect& dialect, std::string_view line, Scratch& scratch)
      : dialect_(dialect), scratch_(scratch), rest_(line) {
    scratch_.fields.clear();
    route_room_ = 3 * line.size();  // "1" becomes ":id"
  }

  bool read() {
    if (!before_time() || !time() || !take(' ') || !request() || !take(' ')) return false;
    const std::string_view status = word();
    if (status.size() != 3 || !spells_number(status)) return false;
    add("status", status, Kind::number);
    if (take(' ')) {
      const std::string_view bytes = word();
      if (bytes != "-" && !spells_number(bytes)) return false;
      add("bytes", bytes, Kind::number);
    }
    behind_bytes();
    return true;
  }

  void fill(Event& event) const {
    event.time = time_;
    event.level = Level::none;
    event.message = {};
    event.set_fields(scratch_.fields);
  }

 private:
  bool take(char wanted) {
    if (rest_.empty() || rest_.front() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }

  std::string_view word() {
    const std::size_t end = std::min(rest_.find(' '), rest_.size());
    const std::string_view text = rest_.substr(0, end);
    rest_.remove_prefix(end);
    return text;
  }

  void add(std::string_view name, std::string_view value, Kind kind = Kind::text) {
    if (!value.empty() && value != "-") add_field(scratch_.fields, name, value, kind);
  }

  // "[vhost ]client ident user [", of which a user may hold spaces.
  bool before_time() {
    const std::size_t bracket = rest_.find(" [");
    if (bracket == std::string_view::npos) return false;
    const std::string_view after = rest_.substr(bracket + 2);
    std::string_view before = rest_.substr(0, bracket);
    std::array<std::string_view, 4> words{};
    std::size_t count = 0;
    while (count < 3) {
      const std::size_t space = before.find(' ');
      if (space == std::string_view::npos) break;
      words[count++] = before.substr(0, space);
      before.remove_prefix(space + 1);
    }
    words[count++] = before;
    if (count < 3 || words[0].empty()) return false;
    // With four words the first is a host, unless the second is no address: then a user has spaces.
    const bool host = count == 4 && words[2] == "-" && words[1] != "-";
    if (host) add("vhost", words[0]);
    add("client", words[host ? 1 : 0]);
    const char* user = words[host ? 3 : 2].data();
    add("user", {user, static_cast<std::size_t>(before.data() + before.size() - user)});
    rest_ = after;
    return true;
  }

  bool time() {
    const TimeRead read = read_timestamp(rest_, dialect_.zone, scratch_.time_cache);
    if (read.length == 0) return false;
    time_ = read.time;
    rest_.remove_prefix(read.length);
    return take(']');
  }

  // The text up to the closing quote, with \" and \\ left as they are.
  bool quoted(std::string_view& text) {
    if (!take('"')) return false;
    const char* begin = rest_.data();
    const char* end = begin + rest_.size();
    const char* p = find_either(begin, end, '"', '\\');
    while (p < end && *p == '\\') p = find_either(p + (end - p > 1 ? 2 : 1), end, '"', '\\');
    if (p == end) return false;
    text = {begin, static_cast<std::size_t>(p - begin)};
    rest_.remove_prefix(text.size() + 1);
    return true;
  }

  bool request() {
    std::string_view text;
    if (!quoted(text)) return false;
    const std::size_t first = text.find(' ');
    const std::size_t last = text.rfind(' ');
    const std::string_view method = text.substr(0, first);
    if (first == std::string_view::npos || !is_method(method)) {
      add("request", text);  // a handshake, a scan: no HTTP
      return true;
    }
    add("method", method);
    const bool versioned = last != first && text.substr(last + 1).starts_with("HTTP/");
    const std::string_view target =
        text.substr(first + 1, versioned ? last - first - 1 : text.npos);
    const std::size_t question = target.find('?');
    const std::string_view path = target.substr(0, question);
    add("path", path);
    add("route", route(path));
    if (question != std::string_view::npos) add("query", target.substr(question + 1));
    if (versioned) add("protocol", text.substr(last + 1));
    return true;
  }

  static bool is_method(std::string_view word) {
    if (word.empty() || word.size() > 20) return false;
    for (const char byte : word) {
      if ((byte < 'A' || byte > 'Z') && byte != '_' && byte != '-') return false;
    }
    return true;
  }

  std::string_view route(std::string_view path) {
    if (scratch_.text.size() < route_room_) scratch_.text.resize(route_room_);
    char* const begin = scratch_.text.data();
    char* out = begin;
    bool changed = false;
    std::string_view left = path;
    while (!left.empty()) {
      const std::size_t end = std::min(left.find('/', 1), left.size());
      std::string_view segment = left.substr(0, end);
      left.remove_prefix(end);
      if (segment.front() == '/') {
        *out++ = '/';
        segment.remove_prefix(1);
      }
      if (segment_varies(segment)) {
        segment = ":id";
        changed = true;
      }
      std::memcpy(out, segment.data(), segment.size());
      out += segment.size();
    }
    return changed ? std::string_view(begin, static_cast<std::size_t>(out - begin)) : path;
  }

  void behind_bytes() {
    std::string_view text;
    if (rest_.starts_with(" \"")) {
      take(' ');
      if (!quoted(text)) return;
      add("referer", text);
      if (rest_.starts_with(" \"")) {
        take(' ');
        if (!quoted(text)) return;
        add("agent", text);
      }
    }
    while (take(' ')) extra();
  }

  void extra() {
    std::string_view text;
    const bool in_quotes = rest_.starts_with('"');
    if (in_quotes && !quoted(text)) {
      rest_ = {};
      return;
    }
    if (!in_quotes) text = word();
    const std::size_t equals = text.find('=');
    if (equals != std::string_view::npos && equals > 0 && is_letter(text[0])) {
      pair(text.substr(0, equals), text.substr(equals + 1));
    } else if (spells_number(text) && time_count_ < std::size(times)) {
      add(times[time_count_++], text, Kind::number);
    } else if (extra_count_ < std::size(extras) && !text.empty() && text != "-") {
      add(extras[extra_count_++], text, in_quotes ? Kind::text : spelled_kind(text));
    }
  }

  // `rt=0.1`, and `uct="0.000"`, whose value may hold spaces.
  void pair(std::string_view name, std::string_view value) {
    if (value.size() > 1 && value.front() == '"' && value.back() == '"') {
      value = value.substr(1, value.size() - 2);
    }
    add(name, value, spelled_kind(value));
  }

  const Dialect& dialect_;
  Scratch& scratch_;
  std::string_view rest_;
  std::size_t route_room_ = 0;
  std::size_t time_count_ = 0;
  std::size_t extra_count_ = 0;
  Time time_ = no_time;
};

}  // namespace

double score_access(std::string_view sample, const Zone&) {
  return share_of_events(sample, {}, read_access);
}

Reading read_access(const Dialect& dialect, std::string_view line, Scratch& scratch, Event& event) {
  if (trimmed(line).empty()) return Reading::blank;
  AccessLine access(dialect, line, scratch);
  if (!access.read()) return Reading::unreadable;
  access.fill(event);
  return Reading::event;
}

}  // namespace culprit
