#include "contrast/dispersion.h"

#include <random>

#include <doctest/doctest.h>

namespace culprit {
namespace {

Stretch stretch(const std::vector<Counts>& counts, std::size_t from, std::size_t to) {
  Stretch made{from, to, 0, 0};
  for (std::size_t i = from; i < to; ++i) {
    made.total += counts[i].total;
    made.bad += counts[i].bad;
  }
  return made;
}

double dispersion(const std::vector<Counts>& counts) {
  const Stretch all[] = {stretch(counts, 0, counts.size())};
  return dispersion_of(counts, all);
}

// The mean over 50 series of 200 buckets with 100 units each; every failure comes `cluster` times.
double mean_dispersion(int cluster) {
  std::mt19937_64 random(5);
  double sum = 0;
  for (int round = 0; round < 50; ++round) {
    std::vector<Counts> counts;
    std::binomial_distribution<int> failures(100, 0.05 / cluster);
    for (int i = 0; i < 200; ++i) counts.push_back({100, 1.0 * cluster * failures(random)});
    sum += dispersion(counts);
  }
  return sum / 50;
}

}  // namespace

TEST_CASE("independent failures have a dispersion of one, clusters of k about k") {
  CHECK(mean_dispersion(1) < 1.3);  // the largest of three estimates
  CHECK(mean_dispersion(3) == doctest::Approx(3.3).epsilon(0.15));
  CHECK(mean_dispersion(8) == doctest::Approx(8.8).epsilon(0.15));
}

TEST_CASE("it is the scatter around the stretches' own rates") {
  std::vector<Counts> counts(40, {100, 2});
  for (std::size_t i = 20; i < 40; ++i) counts[i].bad = 30;
  const Stretch apart[] = {stretch(counts, 0, 20), stretch(counts, 20, 40)};
  CHECK(dispersion_of(counts, apart) == 1);  // at least one, though nothing scatters here
  CHECK(dispersion(counts) > 10);
}

TEST_CASE("Pearson's statistic per degree of freedom, by hand") {
  // Expected 10 a bucket, found 4 and 16 in turns: 36 / 9 each, 20 of them, 19 degrees of freedom.
  // Groups of four scatter not at all.
  std::vector<Counts> counts;
  for (int i = 0; i < 20; ++i) counts.push_back({100, i % 2 == 0 ? 4.0 : 16.0});
  CHECK(dispersion(counts) == doctest::Approx(20 * 4.0 / 19));
}

TEST_CASE("slow waves are seen in groups of sixteen") {
  std::vector<Counts> counts;
  for (int i = 0; i < 320; ++i) counts.push_back({1000, i / 16 % 2 == 0 ? 8.0 : 12.0});
  // Expected 160 a group, found 128 and 192: 32^2 / (160 * 0.99), 20 of them.
  CHECK(dispersion(counts) == doctest::Approx(32.0 * 32 / (160 * 0.99) * 20 / 19));
}

TEST_CASE("too few cells, or no failures at all, are no evidence of scatter") {
  const std::vector<Counts> short_series = {{100, 1}, {100, 30}, {100, 1}, {100, 30}};
  CHECK(dispersion(short_series) == 1);
  CHECK(dispersion(std::vector<Counts>(50, {100, 0})) == 1);
  CHECK(dispersion(std::vector<Counts>(50, {100, 100})) == 1);
  CHECK(dispersion_of({}, {}) == 1);
}

TEST_CASE("a bucket that expects next to nothing is judged with its neighbour") {
  // One failure in a bucket of one unit, 0.01 expected, would count a hundred times its worth.
  std::vector<Counts> counts;
  for (int i = 0; i < 20; ++i) {
    counts.push_back({1, i % 10 == 0 ? 1.0 : 0.0});
    counts.push_back({1000, 10});
  }
  CHECK(dispersion(counts) == 1);
}

}  // namespace culprit
