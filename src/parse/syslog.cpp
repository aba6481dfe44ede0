// Syslog, as RFC 5424 has it ("<34>1 2025-11-20T14:03:12Z host app 7 ID [sd] words"), as RFC 3164
// had it ("<34>Nov 20 14:03:12 host app[7]: words"), and as daemons write it into files, without
// the priority, with either spelling of the time.
//
// Fields: `host`, `app`, `pid`, `facility` (a number), `msgid`, and the elements of the structured
// data as `element.parameter`. The level is the priority's, else what the words begin with.
#include <algorithm>
#include <array>

#include "parse/bytes.h"
#include "parse/formats.h"
#include "parse/header.h"

namespace culprit {
namespace {

constexpr std::size_t tag_bytes_max = 64;  // RFC 5424: 48 for APP-NAME; units of systemd are longer
constexpr std::size_t host_bytes_max = 255;  // RFC 5424
constexpr unsigned priority_max = 191;       // facility 23, severity 7
constexpr std::array<Level, 8> severities = {Level::fatal, Level::fatal, Level::fatal,
                                             Level::error, Level::warn,  Level::info,
                                             Level::info,  Level::debug};
constexpr std::array<std::string_view, 24> facilities = {
    "kern",   "user",   "mail",     "daemon", "auth",   "syslog", "lpr",    "news",
    "uucp",   "cron",   "authpriv", "ftp",    "ntp",    "audit",  "alert",  "clock",
    "local0", "local1", "local2",   "local3", "local4", "local5", "local6", "local7"};

class SyslogLine {
 public:
  SyslogLine(const Dialect& dialect, std::string_view line, Scratch& scratch)
      : dialect_(dialect), scratch_(scratch), rest_(line) {
    scratch.fields.clear();
  }

  bool read(Event& event) {
    const bool prioritised = priority();
    if (prioritised && rest_.starts_with("1 ")) {
      rest_.remove_prefix(2);
      if (!modern()) return false;
    } else if (!classic(prioritised)) {
      return false;
    }
    event.time = time_;
    event.level = level_;
    if (level_ == Level::none) {
      LineHeader header(scratch_.fields, LoggerNames::by_shape);
      header.behind_time(rest_);
      event.level = header.level();
      if (header.level() != Level::none) rest_ = header.message();
    }
    event.message = trimmed(rest_);
    event.set_fields(scratch_.fields);
    return true;
  }

 private:
  void add(std::string_view name, std::string_view value) {
    if (!value.empty() && value != "-") {
      add_field(scratch_.fields, name, value, spelled_kind(value));
    }
  }

  std::string_view word() {
    const std::size_t end = std::min(rest_.find(' '), rest_.size());
    const std::string_view found = rest_.substr(0, end);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    return found;
  }

  bool priority() {
    const std::size_t close = rest_.find('>');
    if (!rest_.starts_with('<') || close == rest_.npos || close < 2 || close > 4) return false;
    unsigned value = 0;
    for (const char byte : rest_.substr(1, close - 1)) {
      if (!is_digit(byte)) return false;
      value = value * 10 + static_cast<unsigned>(byte - '0');
    }
    if (value > priority_max) return false;
    level_ = severities[value % 8];
    add("facility", facilities[value / 8]);
    rest_.remove_prefix(close + 1);
    return true;
  }

  bool timed() {
    const TimeRead read = read_timestamp(rest_, dialect_.zone, scratch_.time_cache);
    if (read.length == 0) return false;
    time_ = read.time;
    zoned_ = read.zoned;
    rest_.remove_prefix(read.length);
    return true;
  }

  bool modern() {
    if (rest_.starts_with("- ")) {
      rest_.remove_prefix(1);
    } else if (!timed()) {
      return false;
    }
    if (!rest_.starts_with(' ')) return false;
    rest_.remove_prefix(1);
    add("host", word());
    add("app", word());
    add("pid", word());
    add("msgid", word());
    if (!structured()) return false;
    if (rest_.starts_with(' ')) rest_.remove_prefix(1);
    if (rest_.starts_with(byte_order_mark)) rest_.remove_prefix(byte_order_mark.size());
    return true;
  }

