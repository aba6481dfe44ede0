// How often is the onset right? Simulated series whose onset is known, a thousand a setting.
//
// Prints for each setting how many series with a change were reported, how often the interval held
// the true onset, how far off the onset was (median, in buckets), how many quiet series were
// reported, whether a second change was told (or one that is none), and how shapes were taken for
// each other. Beside it two baselines: the first bucket beyond three standard deviations of the
// first quarter, and a rule that never reports, which no detector may lose to on quiet series.
// Usage: accuracy_when [--json] [--check] [--series N] [--seed N] [--threads N]
#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "simulated_onset.h"
#include "workbench/onset_search.h"

namespace culprit::bench {
namespace {

constexpr Setting settings[] = {
    {.name = "quiet"},
    {.name = "quiet, clustered .01", .overdispersion = 0.01},
    {.name = "quiet, clustered .03", .overdispersion = 0.03},
    {.name = "step 2x", .shape = Shape::step, .rise = 2},
    {.name = "step 2x, clustered .03", .shape = Shape::step, .rise = 2, .overdispersion = 0.03},
    {.name = "step 3x", .shape = Shape::step, .rise = 3},
    {.name = "step 5x", .shape = Shape::step, .rise = 5},
    {.name = "step 5x, clustered .01", .shape = Shape::step, .rise = 5, .overdispersion = 0.01},
    {.name = "step 5x, clustered .03", .shape = Shape::step, .rise = 5, .overdispersion = 0.03},
    {.name = "step 20x", .shape = Shape::step, .rise = 20},
    {.name = "step 100x, clustered .03", .shape = Shape::step, .rise = 100, .overdispersion = 0.03},
    {.name = "ramp to 5x in 60", .shape = Shape::ramp, .rise = 5, .ramp = 60},
    {.name = "ramp to 10x in 120, clustered .01",
     .shape = Shape::ramp,
     .rise = 10,
     .overdispersion = 0.01,
     .ramp = 120},
    {.name = "burst of 5x, of 40", .shape = Shape::spike, .rise = 5, .lasts = 40},
    {.name = "burst of 10x, of 20, clustered .01",
     .shape = Shape::spike,
     .rise = 10,
     .overdispersion = 0.01,
     .lasts = 20},
    {.name = "bursts of 10x every 60", .shape = Shape::recurring, .rise = 10, .period = 60},
    {.name = "bursts of 10x every 60, clustered .03",
     .shape = Shape::recurring,
     .rise = 10,
     .overdispersion = 0.03,
     .period = 60},
    {.name = "burst of 5x, of 40, then step 8x",
     .shape = Shape::step,
     .rise = 5,
     .lasts = 40,
     .pause = 50,
     .second_rise = 8},
    {.name = "step 4x, then 12x", .shape = Shape::step, .rise = 4, .lasts = 60, .second_rise = 12},
    {.name = "step 4x, then 12x, clustered .01",
     .shape = Shape::step,
     .rise = 4,
     .overdispersion = 0.01,
     .lasts = 60,
     .second_rise = 12},
    {.name = "3 days, swing 7x, quiet", .days = 3, .daily = 1},
    {.name = "7 days, swing 7x, quiet, clustered .01",
     .overdispersion = 0.01,
     .days = 7,
     .daily = 1},
    {.name = "4 days, nightly 10x, quiet", .days = 4, .nightly = 10},
    {.name = "4 days, swing 7x, step 5x", .shape = Shape::step, .rise = 5, .days = 4, .daily = 1},
    {.name = "7 days, swing 7x, step 3x", .shape = Shape::step, .rise = 3, .days = 7, .daily = 1},
    {.name = "4 days, nightly 10x, burst 5x, of 30",
     .shape = Shape::spike,
     .rise = 5,
     .lasts = 30,
     .days = 4,
     .nightly = 10},
};

struct Answer {
  bool found = false;
  double onset = 0;  // in buckets
  bool covered = false;
  bool second = false;     // a second change was told where it was,
  std::size_t others = 0;  // and so many were told in all
  Shape shape = Shape::none;
};

Answer culprit_answer(const Simulated& made) {
  SimulatedEngine engine(made);
  const WhenAnswer when =
      find_onset(engine, {{}, {engine.schema().from, engine.schema().to}, false});
  if (!when.found) return {};
  const auto in_buckets = [&](Time time) {
    return seconds(time - made.from) / seconds(made.bucket);
  };
  constexpr double rounding = 1e-6;
  Answer answer{true, in_buckets(when.onset), false, false, when.others.size(), when.shape};
  answer.covered = in_buckets(when.from) <= made.onset + rounding &&
                   made.onset <= in_buckets(when.to) + rounding;
  for (const Window& other : when.others) {
    answer.second = answer.second || std::abs(in_buckets(other.from) - made.second) <= 3;
  }
  return answer;
}

Answer three_sigma(const HistTally& series) {
  const auto rate = [&](std::size_t i) {
    const Counts& counts = series.counts[i];
    return counts.total > 0 ? counts.bad / counts.total : 0;
  };
  double sum = 0;
  double squares = 0;
  const std::size_t quarter = buckets / 4;
  for (std::size_t i = 0; i < quarter; ++i) {
    sum += rate(i);
    squares += rate(i) * rate(i);
  }
  const double mean = sum / static_cast<double>(quarter);
  const double sigma =
      std::sqrt(std::max(0.0, squares / static_cast<double>(quarter) - mean * mean));
  for (std::size_t i = quarter; i < buckets; ++i) {
    if (rate(i) <= mean + 3 * sigma) continue;
    Answer answer;
    answer.found = true;
    answer.onset = static_cast<double>(i);
    return answer;
  }
  return {};
}

double share(std::size_t part, std::size_t whole) {
  return whole > 0 ? 100 * static_cast<double>(part) / static_cast<double>(whole) : 0;
}

struct Score {
  std::size_t runs = 0;
  std::size_t found = 0;
  std::size_t covered = 0;
  std::size_t second = 0;
  std::size_t others = 0;  // series with more changes told than there were
  std::array<std::size_t, 6> shapes{};
  std::vector<double> errors;

