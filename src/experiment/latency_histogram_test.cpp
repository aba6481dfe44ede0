#include "experiment/latency_histogram.h"

#include <cmath>

#include <doctest/doctest.h>

#include "base/dice.h"

namespace culprit {
namespace {

using namespace std::chrono_literals;

// Log-uniform from 1 us to 1 h: every power of two is met.
std::vector<Duration> latencies(std::uint64_t seed, std::size_t count) {
  Dice dice(seed);
  std::vector<Duration> made;
  for (std::size_t i = 0; i < count; ++i) {
    made.push_back(Duration(std::llround(1e3 * std::pow(3.6e9, dice.uniform()))));
  }
  return made;
}

LatencyHistogram histogram_of(const std::vector<Duration>& all) {
  LatencyHistogram made;
  for (const Duration one : all) made.add(one);
  return made;
}

// What a quantile is by sorting.
Duration sorted_quantile(std::vector<Duration> all, double share) {
  std::sort(all.begin(), all.end());
  const double rank = std::ceil(share * static_cast<double>(all.size()));
  return all[static_cast<std::size_t>(std::max(rank, 1.0)) - 1];
}

TEST_CASE("quantiles are those of the sorted durations, to three digits") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    const std::vector<Duration> all = latencies(seed, 1 + seed * 97);
    const LatencyHistogram made = histogram_of(all);
    for (const double share : {0.0, 0.01, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 1.0}) {
      CAPTURE(share);
      const double right = seconds(sorted_quantile(all, share));
      REQUIRE(std::abs(seconds(made.quantile(share)) / right - 1) <= 0.001);
    }
    REQUIRE(made.least() == sorted_quantile(all, 0));
    REQUIRE(made.greatest() == sorted_quantile(all, 1));
  }
}

TEST_CASE("histograms of parts add up to that of the whole") {
  const std::vector<Duration> all = latencies(7, 3000);
  LatencyHistogram sum;
  for (std::size_t part = 0; part < 3; ++part) {
    const auto from = all.begin() + static_cast<std::ptrdiff_t>(part) * 1000;
    sum.add(histogram_of({from, from + 1000}));
  }
  sum.add(LatencyHistogram());
  const LatencyHistogram whole = histogram_of(all);
  CHECK(sum.count() == whole.count());
  CHECK(sum.least() == whole.least());
  CHECK(sum.greatest() == whole.greatest());
  CHECK(std::abs(seconds(sum.mean()) - seconds(whole.mean())) < 1e-6);
  for (int percent = 0; percent <= 100; ++percent) {
    REQUIRE(sum.quantile(percent / 100.0) == whole.quantile(percent / 100.0));
  }
}

TEST_CASE("cells cover each duration, and what is out of bounds is kept at the edge") {
  for (const Duration one : latencies(3, 2000)) {
    const auto cells = histogram_of({one}).cells();
    REQUIRE(cells.size() == 1);
    REQUIRE(cells[0].from <= one);
    REQUIRE(one < cells[0].to);
    REQUIRE(seconds(cells[0].to - cells[0].from) <= 0.001 * seconds(one));
  }
  const LatencyHistogram edges = histogram_of({0ns, 5h});
  CHECK(edges.cells().size() == 2);
  CHECK(edges.quantile(1) == 5h);
  CHECK(edges.least() == 0ns);
  CHECK(LatencyHistogram().quantile(0.5) == 0ns);
  CHECK(LatencyHistogram().mean() == 0ns);
}

}  // namespace
}  // namespace culprit
