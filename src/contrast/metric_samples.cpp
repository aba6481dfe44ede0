#include "contrast/metric_samples.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace culprit {
namespace {

constexpr std::array<std::string_view, 4> counter_endings{"_total", "_count", "_sum", "_bucket"};
constexpr std::size_t growths_least = 10;  // fewer prove nothing
constexpr double grows_share = 0.3;        // a setting that was raised twice is no counter
constexpr double restart_share = 0.2;      // of the value before: a restarted process counts anew

// Whether values that nothing describes behave as a count does.
bool only_grows(const std::vector<double>& values) {
  std::size_t growths = 0;
  std::size_t falls = 0;
  for (std::size_t i = 1; i < values.size(); ++i) {
    if (values[i] < 0 || values[i - 1] < 0) return false;
    if (values[i] > values[i - 1]) ++growths;
    if (values[i] >= values[i - 1]) continue;
    if (values[i] > restart_share * values[i - 1]) return false;
    ++falls;
  }
  const double least = std::max<double>(static_cast<double>(growths_least),
                                        grows_share * static_cast<double>(values.size()));
  return static_cast<double>(growths) >= least && falls * 50 <= growths;
}

double usual_step(const std::vector<double>& at) {
  if (at.size() < 2) return 0;
  // Some hundred gaps spread over the series tell as much as all.
  const std::size_t stride = std::max<std::size_t>(1, at.size() / 256);
  std::vector<double> gaps;
  for (std::size_t i = 1; i < at.size(); i += stride) gaps.push_back(at[i] - at[i - 1]);
  const auto middle = gaps.begin() + static_cast<std::ptrdiff_t>(gaps.size() / 2);
  std::nth_element(gaps.begin(), middle, gaps.end());
  return *middle;
}

// A gap hides nothing of a counter: what was counted meanwhile is in the next rate.
void as_rates(MetricSamples& samples, const std::vector<double>& at,
              const std::vector<double>& counts) {
  samples.averaged = true;
  for (std::size_t i = 1; i < counts.size(); ++i) {
    const double grown = counts[i] >= counts[i - 1] ? counts[i] - counts[i - 1] : counts[i];
    samples.from.push_back(at[i - 1]);
    samples.to.push_back(at[i]);
    samples.value.push_back(grown / (at[i] - at[i - 1]));
  }
}

}  // namespace

std::size_t MetricSamples::index_at(double second) const {
  return static_cast<std::size_t>(std::lower_bound(to.begin(), to.end(), second) - to.begin());
}

bool is_counter(const MetricSeries& series) {
  if (series.kind != MetricKind::unknown) return series.kind == MetricKind::counter;
  for (const std::string_view ending : counter_endings) {
    if (series.name.ends_with(ending)) return true;
  }
  return only_grows(series.values);
}

MetricSamples samples_of(const MetricSeries& series, Time origin) {
  std::vector<double> at(series.times.size());
  for (std::size_t i = 0; i < at.size(); ++i) at[i] = seconds(series.times[i] - origin);
  MetricSamples samples;
  samples.step = usual_step(at);
  for (auto* column : {&samples.from, &samples.to, &samples.value}) column->reserve(at.size());
  if (is_counter(series)) {
    as_rates(samples, at, series.values);
    return samples;
  }
  samples.value = series.values;
  for (std::size_t i = 0; i < at.size(); ++i) {
    samples.from.push_back(i == 0 ? at[i] - samples.step : at[i - 1]);
  }
  samples.to = std::move(at);
  return samples;
}

}  // namespace culprit
