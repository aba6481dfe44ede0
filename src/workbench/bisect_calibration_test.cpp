#include "workbench/bisect_calibration.h"

#include <doctest/doctest.h>

#include "base/dice.h"

namespace culprit {
namespace {

struct Done {
  std::size_t good = 0;  // runs
  std::size_t bad = 0;
  Calibration calibration;
};

Done calibrated(double good_rate, double bad_rate, Calibration::Options options = {},
                std::uint64_t seed = 1) {
  Done done{0, 0, Calibration(options)};
  Dice dice(seed);
  for (int runs = 0; runs < 1000; ++runs) {
    const auto end = done.calibration.ask({});
    if (!end) return done;
    const bool good = *end == RangeEnd::good;
    ++(good ? done.good : done.bad);
    const bool fails = dice.uniform() < (good ? good_rate : bad_rate);
    done.calibration.tell(*end, fails ? Outcome::bad : Outcome::good, 1);
  }
  FAIL("it never ends");
  return done;
}

TEST_CASE("a sure test is run once at each end") {
  const Done done = calibrated(0, 1);
  CHECK(done.good == 1);
  CHECK(done.bad == 1);
  CHECK(!done.calibration.trouble());
}

TEST_CASE("what is wrong with the ends is said at once") {
  using Trouble = Calibration::Trouble;
  const Done fails = calibrated(1, 1);
  CHECK(fails.calibration.trouble() == Trouble::good_fails);
  CHECK(fails.good + fails.bad <= 8);
  const Done exchanged = calibrated(1, 0);
  CHECK(exchanged.calibration.trouble() == Trouble::exchanged);
  CHECK(exchanged.good + exchanged.bad <= 8);
  const Done passes = calibrated(0, 0);
  CHECK(passes.calibration.trouble() == Trouble::bad_passes);
  CHECK(passes.bad == 40);
  const Done given = calibrated(0, 0, {.runs = 5});
  CHECK(given.calibration.trouble() == Trouble::bad_passes);
  CHECK(given.bad == 5);
  Calibration untestable({});
  for (int i = 0; i < 3; ++i) untestable.tell(RangeEnd::good, std::nullopt, 1);
  CHECK(untestable.trouble() == Trouble::good_untestable);
}

TEST_CASE("slow tests that pass at BAD are given up earlier") {
  Calibration slow({});
  slow.tell(RangeEnd::good, Outcome::good, 60);
  int runs = 0;
  for (; slow.ask({}); ++runs) slow.tell(RangeEnd::bad, Outcome::good, 60);
  CHECK(slow.trouble() == Calibration::Trouble::bad_passes);
  CHECK(runs == 10);
}

TEST_CASE("both ends are measured where that is asked for, within the budget") {
  const Done flaky = calibrated(0, 0.3);
  CHECK(!flaky.calibration.trouble());
  CHECK(flaky.good == 1);
  CHECK(flaky.calibration.bad().bad == 1);
  const Done asked = calibrated(0, 1, {.runs = 30});
  CHECK(asked.bad == 30);
  CHECK(asked.good >= 10);
  CHECK(asked.good < 30);
  const Done rare = calibrated(0, 0.2, {.runs = 30});
  CHECK(rare.good == 30);
}

TEST_CASE("rates that do not differ are told in most cases, those that do are seldom refused") {
  int same = 0;
  int refused = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    same += calibrated(0.4, 0.4, {.runs = 20}, seed).calibration.trouble() ? 1 : 0;
    refused += calibrated(0.1, 0.9, {.runs = 20}, seed).calibration.trouble() ? 1 : 0;
    refused += calibrated(0.3, 0.7, {}, seed).calibration.trouble() ? 1 : 0;
  }
  CHECK(same >= 270);
  CHECK(refused <= 6);
}

TEST_CASE("what is known is not measured again; GOOD is run once all the same") {
  const Done done = calibrated(0.1, 0.6, {.good = {10, 90}, .bad = {60, 40}});
  CHECK(done.good == 1);
  CHECK(done.bad == 0);
}

TEST_CASE("workers do not run an end that is not needed") {
  Calibration calibration({});
  CHECK(calibration.ask({0, 0}) == RangeEnd::good);
  CHECK(calibration.ask({1, 0}) == RangeEnd::bad);
  CHECK(!calibration.ask({1, 1}));
}

}  // namespace
TEST_CASE("stated rates are looked at once, and contradicted by four runs") {
  Calibration::Options options;
  options.good = {0, 1000, 0};
  options.bad = {1000, 0, 0};
  options.known = Calibration::Options::Known::stated;
  using Trouble = Calibration::Trouble;
  struct Row {
    Outcome good;
    Outcome bad;
    std::size_t runs;
    std::optional<Trouble> trouble;
  };
  for (const Row& row : {Row{Outcome::good, Outcome::bad, 2, std::nullopt},
                         Row{Outcome::bad, Outcome::bad, 5, Trouble::good_fails},
                         Row{Outcome::good, Outcome::good, 5, Trouble::bad_passes}}) {
    Calibration calibration(options);
    std::size_t runs = 0;
    while (const auto end = calibration.ask({})) {
      calibration.tell(*end, *end == RangeEnd::good ? row.good : row.bad, 1);
      REQUIRE(++runs < 20);
    }
    CHECK(calibration.trouble() == row.trouble);
    CHECK(runs == row.runs);
  }
}

}  // namespace culprit
