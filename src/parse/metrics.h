// Metrics as files hold them: text exposition with timestamps (Prometheus, OpenMetrics), answers of
// Prometheus' query_range, CSV. Points go into a MetricBook, which keeps one series a name and its
// labels, whatever file or order they come from.
//
// A book is bounded; what does not fit, and what cannot be read, is counted and the first of it
// kept with its line. A sample without a time tells nothing about when, so it counts as skipped;
// NaN and infinities are values of the format and only left out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/zone.h"
#include "event/metric_series.h"

namespace culprit {

using MetricLabels = std::vector<std::pair<std::string, std::string>>;

class MetricBook {
 public:
  // 20,000 series of a day at 15 s would be 2 GB; who has more names what he wants.
  static constexpr std::size_t series_max = 50'000;
  static constexpr std::size_t points_max = 60'000'000;

  struct Skipped {
    std::uint64_t count = 0;
    std::uint64_t first_line = 0;  // from 1
    std::string first;             // what was wrong there
  };

  // The number of the series with that name and these labels, in any order; `none`: the book is
  // full.
  static constexpr std::size_t none = SIZE_MAX;
  std::size_t series(std::string_view name, MetricLabels labels, MetricKind kind);
  void add(std::size_t series, Time time, double value);
  // What series of that name are that come without a kind.
  void set_kind(const std::string& name, MetricKind kind) { kinds_[name] = kind; }
  void skip(std::uint64_t line, std::string why);

  const Skipped& skipped() const { return skipped_; }
  bool full() const { return full_; }
  std::size_t points() const { return points_; }

  // All series that have points, by name and labels, their points in order of time, of equal times
  // the last one given. The book is empty then.
  std::vector<MetricSeries> take();

 private:
  std::vector<MetricSeries> series_;
  std::unordered_map<std::string, std::size_t> known_;
  std::unordered_map<std::string, MetricKind> kinds_;
  std::size_t points_ = 0;
  bool full_ = false;
  Skipped skipped_;
};

enum class MetricFormat : std::uint8_t { unknown, exposition, query_range, csv };

// By the beginning of a text.
MetricFormat metric_format_of(std::string_view sample);

// The whole text of one file.
void read_metrics(std::string_view text, MetricFormat format, const Zone& zone, MetricBook& book);
void read_exposition(std::string_view text, MetricBook& book);
void read_query_range(std::string_view text, MetricBook& book);
void read_metric_csv(std::string_view text, const Zone& zone, MetricBook& book);

// "1.5", "-Inf", "NaN", "1e9"; or nothing.
std::optional<double> metric_value(std::string_view text);

}  // namespace culprit
