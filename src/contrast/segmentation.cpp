#include "contrast/segmentation.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace culprit {
namespace {

constexpr std::size_t stretch_buckets_min = 2;  // a single odd bucket is not a change of rate

class Costs {
 public:
  Costs(std::span<const Counts> counts, double dispersion) : dispersion_(dispersion) {
    sums_.resize(counts.size() + 1);
    for (std::size_t i = 0; i < counts.size(); ++i) {
      sums_[i + 1] = sums_[i];
      sums_[i + 1] += counts[i];
    }
  }
  Stretch stretch(std::size_t from, std::size_t to) const {
    return {from, to, sums_[to].total - sums_[from].total, sums_[to].bad - sums_[from].bad};
  }
  double cost(std::size_t from, std::size_t to) const {
    const Stretch s = stretch(from, to);
    if (s.total <= 0) return 0;
    double log_likelihood = 0;
    if (s.bad > 0) log_likelihood += s.bad * std::log(s.bad / s.total);
    const double good = s.total - s.bad;
    if (good > 0) log_likelihood += good * std::log(good / s.total);
    return -2 * log_likelihood / dispersion_;
  }

 private:
  std::vector<Counts> sums_;
  double dispersion_;
};

}  // namespace

Segmentation segment(std::span<const Counts> counts, double dispersion, double penalty) {
  const std::size_t n = counts.size();
  const Costs costs(counts, dispersion);
  std::vector<double> best(n + 1, std::numeric_limits<double>::infinity());
  std::vector<std::size_t> cut(n + 1, 0);
  best[0] = -penalty;
  struct Start {
    std::size_t from = 0;
    std::size_t last = std::numeric_limits<std::size_t>::max();  // end that it may be used for
  };
  std::vector<Start> starts = {{0}};
  for (std::size_t to = stretch_buckets_min; to <= n; ++to) {
    for (const Start& start : starts) {
      const double total = best[start.from] + costs.cost(start.from, to) + penalty;
      if (total < best[to]) {
        best[to] = total;
        cut[to] = start.from;
      }
    }
    // A start that is already worse than a cut here loses to that cut wherever one may follow:
    // not at the next bucket, where the stretch behind the cut would be too short.
    for (Start& start : starts) {
      const bool worse = best[start.from] + costs.cost(start.from, to) > best[to];
      if (worse) start.last = std::min(start.last, to + stretch_buckets_min - 1);
    }
    std::erase_if(starts, [&](const Start& start) { return start.last <= to; });
    starts.push_back({to - stretch_buckets_min + 1});
  }
  Segmentation found;
  if (n < stretch_buckets_min) {
    if (n > 0) found.stretches.push_back(costs.stretch(0, n));
    return found;
  }
  for (std::size_t to = n; to > 0; to = cut[to]) {
    found.stretches.push_back(costs.stretch(cut[to], to));
  }
  std::reverse(found.stretches.begin(), found.stretches.end());
  found.gain = costs.cost(0, n) - best[n];
  return found;
}

}  // namespace culprit