  void add(const Answer& answer, const Simulated& made) {
    ++runs;
    ++shapes[static_cast<std::size_t>(answer.shape)];
    if (!answer.found) return;
    ++found;
    covered += answer.covered ? 1 : 0;
    second += answer.second ? 1 : 0;
    others += answer.others > (made.second > 0 ? 1 : 0) ? 1 : 0;
    errors.push_back(std::abs(answer.onset - made.onset));
  }
  double error() const {
    std::vector<double> sorted = errors;
    std::sort(sorted.begin(), sorted.end());
    return sorted.empty() ? 0 : sorted[sorted.size() / 2];
  }
};

struct Measured {
  const Setting* setting = nullptr;
  Score ours;
  Score sigma;
  bool quiet() const { return setting->shape == Shape::none; }
};

struct Options {
  std::size_t runs = 1000;
  std::uint64_t seed = 1;
  std::size_t threads = 2;
  bool json = false;
  bool check = false;
};

Measured measured(const Setting& setting, const Options& options) {
  struct Run {
    Answer ours;
    Answer sigma;
    Simulated made;  // without its requests
  };
  std::vector<Run> runs(options.runs);
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < runs.size(); i = next++) {
      Simulated made = simulated(setting, options.seed * 1'000'000 + i);
      const Time to = made.from + made.bucket * static_cast<std::int64_t>(buckets);
      runs[i].ours = culprit_answer(made);
      runs[i].sigma = three_sigma(histogram(made, {made.from, to}, made.bucket));
      made.at.clear();
      made.bad.clear();
      runs[i].made = std::move(made);
    }
  };
  std::vector<std::thread> threads;
  for (std::size_t i = 1; i < options.threads; ++i) threads.emplace_back(work);
  work();
  for (std::thread& thread : threads) thread.join();
  Measured made{&setting, {}, {}};
  for (const Run& run : runs) {
    made.ours.add(run.ours, run.made);
    made.sigma.add(run.sigma, run.made);
  }
  return made;
}

std::string as_json(const Measured& one) {
  const auto told = [&](double value) {
    return one.quiet() ? std::string("null") : fmt::format("{:.2f}", value);
  };
  const Score& ours = one.ours;
  std::string shapes;
  for (std::size_t i = 0; i < ours.shapes.size(); ++i) {
    shapes += fmt::format("{}\"{}\":{}", i == 0 ? "" : ",", name_of(static_cast<Shape>(i)),
                          ours.shapes[i]);
  }
  return fmt::format(
      R"({{"setting":"{}","series":{},"found":{:.1f},"covered":{},"error":{},"second":{},)"
      R"("too_many":{:.1f},"shapes":{{{}}},"sigma_found":{:.1f},"sigma_error":{},)"
      R"("never_found":0}})",
      one.setting->name, ours.runs, share(ours.found, ours.runs),
      told(share(ours.covered, ours.found)), told(ours.error()),
      one.setting->second_rise > 1 ? told(share(ours.second, ours.runs)) : "null",
      share(ours.others, ours.runs), shapes, share(one.sigma.found, one.sigma.runs),
      told(one.sigma.error()));
}

