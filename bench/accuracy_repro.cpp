// How often are the conditions of a failure found, and shrunk to exactly those that it takes?
//
// Worlds in which a few of twelve factors are needed together, each run searched with 150 trials.
// Beside it what most people do: random conditions for half of the trials, then the one that failed
// most, from which each factor is left out in turn as long as it still fails.
// Usage: accuracy_repro [--json] [--check] [--runs N] [--seed N] [--trials N] [--threads N]
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "planted_conditions.h"

namespace culprit::bench {
namespace {

struct Row {
  Planting planting;
  double exact_min = 0;  // floor of --check, as a share; not found, where nothing was planted
};

constexpr Row rows[] = {
    {{.name = "two of 12, rate 1.0, baseline 0", .rate = 1.0, .baseline = 0}, 0.9},
    {{.name = "two of 12, rate 0.9, baseline 0.01"}, 0.9},
    {{.name = "two of 12, rate 0.9, baseline 0.02", .baseline = 0.02}, 0.9},
    {{.name = "two of 12, rate 0.7", .rate = 0.7}, 0.9},
    {{.name = "two of 12, rate 0.5", .rate = 0.5}, 0.8},
    {{.name = "two of 12, rate 0.3", .rate = 0.3}, 0},
    {{.name = "one of 12, rate 0.9", .needed = 1}, 0.9},
    {{.name = "one of 12, rate 0.3", .needed = 1, .rate = 0.3}, 0},
    {{.name = "three of 12, rate 0.9", .needed = 3}, 0.9},
    {{.name = "four of 12, rate 0.9", .needed = 4}, 0.8},
    {{.name = "two of 12, 6 levels, rate 0.9", .levels = 6}, 0.85},
    {{.name = "one of 12 hides it, rate 0.9", .hidden = 1}, 0.85},
    {{.name = "one of 12 spoils trials, rate 0.9", .unjudged = 1}, 0.85},
    {{.name = "two of 12, 6 levels, graded, rate 0.9", .levels = 6, .graded = true}, 0},
    {{.name = "two of 24, rate 0.9", .factors = 24}, 0.85},
    {{.name = "none of 12, baseline 0", .needed = 0, .baseline = 0}, 0.95},
    {{.name = "none of 12, baseline 0.02", .needed = 0, .baseline = 0.02}, 0.95},
    {{.name = "none of 12, baseline 0.1", .needed = 0, .baseline = 0.1}, 0.95},
    {{.name = "none of 12, baseline 0.3", .needed = 0, .baseline = 0.3}, 0.95},
};

struct Options {
  std::size_t runs = 200;
  std::uint64_t seed = 1;
  std::size_t trials = 150;
  std::size_t threads = 2;
  bool json = false;
  bool check = false;
};

struct Score {
  double found = 0;    // shares of runs
  double factors = 0;  // exactly the planted factors
  double exact = 0;    // and exactly their levels
  double trials = 0;   // on average
  double width = 0;    // of the interval, where found
  double covered = 0;  // it held the true rate, where found
  double half = 0;     // what was found truly fails half as often as the worst, or oftener
  // The baseline named exactly the planted factors; where none was planted, named any.
  double random = 0;
};

struct Answer {
  bool found = false;
  FactorLevels best;
  std::size_t trials = 0;
  Interval rate;
};

Answer searched(Planted world, const Options& options, std::uint64_t seed) {
  ConditionSearch search(world.factors(), {.trials_max = options.trials, .seed = seed});
  while (const auto condition = search.ask()) search.tell(*condition, world.run(*condition));
  const ConditionSearch::Findings findings = search.findings();
  return {findings.found, findings.best, search.trials(), findings.rate};
}

// Fails it twice in three?
bool still_fails(Planted& world, const FactorLevels& condition, std::size_t& left) {
  int bad = 0;
  for (int i = 0; i < 3 && left > 0; ++i, --left) bad += world.run(condition) == Outcome::bad;
  return bad >= 2;
}

Answer searched_at_random(Planted world, const Options& options, std::uint64_t seed) {
  Dice dice(seed);
  std::size_t left = options.trials;
  FactorLevels best;
  while (left > options.trials / 2) {
    FactorLevels condition;
    for (const SearchFactor& factor : world.factors()) {
      condition.levels.push_back(dice.below(factor.levels.size()));
    }
    --left;
    if (world.run(condition) != Outcome::bad) continue;
    if (!still_fails(world, condition, left)) continue;
    best = condition;
    break;
  }
  if (best.levels.empty()) return {};
  for (std::size_t i = 0; i < best.levels.size() && left > 0; ++i) {
    while (best.levels[i] > 0) {
      FactorLevels less = best;
      --less.levels[i];
      if (!still_fails(world, less, left)) break;
      best = less;
    }
  }
  return {true, best, options.trials - left, {}};
}

Score measured(const Planting& planting, const Options& options) {
  struct Run {
    Answer ours, random;
    FactorLevels truth;
    double rate = 0;  // truly, at the condition that was found
  };
  std::vector<Run> runs(options.runs);
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < runs.size(); i = next++) {
      const Planted world(planting, options.seed * 1'000'000 + i);
      runs[i] = {searched(world, options, i), searched_at_random(world, options, i), world.truth(),
                 0};
      if (runs[i].ours.found) runs[i].rate = world.rate_at(runs[i].ours.best);
    }
  };
  std::vector<std::thread> threads;
  for (std::size_t i = 1; i < options.threads; ++i) threads.emplace_back(work);
  work();
  for (std::thread& thread : threads) thread.join();
  Score score;
  const double each = 1.0 / static_cast<double>(options.runs);
  for (const Run& run : runs) {
    score.trials += each * static_cast<double>(run.ours.trials);
    const bool none = planting.needed == 0;
    if (run.random.found && (none || factors_on(run.random.best) == factors_on(run.truth))) {
      score.random += each;
    }
    if (!run.ours.found) continue;
    score.found += each;
    score.factors += factors_on(run.ours.best) == factors_on(run.truth) ? each : 0;
    score.exact += run.ours.best == run.truth ? each : 0;
    score.width += run.ours.rate.high - run.ours.rate.low;
    score.covered += run.ours.rate.low <= run.rate && run.rate <= run.ours.rate.high ? 1 : 0;
    score.half += run.rate >= planting.rate / 2 ? each : 0;
  }
  const double found = score.found / each;
  if (found > 0) score.width /= found;
  if (found > 0) score.covered /= found;
  return score;
}

