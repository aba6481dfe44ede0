#include "contrast/first_mover.h"

#include <doctest/doctest.h>

#include <cmath>
#include <numeric>
#include <random>

using namespace culprit;

namespace {

constexpr Time epoch = from_nanoseconds(1'763'640'000'000'000'000);

Time at(double second) { return epoch + from_seconds(second); }

OnsetPosterior errors_at(double second) {
  return {at(second - 5), at(second), at(second + 5), 0, {}};
}

// 10 +- 1 (repeatable noise), and `size` more from `onset` on, scraped each `step` seconds.
MetricSeries gauge(std::string name, double onset, double size, double step, double phase = 0) {
  std::mt19937_64 dice(std::hash<std::string>{}(name));
  MetricSeries series;
  series.name = std::move(name);
  series.kind = MetricKind::gauge;
  for (double second = phase; second < 10'800; second += step) {
    double noise = -6;
    for (int i = 0; i < 12; ++i) noise += static_cast<double>(dice() >> 11) * 0x1p-53;
    series.times.push_back(at(second));
    series.values.push_back(10 + noise + (second >= onset ? size : 0));
  }
  return series;
}

MetricOnset onset_in(std::vector<OnsetCell> cells) {
  MetricOnset onset;
  onset.cells = std::move(cells);
  return onset;
}

// Draws from each posterior and counts who is first.
std::vector<double> naive_precedence(const std::vector<MetricOnset>& onsets) {
  std::mt19937_64 dice(1);
  const auto uniform = [&] { return static_cast<double>(dice() >> 11) * 0x1p-53; };
  std::vector<double> first(onsets.size(), 0);
  constexpr int draws = 200'000;
  for (int draw = 0; draw < draws; ++draw) {
    std::size_t best = 0;
    double earliest = 1e300;
    for (std::size_t i = 0; i < onsets.size(); ++i) {
      const double when = quantile(onsets[i], uniform());
      if (when >= earliest) continue;
      earliest = when;
      best = i;
    }
    first[best] += 1.0 / draws;
  }
  return first;
}

}  // namespace

TEST_CASE("precedence is that of draws from the posteriors") {
  std::mt19937_64 dice(5);
  for (int round = 0; round < 8; ++round) {
    std::vector<MetricOnset> onsets;
    for (int i = 0; i < 2 + round; ++i) {
      std::vector<OnsetCell> cells;
      double sum = 0;
      double from = static_cast<double>(dice() % 60);
      for (int cell = 0; cell < 5; ++cell) {
        const double width = 1 + static_cast<double>(dice() % 15);
        const double mass = static_cast<double>(dice() % 100);
        cells.push_back({from, from + width, mass});
        from += width;
        sum += mass;
      }
      for (OnsetCell& cell : cells) cell.mass /= sum;
      onsets.push_back(onset_in(cells));
    }
    const std::vector<double> exact = precedence(onsets);
    const std::vector<double> drawn = naive_precedence(onsets);
    CHECK(std::accumulate(exact.begin(), exact.end(), 0.0) == doctest::Approx(1));
    for (std::size_t i = 0; i < exact.size(); ++i) {
      CHECK(exact[i] == doctest::Approx(drawn[i]).epsilon(0.02).scale(1));
    }
  }
}

TEST_CASE("equal posteriors share, and none gives none") {
  const std::vector<MetricOnset> same(4, onset_in({{10, 20, 1}}));
  for (const double one : precedence(same)) CHECK(one == doctest::Approx(0.25));
  CHECK(precedence({}).empty());
}

