#include "contrast/season.h"

#include <cmath>
#include <numbers>

#include <doctest/doctest.h>

#include "contrast/when.h"

namespace culprit {
namespace {

constexpr Duration bucket = std::chrono::minutes(15);
constexpr Time midnight{std::chrono::sys_days{std::chrono::year{2025} / 11 / 17}};  // a Monday

using Rate = double (*)(double day);  // days since that midnight

// 2,000 requests a bucket that fail at that rate, scattered as if by chance (repeatably).
HistTally series_of(std::size_t days, Rate rate) {
  HistTally series{midnight, bucket, {}, true};
  for (std::size_t i = 0; i < days * 96; ++i) {
    const double expected = 2'000 * rate((static_cast<double>(i) + 0.5) / 96);
    const double scatter = std::sin(static_cast<double>(i * i) * 0.7) * std::sqrt(expected);
    series.counts.push_back({2'000, std::max(0.0, std::round(expected + scatter))});
  }
  return series;
}

double swing(double day) { return 0.01 * std::exp(std::sin(2 * std::numbers::pi * day)); }

double hour_of(double day) { return 24 * (day - std::floor(day)); }

double nightly(double day) { return hour_of(day) >= 2 && hour_of(day) < 3 ? 0.1 : 0.01; }

}  // namespace

TEST_CASE("what happens every day at the same hour is a season and no incident") {
  for (const Rate rate : {swing, nightly}) {
    for (const std::size_t days : {2U, 3U, 5U}) {
      const HistTally series = series_of(days, rate);
      CHECK(season_of(series).period == std::chrono::hours(24));
      CHECK_FALSE(find_outbreak(series).found);
    }
  }
}

TEST_CASE("an incident on top of a season is found where it began") {
  const HistTally series =
      series_of(4, [](double day) { return swing(day) * (day >= 2.5 ? 4 : 1); });
  const Outbreak outbreak = find_outbreak(series);
  REQUIRE(outbreak.found);
  CHECK(outbreak.season.period == std::chrono::hours(24));
  CHECK(outbreak.incidents.size() == 1);
  CHECK(outbreak.incidents.front().from == 240);
  CHECK(outbreak.ongoing);
}

TEST_CASE("an hour's incident at the hour of the nightly job is more than the job") {
  const HistTally series = series_of(
      4, [](double day) { return nightly(day) * (day >= 3 && hour_of(day) < 4 ? 4 : 1); });
  const Outbreak outbreak = find_outbreak(series);
  REQUIRE(outbreak.found);
  CHECK(outbreak.incidents.front().from == 288);
  CHECK(outbreak.incidents.front().to == 304);
}

TEST_CASE("nightly failures that began on the third night are no season") {
  const HistTally series = series_of(6, [](double day) { return day >= 2 ? nightly(day) : 0.01; });
  CHECK(season_of(series).empty());
  const Outbreak outbreak = find_outbreak(series);
  REQUIRE(outbreak.found);
  CHECK(outbreak.shape == Shape::recurring);
  CHECK(outbreak.incidents.front().from == 2 * 96 + 8);
}

TEST_CASE("days that differ by the weekday have a season of a week") {
  const HistTally series =
      series_of(21, [](double day) { return swing(day) * (std::fmod(day + 5, 7) >= 2 ? 1 : 0.3); });
  CHECK(season_of(series).period == std::chrono::hours(7 * 24));
  CHECK_FALSE(find_outbreak(series).found);
}

TEST_CASE("a step, a short series and one without failures have no season") {
  CHECK(season_of(series_of(4, [](double day) { return day >= 1.7 ? 0.05 : 0.01; })).empty());
  CHECK(season_of(series_of(1, swing)).empty());
  CHECK(season_of(series_of(4, [](double) { return 0.0; })).empty());
  CHECK(season_of({}).empty());
}

TEST_CASE("a season repeats, and between the middles of its parts it is a line") {
  const Season season{std::chrono::hours(24), {1, 3}};
  CHECK(season.factor_at(midnight + std::chrono::hours(6)) == doctest::Approx(1));
  CHECK(season.factor_at(midnight + std::chrono::hours(12)) == doctest::Approx(2));
  CHECK(season.factor_at(midnight + std::chrono::hours(18)) == doctest::Approx(3));
  CHECK(season.factor_at(midnight - std::chrono::hours(6)) == doctest::Approx(3));
  CHECK(season.factor_at(midnight + std::chrono::hours(24 * 40)) == doctest::Approx(2));
  CHECK(Season{}.factor_at(midnight) == 1);
}

}  // namespace culprit
