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
#include "parse/field_row.h"
#include "parse/formats.h"
#include "parse/simd.h"

namespace culprit {
namespace {

// What the fields are called that the format has itself.
using Name = Keys::FixedName;
constexpr Name vhost_name("vhost");
constexpr Name client_name("client");
constexpr Name user_name("user");
constexpr Name request_name("request");
constexpr Name method_name("method");
constexpr Name path_name("path");
constexpr Name route_name("route");
constexpr Name query_name("query");
constexpr Name protocol_name("protocol");
constexpr Name status_name("status");
constexpr Name bytes_name("bytes");
constexpr Name referer_name("referer");
constexpr Name agent_name("agent");
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

// `Bytes`: how lines are searched (simd.h). Their parts are short: more than sixteen bytes in a
// step do not pay (docs/performance.md).
template <typename Bytes>
class AccessLine {
 public:
  AccessLine(const Dialect& dialect, std::string_view line, Scratch& scratch)
      : dialect_(dialect), scratch_(scratch), fields_(scratch.fields), rest_(line) {
    route_room_ = 3 * line.size();  // "1" becomes ":id"
  }

  bool read() {
    if (!before_time() || !time() || !take(' ') || !request() || !take(' ')) return false;
    const std::string_view status = word();
    if (status.size() != 3 || !spells_number(status)) return false;
    add(status_name, status, Kind::number);
    if (take(' ')) {
      const std::string_view bytes = word();
      if (bytes != "-" && !all_digits(bytes) && !spells_number(bytes)) return false;
      add(bytes_name, bytes, Kind::number);
    }
    behind_bytes();
    return true;
  }

  void fill(Event& event) const {
    event.time = time_;
    event.level = Level::none;
    event.message = {};
    event.set_fields(fields_.all(), named_ ? names_ : 0);
  }

