#include "search/condition_search.h"

#include <bit>
#include <functional>

#include <doctest/doctest.h>

namespace culprit {
namespace {

using Rate = std::function<double(const FactorLevels&)>;

std::vector<SearchFactor> factors(std::size_t count, std::size_t levels = 2) {
  return std::vector<SearchFactor>(count,
                                   SearchFactor{"f", std::vector<std::string>(levels, "level")});
}

// A search of a world where a condition fails at a rate, to its end.
struct Searched {
  ConditionSearch search;
  std::vector<std::pair<FactorLevels, Outcome>> history = {};

  Searched(const Rate& rate, std::vector<SearchFactor> all, ConditionSearch::Options options)
      : search(std::move(all), options) {
    Dice dice(options.seed * 7919);
    while (const auto condition = search.ask()) {
      const Outcome outcome = dice.uniform() < rate(*condition) ? Outcome::bad : Outcome::good;
      history.emplace_back(*condition, outcome);
      search.tell(*condition, outcome);
    }
  }
};

FactorSet found_by(const Searched& searched) {
  const ConditionSearch::Findings findings = searched.search.findings();
  return findings.found ? factors_on(findings.best) : 0;
}

// In how many of `runs` seeds exactly these factors were found.
std::size_t right(const Rate& rate, std::size_t count, FactorSet expected, std::size_t runs) {
  std::size_t exact = 0;
  for (std::uint64_t seed = 1; seed <= runs; ++seed) {
    exact += found_by(Searched(rate, factors(count), {.seed = seed})) == expected ? 1 : 0;
  }
  return exact;
}

Rate needing(FactorSet set, double rate, double otherwise) {
  return [=](const FactorLevels& at) { return (factors_on(at) & set) == set ? rate : otherwise; };
}

}  // namespace

// 200 runs each, and more worlds: bench/accuracy_repro.
TEST_CASE("what is needed together is found and shrunk to exactly that in 150 trials") {
  CHECK(right(needing(0b1, 0.9, 0.01), 12, 0b1, 30) >= 28);
  CHECK(right(needing(0b1001, 0.9, 0.02), 12, 0b1001, 30) >= 28);
  CHECK(right(needing(0b1010'0100, 0.9, 0.01), 12, 0b1010'0100, 30) >= 27);
}

// Seven values of one setting, five of another, three more factors.
std::vector<SearchFactor> settings() {
  std::vector<SearchFactor> all = factors(15);
  for (std::size_t i = 0; i < 12; ++i) all[i].group = i < 7 ? 1 : 2;
  return all;
}

TEST_CASE("of the values of one setting one holds at a time, and the guilty one is found") {
  constexpr FactorSet first = 0b111'1111, second = 0b1111'1000'0000;
  for (const FactorSet guilty :
       {FactorSet{0b100}, FactorSet{0b100} | set_of(8), FactorSet{0b100} | set_of(13)}) {
    CAPTURE(guilty);
    std::size_t exact = 0;
    for (std::uint64_t seed = 1; seed <= 30; ++seed) {
      const Searched searched(needing(guilty, 0.95, 0), settings(), {.seed = seed});
      exact += found_by(searched) == guilty ? 1 : 0;
      for (const auto& [condition, outcome] : searched.history) {
        REQUIRE(std::popcount(factors_on(condition) & first) <= 1);
        REQUIRE(std::popcount(factors_on(condition) & second) <= 1);
      }
    }
    CHECK(exact >= 27);
  }
}

TEST_CASE("where nothing matters nothing is found, and it says how seldom it failed") {
  for (const double rate : {0.0, 0.02, 0.3}) {
    CAPTURE(rate);
    CHECK(right(needing(0, rate, 0), 12, 0, 30) >= 29);
  }
  const Searched quiet(needing(0, 0, 0), factors(12), {});
  const ConditionSearch::Findings findings = quiet.search.findings();
  CHECK(findings.all.total() == 150);
  CHECK(findings.all_rate.high < 0.05);
}

TEST_CASE("magnitudes shrink to the lowest that still will do") {
  std::size_t exact = 0;
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    const Rate rate = [](const FactorLevels& at) {
      return at.levels[2] >= 3 && at.levels[5] >= 1 ? 0.95 : 0.01;
    };
    const Searched searched(rate, factors(8, 6), {.seed = seed});
    const ConditionSearch::Findings findings = searched.search.findings();
    const FactorLevels expected{{0, 0, 3, 0, 0, 1, 0, 0}};
    exact += findings.found && findings.best == expected ? 1 : 0;
  }
  CHECK(exact >= 27);
}

TEST_CASE("a factor that helps but is not needed for half of the rate is left out") {
  const Rate rate = [](const FactorLevels& at) {
    if (at.levels[0] == 0) return 0.01;
    return at.levels[1] > 0 ? 0.95 : 0.8;
  };
  CHECK(right(rate, 8, 0b1, 20) >= 18);
}

TEST_CASE("one factor may hide what two others make fail") {
  const Rate rate = [](const FactorLevels& at) {
    return at.levels[7] == 0 && at.levels[0] > 0 && at.levels[1] > 0 ? 0.9 : 0.01;
  };
  CHECK(right(rate, 12, 0b11, 20) >= 17);
}

TEST_CASE("full strength may be too much: milder levels are tried too") {
  const Rate rate = [](const FactorLevels& at) {
    return at.levels[0] > 0 && at.levels[0] < 5 ? 0.9 : 0.0;
  };
  std::size_t found = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    found += found_by(Searched(rate, factors(4, 6), {.seed = seed})) == 0b1 ? 1 : 0;
  }
  CHECK(found >= 14);
}

