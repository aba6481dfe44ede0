#include "contrast/clock_offset.h"

#include <random>

#include <doctest/doctest.h>

namespace culprit {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;

// Delays as services have them: a few milliseconds, some much longer, on top of what a clock adds.
std::vector<Duration> delays(Duration offset, std::size_t count, double mean_ms) {
  std::mt19937_64 dice(count);
  std::exponential_distribution<double> delay(1 / mean_ms);
  std::vector<Duration> made;
  for (std::size_t i = 0; i < count; ++i) made.push_back(offset + from_seconds(delay(dice) / 1000));
  return made;
}

}  // namespace

TEST_CASE("a zone, a clock ahead and one behind are told by what all requests share") {
  for (const Duration off : {Duration(hours(2)), Duration(-hours(5)), Duration(minutes(330))}) {
    const auto zone = offset_of(delays(off, 200, 40));
    REQUIRE(zone);
    CHECK(zone->zone);
    CHECK(zone->ahead == off);
  }
  for (const Duration off : {Duration(milliseconds(7300)), Duration(-milliseconds(2500))}) {
    const auto clock = offset_of(delays(off, 200, 40));
    REQUIRE(clock);
    CHECK_FALSE(clock->zone);
    CHECK(seconds(clock->ahead - off) == doctest::Approx(0.028).epsilon(0.5));
    CHECK(clock->low <= clock->ahead);
    CHECK(clock->ahead <= clock->high);
    CHECK(seconds(clock->high - clock->low) < 0.02);
  }
}

TEST_CASE("waiting is no clock: it varies, and is least near zero") {
  CHECK_FALSE(offset_of(delays(Duration{0}, 500, 40)));
  CHECK_FALSE(offset_of(delays(Duration{0}, 500, 60'000)));       // a queue
  CHECK_FALSE(offset_of(delays(Duration{0}, 500, 45 * 60'000)));  // a slow one
  CHECK_FALSE(offset_of(delays(hours(2), shared_ids_least - 1, 40)));
}

TEST_CASE("the group with most ids is taken to be right, else the trusted one") {
  SharedIds shared;
  shared[{0, 1}] = delays(hours(1), 300, 10);
  shared[{0, 2}] = delays(Duration{0}, 200, 10);
  shared[{1, 2}] = delays(-hours(1), 100, 10);
  const auto off = off_sources(shared, {0, 0, 0});
  REQUIRE(off.size() == 1);
  CHECK(off[0].source == 1);
  CHECK(off[0].against == 0);
  CHECK(off[0].offset.ahead == hours(1));

  SharedIds two;
  two[{0, 1}] = delays(hours(1), 300, 10);
  const auto second_right = off_sources(two, {0, 1});
  REQUIRE(second_right.size() == 1);
  CHECK(second_right[0].source == 0);
  CHECK(second_right[0].offset.ahead == -hours(1));
  CHECK(off_sources({}, {0, 0}).empty());
}

}  // namespace culprit
