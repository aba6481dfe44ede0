#include "parse/metrics.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <numeric>

#include "parse/bytes.h"

namespace culprit {
namespace {

constexpr std::size_t reason_bytes_max = 200;

std::string key_of(std::string_view name, const MetricLabels& labels) {
  std::string key(name);
  for (const auto& [label, value] : labels) {
    key.append(1, '\0').append(label).append(1, '\0').append(value);
  }
  return key;
}

// In order of time; a later point of the same time replaces the earlier one.
void put_in_order(MetricSeries& series) {
  const bool ordered = std::is_sorted(series.times.begin(), series.times.end(),
                                      [](Time a, Time b) { return a <= b; });
  if (ordered) return;
  std::vector<std::size_t> order(series.times.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return series.times[a] < series.times[b]; });
  MetricSeries sorted;
  for (const std::size_t i : order) {
    if (!sorted.times.empty() && sorted.times.back() == series.times[i]) {
      sorted.values.back() = series.values[i];
      continue;
    }
    sorted.times.push_back(series.times[i]);
    sorted.values.push_back(series.values[i]);
  }
  series.times = std::move(sorted.times);
  series.values = std::move(sorted.values);
}

bool is_json(std::string_view sample) {
  const std::size_t first = sample.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && (sample[first] == '{' || sample[first] == '[');
}

// `# TYPE`, `# HELP`, `name{`, `name 1`: not a header of cells.
bool is_exposition_line(std::string_view line) {
  if (line.starts_with('#')) return true;
  if (line.starts_with("{\"")) return true;
  const std::size_t end = line.find_first_of("{ \t,;|");
  if (end == 0 || end == std::string_view::npos) return false;
  if (line[end] == '{') return true;
  if (line[end] != ' ' && line[end] != '\t') return false;
  const std::string_view rest = trimmed(line.substr(end));
  return metric_value(rest.substr(0, rest.find_first_of(" \t"))).has_value();
}

}  // namespace

std::optional<double> metric_value(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  if (text.empty() || text.size() > 64) return std::nullopt;
  double value = 0;
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end != text.data() + text.size()) return std::nullopt;
  if (wrong == std::errc::result_out_of_range) return std::numeric_limits<double>::quiet_NaN();
  return wrong == std::errc{} ? std::optional(value) : std::nullopt;
}

std::size_t MetricBook::series(std::string_view name, MetricLabels labels, MetricKind kind) {
  std::sort(labels.begin(), labels.end());
  std::string key = key_of(name, labels);
  const auto found = known_.find(key);
  if (found != known_.end()) {
    MetricSeries& known = series_[found->second];
    if (known.kind == MetricKind::unknown) known.kind = kind;
    return found->second;
  }
  if (series_.size() >= series_max) {
    full_ = true;
    return none;
  }
  known_.emplace(std::move(key), series_.size());
  series_.emplace_back();
  series_.back().name = name;
  series_.back().labels = std::move(labels);
  const auto given = kinds_.find(series_.back().name);
  const bool told = kind == MetricKind::unknown && given != kinds_.end();
  series_.back().kind = told ? given->second : kind;
  return series_.size() - 1;
}

void MetricBook::add(std::size_t series, Time time, double value) {
  if (series >= series_.size() || !std::isfinite(value)) return;
  if (points_ >= points_max) {
    full_ = true;
    return;
  }
  ++points_;
  series_[series].times.push_back(time);
  series_[series].values.push_back(value);
}

void MetricBook::skip(std::uint64_t line, std::string why) {
  if (skipped_.count++ > 0) return;
  skipped_.first_line = line;
  skipped_.first = std::move(why);
  if (skipped_.first.size() > reason_bytes_max) skipped_.first.resize(reason_bytes_max);
}

std::vector<MetricSeries> MetricBook::take() {
  std::vector<MetricSeries> all = std::move(series_);
  series_.clear();
  known_.clear();
  points_ = 0;
  std::erase_if(all, [](const MetricSeries& one) { return one.times.empty(); });
  for (MetricSeries& one : all) put_in_order(one);
  std::sort(all.begin(), all.end(), [](const MetricSeries& a, const MetricSeries& b) {
    return std::tie(a.name, a.labels) < std::tie(b.name, b.labels);
  });
  return all;
}

MetricFormat metric_format_of(std::string_view sample) {
  if (sample.starts_with("\xEF\xBB\xBF")) sample.remove_prefix(3);
  if (is_json(sample)) {
    const bool labels_first =
        trimmed(sample).starts_with("{\"") && sample.find("\"} ") < sample.find('\n');
    if (!labels_first) return MetricFormat::query_range;
  }
  MetricFormat format = MetricFormat::unknown;
  each_line(sample, 20, [&](std::string_view line) {
    line = trimmed(line);
    if (line.empty() || format != MetricFormat::unknown) return;
    if (is_exposition_line(line)) {
      format = MetricFormat::exposition;
    } else if (line.find_first_of(",;\t|") != std::string_view::npos) {
      format = MetricFormat::csv;
    }
  });
  return format;
}

void read_metrics(std::string_view text, MetricFormat format, const Zone& zone, MetricBook& book) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  switch (format) {
    case MetricFormat::exposition: return read_exposition(text, book);
    case MetricFormat::query_range: return read_query_range(text, book);
    case MetricFormat::csv: return read_metric_csv(text, zone, book);
    case MetricFormat::unknown: return;
  }
}

}  // namespace culprit
