#include "contrast/metric_scan.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include <doctest/doctest.h>

namespace culprit {
namespace {

// Samples as gauges have them: noise, few different values, nearly all the same, a slope.
std::vector<double> drawn(int shape, std::size_t count, std::mt19937_64& dice) {
  std::vector<double> values;
  for (std::size_t i = 0; i < count; ++i) {
    const auto die = static_cast<double>(dice() % 1'000'003) / 1e3;
    const auto at = static_cast<double>(i);
    values.push_back(shape == 0   ? die
                     : shape == 1 ? std::floor(die / 300)
                     : shape == 2 ? (die > 990 ? die : 7)
                     : shape == 3 ? at
                                  : -at);
  }
  return values;
}

TEST_CASE("a median is the one that sorting finds") {
  std::mt19937_64 dice(5);
  for (std::size_t count : {1U, 2U, 3U, 24U, 25U, 26U, 90U, 399U, 1'440U}) {
    for (int shape = 0; shape < 5; ++shape) {
      std::vector<double> values = drawn(shape, count, dice);
      std::vector<double> sorted = values;
      std::sort(sorted.begin(), sorted.end());
      CAPTURE(count);
      CAPTURE(shape);
      CHECK(median_of(values) == sorted[count / 2]);
      std::sort(values.begin(), values.end());
      CHECK(values == sorted);  // reordered, and nothing lost
    }
  }
}

TEST_CASE("a scatter leaves out the farthest twentieth, whatever the order") {
  std::mt19937_64 dice(6);
  for (int shape = 0; shape < 4; ++shape) {
    std::vector<double> distances = drawn(shape, 400, dice);
    std::vector<double> sorted = distances;
    std::sort(sorted.begin(), sorted.end());
    double trimmed = 0;
    for (std::size_t i = 0; i < 380; ++i) trimmed += sorted[i];
    const double usual = 1.4826 * sorted[200];
    CAPTURE(shape);
    CHECK(scatter_of(distances) == doctest::Approx(std::max(usual, 1.25 / 2 * trimmed / 400)));
  }
}

TEST_CASE("what is no number is no reason to search for ever") {
  const double none = std::numeric_limits<double>::quiet_NaN();
  std::vector<double> values(100, none);
  CHECK(std::isnan(median_of(values)));
  std::vector<double> infinite(100, std::numeric_limits<double>::infinity());
  CHECK(std::isinf(median_of(infinite)));
}

}  // namespace
}  // namespace culprit
