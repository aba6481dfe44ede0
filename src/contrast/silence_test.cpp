#include "contrast/silence.h"

#include <doctest/doctest.h>

namespace culprit {
namespace {

using Numbers = std::vector<double>;

// `part` over and over, `times` times.
Numbers repeated(const Numbers& part, std::size_t times) {
  Numbers made;
  for (std::size_t i = 0; i < times; ++i) made.insert(made.end(), part.begin(), part.end());
  return made;
}

Numbers joined(std::initializer_list<Numbers> parts) {
  Numbers made;
  for (const Numbers& part : parts) made.insert(made.end(), part.begin(), part.end());
  return made;
}

std::vector<Silence> silences(std::initializer_list<std::pair<const char*, Numbers>> series) {
  SeriesTally tally;
  for (const auto& [key, count] : series) tally.series.push_back({key, count, {}});
  return find_silences(tally);
}

}  // namespace

TEST_CASE("a heartbeat that stopped is told with what was expected of it") {
  const auto found = silences({{"beat", joined({repeated({5}, 60), repeated({0}, 20)})}});
  REQUIRE(found.size() == 1);
  CHECK(found[0].key == "beat");
  CHECK(found[0].from == 60);
  CHECK(found[0].to == 80);
  CHECK(found[0].lasts);
  CHECK(found[0].per_bucket == 5);
  CHECK(found[0].expected == 100);
  CHECK(found[0].dispersion == 1);
}

TEST_CASE("what came back is a gap that does not last") {
  const auto found =
      silences({{"beat", joined({repeated({5}, 60), repeated({0}, 20), repeated({5}, 10)})}});
  REQUIRE(found.size() == 1);
  CHECK(found[0].to == 80);
  CHECK_FALSE(found[0].lasts);
}

TEST_CASE("what its own past explains is no silence") {
  const Numbers gap = repeated({0}, 20);
  const std::pair<const char*, Numbers> table[] = {
      {"once in ten buckets, absent for twenty",
       joined({repeated({1, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 40), gap})},
      {"in bursts", joined({repeated({90, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 10), gap})},
      {"with 19 buckets of habit", joined({repeated({50}, 19), gap})},
      {"with 29 events", joined({repeated({1}, 29), repeated({0}, 200)})},
      {"too little was missed", joined({repeated({5}, 60), repeated({0}, 3)})},
      {"it had not begun", joined({repeated({0}, 60), repeated({5}, 60)})},
      {"it was never heard", repeated({0}, 100)},
      {"nothing was asked", {}},
  };
  for (const auto& row : table) {
    INFO(row.first);
    CHECK(silences({{"key", row.second}}).empty());
  }
}

TEST_CASE("just enough habit, events and loss are a silence") {
  CHECK(silences({{"20 buckets", joined({repeated({50}, 20), repeated({0}, 20)})}}).size() == 1);
  CHECK(silences({{"30 events", joined({repeated({1}, 30), repeated({0}, 18)})}}).size() == 1);
  CHECK(silences({{"17 missed", joined({repeated({1}, 30), repeated({0}, 17)})}}).empty());
}

TEST_CASE("the strongest silence comes first") {
  const auto found = silences({{"a", joined({repeated({2}, 60), repeated({0}, 20)})},
                               {"b", joined({repeated({9}, 60), repeated({0}, 20)})},
                               {"c", repeated({9}, 80)}});
  REQUIRE(found.size() == 2);
  CHECK(found[0].key == "b");
  CHECK(found[1].key == "a");
}

TEST_CASE("scatter weakens a silence at any of three widths") {
  // Slow waves: groups of sixteen show them best.
  const Numbers waves = joined({repeated({20}, 16), repeated({4}, 16)});
  const auto found = silences({{"waves", joined({repeated(waves, 4), repeated({0}, 160)})}});
  REQUIRE(found.size() == 1);
  // Groups of 16 hold 320 or 64: variance 128^2 over a mean of 192.
  CHECK(found[0].dispersion == doctest::Approx(128.0 * 128 / 192));
  CHECK(found[0].strength() == doctest::Approx(160 * 12 / (128.0 * 128 / 192)).epsilon(0.001));
}

}  // namespace culprit
