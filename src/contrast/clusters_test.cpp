#include "contrast/clusters.h"

#include <algorithm>
#include <cmath>
#include <string>

#include <doctest/doctest.h>

#include "base/dice.h"

namespace culprit {
namespace {

std::size_t poisson(Dice& dice, double mean) {
  std::size_t count = 0;
  for (double left = std::exp(-mean); dice.uniform() > left; ++count) left /= dice.uniform();
  return count;
}

// Failures over 240 buckets that come in clusters of `size`, each within one bucket.
std::vector<Counts> series(Dice& dice, double failures, std::size_t size) {
  std::vector<Counts> buckets(240);
  for (std::size_t i = 0; i < static_cast<std::size_t>(failures) / size; ++i) {
    buckets[dice.below(buckets.size())].bad += static_cast<double>(size);
  }
  return buckets;
}

// A field of ten values over `windows`; every failure is one of `size` that share window and value.
FacetTally field(Dice& dice, std::size_t windows, double failures, std::size_t size) {
  FacetTally tally;
  tally.all.resize(windows);
  for (std::size_t value = 0; value < 10; ++value) {
    tally.values.push_back({std::to_string(value), 0, std::vector<Counts>(windows, {1000, 0})});
  }
  for (double i = 0; i < failures; i += static_cast<double>(size)) {
    FacetValue& value = tally.values[dice.below(10)];
    value.windows[dice.below(windows)].bad += static_cast<double>(size);
  }
  return tally;
}

double shared_of(std::size_t size) {
  Dice dice(size);
  std::vector<FacetTally> tallies;
  for (int i = 0; i < 40; ++i) tallies.push_back(field(dice, 8, 1200, size));
  return shared_dispersion(tallies, 3, Against::units);
}

}  // namespace

TEST_CASE("failures of a kind that come together scatter as many times as they are") {
  CHECK(shared_of(1) == doctest::Approx(1).epsilon(0.1));
  CHECK(shared_of(4) == doctest::Approx(4).epsilon(0.2));
  CHECK(shared_of(10) == doctest::Approx(10).epsilon(0.25));
}

TEST_CASE("a minute that is bad for everyone costs no evidence, and neither does the incident") {
  Dice dice(1);
  std::vector<FacetTally> tallies;
  for (int i = 0; i < 40; ++i) {
    FacetTally tally = field(dice, 8, 0, 1);
    for (FacetValue& value : tally.values) {
      for (std::size_t w = 0; w < 8; ++w) {
        const double rate = w == 5 ? 80 : w < 3 ? 5 : 20;  // of 1,000
        value.windows[w].bad = static_cast<double>(poisson(dice, rate));
      }
    }
    // Of three fields a value is the cause.
    for (std::size_t w = 3; w < 8 && i < 3; ++w) tally.values[3].windows[w].bad += 100;
    tallies.push_back(std::move(tally));
  }
  CHECK(shared_dispersion(tallies, 3, Against::units) < 1.5);
}

TEST_CASE("too few failures tell no dispersion") {
  Dice dice(1);
  const std::vector<FacetTally> tallies(40, field(dice, 8, 12, 1));
  CHECK(shared_dispersion(tallies, 3, Against::units) == 0);
  CHECK(shared_dispersion({}, 3, Against::units) == 0);
}

TEST_CASE("a part's own dispersion is that of its clusters, wherever they lie in time") {
  struct Given {
    std::size_t size;
    double low;
    double high;
  };
  for (const Given& given : {Given{1, 1, 1.25}, {5, 3.5, 6.5}, {20, 12, 28}}) {
    CAPTURE(given.size);
    double sum = 0;
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
      Dice dice(seed);
      sum += own_dispersion(series(dice, 400, given.size), 1);
    }
    CHECK(sum / 50 >= given.low);
    CHECK(sum / 50 <= given.high);
  }
}

TEST_CASE("what grows steadily is no cluster, one burst is") {
  std::vector<Counts> ramp(240);
  for (std::size_t i = 0; i < ramp.size(); ++i) {
    const std::size_t failures = i / 60 + i % 2;
    ramp[i].bad = static_cast<double>(failures);
  }
  CHECK(own_dispersion(ramp, 1) < 1.5);
  std::vector<Counts> burst(240);
  burst[100].bad = 30;
  burst[101].bad = 30;
  CHECK(own_dispersion(burst, 1) > 15);
}

TEST_CASE("where a part tells little, what is shared is believed") {
  std::vector<Counts> few(240);
  for (std::size_t i = 0; i < 5; ++i) few[i * 48].bad = 1;
  CHECK(own_dispersion(few, 1) == 1);
  CHECK(own_dispersion(few, 7) > 2);
  CHECK(own_dispersion(std::vector<Counts>(240), 7) == 7);
  CHECK(own_dispersion({}, 7) == 7);
}

