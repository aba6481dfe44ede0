#include "contrast/when.h"

#include <random>

#include <doctest/doctest.h>

namespace culprit {
namespace {

constexpr Duration bucket = std::chrono::seconds(1);
const Time epoch = from_nanoseconds(1'763'647'200'000'000'000);

struct Simulated {
  HistTally series;
  std::size_t onset = 0;
};

// `cluster`: failures come in groups of this size at most (a noisy user's retries).
struct Settings {
  std::size_t buckets = 300;
  double requests = 100;
  double before = 0.01;
  double after = 0.05;
  double rho = 0;  // overdispersion: the rate of each bucket is a beta variable
  std::size_t ramp = 0;
};

double beta_draw(double mean, double rho, std::mt19937_64& random) {
  if (rho <= 0 || mean <= 0) return mean;
  const double scale = (1 - rho) / rho;
  std::gamma_distribution<double> a(mean * scale);
  std::gamma_distribution<double> b((1 - mean) * scale);
  const double x = a(random);
  return x / (x + b(random));
}

Simulated simulate(const Settings& settings, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  Simulated made;
  made.onset = settings.buckets / 4 + random() % (settings.buckets / 2);
  made.series.from = epoch;
  made.series.bucket = bucket;
  for (std::size_t i = 0; i < settings.buckets; ++i) {
    double rate = settings.before;
    if (i >= made.onset) {
      const double share = settings.ramp == 0
                               ? 1
                               : std::min(1.0, static_cast<double>(i - made.onset) /
                                                   static_cast<double>(settings.ramp));
      rate += (settings.after - settings.before) * share;
    }
    const auto total = std::poisson_distribution<int>(settings.requests)(random);
    const double drawn = beta_draw(rate, settings.rho, random);
    const auto bad = std::binomial_distribution<int>(total, drawn)(random);
    made.series.counts.push_back({static_cast<double>(total), static_cast<double>(bad)});
  }
  return made;
}

struct Score {
  int found = 0;
  int covered = 0;
};

Score score(const Settings& settings, int runs) {
  Score result;
  for (int run = 0; run < runs; ++run) {
    const Simulated made = simulate(settings, static_cast<std::uint64_t>(run) + 1);
    const Outbreak outbreak = find_outbreak(made.series);
    if (!outbreak.found) continue;
    ++result.found;
    const OnsetPosterior onset = locate_onset(made.series, {{}, outbreak.dispersion, 0.95});
    const Time truth = epoch + bucket * static_cast<std::int64_t>(made.onset);
    result.covered += onset.from <= truth && truth <= onset.to ? 1 : 0;
  }
  return result;
}

}  // namespace

TEST_CASE("a five-fold step is found and its interval covers the truth") {
  const Score plain = score({}, 100);
  CHECK(plain.found == 100);
  CHECK(plain.covered >= 89);  // 95 % less three standard errors
}

TEST_CASE("clustered failures widen the interval instead of breaking it") {
  const Score clustered = score({.rho = 0.03}, 100);
  CHECK(clustered.found >= 98);
  CHECK(clustered.covered >= 89);
}

TEST_CASE("a ramp's onset is where it begins, not where it is steep") {
  const Score ramp = score({.after = 0.08, .ramp = 60}, 60);
  CHECK(ramp.found >= 58);
  CHECK(ramp.covered >= 52);
}

TEST_CASE("quiet series stay quiet, clustered or not") {
  CHECK(score({.after = 0.01}, 100).found <= 2);
  CHECK(score({.after = 0.01, .rho = 0.03}, 100).found <= 3);
  CHECK(score({.before = 0.001, .after = 0.001, .rho = 0.01}, 100).found <= 3);
}

TEST_CASE("three bursts at even distances recur") {
  HistTally series{epoch, bucket, std::vector<Counts>(900, Counts{100, 0}), true};
  for (std::size_t i = 0; i < 900; ++i) {
    series.counts[i].bad = i % 97 == 0 ? 1 : 0;
    if (i >= 300 && (i - 300) % 150 < 40) series.counts[i].bad = 12;
  }
  const Outbreak outbreak = find_outbreak(series);
  REQUIRE(outbreak.found);
  CHECK(outbreak.shape == Shape::recurring);
  CHECK(seconds(outbreak.period) == doctest::Approx(150).epsilon(0.05));
  CHECK(outbreak.incidents.front().from == 300);
}

TEST_CASE("short bursts among next to no failures are bursts, not one stretch of wild scatter") {
  // A shop's route in 480 buckets of 5 s: {bucket, failures}; the last burst is ragged.
  constexpr std::pair<std::size_t, int> failures[] = {
      {8, 1},   {9, 1},   {21, 1},  {36, 1},  {37, 1},  {39, 1},  {40, 1},  {54, 1},  {71, 1},
      {72, 1},  {101, 1}, {132, 1}, {135, 1}, {138, 1}, {172, 1}, {196, 5}, {197, 2}, {198, 2},
      {199, 2}, {200, 7}, {201, 1}, {202, 3}, {203, 5}, {204, 2}, {205, 2}, {206, 1}, {207, 2},
      {208, 1}, {210, 1}, {260, 1}, {261, 1}, {262, 2}, {263, 5}, {264, 2}, {265, 1}, {267, 3},
      {268, 1}, {269, 1}, {271, 2}, {274, 2}, {328, 3}, {329, 2}, {330, 1}, {332, 2}, {333, 3},
      {334, 1}, {335, 3}, {336, 4}, {337, 4}, {338, 3}, {339, 2}, {340, 2}, {364, 1}, {379, 1},
      {394, 2}, {395, 2}, {396, 3}, {397, 1}, {398, 5}, {399, 6}, {400, 2}, {401, 2}, {403, 1},
      {404, 1}, {405, 7}, {406, 1}, {410, 1}, {446, 1}, {457, 1}, {460, 1}, {461, 1}, {462, 3},
      {463, 3}, {464, 2}, {465, 2}, {467, 2}, {468, 3}, {469, 1}, {470, 2}};
  HistTally series{epoch, bucket, std::vector<Counts>(480, Counts{45, 0}), true};
  for (const auto& [at, bad] : failures) series.counts[at].bad = bad;
  const Outbreak outbreak = find_outbreak(series);
  REQUIRE(outbreak.found);
  CHECK(outbreak.shape == Shape::recurring);
  CHECK(outbreak.incidents.front().from == 196);
  CHECK(outbreak.dispersion < 5);
}

TEST_CASE("the foot of a slow rise is not taken for the rate before it") {
  const Settings settings{
      .buckets = 480, .requests = 60, .before = 0.001, .after = 0.02, .ramp = 110};
  const Score slow = score(settings, 60);
  CHECK(slow.found >= 58);
  CHECK(slow.covered >= 52);
}

TEST_CASE("a burst that ended is a spike and is over") {
  HistTally series{epoch, bucket, std::vector<Counts>(600, Counts{50, 0}), true};
  for (std::size_t i = 0; i < 600; ++i) {
    series.counts[i].bad = i >= 200 && i < 320 ? 4 : i % 40 == 0 ? 1 : 0;
  }
  const Outbreak outbreak = find_outbreak(series);
  REQUIRE(outbreak.found);
  CHECK(outbreak.shape == Shape::spike);
  CHECK_FALSE(outbreak.ongoing);
}

}  // namespace culprit
