#include "event/tally.h"

#include <cmath>

namespace culprit {
namespace {

constexpr int least_index = -100'000;  // for values that have no logarithm

const double log_gamma = std::log((1 + Sketch::alpha) / (1 - Sketch::alpha));

}  // namespace

void Sketch::add(double value, double weight) {
  const int index =
      value > 0 ? static_cast<int>(std::ceil(std::log(value) / log_gamma)) : least_index;
  buckets[index] += weight;
  count += weight;
}

void Sketch::add(const Sketch& other) {
  for (const auto& [index, weight] : other.buckets) buckets[index] += weight;
  count += other.count;
}

double Sketch::quantile(double share) const {
  double below = 0;
  for (const auto& [index, weight] : buckets) {
    below += weight;
    if (below < share * count) continue;
    // The middle of the bucket on the logarithmic scale.
    return index == least_index ? 0 : 2 * std::exp(index * log_gamma) / (1 + std::exp(log_gamma));
  }
  return 0;
}

}  // namespace culprit
