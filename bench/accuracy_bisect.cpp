// How many tests, and how many seconds, does it take to find the change, and is it the right one?
//
// Simulated histories, each searched many times. Beside every figure stand what no method can beat
// on average (Burnashev's bound), git bisect that repeats each test, with the number of repeats
// that would have been best, chosen in hindsight, and the plain Bayesian search (plain_bayes.h).
// Usage: accuracy_bisect [--json] [--check] [--runs N] [--seed N] [--threads N] [--only TABLE]
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>

#include <fmt/format.h>

#include "plain_bayes.h"
#include "simulated_history.h"

namespace culprit::bench {
namespace {

struct Options {
  std::size_t runs = 200;
  std::uint64_t seed = 1;
  std::size_t threads = 2;
  std::string only;
  bool json = false;
  bool check = false;
};

struct Score {
  double tests = 0;  // means
  double ends = 0;
  double seconds = 0;
  double named = 0;  // shares
  double right = 0;
};

template <typename Search = Bisection>
Score measured(const Simulation& simulation, const Options& options) {
  std::vector<Simulated> runs(options.runs);
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < runs.size(); i = next++) {
      runs[i] = Search(simulation, options.seed * 1'000'003 + i).run();
    }
  };
  std::vector<std::thread> threads;
  for (std::size_t i = 1; i < options.threads; ++i) threads.emplace_back(work);
  work();
  for (std::thread& thread : threads) thread.join();
  Score score;
  const double each = 1.0 / static_cast<double>(runs.size());
  for (const Simulated& run : runs) {
    score.tests += each * run.tests;
    score.ends += each * run.ends;
    score.seconds += each * run.seconds;
    score.named += run.named ? each : 0;
    score.right += run.right ? each : 0;
  }
  return score;
}

// What is asked of a figure; a bench that falls short of it says so, and fails with --check.
struct Verdicts {
  const Options& options;
  bool good = true;
  std::string json;

  std::string told(std::string_view name, double figure, double asked, bool met) {
    good = good && met;
    json += fmt::format(R"({}{{"figure":"{}","measured":{:.4g},"asked":{:.4g},"met":{}}})",
                        json.empty() ? "" : ",", name, figure, asked, met);
    return met ? "" : "  short";
  }
  std::string at_most(std::string_view name, double figure, double asked) {
    return told(name, figure, asked, figure <= asked + 1e-9);
  }
  std::string at_least(std::string_view name, double figure, double asked) {
    return told(name, figure, asked, figure >= asked - 1e-9);
  }
};

void say(const Options& options, const std::string& line) {
  if (!options.json) fmt::print("{}\n", line);
  std::fflush(stdout);
}

constexpr RatePair pairs[] = {{0, 1},     {0, 0.5},   {0, 0.2},   {0, 0.05},  {0.05, 0.95},
                              {0.1, 0.9}, {0.2, 0.8}, {0.3, 0.7}, {0.05, 0.3}};
constexpr std::size_t sizes[] = {128, 1024};
constexpr std::size_t plain_runs_max = 200;  // of the reference, which looks at each commit anew

std::string cell(RatePair pair, std::size_t size) {
  return fmt::format("{:4} {:>4} -> {:<4}", size, pair.good, pair.bad);
}

// Accuracy is a share of `runs`: two standard errors are granted to the dice.
double accuracy_asked(const Options& options) {
  return 0.95 - 0.02 -
         2 * std::sqrt(0.95 * 0.05 / static_cast<double>(options.runs)) *
             (options.runs >= 1000 ? 0 : 1);
}

void rates_table(const Options& options, Verdicts& verdicts, std::size_t seeds) {
  say(options, fmt::format("\nTests to find the change at 0.95, with {} known at each end\n"
                           "{:16} {:>7} {:>7} {:>6} {:>6} {:>6} {:>10} {:>6} {:>18}",
                           seeds == 0 ? std::string("one trial") : fmt::format("{} trials", seeds),
                           "", "bound", "tests", "ratio", "right", "ends", "git bisect", "ratio",
                           "plain Bayes, right"));
  for (const std::size_t size : sizes) {
    for (const RatePair pair : pairs) {
      const Score score = measured({.pair = pair, .size = size, .seeds = seeds}, options);
      const double bound = burnashev(pair, static_cast<double>(size), 0.05);
      const Repeated git = best_repeated(pair, static_cast<double>(size), 0.95);
      Options fewer = options;
      fewer.runs = std::min(options.runs, plain_runs_max);
      const Score plain = measured<PlainBayes>({.pair = pair, .size = size, .seeds = seeds}, fewer);
      const std::string name = fmt::format("{} seeds {}", cell(pair, size), seeds);
      std::string told =
          verdicts.at_least(name + " accuracy", score.right, accuracy_asked(options));
      if (seeds > 0) {
        const double asked = pair.good == 0 && pair.bad == 0.05 ? 1.6 : 1.35;
        told += verdicts.at_most(name + " ratio to the bound", score.tests / bound, asked);
        if (pair.good >= 0.1 && pair.bad <= 0.9) {
          told += verdicts.at_most(name + " ratio to git bisect", score.tests / git.tests, 0.6);
        }
      }
      say(options, fmt::format("{:16} {:7.1f} {:7.1f} {:6.2f} {:6.3f} {:6.1f} {:6.1f} ({:2}) "
                               "{:6.2f} {:10.1f} {:7.3f}{}",
                               cell(pair, size), bound, score.tests, score.tests / bound,
                               score.right, score.ends, git.tests, git.repeats,
                               score.tests / git.tests, plain.tests, plain.right, told));
    }
  }
}

