#include "contrast/segmentation.h"

#include <cmath>
#include <limits>
#include <random>

#include <doctest/doctest.h>

namespace culprit {
namespace {

double cost_of(const std::vector<Counts>& counts, std::size_t from, std::size_t to,
               double dispersion) {
  Counts sum;
  for (std::size_t i = from; i < to; ++i) sum += counts[i];
  const double good = sum.total - sum.bad;
  double log_likelihood = 0;
  if (sum.bad > 0) log_likelihood += sum.bad * std::log(sum.bad / sum.total);
  if (good > 0) log_likelihood += good * std::log(good / sum.total);
  return -2 * log_likelihood / dispersion;
}

// The least cost of all ways to cut, tried one by one, with stretches of two buckets or more.
double least_cost(const std::vector<Counts>& counts, double dispersion, double penalty) {
  std::vector<double> best(counts.size() + 1, std::numeric_limits<double>::infinity());
  best[0] = -penalty;
  for (std::size_t to = 2; to <= counts.size(); ++to) {
    for (std::size_t from = 0; from + 2 <= to; ++from) {
      best[to] = std::min(best[to], best[from] + penalty + cost_of(counts, from, to, dispersion));
    }
  }
  return best.back();
}

double cost_of(const Segmentation& cut, const std::vector<Counts>& counts, double dispersion,
               double penalty) {
  double cost = -penalty;
  for (const Stretch& s : cut.stretches)
    cost += penalty + cost_of(counts, s.from, s.to, dispersion);
  return cost;
}

// Rates jump at random places; some buckets are empty, some outliers, as in the night's traffic.
std::vector<Counts> random_series(std::mt19937_64& random) {
  std::vector<Counts> counts(2 + random() % 60);
  double rate = 0.01;
  for (Counts& bucket : counts) {
    if (random() % 7 == 0) rate = static_cast<double>(random() % 60) / 100;
    bucket.total = random() % 5 == 0 ? 0 : static_cast<double>(random() % 40);
    bucket.bad = std::floor(bucket.total * rate);
    if (random() % 9 == 0) bucket.bad = bucket.total;
  }
  return counts;
}

std::vector<Counts> rates(std::initializer_list<std::pair<std::size_t, double>> parts) {
  std::vector<Counts> counts;
  for (const auto& [buckets, bad] : parts) counts.insert(counts.end(), buckets, {100, bad});
  return counts;
}

}  // namespace

TEST_CASE("no way to cut costs less than the one found") {
  std::mt19937_64 random(7);
  for (int round = 0; round < 2000; ++round) {
    const std::vector<Counts> counts = random_series(random);
    const double dispersion = 1 + static_cast<double>(random() % 4);
    const double penalty = static_cast<double>(random() % 20);
    const Segmentation cut = segment(counts, dispersion, penalty);
    const double least = least_cost(counts, dispersion, penalty);
    CAPTURE(round);
    REQUIRE(cost_of(cut, counts, dispersion, penalty) == doctest::Approx(least));
    const double one = cost_of(counts, 0, counts.size(), dispersion);
    REQUIRE(cut.gain == doctest::Approx(one - least));
  }
}

TEST_CASE("stretches follow one another from the first bucket to the last, with their counts") {
  std::mt19937_64 random(8);
  for (int round = 0; round < 200; ++round) {
    const std::vector<Counts> counts = random_series(random);
    std::size_t at = 0;
    for (const Stretch& stretch : segment(counts, 1, 5).stretches) {
      REQUIRE(stretch.from == at);
      REQUIRE(stretch.to >= at + 2);
      Counts sum;
      for (; at < stretch.to; ++at) sum += counts[at];
      CHECK(stretch.total == sum.total);
      CHECK(stretch.bad == sum.bad);
    }
    REQUIRE(at == counts.size());
  }
}

TEST_CASE("cuts lie where the rate changes") {
  const auto cut = segment(rates({{20, 1}, {10, 30}, {30, 2}}), 1, 12);
  REQUIRE(cut.stretches.size() == 3);
  CHECK(cut.stretches[1].from == 20);
  CHECK(cut.stretches[1].to == 30);
  CHECK(cut.stretches[1].rate() == doctest::Approx(0.3));
  CHECK(cut.gain > 100);
}

TEST_CASE("a cut has to pay: more scatter or a higher penalty takes it back") {
  const auto counts = rates({{20, 1}, {20, 4}});
  CHECK(segment(counts, 1, 12).stretches.size() == 2);
  CHECK(segment(counts, 20, 12).stretches.size() == 1);
  CHECK(segment(counts, 1, 300).stretches.size() == 1);
  CHECK(segment(counts, 1, 300).gain == 0);
}

TEST_CASE("one odd bucket is cut with a neighbour, never alone") {
  const auto cut = segment(rates({{10, 1}, {1, 90}, {10, 1}}), 1, 12);
  for (const Stretch& stretch : cut.stretches) CHECK(stretch.to - stretch.from >= 2);
  CHECK(cut.stretches.size() == 3);
}

TEST_CASE("series too short to cut") {
  CHECK(segment({}, 1, 12).stretches.empty());
  const std::vector<Counts> one = {{10, 5}};
  const Segmentation cut = segment(one, 1, 12);
  REQUIRE(cut.stretches.size() == 1);
  CHECK(cut.stretches[0].bad == 5);
  CHECK(cut.gain == 0);
}

}  // namespace culprit