TEST_CASE("the first to move is told, with the scrape in which it did") {
  const std::vector<MetricSeries> series = {
      gauge("late", 7'260, 9, 15), gauge("first", 7'202, 9, 15), gauge("still", 1e9, 0, 15),
      gauge("hours_before", 2'000, 9, 15)};
  FirstMoverOptions options;
  options.errors = errors_at(7'210);
  const FirstMovers found = first_movers(series, options);
  REQUIRE(found.moves.size() == 2);
  CHECK(found.judged == 4);
  CHECK(series[found.moves[0].series].name == "first");
  CHECK(found.moves[0].p_first > 0.95);
  CHECK(found.moves[0].from >= at(7'200));
  CHECK(found.moves[0].to <= at(7'215));
  CHECK(found.moves[0].effect > 5);
  CHECK(found.moves[0].p_first + found.moves[1].p_first == doctest::Approx(1));
}

TEST_CASE("a coarse scrape is no proof of lateness") {
  // Both moved at 7,201; one is seen at once, the other up to a minute later.
  const std::vector<MetricSeries> series = {gauge("coarse", 7'201, 9, 60, 58),
                                            gauge("fine", 7'201, 9, 5)};
  FirstMoverOptions options;
  options.errors = errors_at(7'205);
  const FirstMovers found = first_movers(series, options);
  REQUIRE(found.moves.size() == 2);
  for (const MetricMove& move : found.moves) CHECK(move.p_first > 0.02);
}

TEST_CASE("counters become rates, through restarts") {
  MetricSeries counter;
  counter.name = "requests_total";
  double count = 1000;
  for (int i = 0; i < 600; ++i) {
    if (i == 200) count = 0;
    count += i < 480 ? 150 : 450;
    counter.times.push_back(at(i * 15.0));
    counter.values.push_back(count + (i % 3));
  }
  CHECK(is_counter(counter));
  const MetricSamples rates = samples_of(counter, epoch);
  CHECK(rates.averaged);
  CHECK(*std::min_element(rates.value.begin(), rates.value.end()) > 9);
  FirstMoverOptions options;
  options.errors = errors_at(480 * 15.0);
  const FirstMovers found = first_movers({&counter, 1}, options);
  REQUIRE(found.moves.size() == 1);
  CHECK(found.moves[0].before == doctest::Approx(10).epsilon(0.05));
  CHECK(found.moves[0].after == doctest::Approx(30).epsilon(0.05));
  CHECK(found.moves[0].at >= at(479 * 15.0 - 16));
  CHECK(found.moves[0].at <= at(480 * 15.0 + 1));
}

TEST_CASE("what is a counter, where nothing says so") {
  const auto of = [](std::vector<double> values) {
    MetricSeries series;
    series.name = "unknown";
    series.values = std::move(values);
    return is_counter(series);
  };
  std::vector<double> growing(50), setting(50, 1), waving(50), restarted(200);
  for (std::size_t i = 0; i < 50; ++i) {
    growing[i] = static_cast<double>(i);
    setting[i] = i < 20 ? 1 : 2;
    waving[i] = static_cast<double>(i % 7);
  }
  for (std::size_t i = 0; i < 200; ++i) restarted[i] = static_cast<double>(i < 150 ? i : i - 150);
  CHECK(of(growing));
  CHECK(of(restarted));
  CHECK_FALSE(of(setting));
  CHECK_FALSE(of(waving));
  CHECK_FALSE(of({}));
}

TEST_CASE("without the logs the time at which most series move is the incident") {
  std::vector<MetricSeries> series = {gauge("a", 7'202, 9, 15), gauge("b", 7'240, 9, 15),
                                      gauge("c", 7'280, 9, 15), gauge("alone", 2'000, 9, 15)};
  const FirstMovers found = first_movers(series, {});
  REQUIRE(found.moves.size() == 3);
  CHECK(series[found.moves[0].series].name == "a");
  REQUIRE(found.incident);
  CHECK(found.incident->from >= at(7'170));
  CHECK(found.incident->to <= at(7'231));
}

TEST_CASE("strange series are no reason to fail") {
  MetricSeries one = gauge("one", 1e9, 0, 15);
  one.times.resize(1);
  one.values.resize(1);
  MetricSeries constant = gauge("constant", 1e9, 0, 15);
  for (double& value : constant.values) value = 3;
  MetricSeries huge = gauge("huge", 7'200, 1e300, 15);
  const std::vector<MetricSeries> series = {MetricSeries(), one, constant, huge};
  FirstMoverOptions options;
  options.errors = errors_at(7'200);
  for (const auto& errors : {options.errors, std::optional<OnsetPosterior>()}) {
    options.errors = errors;
    const FirstMovers found = first_movers(series, options);
    for (const MetricMove& move : found.moves) {
      CHECK(std::isfinite(move.p_first));
      CHECK(move.series == 3);
    }
  }
  CHECK(first_movers({}, {}).moves.empty());
}