 private:
  bool take(char wanted) {
    if (rest_.empty() || rest_.front() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }

  static const char* end_of(std::string_view text) { return text.data() + text.size(); }
  static std::string_view between(const char* begin, const char* end) {
    return {begin, static_cast<std::size_t>(end - begin)};
  }

  static bool all_digits(std::string_view text) {
    return !text.empty() && find_first_of<Bytes>(text.data(), end_of(text),
                                                 Bytes::other_than_digits) == end_of(text);
  }

  std::string_view word() {
    const char* const end = find_first<Bytes>(rest_.data(), end_of(rest_), ' ', ' ');
    const std::string_view text = between(rest_.data(), end);
    rest_.remove_prefix(text.size());
    return text;
  }

  void add(const Name& name, std::string_view value, Kind kind = Kind::text) {
    if (value.empty() || value == "-") return;
    fields_.add(name.text, value, kind);
    names_ = Keys::joined(names_, name.mark);
  }

  void add_named(std::string_view name, std::string_view value, Kind kind) {
    if (value.empty() || value == "-") return;
    fields_.add(name, value, kind);
    named_ = false;
  }

  // "[vhost ]client ident user [", of which a user may hold spaces.
  bool before_time() { return usual_client() || any_client(); }

  // "10.0.0.7 - ann [": nobody is asked who is at the other end (ident), and names are one word.
  bool usual_client() {
    const char* const begin = rest_.data();
    const char* const end = end_of(rest_);
    const char* const client = find_first<Bytes>(begin, end, ' ', ' ');
    constexpr std::ptrdiff_t least = 6;  // " - a ["
    if (client == begin || end - client < least) return false;
    const char* const user = client + 3;
    if (client[1] != '-' || client[2] != ' ' || *user == '[' || *user == ' ') return false;
    const char* const user_end = find_first<Bytes>(user, end, ' ', ' ');
    if (end - user_end < 2 || user_end[1] != '[') return false;
    add(client_name, between(begin, client));
    add(user_name, between(user, user_end));
    rest_.remove_prefix(static_cast<std::size_t>(user_end + 2 - begin));
    return true;
  }

  bool any_client() {
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
    if (host) add(vhost_name, words[0]);
    add(client_name, words[host ? 1 : 0]);
    add(user_name, between(words[host ? 3 : 2].data(), end_of(before)));
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
    const char* p = find_first<Bytes>(begin, end, '"', '\\');
    while (p < end && *p == '\\') {
      p = find_first<Bytes>(p + (end - p > 1 ? 2 : 1), end, '"', '\\');
    }
    if (p == end) return false;
    text = {begin, static_cast<std::size_t>(p - begin)};
    rest_.remove_prefix(text.size() + 1);
    return true;
  }

  bool request() {
    std::string_view text;
    if (!quoted(text)) return false;
    const char* const begin = text.data();
    const char* const end = end_of(text);
    const char* const method = find_first<Bytes>(begin, end, ' ', ' ');
    if (method == end || !is_method(between(begin, method))) {
      add(request_name, text);  // a handshake, a scan: no HTTP
      return true;
    }
    add(method_name, between(begin, method));
    const char* const last = last_space(text);
    const bool versioned = last != method && between(last + 1, end).starts_with("HTTP/");
    const char* const target_end = versioned ? last : end;
    const char* const question = find_first<Bytes>(method + 1, target_end, '?', '?');
    const std::string_view path = between(method + 1, question);
    add(path_name, path);
    add(route_name, route(path));
    if (question != target_end) add(query_name, between(question + 1, target_end));
    if (versioned) add(protocol_name, between(last + 1, end));
    return true;
  }

  // Of a text that has one. " HTTP/1.1" is what nearly all end in.
  static const char* last_space(std::string_view text) {
    constexpr std::size_t usual = 9;
    if (text.size() >= usual && std::memcmp(end_of(text) - usual, " HTTP/", 6) == 0 &&
        std::memchr(end_of(text) - 3, ' ', 3) == nullptr) {
      return end_of(text) - usual;
    }
    return text.data() + text.rfind(' ');
  }

  static bool is_method(std::string_view word) {
    if (word.empty() || word.size() > 20) return false;
    for (const char byte : word) {
      if ((byte < 'A' || byte > 'Z') && byte != '_' && byte != '-') return false;
    }
    return true;
  }

  std::string_view route(std::string_view path) {
    // Only what has digits varies.
    const char* const digit = find_first_of<Bytes>(path.data(), end_of(path), [](const char* at) {
      return Bytes::all ^ Bytes::other_than_digits(at);
    });
    if (digit == end_of(path)) return path;
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
      add(referer_name, text);
      if (rest_.starts_with(" \"")) {
        take(' ');
        if (!quoted(text)) return;
        add(agent_name, text);
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
      add_named(times[time_count_++], text, Kind::number);
    } else if (extra_count_ < std::size(extras) && !text.empty() && text != "-") {
      add_named(extras[extra_count_++], text, in_quotes ? Kind::text : spelled_kind(text));
    }
  }

  // `rt=0.1`, and `uct="0.000"`, whose value may hold spaces.
  void pair(std::string_view name, std::string_view value) {
    if (value.size() > 1 && value.front() == '"' && value.back() == '"') {
      value = value.substr(1, value.size() - 2);
    }
    add_named(name, value, spelled_kind(value));
  }

  const Dialect& dialect_;
  Scratch& scratch_;
  FieldRow fields_;
  std::uint64_t names_ = 0;
  bool named_ = true;  // `names_` tells all names
  std::string_view rest_;
  std::size_t route_room_ = 0;
  std::size_t time_count_ = 0;
  std::size_t extra_count_ = 0;
  Time time_ = no_time;
};

template <typename Bytes>
Reading read_by(const Dialect& dialect, std::string_view line, Scratch& scratch, Event& event) {
  AccessLine<Bytes> access(dialect, line, scratch);
  if (!access.read()) return Reading::unreadable;
  access.fill(event);
  return Reading::event;
}

}  // namespace

double score_access(std::string_view sample, const Zone&) {
  return share_of_events(sample, {}, read_access);
}

Reading read_access(const Dialect& dialect, std::string_view line, Scratch& scratch, Event& event) {
  if (trimmed(line).empty()) return Reading::blank;
  return dialect.simd == Simd::scalar ? read_by<ScalarBytes>(dialect, line, scratch, event)
                                      : read_by<BaseBytes>(dialect, line, scratch, event);
}

}  // namespace culprit
