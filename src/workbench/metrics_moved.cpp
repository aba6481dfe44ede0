#include "workbench/metrics_moved.h"

#include <algorithm>

#include "store/metric_sources.h"
#include "store/prometheus.h"
#include "workbench/side_by_side.h"

namespace culprit {
namespace {

constexpr std::size_t drawn_max = 20;  // series
constexpr std::size_t cells = 60;      // of a drawing
// What a server is asked for around an onset; the hours before show what is usual.
constexpr auto before_onset = std::chrono::hours(6);
constexpr auto behind_onset = std::chrono::hours(1);

Window window_of(World& world, const std::optional<OnsetPosterior>& errors, const Window& span) {
  if (errors) return {errors->from - before_onset, errors->to + behind_onset};
  if (span.from != no_time && span.to > span.from) {
    return {span.from - std::chrono::hours(1), span.to};
  }
  const Time now = world.now();
  return {now - before_onset, now};
}

Window drawn_around(const OnsetPosterior& onset) {
  const Duration half = std::chrono::minutes(15);
  return {onset.from - half, onset.to + half};
}

// Rates of counters, as they are judged.
std::vector<double> drawing_of(const MetricSeries& series, const Window& window) {
  const MetricSamples samples = samples_of(series, window.from);
  const double span = seconds(window.to - window.from);
  std::vector<double> sums(cells, 0);
  std::vector<double> counts(cells, 0);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    if (samples.to[i] < 0 || samples.to[i] >= span) continue;
    const auto cell = static_cast<std::size_t>(samples.to[i] / span * static_cast<double>(cells));
    sums[std::min(cell, cells - 1)] += samples.value[i];
    counts[std::min(cell, cells - 1)] += 1;
  }
  double low = 1e300, high = -1e300;
  for (std::size_t i = 0; i < cells; ++i) {
    if (counts[i] == 0) continue;
    sums[i] /= counts[i];
    low = std::min(low, sums[i]);
    high = std::max(high, sums[i]);
  }
  for (std::size_t i = 0; i < cells; ++i) {
    sums[i] = counts[i] > 0 ? (high > low ? (sums[i] - low) / (high - low) : 0) : -1;
  }
  return sums;
}

}  // namespace

Result<MetricEvidence> MetricEvidence::read(World& world, const std::vector<std::string>& sources,
                                            const Zone& zone) {
  MetricEvidence evidence;
  evidence.answer_.asked = !sources.empty();
  std::vector<std::string> files;
  for (const std::string& source : sources) {
    (is_prometheus(source) ? evidence.servers_ : files).push_back(source);
  }
  if (files.empty()) return evidence;
  const std::vector<MetricNote> notes =
      TRY(read_metric_files(world, files, zone, evidence.book_).during("reading --metrics"));
  for (const MetricNote& note : notes) {
    evidence.answer_.notes.push_back({note.code, note.source, note.text});
  }
  return evidence;
}

Status MetricEvidence::ask_servers(const Window& window) {
  for (const std::string& server : servers_) {
    if (interrupted()) return interrupted_error();
    const Status asked = read_prometheus(server, window, book_);
    if (asked) continue;
    if (asked.error().fault != Fault::unavailable) return asked.error();
    answer_.unreachable = asked.error().what;
    answer_.notes.push_back({"unreachable", server, asked.error().what});
  }
  return ok();
}

Result<MetricsAnswer> MetricEvidence::judge(World& world,
                                            const std::optional<OnsetPosterior>& errors,
                                            const Window& span) && {
  TRY(ask_servers(window_of(world, errors, span)));
  if (book_.full()) {
    answer_.notes.push_back({"metrics_bounded", "",
                             "more metrics than can be held: some are left "
                             "out; name fewer, or ?match={...} of a server"});
  }
  const std::vector<MetricSeries> series = book_.take();
  FirstMoverOptions options;
  options.errors = errors;
  options.for_each = side_by_side;
  const FirstMovers found = first_movers(series, options);
  answer_.series = series.size();
  answer_.judged = found.judged;
  if (!errors) answer_.alone = found.incident;
  if (found.incident) answer_.drawn = drawn_around(*found.incident);
  for (const MetricMove& move : found.moves) {
    const MetricSeries& one = series[move.series];
    answer_.moved.push_back({one.name, one.labels, move, {}});
    if (answer_.moved.size() > drawn_max) continue;
    answer_.moved.back().drawing = drawing_of(one, answer_.drawn);
  }
  return std::move(answer_);
}

}  // namespace culprit
