// How often is the onset right? Simulated series whose onset is known, a thousand a setting.
//
// Prints for each setting how many series with a change were reported, how often the interval held
// the true onset, how far off the onset was (median, in buckets), and how many quiet series were
// reported. Beside it two baselines: the first bucket beyond three standard deviations of the first
// quarter, and a rule that never reports, which no detector may lose to on quiet series. --json
// prints the same as an object. Counts are beta-binomial: `overdispersion` is the correlation of
// two requests of one bucket (0: they fail independently of each other).
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "contrast/when.h"

namespace {

using namespace culprit;

constexpr std::size_t buckets = 480;  // as the first look of an investigation has
constexpr double requests = 200;      // a bucket, Poisson
constexpr double rate_before = 0.01;
constexpr Duration bucket = std::chrono::seconds(5);
// What the report calls 95 % (workbench/onset_search.cpp says why it is a little more).
constexpr double held_confidence = 0.97;

struct Setting {
  const char* name;
  double rise = 1;  // the rate during over that before; 1: nothing happens
  double overdispersion = 0;
  std::size_t ramp = 0;    // buckets that the rise takes
  std::size_t period = 0;  // buckets from burst to burst, which last a quarter of it; 0: it stays
};

constexpr Setting settings[] = {
    {"quiet"},
    {"quiet, clustered .01", 1, 0.01},
    {"quiet, clustered .03", 1, 0.03},
    {"step 2x", 2},
    {"step 2x, clustered .03", 2, 0.03},
    {"step 3x", 3},
    {"step 5x", 5},
    {"step 5x, clustered .01", 5, 0.01},
    {"step 5x, clustered .03", 5, 0.03},
    {"step 20x", 20},
    {"step 100x, clustered .03", 100, 0.03},
    {"ramp to 5x in 60", 5, 0, 60},
    {"ramp to 10x in 120, clustered .01", 10, 0.01, 120},
    {"bursts of 10x every 60", 10, 0, 0, 60},
    {"bursts of 10x every 60, clustered .03", 10, 0.03, 0, 60},
};

struct Series {
  HistTally counts;
  double onset = 0;  // in buckets
};

double beta(std::mt19937_64& dice, double a, double b) {
  const double x = std::gamma_distribution<double>(a)(dice);
  const double y = std::gamma_distribution<double>(b)(dice);
  return x + y > 0 ? x / (x + y) : 0;
}

double rate_at(const Setting& setting, double onset, std::size_t at) {
  const double since = static_cast<double>(at) + 0.5 - onset;
  if (since < 0 || setting.rise == 1) return rate_before;
  const auto passed = static_cast<std::size_t>(since);
  if (setting.period > 0 && passed % setting.period >= setting.period / 4) return rate_before;
  const double share =
      setting.ramp > 0 ? std::min(1.0, since / static_cast<double>(setting.ramp)) : 1;
  return std::min(0.95, rate_before * (1 + (setting.rise - 1) * share));
}

Series simulated(const Setting& setting, std::uint64_t seed) {
  std::mt19937_64 dice(seed);
  Series made;
  made.counts.from = Time{};
  made.counts.bucket = bucket;
  made.onset = 120 + static_cast<double>(dice() % 200);
  for (std::size_t i = 0; i < buckets; ++i) {
    const int total = std::poisson_distribution<int>(requests)(dice);
    double rate = rate_at(setting, made.onset, i);
    if (setting.overdispersion > 0) {
      const double size = 1 / setting.overdispersion - 1;
      rate = beta(dice, rate * size, (1 - rate) * size);
    }
    const int bad = std::binomial_distribution<int>(total, rate)(dice);
    made.counts.counts.push_back({static_cast<double>(total), static_cast<double>(bad)});
  }
  return made;
}

struct Answer {
  bool found = false;
  double onset = 0;  // in buckets
  bool covered = false;
};

double in_buckets(Time time) { return seconds(time - Time{}) / seconds(bucket); }

Answer culprit_answer(const Series& series) {
  const Outbreak outbreak = find_outbreak(series.counts);
  if (!outbreak.found) return {};
  HistTally part = series.counts;
  part.counts.resize(outbreak.incidents.front().to);
  const OnsetPosterior onset = locate_onset(part, {{}, outbreak.dispersion, held_confidence});
  constexpr double rounding = 1e-6;
  return {true, in_buckets(onset.at),
          in_buckets(onset.from) <= series.onset + rounding &&
              series.onset <= in_buckets(onset.to) + rounding};
}

Answer three_sigma(const Series& series) {
  const auto rate = [&](std::size_t i) {
    const Counts& counts = series.counts.counts[i];
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
    if (rate(i) > mean + 3 * sigma) return {true, static_cast<double>(i), false};
  }
  return {};
}

struct Score {
  std::size_t found = 0;
  std::size_t covered = 0;
  std::vector<double> errors;
  void add(const Answer& answer, double onset) {
    if (!answer.found) return;
    ++found;
    covered += answer.covered ? 1 : 0;
    errors.push_back(std::abs(answer.onset - onset));
  }
  double median() {
    if (errors.empty()) return 0;
    std::nth_element(errors.begin(),
                     errors.begin() + static_cast<std::ptrdiff_t>(errors.size() / 2), errors.end());
    return errors[errors.size() / 2];
  }
};

double share(std::size_t part, std::size_t whole) {
  return whole > 0 ? 100 * static_cast<double>(part) / static_cast<double>(whole) : 0;
}

std::string measured(const Setting& setting, std::size_t runs, bool json) {
  Score ours;
  Score sigma;
  for (std::size_t run = 0; run < runs; ++run) {
    const Series series = simulated(setting, run + 1);
    ours.add(culprit_answer(series), series.onset);
    sigma.add(three_sigma(series), series.onset);
  }
  const bool quiet = setting.rise == 1;
  const double covered = share(ours.covered, ours.found);
  if (json) {
    return fmt::format(R"({{"setting":"{}","series":{},"found":{:.1f},"covered":{},"error":{},)"
                       R"("sigma_found":{:.1f},"sigma_error":{}}})",
                       setting.name, runs, share(ours.found, runs),
                       quiet ? "null" : fmt::format("{:.1f}", covered),
                       quiet ? "null" : fmt::format("{:.2f}", ours.median()),
                       share(sigma.found, runs),
                       quiet ? "null" : fmt::format("{:.2f}", sigma.median()));
  }
  const std::string name = fmt::format("{:38} {:8.1f}", setting.name, share(ours.found, runs));
  if (quiet)
    return fmt::format("{}                     {:11.1f}\n", name, share(sigma.found, runs));
  return fmt::format("{} {:9.1f} {:10.2f} {:11.1f} {:9.2f}\n", name, covered, ours.median(),
                     share(sigma.found, runs), sigma.median());
}

}  // namespace

int main(int count, char** words) {
  std::size_t runs = 1000;
  bool json = false;
  for (int i = 1; i < count; ++i) {
    json = json || std::strcmp(words[i], "--json") == 0;
    if (std::strcmp(words[i], "--series") == 0 && i + 1 < count) {
      runs = std::strtoul(words[i + 1], nullptr, 10);
    }
  }
  std::string text;
  for (const Setting& setting : settings) {
    if (json && !text.empty()) text += ",";
    text += measured(setting, runs, json);
  }
  if (json) {
    fmt::print("{{\"when\":[{}]}}\n", text);
    return 0;
  }
  fmt::print(
      "{} series a setting; the rule that never reports has 0 in every \"reported\"\n"
      "{:38} {:>8} {:>9} {:>10} {:>11} {:>9}\n{:38} {:>8} {:>9} {:>10} {:>11} {:>9}\n{}",
      runs, "", "culprit", "", "", "3 sigma", "", "", "reported", "covered", "off by", "reported",
      "off by", text);
  return 0;
}
