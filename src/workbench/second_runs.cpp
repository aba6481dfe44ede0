#include "workbench/second_runs.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace culprit {
namespace {

struct Counts {
  std::size_t first = 0;
  std::size_t first_failed = 0;
  std::size_t later = 0;
  std::size_t later_failed = 0;
};

double log_choose(std::size_t all, std::size_t some) {
  const auto factorial = [](std::size_t n) { return std::lgamma(static_cast<double>(n) + 1); };
  return factorial(all) - factorial(some) - factorial(all - some);
}

// Of each number of failures among the later runs, where they are dealt out by chance.
std::vector<double> hypergeometric(const Counts& counts) {
  const std::size_t all = counts.first + counts.later;
  const std::size_t failed = counts.first_failed + counts.later_failed;
  std::vector<double> chances(counts.later + 1);
  for (std::size_t k = 0; k <= counts.later; ++k) {
    if (k > failed || failed - k > counts.first) continue;
    chances[k] = std::exp(log_choose(counts.later, k) + log_choose(counts.first, failed - k) -
                          log_choose(all, failed));
  }
  return chances;
}

std::vector<double> sum_of(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<double> made(a.size() + b.size() - 1);
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (std::size_t j = 0; j < b.size(); ++j) made[i + j] += a[i] * b[j];
  }
  return made;
}

// Both ways: as far from the mean as what was seen, or farther.
double tails(const std::vector<double>& chances, std::size_t seen) {
  double mean = 0;
  for (std::size_t k = 0; k < chances.size(); ++k) mean += static_cast<double>(k) * chances[k];
  const double off = std::abs(static_cast<double>(seen) - mean) - 1e-9;
  double all = 0;
  for (std::size_t k = 0; k < chances.size(); ++k) {
    if (std::abs(static_cast<double>(k) - mean) >= off) all += chances[k];
  }
  return std::min(all, 1.0);
}

}  // namespace

SecondRuns SecondRuns::of(const std::vector<Seen>& runs) {
  std::map<std::string, Counts> by_commit;
  for (const Seen& run : runs) {
    Counts& counts = by_commit[run.sha];
    (run.first ? counts.first : counts.later) += 1;
    if (run.failed) (run.first ? counts.first_failed : counts.later_failed) += 1;
  }
  SecondRuns made;
  std::vector<double> chances = {1};
  for (const auto& [sha, counts] : by_commit) {
    if (counts.first == 0 || counts.later == 0) continue;
    chances = sum_of(chances, hypergeometric(counts));
    made.first += counts.first;
    made.first_failed += counts.first_failed;
    made.later += counts.later;
    made.later_failed += counts.later_failed;
  }
  made.chance = tails(chances, made.later_failed);
  return made;
}

}  // namespace culprit
