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

TEST_CASE("clopper and pearson's interval leaves just its tails out") {
  // Of no failure in n the upper end solves (1 - p)^n = 0.025; of 5 in 10 it is the published
  // 0.1871 .. 0.8129.
  CHECK(clopper_pearson(0, 20).high == doctest::Approx(1 - std::pow(0.025, 1.0 / 20)));
  CHECK(clopper_pearson(0, 20).low == 0);
  CHECK(clopper_pearson(5, 10).low == doctest::Approx(0.1871).epsilon(0.001));
  CHECK(clopper_pearson(5, 10).high == doctest::Approx(0.8129).epsilon(0.001));
  CHECK(clopper_pearson(0, 0).high == 1);
}

TEST_CASE("fisher's test is the tea lady's") {
  CHECK(fisher_tail(4, 4, 0, 4) == doctest::Approx(1.0 / 70));
  CHECK(fisher_tail(3, 4, 1, 4) == doctest::Approx(17.0 / 70));
  CHECK(fisher_tail(0, 4, 4, 4) == doctest::Approx(1));
}

TEST_CASE("poisson tails are the sums of their terms, and complement each other") {
  for (const double mean : {0.01, 0.3, 4.0, 60.0, 499.0, 900.0, 3000.0}) {
    for (const double count : {1.0, 5.0, 70.0, 470.0, 920.0, 3050.0}) {
      double lower = 0;
      for (double i = 0; i < count; ++i) {
        lower += std::exp(i * std::log(mean) - mean - std::lgamma(i + 1));
      }
      CAPTURE(mean);
      CAPTURE(count);
      CHECK(std::abs(poisson_lower(count - 1, mean) - lower) < 1e-9);
      CHECK(poisson_upper(count, mean) + poisson_lower(count - 1, mean) ==
            doctest::Approx(1).epsilon(1e-12));
    }
  }
  CHECK(poisson_upper(4.2, 3) == poisson_upper(5, 3));  // sampled counts carry weights
  CHECK(poisson_lower(4.2, 3) == poisson_lower(4, 3));
  CHECK(poisson_upper(0, 3) == 1);
  CHECK(poisson_upper(2, 0) == 0);
  CHECK(poisson_lower(0, 0) == 1);
  CHECK(poisson_lower(-1, 2) == 0);
  CHECK(poisson_upper(300, 0.1) >= 0);  // below the least double, not a NaN
  CHECK(poisson_upper(30, 4) == doctest::Approx(9.13413563697e-17).epsilon(1e-9));
}

TEST_CASE("the width of wilson's interval follows the confidence") {
  // z of 99 % is 2.5758293035489004, of 50 % 0.6744897501960817 (tables of the normal quantile).
  const auto half = [](double confidence) {  // at a rate of one half: z / sqrt(n + z^2) / 2
    const Interval interval = wilson(5000, 10000, confidence);
    return (interval.high - interval.low) / 2;
  };
  for (const auto& [confidence, z] : {std::pair{0.99, 2.5758293035489004},
                                      {0.95, 1.959963984540054},
                                      {0.5, 0.6744897501960817}}) {
    CHECK(half(confidence) == doctest::Approx(z / std::sqrt(10000 + z * z) / 2).epsilon(1e-9));
  }
}

TEST_CASE("the exact interval of a ratio is wide where little is known") {
  // With k failures in all on equal samples a is Binomial(k, r / (1 + r)): of one in one the 2.5 %
  // bound solves p = 0.025, of two in three p^2 (3 - 2 p) = 0.025.
  CHECK(rate_ratio(1, 10, 0, 10, 0.025).low == doctest::Approx(0.025 / 0.975));
  const double low = rate_ratio(2, 10, 1, 10, 0.025).low;
  const double p = low / (1 + low);
  CHECK(p * p * (3 - 2 * p) == doctest::Approx(0.025).epsilon(1e-9));
  CHECK(rate_ratio(2, 10, 1, 10, 0.025).high ==
        doctest::Approx(1 / rate_ratio(1, 10, 2, 10, 0.025).low));
  CHECK(rate_ratio(1, 3, 99, 9997, 2e-4).low < 0.1);    // 33 times as bad, by one failure
  CHECK(rate_ratio(800, 1e4, 100, 1e4, 2e-4).low > 5);  // 8 times as bad
  CHECK(rate_ratio(10, 1000, 40, 4000, 0.025).low < 1);
  CHECK(rate_ratio(10, 1000, 40, 4000, 0.025).high > 1);
  CHECK(rate_ratio(5, 10, 0, 10, 0.025).high == INFINITY);
  CHECK(rate_ratio(0, 10, 5, 10, 0.025).low == 0);
  CHECK(rate_ratio(0, 10, 0, 10, 0.025).high == INFINITY);
  CHECK(rate_ratio(1, 0, 1, 10, 0.025).low == 0);
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

TEST_CASE("what could never be significant is no test") {
  const double none = std::log(0.5);
  // Three tests can reach 0.01 / 3, seven cannot reach anything.
  const std::vector<double> few = {-20, -20, -20, none, none, none, none, none, none, none};
  CHECK(testable(few, 0.01) == 3);
  CHECK(testable(std::vector<double>(10, -20), 0.01) == 10);
  CHECK(testable(std::vector<double>(10, none), 0.01) == 1);
  CHECK(testable({}, 0.01) == 1);
  // Two reach 0.01 / 2 but not 0.01 / 3: with k = 2 two tests are left.
  const std::vector<double> edge = {std::log(0.004), std::log(0.004), none};
  CHECK(testable(edge, 0.01) == 2);
}

TEST_CASE("the least p-value of a part is that of all its units failing") {
  for (const double total : {1, 3, 5, 8, 20}) {
    CAPTURE(total);
    const double most = std::min(total, 5.0);
    CHECK(std::exp(log_least_p(total, 5, 100)) ==
          doctest::Approx(fisher_tail(most, total, 5 - most, 100 - total)));
  }
  CHECK(log_least_p(0, 5, 100) == 0);
  CHECK(log_least_p(100, 5, 100) == 0);
}

}  // namespace culprit