// Tests before a point is tested again, and all of them.
struct Certain {
  double fresh = 0;
  double all = 0;
};
Certain certain(std::size_t size, Point culprit, const ChangeSearch::Options& known) {
  ChangeSearch search(ChangeGraph::linear(size), {}, known);
  std::vector<std::uint8_t> tested(size + 1);
  tested[size - 1] = tested[size] = 1;  // both ends were
  Certain tests;
  for (auto at = search.ask(); at; at = search.ask(), ++tests.all) {
    if (tests.fresh == tests.all && tested[*at] == 0) ++tests.fresh;
    tested[*at] = 1;
    search.tell(*at, *at < size && *at >= culprit ? Observation::bad : Observation::good);
  }
  return tests;
}

void certain_table(const Options& options, Verdicts& verdicts) {
  say(options,
      fmt::format("\nTests where none errs: before any re-test, at most; and all, on average\n"
                  "{:>6} {:>7} {:>6} {:>14} {:>16}",
                  "size", "fresh", "asked", "all, unseeded", "all, rates known"));
  for (const std::size_t size : {16, 128, 1000, 1024}) {
    double most = 0;
    double unseeded = 0;
    double seeded = 0;
    for (Point culprit = 0; culprit < size; ++culprit) {
      const Certain plain = certain(size, culprit, {.at_good = {0, 1, 0}, .at_bad = {1, 0, 0}});
      const Certain known = certain(size, culprit, {.at_good = {0, 100, 0}, .at_bad = {100, 0, 0}});
      most = std::max({most, plain.fresh, known.fresh});
      unseeded += plain.all / static_cast<double>(size);
      seeded += known.all / static_cast<double>(size);
    }
    const double asked = std::ceil(std::log2(static_cast<double>(size))) + 1;
    const std::string told = verdicts.at_most(fmt::format("certain {}", size), most, asked);
    say(options, fmt::format("{:6} {:7} {:6} {:14.2f} {:16.2f}{}", size, most, asked, unseeded,
                             seeded, told));
  }
}

void builds_table(const Options& options, Verdicts& verdicts) {
  say(options,
      fmt::format("\nSeconds, where a build takes 60 and a test 1; 100 trials at each end\n"
                  "{:16} {:>8} {:>8} {:>6} {:>6} {:>6}",
                  "", "ours", "greedy", "ratio", "asked", "right"));
  for (const std::size_t size : sizes) {
    for (const RatePair pair : pairs) {
      Simulation simulation{.pair = pair, .size = size, .build = 60};
      const Score ours = measured(simulation, options);
      simulation.choice = Simulation::Choice::greedy_with_rebuild;
      const Score greedy = measured(simulation, options);
      const bool flaky = pair.good > 0 || pair.bad < 1;
      const double ratio = ours.seconds / greedy.seconds;
      const double asked = 0.55;
      const std::string told =
          flaky ? verdicts.at_most(cell(pair, size) + " builds", ratio, asked) : "  not asked";
      say(options, fmt::format("{:16} {:8.0f} {:8.0f} {:6.2f} {:6} {:6.3f}{}", cell(pair, size),
                               ours.seconds, greedy.seconds, ratio, asked, ours.right, told));
    }
  }
}

void workers_table(const Options& options, Verdicts& verdicts) {
  say(options,
      fmt::format("\nSeconds with four workers beside one\n{:16} {:>8} {:>8} {:>6} {:>6} {:>6}", "",
                  "one", "four", "ratio", "asked", "right"));
  for (const RatePair pair : {RatePair{0, 1}, RatePair{0, 0.5}, RatePair{0.1, 0.9},
                              RatePair{0.2, 0.8}, RatePair{0.05, 0.3}}) {
    Simulation simulation{.pair = pair, .size = 1024};
    const Score one = measured(simulation, options);
    simulation.workers = 4;
    const Score four = measured(simulation, options);
    const double ratio = four.seconds / one.seconds;
    const double asked = pair.good == 0 && pair.bad == 1 ? 0.5 : 0.35;
    const std::string told = verdicts.at_most(cell(pair, 1024) + " workers", ratio, asked);
    say(options, fmt::format("{:16} {:8.1f} {:8.1f} {:6.2f} {:6} {:6.3f}{}", cell(pair, 1024),
                             one.seconds, four.seconds, ratio, asked, four.right, told));
  }
}

