// Statistics that every judgement shares: intervals of rates, tests of counts, corrections.
//
// Counts are doubles because sampled populations carry weights. Functions are total: an empty
// sample gives the widest answer (0..1, p = 1), never a NaN.
#pragma once

#include <span>
#include <vector>

namespace culprit {

struct Interval {
  double low = 0;
  double high = 0;
};

// Wilson's score interval of a rate (1927). `dispersion` >= 1 divides the sample's size: clustered
// failures (retries, noisy users) carry less information than independent ones.
Interval wilson(double bad, double total, double confidence = 0.95, double dispersion = 1);

// Clopper and Pearson's interval of a rate (1934): never narrower than promised, for a number of
// trials that was fixed before the first.
Interval clopper_pearson(double bad, double total, double confidence = 0.95);

// Risk ratio of two rates with Katz's log interval (1978) on counts raised by one half.
struct RiskRatio {
  double ratio = 1;
  double low = 0;
  double high = 0;
};
RiskRatio risk_ratio(double bad_a, double total_a, double bad_b, double total_b);

// Exact interval of the ratio of two small rates, given how many failures there are in all
// (Przyborowski and Wilenski, 1940): `tail` is left out on each side. Right where one sample has a
// handful of units, as Katz's is not.
Interval rate_ratio(double bad_a, double total_a, double bad_b, double total_b, double tail);

double log_beta(double a, double b);
double normal_tail(double z);        // P(Z > z)
double chi2_tail(double x);          // P(chi^2 with one degree of freedom > x)
double log_add(double a, double b);  // log(e^a + e^b)

// Marginal log likelihood of `bad` of `total` under a rate with prior Beta(1/2, 1/2).
double log_marginal(double bad, double total);

// Twice the log likelihood ratio of two binomial rates against one shared rate (G).
double g_statistic(double bad_a, double total_a, double bad_b, double total_b);

// Fisher's exact test, one-sided: P(at least bad_a bad in a | margins). Counts are rounded.
double fisher_tail(double bad_a, double total_a, double bad_b, double total_b);

// P(X >= count) for X ~ Poisson(mean), and P(X <= count).
double poisson_upper(double count, double mean);
double poisson_lower(double count, double mean);

// Benjamini and Hochberg's q-values (1995), in the order of `p_values`; `tests` >= their number
// counts those that were looked at and not kept.
std::vector<double> q_values(std::span<const double> p_values, double tests);

// How many of the tests can become significant at all, given each one's least attainable p-value
// as a logarithm (Tarone, 1990): what could never be rejected needs no correction.
double testable(std::span<const double> log_least_p, double alpha);

// The logarithm of the least p-value that Fisher's test can give a part with so many units.
double log_least_p(double total, double bad_all, double total_all);

double median(std::vector<double> values);  // of none: 0

}  // namespace culprit