TEST_CASE("a history that is told again brings back the same state") {
  const Searched first(needing(0b11, 0.9, 0.02), factors(12, 4), {.seed = 5});
  for (const std::size_t until : {std::size_t{7}, std::size_t{25}, std::size_t{60}}) {
    ConditionSearch resumed(factors(12, 4), {.seed = 5});
    for (std::size_t i = 0; i < first.history.size(); ++i) {
      if (i >= until) REQUIRE(resumed.ask() == first.history[i].first);
      resumed.tell(first.history[i].first, first.history[i].second);
    }
    CHECK(!resumed.ask());
    CHECK(resumed.findings().best == first.search.findings().best);
  }
}

TEST_CASE("workers beside each other try different rows, and never more than the budget") {
  ConditionSearch search(factors(12), {.trials_max = 40, .baseline_trials = 2});
  std::vector<FactorLevels> asked;
  for (std::size_t running = 0; running < 12; ++running) {
    const auto condition = search.ask(running);
    REQUIRE(condition);
    asked.push_back(*condition);
  }
  CHECK(asked[0] == asked[1]);  // the baseline
  for (std::size_t i = 2; i < asked.size(); ++i) CHECK(asked[i] != asked[i - 1]);
  CHECK(!search.ask(40));
}

TEST_CASE("four workers find what one finds, in hardly more trials") {
  std::size_t exact = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    ConditionSearch search(factors(12), {.seed = seed});
    Dice dice(seed);
    std::vector<FactorLevels> running;
    for (;;) {
      while (running.size() < 4) {
        const auto next = search.ask(running.size());
        if (!next) break;
        running.push_back(*next);
      }
      if (running.empty()) break;
      const std::size_t back = dice.below(running.size());
      const FactorLevels condition = running[back];
      running.erase(running.begin() + static_cast<std::ptrdiff_t>(back));
      const double rate = needing(0b101, 0.9, 0.01)(condition);
      search.tell(condition, dice.uniform() < rate ? Outcome::bad : Outcome::good);
    }
    const ConditionSearch::Findings findings = search.findings();
    exact += findings.found && factors_on(findings.best) == 0b101 ? 1 : 0;
    CHECK(search.trials() <= 150);
  }
  CHECK(exact >= 18);
}

TEST_CASE("what cannot be judged costs trials and misleads nobody") {
  ConditionSearch search(factors(6), {.seed = 2});
  Dice dice(2);
  while (const auto condition = search.ask()) {
    const bool broken = condition->levels[5] > 0;
    const bool fails = condition->levels[0] > 0 && condition->levels[1] > 0;
    std::optional<Outcome> outcome = fails ? Outcome::bad : Outcome::good;
    if (broken) outcome.reset();
    search.tell(*condition, outcome);
  }
  const ConditionSearch::Findings findings = search.findings();
  CHECK(findings.found);
  CHECK(factors_on(findings.best) == 0b11);
  CHECK(findings.all.unjudged > 0);
}

TEST_CASE("where nothing can be judged it ends with its budget, and knows nothing") {
  ConditionSearch search(factors(4), {.trials_max = 60});
  while (const auto condition = search.ask()) search.tell(*condition, std::nullopt);
  CHECK(search.trials() == 60);
  CHECK(!search.findings().found);
  CHECK(search.findings().rate.high == 1);
}

TEST_CASE("the interval of what was found holds the rate as often as promised") {
  std::size_t covered = 0;
  std::size_t found = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const Searched searched(needing(0b11, 0.8, 0.01), factors(6), {.seed = seed});
    const ConditionSearch::Findings findings = searched.search.findings();
    if (!findings.found || factors_on(findings.best) != 0b11) continue;
    ++found;
    covered += findings.rate.low <= 0.8 && 0.8 <= findings.rate.high ? 1 : 0;
  }
  CHECK(found >= 95);
  CHECK(covered >= found * 92 / 100);
}

}  // namespace culprit
