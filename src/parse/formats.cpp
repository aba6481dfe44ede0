#include "parse/formats.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <string>

#include "parse/bytes.h"
#include "parse/frames.h"
#include "parse/trace.h"

namespace culprit {
namespace {

// The first of equals wins, so stricter formats stand first.
constexpr std::array table{
    Format{"docker", score_docker, prepare_docker, read_docker},
    Format{"cri", score_cri, prepare_cri, read_cri},
    Format{"kubectl", score_kubectl, prepare_kubectl, read_kubectl},
    Format{"compose", score_compose, prepare_compose, read_compose},
    Format{"journal", score_journal, prepare_journal, read_journal},
    Format{"ndjson", score_ndjson, nullptr, read_ndjson},
    Format{"json", score_framed, nullptr, read_ndjson},
    Format{"elasticsearch", score_framed, prepare_export, read_export},
    Format{"cloudtrail", score_framed, nullptr, read_ndjson},
    Format{"cloudwatch", score_framed, prepare_export_of_lines, read_export},
    Format{"datadog", score_framed, prepare_export, read_export},
    Format{"loki", score_framed, prepare_export_of_lines, read_export},
    Format{"otlp", score_framed, prepare_export, read_export},
    Format{"jaeger", score_framed, nullptr, read_ndjson},
    Format{"iis", score_iis, prepare_iis, read_iis},
    Format{"haproxy", score_haproxy, nullptr, read_haproxy},
    Format{"access", score_access, nullptr, read_access},
    Format{"klog", score_klog, nullptr, read_klog},
    Format{"postgresql", score_postgresql, nullptr, read_postgresql},
    Format{"mysql", score_mysql, nullptr, read_mysql},
    Format{"redis", score_redis, nullptr, read_redis},
    Format{"syslog", score_syslog, nullptr, read_syslog},
    Format{"logfmt", score_logfmt, nullptr, read_logfmt},
    Format{"csv", score_csv, prepare_csv, read_csv},
    Format{"text", score_text, prepare_text, read_text},
};

constexpr std::size_t zone_lines_max = 50;
constexpr std::size_t score_lines_max = 100;
constexpr std::size_t mixed_lines_max = 1000;
constexpr double mixed_share_min = 0.05;  // of the lines: a format is a part of a mixture
constexpr double loose_share_min = 0.2;   // logfmt, which a few words of text may look like

const Format* best_for(std::string_view sample, const Zone& zone) {
  const Format* best = &table.back();
  double best_score = best->score(sample, zone);
  for (const Format& format : table) {
    const double score = format.score(sample, zone);
    if (score > best_score) {
      best = &format;
      best_score = score;
    }
  }
  return best;
}

Dialect dialect_of(const Format& format, std::string_view sample, const Zone& zone) {
  Dialect dialect;
  dialect.format = &format;
  dialect.zone = zone;
  if (format.prepare != nullptr) format.prepare(sample, dialect);
  return dialect;
}

struct Lines {
  std::string text;
  std::size_t count = 0;

