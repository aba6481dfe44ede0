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

// ln(1 - p); its series where that is as exact as ten digits and faster than the logarithm.
double log_rest(double p) {
  if (p > 0.02) return std::log1p(-p);
  return -p * (1 + p * (1.0 / 2 + p * (1.0 / 3 + p * (1.0 / 4 + p * (1.0 / 5)))));
}

double log_likelihood(const Counts& counts, double rate) {
  const double p = std::clamp(rate, rate_least, 1 - 1e-6);
  return (counts.bad > 0 ? counts.bad * std::log(p) : 0) +
         (counts.total - counts.bad) * log_rest(p);
}

// Ramp lengths tried, in buckets: none, then growing by a quarter up to the whole series. The
// onset moves with the length, so that coarser steps would leave out some of its places.
std::vector<std::size_t> ramp_lengths(std::size_t buckets) {
  std::vector<std::size_t> lengths = {0};
  for (double length = 4; length < static_cast<double>(buckets) * 0.8; length *= 1.25) {
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

// The rate rises from `before` at bucket `start` over `length` buckets by `gain`, and then stays.
struct Rise {
  std::size_t start = 0;
  std::size_t length = 0;
  double before = 0;
  double gain = 0;

  double weight(std::size_t i) const {
    if (length == 0) return 1.0;
    return std::min(1.0, (static_cast<double>(i - start) + 0.5) / static_cast<double>(length));
  }
  double rate_at(std::size_t i) const { return std::min(1.0, before + gain * weight(i)); }
};

// What lies from each place on, and the totals weighted by their place: a rise is fitted and, where
// it has ended, told by these sums, so that only the buckets on a ramp are looked at one by one.
struct Suffixes {
  std::vector<Counts> sums;
  std::vector<double> placed;
};

Suffixes suffixes(const std::vector<Counts>& counts) {
  const std::size_t n = counts.size();
  Suffixes made{std::vector<Counts>(n + 1), std::vector<double>(n + 1, 0)};
  for (std::size_t i = n; i-- > 0;) {
    made.sums[i] = made.sums[i + 1];
    made.sums[i] += counts[i];
    made.placed[i] = made.placed[i + 1] + counts[i].total * static_cast<double>(i);
  }
  return made;
}

// The rise to the rate that explains the sum of failures from `start` on.
Rise fitted(const Suffixes& behind, std::size_t start, std::size_t length, double before) {
  Rise rise{start, length, before, 0};
  const std::size_t end = std::min(start + length, behind.sums.size() - 1);
  double lifted = behind.sums[end].total;
  if (length > 0) {
    const double placed = behind.placed[start] - behind.placed[end];
    const double total = behind.sums[start].total - behind.sums[end].total;
    lifted += (placed - (static_cast<double>(start) - 0.5) * total) / static_cast<double>(length);
  }
  const Counts& all = behind.sums[start];
  if (lifted > 0) rise.gain = std::max(0.0, (all.bad + 0.5 - before * all.total) / lifted);
  return rise;
}

double rise_likelihood(const std::vector<Counts>& counts, const Suffixes& behind,
                       const Rise& rise) {
  const std::size_t end = std::min(rise.start + rise.length, counts.size());
  double sum = log_likelihood(behind.sums[end], std::min(1.0, rise.before + rise.gain));
  for (std::size_t i = rise.start; i < end; ++i) sum += log_likelihood(counts[i], rise.rate_at(i));
  return sum;
}

// The variance of the failures around a rise over that of independent ones, in groups of buckets:
// those of an incident come in clusters (retries) that the quiet time before it does not know.
double scatter_around(const std::vector<Counts>& counts, const Rise& rise) {
  constexpr std::size_t groups = 24;
  const std::size_t width = std::max<std::size_t>(1, (counts.size() - rise.start) / groups);
  double squares = 0;
  double cells = 0;
  for (std::size_t from = rise.start; from + width <= counts.size(); from += width) {
    double expected = 0;
    double variance = 0;
    double bad = 0;
    for (std::size_t i = from; i < from + width; ++i) {
      const double rate = rise.rate_at(i);
      expected += counts[i].total * rate;
      variance += counts[i].total * rate * (1 - rate);
      bad += counts[i].bad;
    }
    if (expected < 3) continue;  // too few for their square to mean anything
    squares += (bad - expected) * (bad - expected) / std::max(variance, 1e-9);
    cells += 1;
  }
  return cells < 6 ? 1 : squares / (cells - 2);  // two were fitted: the rate reached, the length
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

// The log likelihood of every place and length, and the likeliest rise.
struct Scores {
  std::vector<std::vector<double>> of;  // by length, then by place
  double most = -INFINITY;
  Rise likeliest;
};

Scores scores_of(const std::vector<Counts>& counts, const std::vector<std::size_t>& lengths,
                 const Counts& past) {
  const std::vector<Prefix> before = prefixes(counts, past);
  const Suffixes behind = suffixes(counts);
  Scores scores;
  scores.of.assign(lengths.size(), std::vector<double>(counts.size()));
  for (std::size_t l = 0; l < lengths.size(); ++l) {
    for (std::size_t start = 0; start < counts.size(); ++start) {
      const Rise rise = fitted(behind, start, lengths[l], before[start].rate);
      const double likelihood = before[start].likelihood + rise_likelihood(counts, behind, rise);
      scores.of[l][start] = likelihood;
      if (likelihood <= scores.most) continue;
      scores.most = likelihood;
      scores.likeliest = rise;
    }
  }
  return scores;
}

}  // namespace

OnsetPosterior locate_onset(const HistTally& series, const OnsetOptions& options) {
  const std::vector<Counts>& counts = series.counts;
  OnsetPosterior found;
  if (counts.empty()) return found;
  const std::vector<std::size_t> lengths = ramp_lengths(counts.size());
  const Scores scores = scores_of(counts, lengths, options.past);
  const double dispersion = std::max(options.dispersion, scatter_around(counts, scores.likeliest));
  const double ramp_prior = (1 - step_prior) / static_cast<double>(lengths.size() - 1);
  std::vector<double> posterior(counts.size(), 0);
  double sum = 0;
  double ramped = 0;
  double best_ramp = 0;
  for (std::size_t l = 0; l < lengths.size(); ++l) {
    double mass = 0;
    for (std::size_t start = 0; start < counts.size(); ++start) {
      const double likelihood = std::exp((scores.of[l][start] - scores.most) / dispersion);
      const double p = likelihood * (l == 0 ? step_prior : ramp_prior);
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
  found.told = scores.most;
  found.from = series.from + series.bucket * static_cast<std::int64_t>(from);
  found.at = series.from + series.bucket * static_cast<std::int64_t>(mode);
  found.to = series.from + series.bucket * static_cast<std::int64_t>(to);
  return found;
}

}  // namespace culprit
