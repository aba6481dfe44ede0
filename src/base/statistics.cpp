#include "base/statistics.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace culprit {
namespace {

// The z that leaves (1 - confidence) / 2 in each tail, by bisection of normal_tail: called rarely.
double two_sided_z(double confidence) {
  double low = 0;
  double high = 40;
  for (int step = 0; step < 80; ++step) {
    const double middle = (low + high) / 2;
    (normal_tail(middle) > (1 - confidence) / 2 ? low : high) = middle;
  }
  return low;
}

double term(double count, double rate) { return count > 0 ? count * std::log(rate) : 0; }

double log_likelihood(double bad, double total) {
  if (total <= 0) return 0;
  return term(bad, bad / total) + term(total - bad, (total - bad) / total);
}

double log_choose(double n, double k) {
  return std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1);
}

}  // namespace

double normal_tail(double z) { return std::erfc(z / std::sqrt(2.0)) / 2; }
double chi2_tail(double x) { return x <= 0 ? 1 : std::erfc(std::sqrt(x / 2)); }
double log_beta(double a, double b) { return std::lgamma(a) + std::lgamma(b) - std::lgamma(a + b); }

double log_add(double a, double b) {
  const double most = std::max(a, b);
  if (std::isinf(most)) return most;
  return most + std::log1p(std::exp(std::min(a, b) - most));
}

Interval wilson(double bad, double total, double confidence, double dispersion) {
  if (total <= 0) return {0, 1};
  const double z = confidence == 0.95 ? 1.959963984540054 : two_sided_z(confidence);
  const double n = total / std::max(1.0, dispersion);
  const double rate = std::clamp(bad / total, 0.0, 1.0);
  const double centre = (rate + z * z / (2 * n)) / (1 + z * z / n);
  const double half = z / (1 + z * z / n) * std::sqrt(rate * (1 - rate) / n + z * z / (4 * n * n));
  return {std::max(0.0, centre - half), std::min(1.0, centre + half)};
}

RiskRatio risk_ratio(double bad_a, double total_a, double bad_b, double total_b) {
  if (total_a <= 0 || total_b <= 0) return {1, 0, INFINITY};
  const double a = bad_a + 0.5;
  const double b = bad_b + 0.5;
  const double log_ratio = std::log(a / (total_a + 0.5)) - std::log(b / (total_b + 0.5));
  const double variance = 1 / a - 1 / (total_a + 0.5) + 1 / b - 1 / (total_b + 0.5);
  const double half = 1.959963984540054 * std::sqrt(std::max(0.0, variance));
  return {std::exp(log_ratio), std::exp(log_ratio - half), std::exp(log_ratio + half)};
}

double log_marginal(double bad, double total) {
  static const double prior = log_beta(0.5, 0.5);
  return log_beta(bad + 0.5, total - bad + 0.5) - prior;
}

double g_statistic(double bad_a, double total_a, double bad_b, double total_b) {
  const double apart = log_likelihood(bad_a, total_a) + log_likelihood(bad_b, total_b);
  return std::max(0.0, 2 * (apart - log_likelihood(bad_a + bad_b, total_a + total_b)));
}

double fisher_tail(double bad_a, double total_a, double bad_b, double total_b) {
  const double k = std::round(bad_a);
  const double n = std::round(total_a);
  const double bad = k + std::round(bad_b);
  const double all = n + std::round(total_b);
  if (n <= 0 || bad <= 0 || all <= 0) return 1;
  const double most = std::min(n, bad);
  double sum = 0;
  for (double i = k; i <= most; ++i) {
    const double p =
        std::exp(log_choose(bad, i) + log_choose(all - bad, n - i) - log_choose(all, n));
    sum += p;
    if (p < sum * 1e-15) break;  // below double's resolution of the sum
  }
  return std::min(1.0, sum);
}

double poisson_upper(double count, double mean) {
  if (count <= 0) return 1;
  if (mean <= 0) return 0;
  if (mean > 500) return normal_tail((count - 0.5 - mean) / std::sqrt(mean));  // error < 1 %
  double sum = 0;
  for (double i = std::ceil(count); i < count + 10 * mean + 200; ++i) {
    const double p = std::exp(i * std::log(mean) - mean - std::lgamma(i + 1));
    sum += p;
    if (i > mean && p < sum * 1e-15) break;
  }
  return std::min(1.0, sum);
}

double poisson_lower(double count, double mean) {
  if (mean <= 0) return 1;
  if (mean > 500) return normal_tail((mean - count - 0.5) / std::sqrt(mean));
  double sum = 0;
  for (double i = 0; i <= count; ++i)
    sum += std::exp(i * std::log(mean) - mean - std::lgamma(i + 1));
  return std::min(1.0, sum);
}

std::vector<double> q_values(std::span<const double> p_values, double tests) {
  std::vector<std::size_t> order(p_values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return p_values[a] < p_values[b]; });
  const double m = std::max(tests, static_cast<double>(p_values.size()));
  std::vector<double> q(p_values.size());
  double least = 1;
  for (std::size_t rank = order.size(); rank > 0; --rank) {
    const std::size_t at = order[rank - 1];
    least = std::min(least, p_values[at] * m / static_cast<double>(rank));
    q[at] = least;
  }
  return q;
}

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace culprit