void shape_table(const Options& options, Verdicts& verdicts, std::string_view title,
                 std::string_view name, Simulation shaped, double asked) {
  say(options, fmt::format("\n{}\n{:16} {:>8} {:>8} {:>6} {:>6} {:>6}", title, "", "linear", "so",
                           "ratio", "asked", "right"));
  for (const RatePair pair :
       {RatePair{0, 1}, RatePair{0, 0.5}, RatePair{0.1, 0.9}, RatePair{0.2, 0.8}}) {
    shaped.pair = pair;
    shaped.size = 1024;
    const Score linear = measured({.pair = pair, .size = 1024}, options);
    const Score score = measured(shaped, options);
    const double ratio = score.tests / linear.tests;
    const std::string told =
        verdicts.at_most(fmt::format("{} {}", cell(pair, 1024), name), ratio, asked) +
        verdicts.at_least(fmt::format("{} {} accuracy", cell(pair, 1024), name), score.right,
                          accuracy_asked(options));
    say(options, fmt::format("{:16} {:8.1f} {:8.1f} {:6.2f} {:6} {:6.3f}{}", cell(pair, 1024),
                             linear.tests, score.tests, ratio, asked, score.right, told));
  }
}

void speed_table(const Options& options, Verdicts& verdicts) {
  Dice dice(options.seed);
  const Simulation big{.pair = {0.1, 0.9}, .size = 20'000, .merges = 0.3};
  const ChangeGraph graph = history_of(big, dice);
  ChangeSearch search(graph, {}, {.at_good = {2, 18, 0}, .at_bad = {18, 2, 0}});
  double slowest = 0;
  double sum = 0;
  std::size_t choices = 0;
  for (; choices < 200; ++choices) {
    const auto began = std::chrono::steady_clock::now();
    const auto at = search.ask();
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - began;
    slowest = std::max(slowest, took.count());
    sum += took.count();
    if (!at) break;
    search.tell(
        *at, dice.uniform() < (*at >= 12'345 ? 0.9 : 0.1) ? Observation::bad : Observation::good);
  }
  const std::string told = verdicts.at_most("20,000 suspects, ms a choice", slowest, 50);
  say(options,
      fmt::format("\n20,000 suspects, 30 % merges: {:.2f} ms a choice, {:.2f} the slowest of "
                  "{} (asked 50){}",
                  sum / static_cast<double>(choices), slowest, choices, told));
}

struct Table {
  std::string_view name;
  void (*show)(const Options&, Verdicts&);
};
constexpr Table tables[] = {
    {"certain", certain_table},
    {"seeded", [](const Options& o, Verdicts& v) { rates_table(o, v, 100); }},
    {"unseeded", [](const Options& o, Verdicts& v) { rates_table(o, v, 0); }},
    {"builds", builds_table},
    {"workers", workers_table},
    {"merges",
     [](const Options& o, Verdicts& v) {
       shape_table(o, v, "Tests, where 30 % of the commits are merges", "merges",
                   {.pair = {}, .merges = 0.3}, 1.05);
     }},
    {"broken",
     [](const Options& o, Verdicts& v) {
       shape_table(o, v, "Tests, where 20 % of the commits do not build, in runs", "broken",
                   {.pair = {}, .broken = 0.2}, 1.25);
     }},
    {"speed", speed_table},
};

int run(const Options& options) {
  Verdicts verdicts{options, true, {}};
  say(options, fmt::format("{} runs a cell, seed {}", options.runs, options.seed));
  for (const Table& table : tables) {
    if (options.only.empty() || options.only == table.name) table.show(options, verdicts);
  }
  if (options.json) {
    fmt::print("{{\"seed\":{},\"runs\":{},\"figures\":[{}]}}\n", options.seed, options.runs,
               verdicts.json);
  }
  return options.check && !verdicts.good ? EXIT_FAILURE : EXIT_SUCCESS;
}

}  // namespace
}  // namespace culprit::bench

int main(int count, char** words) {
  culprit::bench::Options options;
  for (int i = 1; i < count; ++i) {
    const std::string word = words[i];
    const auto number = [&] { return i + 1 < count ? std::strtoull(words[++i], nullptr, 10) : 0; };
    if (word == "--json")
      options.json = true;
    else if (word == "--check")
      options.check = true;
    else if (word == "--runs")
      options.runs = number();
    else if (word == "--seed")
      options.seed = number();
    else if (word == "--threads")
      options.threads = number();
    else if (word == "--only" && i + 1 < count)
      options.only = words[++i];
    else {
      fmt::print(stderr,
                 "usage: accuracy_bisect [--json] [--check] [--runs N] [--seed N] "
                 "[--threads N] [--only TABLE]\n");
      return 2;
    }
  }
  return culprit::bench::run(options);
}
