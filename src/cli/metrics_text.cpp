#include "cli/metrics_text.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "cli/text.h"

namespace culprit {
namespace {

constexpr std::size_t metrics_shown = 4;
constexpr std::size_t drawings_shown = 2;
constexpr double ramp_told = 0.8;

// Three significant digits, as people write them.
std::string level(double value) {
  const double size = std::abs(value);
  if (size >= 1000 && size < 1e15) return fmt::format("{:.0f}", value);
  return fmt::format("{:.3g}", value);
}

std::string name_of(const MovedMetric& metric) {
  std::string text = metric.name;
  if (!metric.labels.empty()) {
    text += "{";
    for (std::size_t i = 0; i < metric.labels.size(); ++i) {
      text += fmt::format("{}{}=\"{}\"", i > 0 ? "," : "", metric.labels[i].first,
                          metric.labels[i].second);
    }
    text += "}";
  }
  return safe(text, 80);
}

// "7.2s before the errors"
std::string place_of(const MetricMove& move, const Investigation& made) {
  if (!made.when.found || made.when.onset == no_time) {
    return fmt::format("at {} ({}..{})", to_string(move.at), clock_text(move.from),
                       clock_text(move.to));
  }
  const Duration lead = made.when.onset - move.at;
  const auto whole =
      std::chrono::round<std::chrono::milliseconds>(Duration(std::abs(lead.count())));
  const bool unsure = move.from <= made.when.to && made.when.from <= move.to;
  return fmt::format("{} {} the errors{}", to_string(Duration(whole)),
                     lead.count() >= 0 ? "before" : "after", unsure ? ", though not surely" : "");
}

std::string told(const MovedMetric& metric, const Investigation& made) {
  const MetricMove& move = metric.move;
  const std::string sure = move.p_first < 0.005 ? "under 1%" : percent(move.p_first);
  return fmt::format("{}: {} -> {}{}{} ({:+.0f} sd), {}", sure, level(move.before),
                     level(move.after), move.is_rate ? " per second" : "",
                     move.ramp > ramp_told ? ", slowly" : "", move.effect, place_of(move, made));
}

std::string summary(const MetricsAnswer& metrics) {
  std::string text = fmt::format("{} of {} series moved", metrics.moved.size(),
                                 figure(static_cast<double>(metrics.judged)));
  if (metrics.moved.size() > metrics_shown) text += "; the others are in --json";
  return text;
}

std::string nothing(const MetricsAnswer& metrics) {
  if (metrics.series == 0) return "no metrics were read";
  if (metrics.judged == 0) {
    return fmt::format("none of {} series has enough samples around the incident",
                       figure(static_cast<double>(metrics.series)));
  }
  return fmt::format("none of {} series moved within half an hour of it",
                     figure(static_cast<double>(metrics.judged)));
}

}  // namespace

std::string metrics_text(const Investigation& made, const Terminal& terminal) {
  const MetricsAnswer& metrics = made.metrics;
  if (!metrics.asked) return "";
  if (metrics.moved.empty()) {
    const bool quiet = !made.when.found && metrics.series > 0;
    return headed(
        "METRICS",
        quiet ? fmt::format("none of {} series moved", figure(static_cast<double>(metrics.series)))
              : nothing(metrics),
        terminal);
  }
  std::string text;
  if (metrics.alone) {
    text += headed("METRICS", "the logs tell no onset; the metrics alone:", terminal);
  }
  for (std::size_t i = 0; i < std::min(metrics.moved.size(), metrics_shown); ++i) {
    const MovedMetric& metric = metrics.moved[i];
    const std::string title = text.empty() ? "METRICS" : "";
    const std::string first = i == 0 ? " moved first, " : ", first with ";
    text += headed(title,
                   styled(name_of(metric), i == 0 ? Style::bad : Style::dim, terminal) + first +
                       told(metric, made),
                   terminal);
    if (i >= drawings_shown || metric.drawing.empty()) continue;
    text += heading("", terminal) + styled(sparkline(metric.drawing), Style::bad, terminal) + "\n";
  }
  return text + headed("", summary(metrics), terminal);
}

}  // namespace culprit