TEST_CASE("a part above its due in nearly every block is no accident, a burst may be one") {
  std::vector<Counts> whole(240, {0, 2});
  std::vector<Counts> steady(240);
  std::vector<Counts> burst(240);
  for (std::size_t i = 0; i < 240; i += 4) steady[i].bad = 1;
  burst[17].bad = 60;
  whole[17].bad = 60;
  // 60 of 480 failures, where a twentieth is due.
  CHECK(flipped_p(steady, whole, 0.05, 1) == doctest::Approx(0.001));
  CHECK(flipped_p(burst, whole, 0.05, 1) > 0.2);
  CHECK(flipped_p(steady, whole, 0.125, 1) > 0.3);  // no more than it is due
  CHECK(flipped_p(steady, whole, 0.05, 1) == flipped_p(steady, whole, 0.05, 1));
}

TEST_CASE("flips reject what is true as often as they say") {
  std::size_t rejected = 0;
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    Dice dice(seed);
    std::vector<Counts> whole(240);
    std::vector<Counts> part(240);
    for (std::size_t cluster = 0; cluster < 60; ++cluster) {
      const std::size_t at = dice.below(240);
      const double size = 1 + static_cast<double>(dice.below(8));
      whole[at].bad += size;
      if (dice.below(4) == 0) part[at].bad += size;
    }
    rejected += flipped_p(part, whole, 0.25, seed) <= 0.05 ? 1 : 0;
  }
  CHECK(rejected <= 35);  // 25 expected; one in 40 suites of this size has more than 35
}

namespace {

// Three bursts, each within five buckets of 240. Of each `fails` and `works` are by bucket.
struct Burst {
  std::vector<double> fails;
  std::vector<double> works;
};
struct Bursts {
  std::vector<Counts> part = std::vector<Counts>(240);
  std::vector<Counts> whole = std::vector<Counts>(240);
  explicit Bursts(const std::vector<Burst>& bursts) {
    for (std::size_t b = 0; b < bursts.size(); ++b) {
      for (std::size_t i = 0; i < 5; ++i) {
        part[20 + 80 * b + i].bad = bursts[b].fails[i];
        whole[20 + 80 * b + i] = {bursts[b].fails[i] + bursts[b].works[i], bursts[b].fails[i]};
      }
    }
  }
};

}  // namespace

TEST_CASE("by the traffic's clock, failures among the successes of every burst come evenly") {
  const Burst mixed{{2, 2, 2, 2, 2}, {2, 2, 2, 2, 2}};
  const Bursts bursts({mixed, mixed, mixed});
  CHECK(own_dispersion(bursts.part, 1) > 4);
  CHECK(flipped_p(bursts.part, bursts.whole, 0, 1) > 0.05);
  const Course course = course_of(bursts.part, bursts.whole, 1);
  CHECK(course.dispersion == 1);
  CHECK(flipped_p(course.part, course.whole, 0, 1) < 0.01);
  double told = 0;
  for (const Counts& bucket : course.part) told += bucket.bad;
  CHECK(told == doctest::Approx(30));
}

TEST_CASE("by either clock, bursts that fail as a whole come at once") {
  const Burst fails{{2, 2, 2, 2, 2}, {0, 0, 0, 0, 0}};
  const Burst works{{0, 0, 0, 0, 0}, {2, 2, 2, 2, 2}};
  for (const auto& order : {std::vector{fails, works, fails}, {works, fails, works}}) {
    const Bursts bursts(order);
    const Course course = course_of(bursts.part, bursts.whole, 1);
    CHECK(course.dispersion > 4);
    CHECK(flipped_p(course.part, course.whole, 0, 1) > 0.1);
  }
  // As does a half of each that fails before the other.
  const Burst first{{5, 5, 0, 0, 0}, {0, 0, 0, 5, 5}};
  const Bursts halves({first, first, first});
  CHECK(course_of(halves.part, halves.whole, 1).dispersion > 2.5);
}

TEST_CASE("a burst of failures in a steady traffic is one by the traffic's clock too") {
  std::vector<Counts> whole(240, {10, 0});
  std::vector<Counts> part(240);
  for (const std::size_t at : {40U, 110U, 190U}) part[at].bad = whole[at].bad = 9;
  CHECK(course_of(part, whole, 1).dispersion > 5);
  CHECK(flipped_p(course_of(part, whole, 1).part, whole, 0, 1) > 0.05);
}

TEST_CASE("successes that come in bursts of their own do not make steady failures cluster") {
  std::vector<Counts> whole(240, {1, 1});
  const std::vector<Counts> part(240, {0, 1});
  whole[17].total += 5000;
  CHECK(own_dispersion(part, 1) == 1);
  CHECK(course_of(part, whole, 1).dispersion == 1);
}

TEST_CASE("with hardly any success the clock on the wall decides") {
  std::vector<Counts> whole(240, {1, 1});
  const std::vector<Counts> part(240, {0, 1});
  for (std::size_t i = 0; i < 7; ++i) whole[i].total = 2;
  CHECK(course_of(part, whole, 1).part == part);
  CHECK(course_of({}, {}, 7).dispersion == 7);
}

}  // namespace culprit