  // "[id name="value" ...][...]" or "-".
  bool structured() {
    if (rest_.starts_with('-')) {
      rest_.remove_prefix(1);
      return true;
    }
    while (rest_.starts_with('[')) {
      if (!element()) return false;
    }
    return true;
  }

  bool element() {
    const std::size_t end = rest_.find_first_of(" ]");
    if (end == rest_.npos) return false;
    rest_.remove_prefix(end);
    while (rest_.starts_with(' ')) {
      rest_.remove_prefix(1);
      const std::size_t equals = rest_.find("=\"");
      if (equals == rest_.npos) return false;
      const std::string_view name = rest_.substr(0, equals);
      std::size_t close = equals + 2;
      while (close < rest_.size() && rest_[close] != '"') close += rest_[close] == '\\' ? 2 : 1;
      if (close >= rest_.size()) return false;
      add(name, rest_.substr(equals + 2, close - equals - 2));
      rest_.remove_prefix(close + 1);
    }
    if (!rest_.starts_with(']')) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // A file's line without a priority has to name a host and a program behind its time, and that is
  // written as daemons do: "Nov 20 14:03:12", "2025-11-20T14:03:12.5+01:00".
  bool classic(bool prioritised) {
    const std::string_view line = rest_;
    if (!timed()) return prioritised && tag();
    if (!rest_.starts_with(' ')) return false;
    const bool iso = line.size() > 10 && line[10] == 'T' && zoned_;
    if (!prioritised && !iso && !is_letter(line[0])) return false;
    rest_.remove_prefix(1);
    const std::string_view host = word();
    if (host.empty() || host.size() > host_bytes_max || !host_like(host)) return false;
    if (level_named(host) != Level::none) return false;
    add("host", host);
    return tag() || prioritised;
  }

  static bool host_like(std::string_view host) {
    return std::all_of(host.begin(), host.end(), [](char byte) {
      return is_letter(byte) || is_digit(byte) || byte == '.' || byte == '-' || byte == '_' ||
             byte == ':';
    });
  }

  // "app[7]: ", "app: ", "kernel: ".
  bool tag() {
    std::size_t length = 0;
    while (length < rest_.size() && length < tag_bytes_max && tag_byte(rest_[length])) ++length;
    if (length == 0) return false;
    const std::string_view name = rest_.substr(0, length);
    std::string_view behind = rest_.substr(length);
    std::string_view process;
    if (behind.starts_with('[')) {
      const std::size_t close = behind.find(']');
      if (close == behind.npos) return false;
      process = behind.substr(1, close - 1);
      behind.remove_prefix(close + 1);
    }
    // rsyslog writes the tag of what came as RFC 5424 without a colon: "app[7] words".
    const bool numbered = !process.empty() && std::all_of(process.begin(), process.end(), is_digit);
    const bool colon = behind.starts_with(": ") || behind == ":";
    if (!colon && !(numbered && behind.starts_with(' '))) return false;
    add("app", name);
    add("pid", process);
    rest_ = colon ? behind.substr(1) : behind;
    return true;
  }

  static bool tag_byte(char byte) {
    return is_letter(byte) || is_digit(byte) || byte == '-' || byte == '_' || byte == '.' ||
           byte == '/' || byte == '@' || byte == '(' || byte == ')';
  }

  const Dialect& dialect_;
  Scratch& scratch_;
  std::string_view rest_;
  Time time_ = no_time;
  bool zoned_ = false;
  Level level_ = Level::none;
};

}  // namespace

double score_syslog(std::string_view sample, const Zone& zone) {
  Dialect dialect;
  dialect.zone = zone;
  return share_of_events(sample, dialect, read_syslog);
}

Reading read_syslog(const Dialect& dialect, std::string_view line, Scratch& scratch, Event& event) {
  if (trimmed(line).empty()) return Reading::blank;
  if (is_space(line.front())) return Reading::continuation;
  SyslogLine syslog(dialect, line, scratch);
  return syslog.read(event) ? Reading::event : Reading::unreadable;
}

}  // namespace culprit
