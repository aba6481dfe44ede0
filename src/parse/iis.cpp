// The W3C extended log format, as IIS, CloudFront and others write it: directives that begin with
// '#', one of which names the columns, then words; times are UTC.
//
//     #Fields: date time s-ip cs-method cs-uri-stem sc-status time-taken
//     2025-11-20 14:03:12 10.0.0.2 GET /cart 200 31
//
// Well-known columns get the names that access logs use (`status`, `method`, `path`, `client`,
// `duration_ms`, `agent`...), the others keep theirs.
#include <algorithm>
#include <array>

#include "parse/bytes.h"
#include "parse/formats.h"

namespace culprit {
namespace {

constexpr std::string_view directive = "#Fields:";

struct Renamed {
  std::string_view written;
  std::string_view name;
};
constexpr std::array<Renamed, 14> renamed = {{{"sc-status", "status"},
                                              {"cs-method", "method"},
                                              {"cs-uri-stem", "path"},
                                              {"cs-uri-query", "query"},
                                              {"cs-username", "user"},
                                              {"cs-version", "protocol"},
                                              {"cs(User-Agent)", "agent"},
                                              {"cs(Referer)", "referer"},
                                              {"cs-host", "vhost"},
                                              {"c-ip", "client"},
                                              {"s-computername", "host"},
                                              {"sc-bytes", "bytes"},
                                              {"time-taken", "duration_ms"},
                                              {"x-edge-location", "location"}}};

std::string name_of_column(std::string_view written) {
  const auto row = std::find_if(renamed.begin(), renamed.end(),
                                [&](const Renamed& one) { return one.written == written; });
  return std::string(row == renamed.end() ? written : row->name);
}

template <typename Visit>
void each_word(std::string_view text, Visit visit) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(" \t"), text.size());
    if (end > 0) visit(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

}  // namespace

double score_iis(std::string_view sample, const Zone&) {
  bool found = false;
  each_line(sample, 20, [&](std::string_view line) { found |= line.starts_with(directive); });
  return found ? 1 : 0;
}

void prepare_iis(std::string_view sample, Dialect& dialect) {
  each_line(sample, 200, [&](std::string_view line) {
    if (!dialect.columns.empty() || !line.starts_with(directive)) return;
    each_word(line.substr(directive.size()),
              [&](std::string_view word) { dialect.columns.push_back(name_of_column(word)); });
  });
}

Reading read_iis(const Dialect& dialect, std::string_view line, Scratch& scratch, Event& event) {
  if (trimmed(line).empty() || line.front() == '#') return Reading::blank;
  scratch.fields.clear();
  std::string_view date;
  std::string_view clock;
  std::size_t column = 0;
  each_word(line, [&](std::string_view word) {
    if (column >= dialect.columns.size()) return;
    const std::string& name = dialect.columns[column++];
    if (name == "date") {
      date = word;
    } else if (name == "time") {
      clock = word;
    } else if (word != "-") {
      add_field(scratch.fields, name, word, spelled_kind(word));
    }
  });
  if (column < dialect.columns.size() || date.empty() || clock.empty()) return Reading::unreadable;
  scratch.text.assign(date).append(" ").append(clock);  // a tab may stand between them
  const TimeRead time = read_timestamp(scratch.text, Zone(), scratch.time_cache);
  if (time.length == 0) return Reading::unreadable;
  event.time = time.time;
  event.level = Level::none;
  event.message = {};
  event.set_fields(scratch.fields);
  return Reading::event;
}

}  // namespace culprit