  void add(std::string_view line) {
    text.append(line).append("\n");
    ++count;
  }
};

Lines lines_of(std::string_view sample) {
  Lines lines;
  each_line(sample, mixed_lines_max, [&](std::string_view line) {
    if (!trimmed(line).empty()) lines.add(line);
  });
  return lines;
}

// The lines that a dialect can make nothing of.
Lines left_over(const Lines& lines, const Dialect& dialect) {
  Scratch scratch;
  Lines left;
  each_line(lines.text, mixed_lines_max, [&](std::string_view line) {
    Event event;
    if (read_line(dialect, line, scratch, event) == Reading::unreadable) left.add(line);
  });
  return left;
}

// Columns belong to a whole source, and any line is text.
bool may_be_mixed(const Format& format) {
  return format.name != "csv" && format.name != "iis" && format.name != "text";
}

// The formats that a fair part of the lines is written in, each asked about what stricter ones
// left. Text comes last, where what is left over has times.
std::vector<Dialect> mixture(const Lines& all, const Zone& zone) {
  std::vector<Dialect> found;
  Lines left = all;
  for (const Format& format : table) {
    if (!may_be_mixed(format) || left.count == 0) continue;
    const double share = format.name == "logfmt" ? loose_share_min : mixed_share_min;
    const double least = std::max(2.0, share * static_cast<double>(all.count));
    if (format.score(left.text, zone) * static_cast<double>(left.count) < least) continue;
    found.push_back(dialect_of(format, left.text, zone));
    left = left_over(left, found.back());
  }
  if (left.count > 0 && !found.empty()) {
    Dialect text = dialect_of(table.back(), left.text, zone);
    if (text.time_shape.found) found.push_back(std::move(text));
  }
  return found;
}

// Stricter formats are asked first, so that none takes another one's lines.
void add_others(std::string_view sample, Dialect& dialect) {
  const bool text = dialect.format == &table.back();
  if (!may_be_mixed(*dialect.format) && !text) return;
  const Lines all = lines_of(sample);
  if (!text && left_over(all, dialect).count == 0) return;
  std::vector<Dialect> found = mixture(all, dialect.zone);
  const bool same = std::any_of(found.begin(), found.end(),
                                [&](const Dialect& one) { return one.format == dialect.format; });
  if (!same || found.size() < 2) return;
  dialect = std::move(found.front());
  dialect.others.assign(std::make_move_iterator(found.begin() + 1),
                        std::make_move_iterator(found.end()));
}

std::vector<Time> times_in(std::string_view sample, Dialect dialect, const Zone& zone) {
  dialect.zone = zone;
  Scratch scratch;
  std::vector<Time> times;
  each_line(sample, zone_lines_max, [&](std::string_view line) {
    Event event;
    if (read_line(dialect, line, scratch, event) == Reading::event) times.push_back(event.time);
  });
  return times;
}

// A time that names its zone is the same instant wherever it is read.
bool depends_on_zone(std::string_view sample, const Dialect& dialect) {
  Zone here;
  Zone elsewhere = *Zone::named("+01:00");
  here.set_newest(dialect.zone.newest());
  elsewhere.set_newest(dialect.zone.newest());
  return times_in(sample, dialect, here) != times_in(sample, dialect, elsewhere);
}

}  // namespace

std::span<const Format> formats() { return table; }

const Format* format_named(std::string_view name) {
  const auto found = std::find_if(table.begin(), table.end(),
                                  [name](const Format& format) { return format.name == name; });
  return found == table.end() ? nullptr : &*found;
}

std::string format_text(const Dialect& dialect) {
  std::string text(dialect.format->name);
  if (!dialect.inside.empty()) text += "(" + format_text(dialect.inside.front()) + ")";
  for (const Dialect& other : dialect.others) text += "+" + format_text(other);
  return text;
}

namespace {

Dialect recognise_lines(std::string_view sample, const RecogniseOptions& options) {
  const bool given = options.format != nullptr;
  const Format& format = given ? *options.format : *best_for(sample, options.zone);
  Dialect dialect = dialect_of(format, sample, options.zone);
  if (!given) add_others(sample, dialect);
  dialect.zone_assumed = !options.zone_given && depends_on_zone(sample, dialect);
  return dialect;
}

// Of lines that may have been cut into parts, what they are made of is recognised by whole ones.
Dialect recognise_whole(std::string_view sample, const RecogniseOptions& options) {
  Dialect dialect = recognise_lines(sample, options);
  const Framing* parts = parts_of(*dialect.format);
  if (parts == nullptr) return dialect;
  const std::string lines = framed_sample(*parts, sample);
  if (lines.size() < sample.size()) dialect = recognise_lines(lines, options);
  if (parts_of(*dialect.format) == parts) dialect.framing = parts;
  return dialect;
}

Dialect recognise_framed(std::string_view sample, const RecogniseOptions& options) {
  if (sample.starts_with(byte_order_mark)) sample.remove_prefix(byte_order_mark.size());
  const Framing* framing = framing_of(sample, options.format);
  if (framing == nullptr) return recognise_whole(sample, options);
  const std::string lines = framed_sample(*framing, sample);
  RecogniseOptions of_records = options;
  of_records.format = format_named(format_of(*framing));
  Dialect dialect = recognise_lines(lines, of_records);
  if (dialect.format->name == "ndjson") dialect.format = format_named("json");
  dialect.framing = framing;
  return dialect;
}

void read_with(Simd simd, Dialect& dialect) {
  dialect.simd = simd;
  for (Dialect& part : dialect.inside) read_with(simd, part);
  for (Dialect& other : dialect.others) read_with(simd, other);
}

}  // namespace

Dialect recognise(std::string_view sample, const RecogniseOptions& options) {
  Dialect dialect = recognise_framed(sample, options);
  read_with(options.simd, dialect);
  return dialect;
}

Reading read_as_other(const Dialect& dialect, Reading first, std::string_view line,
                      Scratch& scratch, Event& event) {
  if (first != Reading::unreadable) return first;
  bool continues = dialect.format->name != "csv" && begins_trace(line);
  for (const Dialect& other : dialect.others) {
    const Reading reading = other.format->read(other, line, scratch, event);
    if (reading == Reading::event || reading == Reading::blank) return reading;
    continues |= reading == Reading::continuation;
  }
  return continues ? Reading::continuation : Reading::unreadable;
}

double share_of_events(std::string_view sample, const Dialect& dialect,
                       Reading (*read)(const Dialect&, std::string_view, Scratch&, Event&)) {
  Scratch scratch;
  std::size_t lines = 0;
  std::size_t events = 0;
  each_line(sample, score_lines_max, [&](std::string_view line) {
    Event event;
    const Reading reading = read(dialect, line, scratch, event);
    const bool trace = reading == Reading::unreadable && begins_trace(line);
    lines += reading == Reading::blank || trace ? 0 : 1;
    events += reading == Reading::event ? 1 : 0;
  });
  return lines == 0 ? 0 : static_cast<double>(events) / static_cast<double>(lines);
}

Time time_in(std::string_view value, const Zone& zone, TimeCache& cache) {
  const TimeRead read = read_timestamp(value, zone, cache);
  if (read.length > 0) {
    // "2025-11-20 14:03:12 +0000 UTC m=+0.5" is a time, "2025-11-20 14:03:12x" is not.
    return read.length == value.size() || value[read.length] == ' ' ? read.time : no_time;
  }
  return epoch_time(value).value_or(no_time);
}

}  // namespace culprit
