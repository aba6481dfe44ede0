#include "dice.h"

#include <algorithm>

namespace shop {

Fortune::Fortune(const std::vector<double>& weights)
    : keep_(weights.size(), 1.0), other_(weights.size(), 0) {
  double sum = 0;
  for (double weight : weights) sum += weight;
  std::vector<double> scaled;
  std::vector<uint32_t> poor;
  std::vector<uint32_t> rich;
  for (uint32_t i = 0; i < weights.size(); ++i) {
    scaled.push_back(weights[i] * static_cast<double>(weights.size()) / sum);
    (scaled[i] < 1.0 ? poor : rich).push_back(i);
  }
  while (!poor.empty() && !rich.empty()) {
    const uint32_t taker = poor.back();
    const uint32_t giver = rich.back();
    poor.pop_back();
    keep_[taker] = scaled[taker];
    other_[taker] = giver;
    scaled[giver] -= 1.0 - scaled[taker];
    if (scaled[giver] >= 1.0) continue;
    rich.pop_back();
    poor.push_back(giver);
  }
}

// The quantile at (i + 1/2) / 4096 of exp(sigma * N), by bisection of the normal distribution.
Spread::Spread(double sigma) {
  constexpr int steps = 4096;
  for (int i = 0; i < steps; ++i) {
    const double wanted = (i + 0.5) / steps;
    double low = -6;
    double high = 6;
    for (int round = 0; round < 40; ++round) {
      const double middle = (low + high) / 2;
      (0.5 * std::erfc(-middle / std::sqrt(2.0)) < wanted ? low : high) = middle;
    }
    factors_.push_back(std::exp(sigma * low));
  }
}

}  // namespace shop
