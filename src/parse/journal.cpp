// The journal of systemd: `journalctl -o json`, and its export, which is framed to the same.
//
//     {"__REALTIME_TIMESTAMP":"1763647392123456","PRIORITY":"3","_SYSTEMD_UNIT":"shop.service",
//      "_HOSTNAME":"web-1","_PID":"812","MESSAGE":"payment refused"}
//
// A message that is not UTF-8 is written as an array of its bytes. What a service writes to its
// standard output is in a format of its own, and is read by it. Fields of the journal that have a
// usual name get it; `__` fields are the journal's own business.
#include <algorithm>
#include <array>
#include <memory>
#include <string>

#include "parse/bytes.h"
#include "parse/envelope.h"
#include "parse/formats.h"

namespace culprit {
namespace {

constexpr std::string_view time_name = "__REALTIME_TIMESTAMP";

struct Name {
  std::string_view theirs;
  std::string_view ours;
};
constexpr std::array names{Name{"_SYSTEMD_UNIT", "service"}, Name{"_HOSTNAME", "host"},
                           Name{"SYSLOG_IDENTIFIER", "app"}, Name{"_PID", "pid"}};

std::string_view name_of(std::string_view theirs) {
  for (const Name& name : names) {
    if (name.theirs == theirs) return name.ours;
  }
  return theirs;
}

Level level_of(std::string_view priority) {
  constexpr std::array levels{Level::fatal, Level::fatal, Level::fatal, Level::error,
                              Level::warn,  Level::info,  Level::info,  Level::debug};
  if (priority.size() != 1 || priority[0] < '0' || priority[0] > '7') return Level::none;
  return levels[static_cast<std::size_t>(priority[0] - '0')];
}

// The bytes of `"MESSAGE":[80,97,...]`; the line is known to be JSON.
std::string_view bytes_in(std::string_view line, std::string& bytes) {
  bytes.clear();
  constexpr std::string_view key = "\"MESSAGE\"";
  std::size_t at = line.find(key);
  if (at == line.npos) return {};
  unsigned value = 0;
  bool digits = false;
  for (at += key.size(); at < line.size(); ++at) {
    if (is_digit(line[at])) {
      value = value * 10 + static_cast<unsigned>(line[at] - '0');
      digits = true;
      continue;
    }
    if (digits) bytes.push_back(static_cast<char>(value));
    value = 0;
    digits = false;
    if (line[at] == ']') break;
  }
  return bytes;
}

struct Entry {
  Reading reading = Reading::unreadable;
  Opened opened;
};

Entry entry_in(const Dialect& dialect, std::string_view line, Scratch& outer) {
  Event event;
  Entry entry{read_ndjson(dialect, line, outer, event), {}};
  if (entry.reading != Reading::event) return entry;
  std::vector<Field>& fields = outer.joined;
  fields.clear();
  entry.reading = Reading::unreadable;
  for (const Field& field : event.fields) {
    if (field.name == time_name) {
      entry.opened.time = time_in(field.value, dialect.zone, outer.time_cache);
      entry.reading = Reading::event;
    } else if (field.name == "MESSAGE") {
      if (field.kind == Kind::text) entry.opened.inside = field.value;
      if (field.kind != Kind::number || !entry.opened.inside.empty()) continue;
      if (!outer.outer) outer.outer = std::make_unique<Scratch>();
      entry.opened.inside = bytes_in(line, outer.outer->text);
    } else if (field.name == "PRIORITY") {
      entry.opened.level = level_of(field.value);
    } else if (!field.name.starts_with("__")) {
      fields.push_back({name_of(field.name), field.value, field.kind});
    }
  }
  entry.opened.fields = fields;
  return entry;
}

}  // namespace

double score_journal(std::string_view sample, const Zone& zone) {
  Dialect dialect;
  dialect.zone = zone;
  return share_of_events(sample, dialect, read_journal);
}

void prepare_journal(std::string_view sample, Dialect& dialect) {
  set_inside(dialect, sample, read_journal, Inside::unless_prose);
}

Reading read_journal(const Dialect& dialect, std::string_view line, Scratch& scratch,
                     Event& event) {
  if (!scratch.outer) scratch.outer = std::make_unique<Scratch>();
  const Entry entry = entry_in(dialect, line, *scratch.outer);
  if (entry.reading != Reading::event) return entry.reading;
  if (!dialect.inside.empty() && !entry.opened.inside.empty()) {
    return read_inside(dialect, entry.opened, scratch, event);
  }
  event = {entry.opened.time, entry.opened.level, entry.opened.inside, entry.opened.fields};
  return Reading::event;
}

}  // namespace culprit