std::string as_text(const Measured& one) {
  const Score& ours = one.ours;
  const std::string name =
      fmt::format("{:38} {:8.1f}", one.setting->name, share(ours.found, ours.runs));
  const double sigma_found = share(one.sigma.found, one.sigma.runs);
  if (one.quiet()) return fmt::format("{} {:37} {:9.1f}\n", name, "", sigma_found);
  const std::string second = one.setting->second_rise > 1
                                 ? fmt::format("{:.1f}", share(ours.second, ours.runs))
                                 : std::string();
  return fmt::format("{} {:9.1f} {:8.2f} {:>8} {:9.1f} {:9.1f} {:8.2f}\n", name,
                     share(ours.covered, ours.found), ours.error(), second,
                     share(ours.others, ours.runs), sigma_found, one.sigma.error());
}

// Of all settings with one shape, what was told.
std::string confusion(const std::vector<Measured>& all) {
  constexpr Shape told[] = {Shape::none, Shape::step, Shape::ramp, Shape::spike, Shape::recurring};
  std::string text = fmt::format("{:12} {:>8}\n{:12}", "", "told, %", "truly");
  for (const Shape shape : told) text += fmt::format(" {:>10}", name_of(shape));
  text += "\n";
  for (const Shape shape : told) {
    std::array<std::size_t, 6> sums{};
    std::size_t runs = 0;
    for (const Measured& one : all) {
      if (one.setting->shape != shape || one.setting->second_rise > 1) continue;
      runs += one.ours.runs;
      for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += one.ours.shapes[i];
    }
    text += fmt::format("{:12}", name_of(shape));
    for (const Shape as : told) {
      text += fmt::format(" {:10.1f}", share(sums[static_cast<std::size_t>(as)], runs));
    }
    text += "\n";
  }
  return text;
}

// Floors for a short run: over all settings, since few series scatter.
bool good_enough(const std::vector<Measured>& all) {
  std::size_t quiet = 0, reported = 0, found = 0, covered = 0, shaped = 0, of = 0;
  bool sharp = true;
  for (const Measured& one : all) {
    if (one.quiet()) {
      quiet += one.ours.runs;
      reported += one.ours.found;
      continue;
    }
    found += one.ours.found;
    covered += one.ours.covered;
    sharp = sharp && (one.setting->rise != 5 || one.setting->ramp > 0 || one.ours.error() <= 1);
    if (one.setting->second_rise > 1) continue;
    of += one.ours.runs;
    shaped += one.ours.shapes[static_cast<std::size_t>(one.setting->shape)];
  }
  return share(reported, quiet) <= 2 && share(covered, found) >= 92 && share(shaped, of) >= 85 &&
         sharp;
}

int run(const Options& options) {
  std::vector<Measured> all;
  for (const Setting& setting : settings) all.push_back(measured(setting, options));
  std::string text;
  for (const Measured& one : all) {
    if (options.json) text += (text.empty() ? "" : ",") + as_json(one);
    if (!options.json) text += as_text(one);
  }
  if (options.json) {
    fmt::print("{{\"seed\":{},\"when\":[{}]}}\n", options.seed, text);
  } else {
    constexpr const char* columns = "{:38} {:>8} {:>9} {:>8} {:>8} {:>9} {:>9} {:>8}\n";
    fmt::print("{} series a setting; the rule that never reports has 0 in every \"reported\"\n",
               options.runs);
    fmt::print(fmt::runtime(columns), "", "culprit", "", "", "second", "too many", "3 sigma", "");
    fmt::print(fmt::runtime(columns), "", "reported", "covered", "off by", "told", "told",
               "reported", "off by");
    fmt::print("{}\n{}", text, confusion(all));
  }
  return options.check && !good_enough(all) ? EXIT_FAILURE : EXIT_SUCCESS;
}

}  // namespace
}  // namespace culprit::bench

int main(int count, char** words) {
  culprit::bench::Options options;
  for (int i = 1; i < count; ++i) {
    const auto number = [&] { return i + 1 < count ? std::strtoul(words[++i], nullptr, 10) : 0; };
    if (std::strcmp(words[i], "--json") == 0) options.json = true;
    if (std::strcmp(words[i], "--check") == 0) options.check = true;
    if (std::strcmp(words[i], "--series") == 0) options.runs = number();
    if (std::strcmp(words[i], "--seed") == 0) options.seed = number();
    if (std::strcmp(words[i], "--threads") == 0) options.threads = std::max(1UL, number());
  }
  return culprit::bench::run(options);
}
