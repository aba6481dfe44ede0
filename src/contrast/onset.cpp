// The posterior of the onset, over places and ramps at once.
#include <algorithm>
#include <cmath>

#include "base/statistics.h"
#include "contrast/when.h"

namespace culprit {
namespace {

constexpr double rate_least = 1e-9;
constexpr double step_prior = 0.5;      // the other half is shared by the ramps
constexpr double prior_failures = 0.5;  // Jeffreys: a rate is never taken for exactly 0

double log_likelihood(const Counts& counts, double rate) {
  const double p = std::clamp(rate, rate_least, 1 - 1e-6);
  return counts.bad * std::log(p) + (counts.total - counts.bad) * std::log1p(-p);
}

// Ramp lengths tried, in buckets: none, then growing by half up to the whole series.
std::vector<std::size_t> ramp_lengths(std::size_t buckets) {
  std::vector<std::size_t> lengths = {0};
  for (double length = 4; length < static_cast<double>(buckets) * 0.8; length *= 1.5) {
    lengths.push_back(static_cast<std::size_t>(length));
  }
  return lengths;
}

// All that lies before a place, at the one rate that explains it best. A rate fixed beforehand
// would hold the foot of a slow rise, and place the onset where the rise leaves that behind.
struct Prefix {
  double rate = 0;
  double likelihood = 0;
};

std::vector<Prefix> prefixes(const std::vector<Counts>& counts, const Counts& past) {
  std::vector<Prefix> made;
  Counts sum = past;
  for (std::size_t i = 0; i <= counts.size(); ++i) {
    const double rate = (sum.bad + prior_failures) / (sum.total + 2 * prior_failures);
    made.push_back({rate, log_likelihood(sum, rate)});
    if (i < counts.size()) sum += counts[i];
  }
  return made;
}

// The log likelihood of buckets [start, end) when the rate rises from `before` over `length`
// buckets and then stays. The rate reached is the one that explains the sum of failures.
double rise_likelihood(const std::vector<Counts>& counts, std::size_t start, std::size_t length,
                       double before) {
  const auto weight = [&](std::size_t i) {
    if (length == 0) return 1.0;
    return std::min(1.0, (static_cast<double>(i - start) + 0.5) / static_cast<double>(length));
  };
  double bad = 0;
  double total = 0;
  double lifted = 0;
  for (std::size_t i = start; i < counts.size(); ++i) {
    bad += counts[i].bad;
    total += counts[i].total;
    lifted += counts[i].total * weight(i);
  }
  if (lifted <= 0) return 0;
  const double gain = std::max(0.0, (bad + 0.5 - before * total) / lifted);
  double sum = 0;
  for (std::size_t i = start; i < counts.size(); ++i) {
    sum += log_likelihood(counts[i], std::min(1.0, before + gain * weight(i)));
  }
  return sum;
}

// The shortest run of buckets around the mode that holds the wanted probability.
std::pair<std::size_t, std::size_t> credible(const std::vector<double>& posterior, std::size_t mode,
                                             double confidence) {
  std::size_t from = mode;
  std::size_t to = mode + 1;
  double mass = posterior[mode];
  while (mass < confidence && (from > 0 || to < posterior.size())) {
    const double left = from > 0 ? posterior[from - 1] : -1;
    const double right = to < posterior.size() ? posterior[to] : -1;
    if (left >= right) {
      mass += posterior[--from];
    } else {
      mass += posterior[to++];
    }
  }
  return {from, to};
}

}  // namespace

OnsetPosterior locate_onset(const HistTally& series, const OnsetOptions& options) {
  const std::vector<Counts>& counts = series.counts;
  OnsetPosterior found;
  if (counts.empty()) return found;
  const std::vector<std::size_t> lengths = ramp_lengths(counts.size());
  const std::vector<Prefix> before = prefixes(counts, options.past);
  std::vector<std::vector<double>> scores(lengths.size(), std::vector<double>(counts.size()));
  double most = -INFINITY;
  for (std::size_t l = 0; l < lengths.size(); ++l) {
    const double prior =
        l == 0 ? step_prior : (1 - step_prior) / static_cast<double>(lengths.size() - 1);
    for (std::size_t start = 0; start < counts.size(); ++start) {
      const double likelihood =
          before[start].likelihood + rise_likelihood(counts, start, lengths[l], before[start].rate);
      scores[l][start] = likelihood / options.dispersion + std::log(prior);
      most = std::max(most, scores[l][start]);
    }
  }
  std::vector<double> posterior(counts.size(), 0);
  double sum = 0;
  double ramped = 0;
  double best_ramp = 0;
  for (std::size_t l = 0; l < lengths.size(); ++l) {
    double mass = 0;
    for (std::size_t start = 0; start < counts.size(); ++start) {
      const double p = std::exp(scores[l][start] - most);
      posterior[start] += p;
      mass += p;
    }
    sum += mass;
    if (l > 0) ramped += mass;
    if (l > 0 && mass > best_ramp) {
      best_ramp = mass;
      found.ramp_duration = series.bucket * static_cast<std::int64_t>(lengths[l]);
    }
  }
  for (double& p : posterior) p /= sum;
  const auto mode = static_cast<std::size_t>(std::max_element(posterior.begin(), posterior.end()) -
                                             posterior.begin());
  const auto [from, to] = credible(posterior, mode, options.confidence);
  found.ramp = ramped / sum;
  found.from = series.from + series.bucket * static_cast<std::int64_t>(from);
  found.at = series.from + series.bucket * static_cast<std::int64_t>(mode);
  found.to = series.from + series.bucket * static_cast<std::int64_t>(to);
  return found;
}

}  // namespace culprit
