#include "base/statistics.h"

#include <cmath>

#include <doctest/doctest.h>

namespace culprit {

TEST_CASE("wilson's interval is the published one and widens with dispersion") {
  const Interval plain = wilson(5, 50);  // Newcombe 1998, table I style: 0.0435 .. 0.2136
  CHECK(plain.low == doctest::Approx(0.0435).epsilon(0.01));
  CHECK(plain.high == doctest::Approx(0.2136).epsilon(0.01));
  const Interval wide = wilson(5, 50, 0.95, 4);
  CHECK(wide.low < plain.low);
  CHECK(wide.high > plain.high);
  CHECK(wilson(0, 0).high == 1);
}

TEST_CASE("fisher's test is the tea lady's") {
  CHECK(fisher_tail(4, 4, 0, 4) == doctest::Approx(1.0 / 70));
  CHECK(fisher_tail(3, 4, 1, 4) == doctest::Approx(17.0 / 70));
  CHECK(fisher_tail(0, 4, 4, 4) == doctest::Approx(1));
}

TEST_CASE("poisson tails complement each other") {
  for (const double mean : {0.3, 4.0, 60.0, 900.0}) {
    for (const double count : {1.0, 5.0, 70.0, 920.0}) {
      CHECK(poisson_upper(count, mean) + poisson_lower(count - 1, mean) ==
            doctest::Approx(1).epsilon(0.01));
    }
  }
}

TEST_CASE("q-values grow with rank and count the tests that were not kept") {
  const double p[] = {0.01, 0.02, 0.5};
  const auto q = q_values(p, 3);
  CHECK(q[0] == doctest::Approx(0.03));
  CHECK(q[1] == doctest::Approx(0.03));
  CHECK(q[2] == doctest::Approx(0.5));
  CHECK(q_values(p, 100)[0] == doctest::Approx(1.0).epsilon(0.01));
}

TEST_CASE("g is zero for equal rates and about z squared for a small difference") {
  CHECK(g_statistic(5, 100, 5, 100) == doctest::Approx(0));
  CHECK(g_statistic(10, 100, 5, 100) == doctest::Approx(1.82).epsilon(0.02));
}

TEST_CASE("the marginal likelihood integrates the rate away") {
  CHECK(std::exp(log_marginal(1, 1)) == doctest::Approx(0.5));
  CHECK(std::exp(log_marginal(0, 2)) == doctest::Approx(0.375));
}

}  // namespace culprit
