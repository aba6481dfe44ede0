// Envelopes: what container platforms put around a program's own lines.
//
//     docker   {"log":"level=info msg=ready\n","stream":"stdout","time":"2025-11-20T14:03:12.5Z"}
//     cri      2025-11-20T14:03:12.5Z stdout F level=info msg=ready
//     kubectl  [pod/shop-7d4f/web] level=info msg=ready
//     compose  web-1  | level=info msg=ready
//
// What is inside is recognised by itself and read by its own format. The envelope adds its fields
// (`stream`, `pod`, `container`, a collector's `kubernetes.*`) and its time where the inside has
// none. Inner lines that no format can read are still events, with the envelope's time.
#include "parse/envelope.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <string>

#include "base/verify.h"
#include "parse/bytes.h"
#include "parse/formats.h"

namespace culprit {
namespace {

constexpr std::size_t sample_lines_max = 200;

using Open = bool (*)(const Dialect& dialect, std::string_view line, Scratch& outer,
                      Opened& opened);

// The envelope's own fields, without what became the event itself.
bool repeats(const Field& field) {
  return field.name == "log" || field.name == "time" || field.name == "@timestamp";
}

bool open_docker(const Dialect& dialect, std::string_view line, Scratch& outer, Opened& opened) {
  if (!line.starts_with('{')) return false;
  Event event;
  if (read_ndjson(dialect, line, outer, event) != Reading::event) return false;
  const Field* log = event.find("log");
  if (log == nullptr || log->kind != Kind::text || event.find("msg") != nullptr) return false;
  if (event.find("stream") == nullptr) return false;
  opened.inside = log->value;
  while (opened.inside.ends_with('\n') || opened.inside.ends_with('\r')) {
    opened.inside.remove_suffix(1);
  }
  opened.time = event.time;
  std::vector<Field>& fields = outer.joined;
  fields.clear();
  std::copy_if(event.fields.begin(), event.fields.end(), std::back_inserter(fields),
               [](const Field& field) { return !repeats(field); });
  opened.fields = fields;
  return true;
}

bool open_cri(const Dialect& dialect, std::string_view line, Scratch& outer, Opened& opened) {
  const TimeRead time = read_timestamp(line, dialect.zone, outer.time_cache);
  if (time.length == 0 || !time.zoned) return false;
  std::string_view rest = line.substr(time.length);
  if (!rest.starts_with(" stdout ") && !rest.starts_with(" stderr ")) return false;
  const std::string_view stream = rest.substr(1, 6);
  rest.remove_prefix(8);
  // Tags are joined by colons; the first says whether the line is whole.
  if (!rest.starts_with('F') && !rest.starts_with('P')) return false;
  const std::size_t space = std::min(rest.find(' '), rest.size());
  if (space > 1 && rest[1] != ':') return false;
  outer.fields.assign({{"stream", stream, Kind::text}});
  opened.inside = rest.substr(std::min(space + 1, rest.size()));
  opened.time = time.time;
  opened.fields = outer.fields;
  return true;
}

// "pod/shop-7d4f/web": the kind is dropped.
bool open_kubectl(const Dialect&, std::string_view line, Scratch& outer, Opened& opened) {
  const std::size_t close = line.find("] ");
  const bool bracketed = line.starts_with("[pod/") && close != line.npos;
  if (!bracketed) return false;
  const std::string_view name = line.substr(5, close - 5);
  const std::size_t slash = name.find('/');
  outer.fields.assign({{"pod", name.substr(0, slash), Kind::text}});
  if (slash != name.npos) {
    outer.fields.push_back({"container", name.substr(slash + 1), Kind::text});
  }
  opened.inside = line.substr(close + 2);
  opened.fields = outer.fields;
  return true;
}

bool open_compose(const Dialect&, std::string_view line, Scratch& outer, Opened& opened) {
  std::size_t length = 0;
  while (length < line.size() &&
         (is_letter(line[length]) || is_digit(line[length]) || line[length] == '-' ||
          line[length] == '_' || line[length] == '.')) {
    ++length;
  }
  if (length == 0 || length > 80) return false;
  std::size_t bar = length;
  while (bar < line.size() && line[bar] == ' ') ++bar;
  if (bar == length || bar >= line.size() || line[bar] != '|') return false;
  if (bar + 1 < line.size() && line[bar + 1] != ' ') return false;
  outer.fields.assign({{"container", line.substr(0, length), Kind::text}});
  opened.inside = line.substr(std::min(bar + 2, line.size()));
  opened.fields = outer.fields;
  return true;
}

double score_opened(Open open, std::string_view sample, const Zone& zone) {
  Dialect dialect;
  dialect.zone = zone;
  Scratch outer;
  std::size_t lines = 0;
  std::size_t hits = 0;
  each_line(sample, sample_lines_max, [&](std::string_view line) {
    if (trimmed(line).empty()) return;
    Opened opened;
    ++lines;
    hits += open(dialect, line, outer, opened) ? 1 : 0;
  });
  return lines == 0 ? 0 : static_cast<double>(hits) / static_cast<double>(lines);
}

Reading read_opened(Open open, const Dialect& dialect, std::string_view line, Scratch& scratch,
                    Event& event) {
  if (trimmed(line).empty()) return Reading::blank;
  if (!scratch.outer) scratch.outer = std::make_unique<Scratch>();
  Opened opened;
  if (!open(dialect, line, *scratch.outer, opened)) return Reading::unreadable;
  return read_inside(dialect, opened, scratch, event);
}

void prepare_opened(Open open, std::string_view sample, Dialect& dialect) {
  std::string inside;
  Scratch outer;
  each_line(sample, sample_lines_max, [&](std::string_view line) {
    Opened opened;
    if (open(dialect, line, outer, opened)) inside.append(opened.inside).append("\n");
  });
  RecogniseOptions options;
  options.zone = dialect.zone;
  dialect.inside = {recognise(inside, options)};
}

}  // namespace

Reading read_inside(const Dialect& dialect, const Opened& opened, Scratch& scratch, Event& event) {
  VERIFY(!dialect.inside.empty());
  const Reading reading = read_line(dialect.inside.front(), opened.inside, scratch, event);
  if (reading == Reading::blank || reading == Reading::continuation) return reading;
  std::vector<Field>& all = scratch.joined;
  if (reading == Reading::event) {
    all.assign(event.fields.begin(), event.fields.end());
  } else {
    all.clear();
    event = {};
    event.message = opened.inside;
  }
  // A time that names no zone is worth less than the envelope's, which does.
  const bool vague = event.time == no_time || dialect.inside.front().zone_assumed;
  if (vague && opened.time != no_time) event.time = opened.time;
  if (event.level == Level::none) event.level = opened.level;
  for (const Field& field : opened.fields) {
    const bool known = std::any_of(all.begin(), all.end(),
                                   [&](const Field& one) { return one.name == field.name; });
    if (!known) all.push_back(field);
  }
  event.set_fields(all);
  return Reading::event;
}

double score_docker(std::string_view sample, const Zone& zone) {
  return score_opened(open_docker, sample, zone);
}
void prepare_docker(std::string_view sample, Dialect& dialect) {
  prepare_opened(open_docker, sample, dialect);
}
Reading read_docker(const Dialect& dialect, std::string_view line, Scratch& scratch, Event& event) {
  return read_opened(open_docker, dialect, line, scratch, event);
}

double score_cri(std::string_view sample, const Zone& zone) {
  return score_opened(open_cri, sample, zone);
}
void prepare_cri(std::string_view sample, Dialect& dialect) {
  prepare_opened(open_cri, sample, dialect);
}
Reading read_cri(const Dialect& dialect, std::string_view line, Scratch& scratch, Event& event) {
  return read_opened(open_cri, dialect, line, scratch, event);
}

double score_kubectl(std::string_view sample, const Zone& zone) {
  return score_opened(open_kubectl, sample, zone);
}
void prepare_kubectl(std::string_view sample, Dialect& dialect) {
  prepare_opened(open_kubectl, sample, dialect);
}
Reading read_kubectl(const Dialect& dialect, std::string_view line, Scratch& scratch,
                     Event& event) {
  return read_opened(open_kubectl, dialect, line, scratch, event);
}

double score_compose(std::string_view sample, const Zone& zone) {
  return score_opened(open_compose, sample, zone);
}
void prepare_compose(std::string_view sample, Dialect& dialect) {
  prepare_opened(open_compose, sample, dialect);
}
Reading read_compose(const Dialect& dialect, std::string_view line, Scratch& scratch,
                     Event& event) {
  return read_opened(open_compose, dialect, line, scratch, event);
}

}  // namespace culprit
