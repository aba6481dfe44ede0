#include "parse/formats.h"

#include <algorithm>
#include <array>

#include "parse/bytes.h"

namespace culprit {
namespace {

// The first of equals wins, so stricter formats stand first.
constexpr std::array table{
    Format{"ndjson", score_ndjson, nullptr, read_ndjson},
    Format{"access", score_access, nullptr, read_access},
    Format{"logfmt", score_logfmt, nullptr, read_logfmt},
    Format{"csv", score_csv, prepare_csv, read_csv},
    Format{"text", score_text, prepare_text, read_text},
};

constexpr std::size_t zone_lines_max = 50;
constexpr std::size_t score_lines_max = 100;

const Format* best_for(std::string_view sample) {
  const Format* best = &table.back();
  double best_score = best->score(sample);
  for (const Format& format : table) {
    const double score = format.score(sample);
    if (score > best_score) {
      best = &format;
      best_score = score;
    }
  }
  return best;
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
  const Result<Zone> elsewhere = Zone::named("+01:00");
  return times_in(sample, dialect, Zone()) != times_in(sample, dialect, *elsewhere);
}

}  // namespace

std::span<const Format> formats() { return table; }

const Format* format_named(std::string_view name) {
  const auto found = std::find_if(table.begin(), table.end(),
                                  [name](const Format& format) { return format.name == name; });
  return found == table.end() ? nullptr : &*found;
}

Dialect recognise(std::string_view sample, const RecogniseOptions& options) {
  if (sample.starts_with(byte_order_mark)) sample.remove_prefix(byte_order_mark.size());
  Dialect dialect;
  dialect.format = options.format != nullptr ? options.format : best_for(sample);
  dialect.zone = options.zone;
  if (dialect.format->prepare != nullptr) dialect.format->prepare(sample, dialect);
  dialect.zone_assumed = !options.zone_given && depends_on_zone(sample, dialect);
  return dialect;
}

double share_of_events(std::string_view sample, const Dialect& dialect,
                       Reading (*read)(const Dialect&, std::string_view, Scratch&, Event&)) {
  Scratch scratch;
  std::size_t lines = 0;
  std::size_t events = 0;
  each_line(sample, score_lines_max, [&](std::string_view line) {
    Event event;
    const Reading reading = read(dialect, line, scratch, event);
    lines += reading == Reading::blank ? 0 : 1;
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
