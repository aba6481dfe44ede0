#include "search/change_search.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "base/dice.h"

namespace culprit {
namespace {

using State = ChangeSearch::State;

Observation seen(bool failed) { return failed ? Observation::bad : Observation::good; }

struct Told {
  Point at;
  Outcome outcome;
};

// The naive reference: every change by itself, every pair of rates by itself.
std::vector<double> reference(const ChangeGraph& graph, const std::vector<Told>& told,
                              const ChangeSearch::Options& options) {
  std::vector<double> logs;
  for (Point change = 0; change < graph.size(); ++change) {
    TrialCounts lower = options.at_good;
    TrialCounts higher = options.at_bad;
    for (const Told& one : told) {
      TrialCounts& side = graph.has(one.at, change) ? higher : lower;
      (one.outcome == Outcome::bad ? side.bad : side.good) += 1;
    }
    const double prior = (1 - options.no_change) / static_cast<double>(graph.size());
    logs.push_back(std::log(prior) + TwoRates(lower, higher).evidence().log_likelihood);
  }
  OneRate same(
      {options.at_good.bad + options.at_bad.bad, options.at_good.good + options.at_bad.good});
  for (const Told& one : told) same.tell(one.outcome);
  logs.push_back(std::log(options.no_change) + same.log_likelihood());
  const double most = *std::max_element(logs.begin(), logs.end());
  double all = 0;
  for (double& one : logs) all += one = std::exp(one - most);
  for (double& one : logs) one /= all;
  return logs;
}

std::vector<std::vector<Point>> merged_history(std::size_t size, Dice& dice) {
  std::vector<std::vector<Point>> parents(size);
  for (Point at = 1; at < size; ++at) {
    parents[at].push_back(at - 1 - static_cast<Point>(dice.below(std::min<Point>(at, 3))));
    if (dice.below(3) == 0) parents[at].push_back(static_cast<Point>(dice.below(at)));
  }
  return parents;
}

}  // namespace

TEST_CASE("a test that never errs is found in log2(n) + 1 tests, whichever change it is") {
  for (const std::size_t size : {1U, 2U, 3U, 100U, 128U}) {
    ChangeSearch::Options options;
    options.at_good = {0, 100, 0};
    options.at_bad = {100, 0, 0};
    const double most = std::ceil(std::log2(static_cast<double>(size))) + 1;
    for (Point culprit = 0; culprit < size; ++culprit) {
      ChangeSearch search(ChangeGraph::linear(size), {}, options);
      std::size_t tests = 0;
      while (const auto at = search.ask()) {
        search.tell(*at, seen(*at < size && *at >= culprit));
        REQUIRE(++tests < 200);
      }
      CHECK(search.state() == State::found);
      CHECK(search.likeliest() == culprit);
      CHECK(static_cast<double>(tests) <= most);
    }
  }
}

TEST_CASE("the posterior is that of every change and every pair of rates taken one by one") {
  Dice dice(11);
  for (int round = 0; round < 60; ++round) {
    const ChangeGraph graph(merged_history(2 + dice.below(30), dice));
    ChangeSearch::Options options;
    options.at_good = {static_cast<double>(dice.below(3)), 5, 0};
    options.at_bad = {7, static_cast<double>(dice.below(6)), 0};
    ChangeSearch search(graph, {}, options);
    std::vector<Told> told;
    for (std::size_t i = dice.below(25); i > 0; --i) {
      const Told one{static_cast<Point>(dice.below(graph.size())),
                     dice.below(2) == 0 ? Outcome::bad : Outcome::good};
      told.push_back(one);
      search.tell(one.at, seen(one.outcome == Outcome::bad));
    }
    const std::vector<double> expected = reference(graph, told, options);
    for (Point at = 0; at < graph.size(); ++at) {
      REQUIRE(search.posterior()[at] == doctest::Approx(expected[at]).epsilon(1e-6));
    }
    REQUIRE(search.no_change() == doctest::Approx(expected.back()).epsilon(1e-6));
  }
}

TEST_CASE("a flaky test in a history with merges leads to the change, as often as it says") {
  std::size_t right = 0;
  std::size_t named = 0;
  for (std::uint64_t round = 0; round < 200; ++round) {
    Dice dice(round);
    const ChangeGraph graph(merged_history(64, dice));
    const Point tip = static_cast<Point>(graph.size() - 1);
    const auto in_tip = graph.changes_of(tip);
    Point culprit = tip;
    while (in_tip[culprit = static_cast<Point>(dice.below(graph.size()))] == 0) continue;
    ChangeSearch::Options options;
    for (int i = 0; i < 20; ++i) {
      (dice.uniform() < 0.1 ? options.at_good.bad : options.at_good.good) += 1;
      (dice.uniform() < 0.7 ? options.at_bad.bad : options.at_bad.good) += 1;
    }
    std::vector<double> prior(graph.size());
    for (Point at = 0; at < graph.size(); ++at) prior[at] = in_tip[at];
    ChangeSearch search(graph, prior, options);
    const auto has = [&](Point at) { return at < graph.size() && graph.has(at, culprit); };
    std::size_t runs = 0;
    while (const auto at = search.ask()) {
      search.tell(*at, seen(dice.uniform() < (has(*at) ? 0.7 : 0.1)));
      REQUIRE(++runs < 2000);
    }
    named += search.state() == State::found ? 1 : 0;
    right += search.state() == State::found && search.likeliest() == culprit ? 1 : 0;
  }
  CHECK(named >= 195);
  CHECK(static_cast<double>(right) >= 0.93 * static_cast<double>(named));
}

TEST_CASE("a prior saves tests where it is right and is overruled where it is wrong") {
  std::vector<double> prior(256, 1);
  prior[40] = 1000;
  for (const Point culprit : {Point{40}, Point{200}}) {
    ChangeSearch search(ChangeGraph::linear(256), prior,
                        {.at_good = {0, 1, 0}, .at_bad = {1, 0, 0}});
    std::size_t tests = 0;
    while (const auto at = search.ask()) {
      search.tell(*at, seen(*at < 256 && *at >= culprit));
      REQUIRE(++tests < 40);
    }
    CHECK(search.likeliest() == culprit);
    CHECK(search.evidence_ratio(culprit) >= 20);
    CHECK(tests <= (culprit == 40 ? 4U : 14U));
  }
}

TEST_CASE("a change inside a run that does not build is named with the run, not alone") {
  ChangeSearch search(ChangeGraph::linear(64), {}, {.at_good = {0, 3, 0}, .at_bad = {3, 0, 0}});
  const auto broken = [](Point at) { return at >= 20 && at < 25; };
  std::size_t tests = 0;
  while (const auto at = search.ask()) {
    search.tell(*at, broken(*at) ? Observation::broken : seen(*at < 64 && *at >= 22));
    REQUIRE(++tests < 40);
  }
  CHECK(search.state() == State::stuck);
  std::vector<Point> set = search.credible_set(0.95);
  std::sort(set.begin(), set.end());
  CHECK(set == std::vector<Point>{20, 21, 22, 23, 24, 25});
}

TEST_CASE("a change beside a broken run is named alone") {
  ChangeSearch search(ChangeGraph::linear(64), {}, {.at_good = {0, 3, 0}, .at_bad = {3, 0, 0}});
  std::size_t tests = 0;
  while (const auto at = search.ask()) {
    search.tell(*at, *at >= 20 && *at < 25 ? Observation::broken : seen(*at < 64 && *at >= 40));
    REQUIRE(++tests < 40);
  }
  CHECK(search.state() == State::found);
  CHECK(search.likeliest() == 40);
}

TEST_CASE("a test that fails as often everywhere is no change in this range") {
  Dice dice(5);
  ChangeSearch search(ChangeGraph::linear(32), {}, {.at_good = {6, 14, 0}, .at_bad = {7, 13, 0}});
  std::size_t tests = 0;
  while (const auto at = search.ask()) {
    search.tell(*at, seen(dice.uniform() < 0.33));
    REQUIRE(++tests < 3000);
  }
  CHECK(search.state() == State::no_change);
}

TEST_CASE("tests beside each other are at different places") {
  const ChangeSearch search(ChangeGraph::linear(1024), {},
                            {.at_good = {0, 9, 0}, .at_bad = {9, 0, 0}});
  std::vector<Point> running = search.ask_for(3);
  REQUIRE(running.size() == 3);
  std::sort(running.begin(), running.end());
  CHECK(running[0] == doctest::Approx(256).epsilon(0.1));
  CHECK(running[1] == doctest::Approx(512).epsilon(0.1));
  CHECK(running[2] == doctest::Approx(768).epsilon(0.1));
}

TEST_CASE("what is built already is preferred where it teaches nearly as much") {
  const ChangeSearch search(ChangeGraph::linear(100), {},
                            {.at_good = {0, 9, 0}, .at_bad = {9, 0, 0}});
  ChangeCosts costs{1, std::vector<double>(100, 60)};
  costs.build[30] = 0;
  CHECK(search.ask(costs) == Point{30});
  CHECK(search.ask() == Point{49});
}

TEST_CASE("rates that somebody stated do not make a change of none") {
  for (const Observation always : {Observation::bad, Observation::good}) {
    ChangeSearch search(ChangeGraph::linear(16), {},
                        {.at_good = {0, 1000, 0},
                         .at_bad = {1000, 0, 0},
                         .counts = ChangeSearch::Options::Counts::stated});
    search.tell(search.good_end(), always);
    search.tell(15, always);
    CHECK(search.state() == State::no_change);
  }
}

TEST_CASE("rates that somebody stated find a change like rates that were measured") {
  Dice dice(17);
  std::size_t right = 0;
  for (int round = 0; round < 100; ++round) {
    const auto culprit = static_cast<Point>(dice.below(64));
    ChangeSearch search(ChangeGraph::linear(64), {},
                        {.at_good = {0, 1000, 0},
                         .at_bad = {330, 670, 0},
                         .counts = ChangeSearch::Options::Counts::stated});
    search.tell(search.good_end(), Observation::good);
    search.tell(63, seen(dice.uniform() < 0.33));
    std::size_t runs = 0;
    while (const auto at = search.ask()) {
      search.tell(*at, seen(*at < 64 && *at >= culprit && dice.uniform() < 0.33));
      REQUIRE(++runs < 1000);
    }
    right += search.state() == State::found && search.likeliest() == culprit ? 1 : 0;
  }
  CHECK(right >= 92);
}

TEST_CASE("where no one change can be named, the set holds it as often as it says") {
  std::size_t stuck = 0;
  std::size_t held = 0;
  for (std::uint64_t round = 0; round < 400; ++round) {
    Dice dice(round);
    const ChangeGraph graph(merged_history(4 + dice.below(36), dice));
    const Point tip = static_cast<Point>(graph.size() - 1);
    const auto in_tip = graph.changes_of(tip);
    std::vector<std::uint8_t> broken(graph.size());
    for (Point at = 0; at < tip; ++at) broken[at] = dice.below(4) == 0 ? 1 : 0;
    Point culprit = tip;
    while (in_tip[culprit = static_cast<Point>(dice.below(graph.size()))] == 0) continue;
    std::vector<double> prior(graph.size());
    for (Point at = 0; at < graph.size(); ++at) prior[at] = in_tip[at];
    ChangeSearch search(graph, prior, {.at_good = {0, 1, 0}, .at_bad = {1, 1, 0}});
    std::size_t runs = 0;
    while (const auto at = search.ask()) {
      const bool is_broken = *at < graph.size() && broken[*at] != 0;
      const bool fails = *at < graph.size() && graph.has(*at, culprit) && dice.below(2) == 0;
      search.tell(*at, is_broken ? Observation::broken : seen(fails));
      REQUIRE(++runs < 2000);
    }
    if (search.state() != State::stuck) continue;
    const std::vector<Point> set = search.rivals();
    ++stuck;
    held += std::find(set.begin(), set.end(), culprit) != set.end() ? 1 : 0;
  }
  CHECK(stuck > 50);
  CHECK(static_cast<double>(held) >= 0.93 * static_cast<double>(stuck));
}

}  // namespace culprit
