#include "search/halving.h"

#include <random>

#include <doctest/doctest.h>

namespace culprit {
namespace {

// A pretend history with one bad commit and a flaky test, to search without running anything.
struct Flaky {
  std::size_t culprit;
  double failure_rate;
  std::mt19937_64 random;

  Outcome run(std::size_t candidate) {
    const bool present = culprit <= candidate;
    return present && std::bernoulli_distribution(failure_rate)(random) ? Outcome::bad
                                                                        : Outcome::good;
  }
};

std::size_t search(Flaky flaky, std::size_t candidate_count) {
  Halving halving(candidate_count, {.failure_rate = flaky.failure_rate, .confidence = 0.95});
  while (const auto candidate = halving.ask()) halving.tell(*candidate, flaky.run(*candidate));
  return halving.likeliest();
}

}  // namespace

TEST_CASE("a reliable test takes log2(n) runs") {
  Halving halving(1024, {});
  int runs = 0;
  while (const auto candidate = halving.ask()) {
    halving.tell(*candidate, 700 <= *candidate ? Outcome::bad : Outcome::good);
    ++runs;
  }
  CHECK(halving.likeliest() == 700);
  CHECK(runs == 10);
}

TEST_CASE("a contradiction moves the search instead of stopping it") {
  Halving halving(4, {});
  for (int run = 0; run < 3; ++run) halving.tell(1, Outcome::bad);
  for (int run = 0; run < 9; ++run) halving.tell(1, Outcome::good);
  CHECK(halving.likeliest() > 1);
}

TEST_CASE("the promised confidence holds over many flaky searches") {
  int right = 0;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    std::mt19937_64 random(seed);
    const std::size_t culprit = random() % 200;
    right += search({culprit, 0.3, random}, 200) == culprit;
  }
  CHECK(right >= 950);
}

}  // namespace culprit