std::string as_json(const Row& row, const Score& score) {
  return fmt::format(
      R"({{"world":"{}","found":{:.3f},"factors":{:.3f},"exact":{:.3f},"trials":{:.1f},)"
      R"("width":{:.3f},"covered":{:.3f},"half":{:.3f},"random":{:.3f}}})",
      row.planting.name, score.found, score.factors, score.exact, score.trials, score.width,
      score.covered, score.half, score.random);
}

std::string as_text(const Row& row, const Score& score) {
  return fmt::format("{:38} {:7.1f} {:8.1f} {:7.1f} {:7.1f} {:7.2f} {:8.1f} {:7.1f} {:7.1f}\n",
                     row.planting.name, 100 * score.found, 100 * score.factors, 100 * score.exact,
                     score.trials, score.width, 100 * score.covered, 100 * score.half,
                     100 * score.random);
}

bool good_enough(const Row& row, const Score& score) {
  constexpr double rounding = 1e-9;
  const double right = row.planting.needed == 0 ? 1 - score.found : score.exact;
  return right >= row.exact_min - rounding;
}

int run(const Options& options) {
  bool good = true;
  std::string text;
  for (const Row& row : rows) {
    const Score score = measured(row.planting, options);
    good = good && good_enough(row, score);
    text += options.json && !text.empty() ? "," : "";
    text += options.json ? as_json(row, score) : as_text(row, score);
  }
  if (options.json) {
    fmt::print("{{\"seed\":{},\"trials\":{},\"runs\":{},\"repro\":[{}]}}\n", options.seed,
               options.trials, options.runs, text);
  } else {
    fmt::print("{} runs a world, at most {} trials each; shares in per cent\n", options.runs,
               options.trials);
    fmt::print("{:38} {:>7} {:>8} {:>7} {:>7} {:>7} {:>8} {:>7} {:>7}\n", "", "found", "factors",
               "levels", "trials", "width", "covered", "half", "random");
    fmt::print("{}", text);
  }
  return options.check && !good ? EXIT_FAILURE : EXIT_SUCCESS;
}

}  // namespace
}  // namespace culprit::bench

int main(int count, char** words) {
  culprit::bench::Options options;
  for (int i = 1; i < count; ++i) {
    const auto number = [&] { return i + 1 < count ? std::strtoul(words[++i], nullptr, 10) : 0; };
    if (std::strcmp(words[i], "--json") == 0) options.json = true;
    if (std::strcmp(words[i], "--check") == 0) options.check = true;
    if (std::strcmp(words[i], "--runs") == 0) options.runs = std::max(1UL, number());
    if (std::strcmp(words[i], "--seed") == 0) options.seed = number();
    if (std::strcmp(words[i], "--trials") == 0) options.trials = std::max(1UL, number());
    if (std::strcmp(words[i], "--threads") == 0) options.threads = std::max(1UL, number());
  }
  return culprit::bench::run(options);
}
