// Random evidence and random questions: the fast engine answers as the naive one does.
#include <sstream>

#include <doctest/doctest.h>

#include "store/embedded/embedded.h"
#include "store/naive.h"
#include "store/oracle_questions.h"

namespace culprit {
namespace {

GatherOptions options_of(OracleDice& dice, std::vector<std::string> sources) {
  GatherOptions options;
  options.sources = std::move(sources);
  if (dice.one_in(2)) options.bad = expr_of(oracle_expr(dice, 2));
  if (options.bad && dice.one_in(3)) options.good = expr_of(oracle_expr(dice, 1));
  static const std::vector<std::string> units = {"", "", "line", "request_id", "user_id", "after"};
  options.unit_field = dice.of(units);
  if (dice.one_in(5)) {
    const Time base = from_nanoseconds(1'763'647'200'000'000'000);
    options.window = {base + std::chrono::seconds(30), base + std::chrono::seconds(200)};
  }
  options.threads = 1;
  return options;
}

// The first line that differs says more than two whole answers.
void check_same(const Answers& expected, const Answers& got) {
  REQUIRE(expected.size() == got.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (expected[i].second == got[i].second) continue;
    INFO(expected[i].first);
    std::istringstream expected_lines(expected[i].second);
    std::istringstream got_lines(got[i].second);
    std::string expected_line;
    std::string got_line;
    while (got_line == expected_line && (expected_lines || got_lines)) {
      if (!std::getline(expected_lines, expected_line)) expected_line = "(nothing)";
      if (!std::getline(got_lines, got_line)) got_line = "(nothing)";
    }
    REQUIRE(got_line == expected_line);
  }
}

void compare_engines(std::uint64_t first, std::uint64_t last) {
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    CAPTURE(seed);
    OracleDice dice(seed);
    SimWorld world;
    std::vector<std::string> names = oracle_sources(dice, world, 60, dice.one_in(3) ? 0 : 25);
    GatherOptions options = options_of(dice, std::move(names));
    auto naive = Naive::gather(world, options);
    REQUIRE(naive);
    const Answers expected = ask(**naive, options, seed);
    for (const unsigned threads : {1U, 2U, 5U}) {
      CAPTURE(threads);
      options.threads = threads;
      options.chunk_bytes = 1 + dice.below(6000);
      auto embedded = Embedded::gather(world, options);
      REQUIRE(embedded);
      check_same(expected, ask(**embedded, options, seed));
    }
  }
}

}  // namespace

TEST_CASE("the fast engine answers every question as the naive one does") {
  compare_engines(1, 100);
}

TEST_SUITE("long") {
  TEST_CASE("the fast engine answers as the naive one does, many times more") {
    compare_engines(101, 2'000);
  }
}

}  // namespace culprit
