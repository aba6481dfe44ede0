#include "contrast/silence.h"

#include <algorithm>
#include <cmath>

namespace culprit {
namespace {

constexpr double events_min = 30;       // before the gap: fewer is no habit
constexpr double strength_min = 18;     // e^-18 = 1.5e-8: below one in a million over 60 keys
constexpr std::size_t before_min = 20;  // buckets of habit

struct Gap {
  std::size_t from = 0;
  std::size_t to = 0;
};

Gap longest_gap(const std::vector<double>& counts) {
  Gap longest;
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= counts.size(); ++i) {
    if (i < counts.size() && counts[i] == 0) continue;
    if (i - begin > longest.to - longest.from && begin > 0) longest = {begin, i};
    begin = i + 1;
  }
  return longest;
}

// Variance over mean of the counts in groups of `width`, at least 1.
double scatter(const std::vector<double>& counts, std::size_t from, std::size_t to,
               std::size_t width) {
  double sum = 0;
  double squares = 0;
  double cells = 0;
  for (std::size_t i = from; i + width <= to; i += width) {
    double group = 0;
    for (std::size_t j = i; j < i + width; ++j) group += counts[j];
    sum += group;
    squares += group * group;
    ++cells;
  }
  if (cells < 4 || sum <= 0) return 1;
  const double mean = sum / cells;
  return std::max(1.0, (squares / cells - mean * mean) / mean);
}

}  // namespace

std::vector<Silence> find_silences(const SeriesTally& series) {
  std::vector<Silence> found;
  for (const SeriesTally::Series& one : series.series) {
    const std::vector<double>& counts = one.count;
    const auto first = static_cast<std::size_t>(
        std::find_if(counts.begin(), counts.end(), [](double c) { return c > 0; }) -
        counts.begin());
    const Gap gap = longest_gap(counts);
    if (gap.to <= gap.from || gap.from < first + before_min) continue;
    double before = 0;
    for (std::size_t i = first; i < gap.from; ++i) before += counts[i];
    if (before < events_min) continue;
    Silence silence{one.key, gap.from, gap.to, gap.to == counts.size(), 0, 0, 1};
    silence.per_bucket = before / static_cast<double>(gap.from - first);
    silence.expected = silence.per_bucket * static_cast<double>(gap.to - gap.from);
    for (const std::size_t width : {1U, 4U, 16U}) {
      silence.dispersion = std::max(silence.dispersion, scatter(counts, first, gap.from, width));
    }
    if (silence.strength() >= strength_min) found.push_back(std::move(silence));
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const Silence& a, const Silence& b) { return a.strength() > b.strength(); });
  return found;
}

}  // namespace culprit
