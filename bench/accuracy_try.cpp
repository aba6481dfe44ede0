// How often is a try's verdict wrong, and how many trials does it take?
//
// Pairs of failure rates, without a change and with it, compared as `culprit try` does, at most 200
// trials in all. Beside it what is done by hand: ten runs of each side, and Fisher's exact test.
// Usage: accuracy_try [--check] [--runs N] [--trials N]
#include <cstdlib>
#include <string_view>

#include <fmt/format.h>

#include "base/dice.h"
#include "base/statistics.h"
#include "search/rate_comparison.h"

namespace culprit::bench {
namespace {

using Prediction = RateComparison::Prediction;
using Side = RateComparison::Side;
using Verdict = RateComparison::Verdict;

struct Row {
  Prediction prediction;
  double without;
  double with;
  Verdict truth;  // undecided: either verdict is right, or none is
};

constexpr Row rows[] = {{Prediction::lower, 1.0, 0.0, Verdict::supported},
                        {Prediction::lower, 0.9, 0.1, Verdict::supported},
                        {Prediction::lower, 0.5, 0.0, Verdict::supported},
                        {Prediction::lower, 0.3, 0.0, Verdict::supported},
                        {Prediction::lower, 0.2, 0.0, Verdict::supported},
                        {Prediction::lower, 0.1, 0.0, Verdict::supported},
                        {Prediction::lower, 0.5, 0.25, Verdict::supported},
                        {Prediction::lower, 1.0, 1.0, Verdict::refuted},
                        {Prediction::lower, 0.9, 0.9, Verdict::refuted},
                        {Prediction::lower, 0.5, 0.5, Verdict::refuted},
                        {Prediction::lower, 0.1, 0.1, Verdict::refuted},
                        {Prediction::lower, 0.1, 0.5, Verdict::refuted},
                        {Prediction::lower, 1.0, 0.7, Verdict::undecided},
                        {Prediction::higher, 0.0, 1.0, Verdict::supported},
                        {Prediction::higher, 0.05, 0.5, Verdict::supported},
                        {Prediction::higher, 0.0, 0.0, Verdict::refuted},
                        {Prediction::higher, 0.3, 0.3, Verdict::refuted},
                        {Prediction::same, 0.0, 0.0, Verdict::supported},
                        {Prediction::same, 1.0, 1.0, Verdict::supported},
                        {Prediction::same, 0.0, 1.0, Verdict::refuted},
                        {Prediction::same, 0.2, 0.7, Verdict::refuted}};

struct Score {
  double right = 0;  // shares of runs
  double wrong = 0;
  double trials = 0;  // on average
};

Score measured(const Row& row, int runs, int trials_max) {
  Score score;
  for (int run = 0; run < runs; ++run) {
    Dice dice(static_cast<std::uint64_t>(run));
    RateComparison comparison({.prediction = row.prediction});
    int trials = 0;
    while (trials < trials_max && comparison.verdict() == Verdict::undecided) {
      const Side side = trials++ % 2 == 0 ? Side::without : Side::with;
      const double rate = side == Side::with ? row.with : row.without;
      comparison.tell(side, dice.uniform() < rate ? Outcome::bad : Outcome::good);
    }
    const Verdict verdict = comparison.verdict();
    score.trials += static_cast<double>(trials) / runs;
    if (row.truth == Verdict::undecided) continue;
    if (verdict == row.truth) score.right += 1.0 / runs;
    if (verdict != row.truth && verdict != Verdict::undecided) score.wrong += 1.0 / runs;
  }
  return score;
}

// Of twenty trials by hand: how often they prove that the change helps.
double by_hand(const Row& row, int runs) {
  constexpr int each = 10;
  double proven = 0;
  for (int run = 0; run < runs; ++run) {
    Dice dice(static_cast<std::uint64_t>(run));
    int bad[2] = {0, 0};
    for (int i = 0; i < each; ++i) {
      bad[0] += dice.uniform() < row.without ? 1 : 0;
      bad[1] += dice.uniform() < row.with ? 1 : 0;
    }
    proven += fisher_tail(bad[0], each, bad[1], each) <= 0.05 ? 1.0 / runs : 0;
  }
  return proven;
}

std::string_view name_of(Prediction prediction) {
  if (prediction == Prediction::lower) return "lower";
  return prediction == Prediction::higher ? "higher" : "same";
}

std::string_view name_of(Verdict verdict) {
  if (verdict == Verdict::supported) return "supported";
  return verdict == Verdict::refuted ? "refuted" : "-";
}

int run(int count, char** words) {
  constexpr double wrong_max = 0.05;  // the confidence of 0.95 that is asked for
  int runs = 1000;
  int trials_max = 200;
  bool check = false;
  for (int i = 1; i < count; ++i) {
    const std::string_view word = words[i];
    if (word == "--check") check = true;
    if (word == "--runs" && i + 1 < count) runs = std::atoi(words[++i]);
    if (word == "--trials" && i + 1 < count) trials_max = std::atoi(words[++i]);
  }
  fmt::print("{:<11}{:>9}{:>6}  {:<11}{:>7}{:>7}{:>8}{:>10}\n", "prediction", "without", "with",
             "truth", "right", "wrong", "trials", "by hand");
  bool good = true;
  for (const Row& row : rows) {
    const Score score = measured(row, runs, trials_max);
    const bool lower = row.prediction == Prediction::lower && row.truth == Verdict::supported;
    fmt::print("{:<11}{:>9}{:>6}  {:<11}{:>6.1f}%{:>6.1f}%{:>8.1f}{:>10}\n",
               name_of(row.prediction), row.without, row.with, name_of(row.truth),
               score.right * 100, score.wrong * 100, score.trials,
               lower ? fmt::format("{:.0f}%", by_hand(row, runs) * 100) : "");
    good = good && score.wrong <= wrong_max;
  }
  return check && !good ? 1 : 0;
}

}  // namespace
}  // namespace culprit::bench

int main(int count, char** words) { return culprit::bench::run(count, words); }
