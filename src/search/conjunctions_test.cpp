#include "search/conjunctions.h"

#include <bit>
#include <cmath>
#include <numeric>

#include <doctest/doctest.h>

#include "search/screening.h"

namespace culprit {
namespace {

constexpr std::size_t factors = 6;
constexpr FactorSet everything = (FactorSet{1} << factors) - 1;

OnOff sides(FactorSet on) { return {on, everything & ~on}; }

Conjunctions after(FactorSet needed, int rounds) {
  Conjunctions conjunctions(factors);
  for (int round = 0; round < rounds; ++round) {
    conjunctions.tell(sides(0), Outcome::good);
    for (const FactorSet row : plackett_burman(factors)) {
      const bool fails = (row & needed) == needed;
      conjunctions.tell(sides(row), fails ? Outcome::bad : Outcome::good);
    }
  }
  return conjunctions;
}

double total(const Conjunctions& conjunctions) {
  return conjunctions.nothing() + conjunctions.anything_else();
}

}  // namespace

TEST_CASE("before any trial each factor is as likely to matter as another") {
  const Conjunctions untold(factors);
  CHECK(untold.nothing() == doctest::Approx(0.2));
  CHECK(total(untold) == doctest::Approx(0.25));
  for (const double p : untold.matters()) CHECK(p == doctest::Approx(untold.matters()[0]));
}

TEST_CASE("a pair that is needed together is told from its halves") {
  const FactorSet pair = set_of(1) | set_of(4);
  const Conjunctions conjunctions = after(pair, 3);
  CHECK(conjunctions.likeliest() == pair);
  CHECK(conjunctions.nothing() < 0.001);
  CHECK(conjunctions.rate(sides(pair)) > 0.8);
  CHECK(conjunctions.rate(sides(set_of(1))) < 0.1);
  CHECK(conjunctions.matters()[1] > 0.95);
  CHECK(conjunctions.matters()[2] < 0.1);
}

TEST_CASE("passes alone make nothing likelier, whatever was on") {
  Conjunctions conjunctions(factors);
  double before = conjunctions.nothing();
  for (int i = 0; i < 20; ++i) {
    conjunctions.tell(sides(everything), Outcome::good);
    CHECK(conjunctions.nothing() > before);
    before = conjunctions.nothing();
  }
  CHECK(before > 0.7);
}

TEST_CASE("a factor between off and strongest says nothing about the sets that hold it") {
  Conjunctions conjunctions(factors);
  conjunctions.tell({set_of(0), everything & ~(set_of(0) | set_of(1))}, Outcome::bad);
  // It may be factor 0, or what 1 does at that level; 2 was off.
  CHECK(conjunctions.matters()[0] >= doctest::Approx(conjunctions.matters()[1]));
  CHECK(conjunctions.matters()[1] > conjunctions.matters()[2]);
}

TEST_CASE("many trials of milder levels do not unteach which factors matter") {
  Conjunctions conjunctions = after(set_of(1) | set_of(4), 3);
  for (int i = 0; i < 50; ++i) {
    conjunctions.tell({set_of(4), everything & ~(set_of(1) | set_of(4))}, Outcome::bad);
  }
  CHECK(conjunctions.matters()[1] > 0.9);
  CHECK(conjunctions.matters()[4] > 0.9);
}

TEST_CASE("what hides the failure leaves the posterior with a rate for each condition") {
  Conjunctions conjunctions(factors);
  for (int round = 0; round < 6; ++round) {
    conjunctions.tell(sides(0), Outcome::good);
    conjunctions.tell(sides(everything), Outcome::good);
    for (const FactorSet row : plackett_burman(factors)) {
      const bool fails = std::popcount(row & 0b111) % 2 == 1;  // no set of factors explains that
      conjunctions.tell(sides(row), fails ? Outcome::bad : Outcome::good);
    }
  }
  CHECK(conjunctions.anything_else() > 0.9);
}

TEST_CASE("a trial teaches most where the hypotheses disagree") {
  const FactorSet pair = set_of(1) | set_of(4);
  const Conjunctions conjunctions = after(pair, 1);
  CHECK(conjunctions.expected_bits(sides(0)) < conjunctions.expected_bits(sides(pair)));
}

TEST_CASE("thrown worlds scatter around the posterior mean") {
  const FactorSet pair = set_of(1) | set_of(4);
  const Conjunctions conjunctions = after(pair, 1);
  const std::vector<OnOff> at{sides(0), sides(pair), sides(everything)};
  std::vector<double> sums(at.size(), 0);
  constexpr int throws = 4000;
  Dice dice(3);
  for (int i = 0; i < throws; ++i) {
    const std::vector<double> rates = conjunctions.drawn_rates(at, dice);
    for (std::size_t k = 0; k < at.size(); ++k) sums[k] += rates[k] / throws;
  }
  for (std::size_t k = 0; k < at.size(); ++k) {
    CHECK(sums[k] == doctest::Approx(conjunctions.rate(at[k])).epsilon(0.05));
  }
}

}  // namespace culprit
