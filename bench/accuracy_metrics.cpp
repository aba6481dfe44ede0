// Which metric moved first: how often is that told right, how often without cause, and how fast?
//
// Simulated incidents have one series that moves first, others that follow one to twenty scrapes
// later, others that share the cause's noise but do not move, and innocents: daily cycles, hourly
// jobs, trends, spikes, restarts, moves hours before. Counters and gauges, scraped every 5 to 60 s
// at phases of their own, with missing points. Beside it stand the first crossing of three sigma
// and the largest robust score (BARO's RobustScorer: median and IQR before, given the time); both
// get rates. An oracle that knows when each series moved, but for what a scrape cannot tell, shows
// how often scrapes alone leave it open. Followers move a scrape later at least, so there is one
// first mover, and only naming that one counts. Tuned on seeds 1, 4, 5 and 6. Usage:
// accuracy_metrics [--json] [--incidents N] [--seed N] [--check]
#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <numbers>
#include <random>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "contrast/first_mover.h"
#include "workbench/side_by_side.h"

namespace culprit {
namespace {

using Dice = std::mt19937_64;

double uniform(Dice& dice, double from, double to) {
  return from + (to - from) * static_cast<double>(dice() >> 11) * 0x1p-53;
}
double normal(Dice& dice) {
  const double radius = std::sqrt(-2 * std::log(uniform(dice, 1e-300, 1)));
  return radius * std::cos(2 * std::numbers::pi * uniform(dice, 0, 1));
}
double log_uniform(Dice& dice, double from, double to) {
  return std::exp(uniform(dice, std::log(from), std::log(to)));
}
std::size_t one_of(Dice& dice, std::size_t count) { return dice() % count; }

enum class Noise { white, alike, heavy, spikes, multiplied, count };
enum class Drift { none, daily, trend, hourly, moved_before, shared, count };

// One series as it is to be: a level that may move, and what disturbs it.
struct Plan {
  double step = 15;
  double onset = 1e18;  // seconds; none
  double ramp = 0;      // seconds
  double size = 0;      // in deviations for gauges, a factor of the rate for counters
  bool counter = false;
  Noise noise = Noise::white;
  Drift drift = Drift::none;
  double drift_size = 0;
  double drift_at = 0;  // a phase, or when it moved before
};

struct Scene {
  std::vector<MetricSeries> series;
  double onset = 0;  // of the first mover
  double step = 15;
  double nearest_lag = 1e18;
  std::vector<MetricOnset> censored;  // what scrapes alone tell of each mover; the first one first
  FirstMoverOptions options;
};

constexpr Time epoch = from_nanoseconds(1'763'640'000'000'000'000);  // 2025-11-20T12:00Z
Time time_at(double second) { return epoch + from_seconds(second); }

double moved(const Plan& plan, double at) {
  if (at < plan.onset) return 0;
  return plan.ramp > 0 ? std::min(1.0, (at - plan.onset) / plan.ramp) : 1;
}

// The integral of moved(): what a counter has counted of it.
double area(const Plan& plan, double at) {
  const double since = at - plan.onset;
  if (since <= 0) return 0;
  return since < plan.ramp ? since * since / (2 * plan.ramp) : since - plan.ramp / 2;
}

double drift(const Plan& plan, double at, double shared) {
  constexpr double day = 86'400;
  switch (plan.drift) {
    case Drift::daily:
      return plan.drift_size * std::sin(2 * std::numbers::pi * (at / day + plan.drift_at));
    case Drift::trend: return plan.drift_size * at / 20'000;
    case Drift::hourly:
      return std::fmod(at + plan.drift_at * 3600, 3600) < 240 ? plan.drift_size : 0;
    case Drift::moved_before: return at >= plan.drift_at ? plan.drift_size : 0;
    case Drift::shared: return 2 * shared;
    default: return 0;
  }
}

double noise(const Plan& plan, double& last, Dice& dice) {
  switch (plan.noise) {
    case Noise::alike: last = 0.8 * last + 0.6 * normal(dice); return last;
    case Noise::heavy: {
      double squares = 0;
      for (int i = 0; i < 3; ++i) squares += std::pow(normal(dice), 2);
      return normal(dice) / std::sqrt(squares / 3);
    }
    case Noise::spikes: return normal(dice) + (one_of(dice, 100) == 0 ? uniform(dice, -30, 30) : 0);
    default: return normal(dice);
  }
}

// Slow noise that several series of a scene share, at each second that is a multiple of five.
std::vector<double> shared_noise(double seconds, Dice& dice) {
  std::vector<double> values(static_cast<std::size_t>(seconds / 5) + 2);
  double last = 0;
  for (double& value : values) value = last = 0.98 * last + 0.2 * normal(dice);
  return values;
}

// A count per second: about 100 between two scrapes, scattered as independent events are.
double grown(const Plan& plan, double from, double to, double shared, Dice& dice) {
  const double rate = 120 / plan.step;
  const double share = (area(plan, to) - area(plan, from)) / (to - from);
  double level = 1 + (plan.size - 1) * share;
  level *= std::max(0.2, 1 + 0.04 * drift(plan, to, shared));
  const double mean = rate * level * (to - from);
  const double over = plan.noise == Noise::heavy ? 2.5 : 1;
  double count = mean + std::sqrt(mean) * over * normal(dice);
  if (plan.noise == Noise::spikes && one_of(dice, 150) == 0) count *= uniform(dice, 2, 6);
  return std::max(0.0, std::round(count));
}

MetricSeries made(const Plan& plan, double length, const std::vector<double>& shared, Dice& dice) {
  MetricSeries series;
  series.name = plan.counter ? "made_total" : "made";
  series.kind = plan.counter ? MetricKind::counter : MetricKind::gauge;
  const double missing = uniform(dice, 0, 1) < 0.3 ? 0.04 : 0.002;
  double gap_from = uniform(dice, 0, 1) < 0.15 ? uniform(dice, 0, length) : 1e18;
  const double restart = uniform(dice, 0, 1) < 0.2 ? uniform(dice, 0, length) : 1e18;
  const double base = plan.counter ? 0 : log_uniform(dice, 5, 500);
  const double scale = base * (plan.noise == Noise::multiplied ? 0.08 : 0.05);
  double last = 0;
  double count = uniform(dice, 0, 1e6);
  double before = 0;
  for (double at = uniform(dice, 0, plan.step); at < length; at += plan.step) {
    const double common = shared[static_cast<std::size_t>(at / 5)];
    double value = 0;
    if (plan.counter) {
      if (before < restart && at >= restart) count = 0;
      value = count += grown(plan, before, at, common, dice);
    } else {
      const double level = plan.size * moved(plan, at) + drift(plan, at, common);
      value = plan.noise == Noise::multiplied
                  ? (base + scale * level) * std::exp(0.08 * normal(dice))
                  : base + scale * (level + noise(plan, last, dice));
    }
    before = at;
    if (uniform(dice, 0, 1) < missing || (at > gap_from && at < gap_from + 12 * plan.step))
      continue;
    series.times.push_back(time_at(at));
    series.values.push_back(value);
  }
  return series;
}

Plan quiet_plan(double scene_step, double onset, Dice& dice) {
  constexpr std::array<double, 5> steps{5, 10, 15, 30, 60};
  Plan plan;
  plan.step = uniform(dice, 0, 1) < 0.75 ? scene_step : steps[one_of(dice, steps.size())];
  plan.counter = one_of(dice, 2) == 0;
  plan.noise = static_cast<Noise>(one_of(dice, static_cast<std::size_t>(Noise::count)));
  plan.drift = static_cast<Drift>(one_of(dice, static_cast<std::size_t>(Drift::count)));
  plan.drift_size = uniform(dice, 3, 12) * (one_of(dice, 2) == 0 ? 1 : -1);
  if (plan.drift == Drift::hourly) plan.drift_size = std::abs(plan.drift_size);
  plan.drift_at = plan.drift == Drift::moved_before ? onset - uniform(dice, 3'600, 14'000)
                                                    : uniform(dice, 0, 1);
  return plan;
}

Plan moving_plan(double scene_step, double at, Dice& dice) {
  Plan plan = quiet_plan(scene_step, at, dice);
  plan.step = scene_step;
  if (plan.drift == Drift::hourly || plan.drift == Drift::moved_before) plan.drift = Drift::none;
  plan.drift_size /= 2;
  plan.onset = at;
  plan.ramp = uniform(dice, 0, 1) < 0.3 ? scene_step * uniform(dice, 2, 10) : 0;
  plan.size = plan.counter ? log_uniform(dice, 1.7, 6)
                           : log_uniform(dice, 5, 25) * (one_of(dice, 3) == 0 ? -1 : 1);
  if (plan.noise == Noise::multiplied) plan.size = std::abs(plan.size);
  return plan;
}

// Between the last scrape before the move and the first one behind it.
MetricOnset censored(const MetricSeries& series, double onset) {
  const MetricSamples samples = samples_of(series, epoch);
  const std::size_t at = std::min(samples.index_at(onset), samples.size() - 1);
  MetricOnset known;
  known.cells.push_back({samples.from[at], samples.to[at], 1});
  return known;
}

Scene scene_of(std::uint64_t seed, bool happens) {
  constexpr std::array<double, 5> steps{5, 10, 15, 30, 60};
  Dice dice(seed);
  Scene scene;
  scene.step = steps[one_of(dice, steps.size())];
  const double length = std::max(6 * 3600.0, 900 * scene.step);
  scene.onset = length * uniform(dice, 0.72, 0.97);
  const std::vector<double> shared = shared_noise(length, dice);
  const std::size_t movers = happens ? 4 + one_of(dice, 7) : 0;
  for (std::size_t i = 0; i < movers; ++i) {
    const double lag = i == 0 ? 0 : scene.step * log_uniform(dice, 1, 20);
    if (i > 0) scene.nearest_lag = std::min(scene.nearest_lag, lag / scene.step);
    const Plan plan = moving_plan(scene.step, scene.onset + lag, dice);
    scene.series.push_back(made(plan, length, shared, dice));
    scene.series.back().labels = {{"role", i == 0 ? "first" : "follows"}};
    scene.censored.push_back(censored(scene.series.back(), scene.onset + lag));
  }
  for (std::size_t i = 0; i < 30; ++i) {
    scene.series.push_back(made(quiet_plan(scene.step, scene.onset, dice), length, shared, dice));
    scene.series.back().labels = {{"role", "quiet"}};
  }
  std::shuffle(scene.series.begin(), scene.series.end(), dice);
  const double errors = scene.onset + uniform(dice, 0, 180);
  const double sure = uniform(dice, 2, 30);
  OnsetPosterior told;
  told.from = time_at(errors - sure);
  told.at = time_at(errors);
  told.to = time_at(errors + sure);
  scene.options.errors = told;
  return scene;
}

std::string role(const Scene& scene, std::size_t series) {
  return scene.series[series].labels.front().second;
}

// ---- baselines

struct Sides {
  std::vector<double> before;
  std::vector<double> after;
  std::vector<double> at;  // of `after`
};

Sides sides_of(const Scene& scene, std::size_t series, double gap) {
  const MetricSamples samples = samples_of(scene.series[series], epoch);
  const double cut = seconds(scene.options.errors->at - epoch) - gap;
  Sides sides;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    if (samples.to[i] < cut && samples.to[i] > cut - 7'200)
      sides.before.push_back(samples.value[i]);
    if (samples.to[i] >= cut && samples.to[i] < cut + 3'600) {
      sides.after.push_back(samples.value[i]);
      sides.at.push_back(samples.to[i]);
    }
  }
  return sides;
}

// The series that is the first to leave three standard deviations, from half an hour before on.
std::size_t first_crossing(const Scene& scene) {
  std::size_t first = 0;
  double earliest = 1e18;
  for (std::size_t i = 0; i < scene.series.size(); ++i) {
    const Sides sides = sides_of(scene, i, 1'800);
    double mean = 0, square = 0;
    for (const double value : sides.before) mean += value;
    mean /= static_cast<double>(std::max<std::size_t>(sides.before.size(), 1));
    for (const double value : sides.before) square += (value - mean) * (value - mean);
    const double deviation =
        std::sqrt(square / static_cast<double>(std::max<std::size_t>(sides.before.size(), 1)));
    for (std::size_t k = 0; k < sides.after.size(); ++k) {
      if (std::abs(sides.after[k] - mean) <= 3 * deviation) continue;
      if (sides.at[k] < earliest) {
        earliest = sides.at[k];
        first = i;
      }
      break;
    }
  }
  return first;
}

std::size_t largest_score(const Scene& scene) {
  std::size_t largest = 0;
  double most = -1;
  for (std::size_t i = 0; i < scene.series.size(); ++i) {
    Sides sides = sides_of(scene, i, 300);
    if (sides.before.size() < 4) continue;
    std::sort(sides.before.begin(), sides.before.end());
    const std::size_t count = sides.before.size();
    const double middle = sides.before[count / 2];
    const double range = sides.before[count * 3 / 4] - sides.before[count / 4];
    for (const double value : sides.after) {
      const double score = std::abs(value - middle) / std::max(range, 1e-9);
      if (score > most) {
        most = score;
        largest = i;
      }
    }
  }
  return largest;
}

// ---- measuring

struct Score {
  int incidents = 0;
  int first = 0;        // the true first mover is ranked first,
  int first_alone = 0;  // and where the logs told nothing
  int crossing = 0;
  int robust = 0;
  int oracle = 0;
  int covered = 0;  // its 95 % interval holds its onset
  int told = 0;     // it is among the movers
  double sure = 0;  // sum of p_first of what is ranked first
  int quiet = 0;
  int quiet_moved = 0;
  int near = 0;  // incidents whose first follower lags less than two scrapes,
  int near_first = 0;
  int missed_by_quiet = 0;  // wrong because a series that did not move came first
};

void measure(Score& score, const Scene& scene, std::uint64_t seed, const char* verbose) {
  const FirstMovers answer = first_movers(scene.series, scene.options);
  const bool right = !answer.moves.empty() && role(scene, answer.moves.front().series) == "first";
  ++score.incidents;
  score.first += right;
  score.near += scene.nearest_lag < 2;
  score.near_first += scene.nearest_lag < 2 && right;
  score.crossing += role(scene, first_crossing(scene)) == "first";
  score.robust += role(scene, largest_score(scene)) == "first";
  const std::vector<double> known = precedence(scene.censored);
  score.oracle += std::max_element(known.begin(), known.end()) == known.begin();
  if (!answer.moves.empty()) {
    score.sure += answer.moves.front().p_first;
    score.missed_by_quiet += role(scene, answer.moves.front().series) == "quiet";
  }
  for (const MetricMove& move : answer.moves) {
    if (role(scene, move.series) != "first") continue;
    ++score.told;
    const Time onset = time_at(scene.onset);
    score.covered += move.from <= onset && onset <= move.to;
  }
  FirstMoverOptions alone;
  const FirstMovers without = first_movers(scene.series, alone);
  score.first_alone +=
      !without.moves.empty() && role(scene, without.moves.front().series) == "first";
  if (verbose == nullptr || right) return;
  fmt::print("seed {} step {} lag {:.1f} onset {:.0f}\n", seed, scene.step, scene.nearest_lag,
             scene.onset);
  for (const MetricMove& move : answer.moves) {
    fmt::print(
        "   {:8} p_first {:.3f} p {:.3f} from {:+.1f} at {:+.1f} to {:+.1f} ramp {:.2f} z {:.1f} "
        "{}\n",
        role(scene, move.series), move.p_first, move.probability,
        seconds(move.from - epoch) - scene.onset, seconds(move.at - epoch) - scene.onset,
        seconds(move.to - epoch) - scene.onset, move.ramp, move.effect, move.is_rate);
  }
}

void measure_quiet(Score& score, const Scene& scene) {
  const FirstMovers answer = first_movers(scene.series, scene.options);
  score.quiet += static_cast<int>(scene.series.size());
  score.quiet_moved += static_cast<int>(answer.moves.size());
}

// 500 series of 1,440 points, a tenth of which move; the best of several runs counts.
double milliseconds(const FirstMoverOptions& options, const std::vector<MetricSeries>& series) {
  double best = 1e18;
  for (int round = 0; round < 7; ++round) {
    const auto begin = std::chrono::steady_clock::now();
    const FirstMovers answer = first_movers(series, options);
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
    if (!answer.moves.empty()) best = std::min(best, took.count());
  }
  return best;
}

struct Speed {
  double given = 0;
  double alone = 0;
};

Speed speed() {
  Dice dice(7);
  constexpr double step = 60;
  constexpr double length = 1'440 * step;
  constexpr double onset = 0.9 * length;
  const std::vector<double> shared = shared_noise(length, dice);
  std::vector<MetricSeries> series;
  for (std::size_t i = 0; i < 500; ++i) {
    Plan plan = i % 10 == 0 ? moving_plan(step, onset + static_cast<double>(i), dice)
                            : quiet_plan(step, onset, dice);
    plan.step = step;
    series.push_back(made(plan, length, shared, dice));
  }
  FirstMoverOptions options;
  options.for_each = side_by_side;
  const double alone = milliseconds(options, series);
  OnsetPosterior told;
  told.from = time_at(onset);
  told.at = told.to = time_at(onset + 60);
  options.errors = told;
  return {milliseconds(options, series), alone};
}

double share(int part, int whole) { return whole > 0 ? 1.0 * part / whole : 0; }

void print(const Score& score, const Speed& fast, bool json) {
  const double first = share(score.first, score.incidents);
  if (json) {
    fmt::print(
        R"({{"incidents":{},"first":{:.4f},"first_without_logs":{:.4f},"three_sigma":{:.4f},)"
        R"("robust_scorer":{:.4f},"oracle":{:.4f},"told":{:.4f},"covered":{:.4f},)"
        R"("mean_p_first":{:.4f},"false_movers":{:.5f},)"
        R"("ms_500_series":{:.2f},"ms_500_series_without_logs":{:.2f}}})"
        "\n",
        score.incidents, first, share(score.first_alone, score.incidents),
        share(score.crossing, score.incidents), share(score.robust, score.incidents),
        share(score.oracle, score.incidents), share(score.told, score.incidents),
        share(score.covered, score.told), score.sure / std::max(1, score.incidents),
        share(score.quiet_moved, score.quiet), fast.given, fast.alone);
    return;
  }
  const auto percent = [](double part) { return fmt::format("{:5.1f} %", 100 * part); };
  fmt::print("metrics: {} incidents\n", score.incidents);
  fmt::print("  first mover ranked first       {}  (goal 90 %)\n", percent(first));
  fmt::print("    nearest follower < 2 scrapes {}  of {}\n",
             percent(share(score.near_first, score.near)), score.near);
  fmt::print("    without the logs' onset      {}\n",
             percent(share(score.first_alone, score.incidents)));
  fmt::print("    3-sigma first crossing       {}\n",
             percent(share(score.crossing, score.incidents)));
  fmt::print("    largest robust score         {}\n",
             percent(share(score.robust, score.incidents)));
  fmt::print("    oracle, censored to scrapes  {}\n",
             percent(share(score.oracle, score.incidents)));
  fmt::print("  mean probability told          {}\n",
             percent(score.sure / std::max(1, score.incidents)));
  fmt::print("  first mover found moving       {}\n", percent(share(score.told, score.incidents)));
  fmt::print("  onset in its 95 % interval     {}\n", percent(share(score.covered, score.told)));
  fmt::print("  wrong: one that did not move   {}\n",
             percent(share(score.missed_by_quiet, score.incidents)));
  fmt::print("  false movers, quiet series     {}  of {}\n",
             percent(share(score.quiet_moved, score.quiet)), score.quiet);
  fmt::print(
      "  500 series of 1,440 points     {:.1f} ms on two threads (goal 50); without the logs' "
      "onset {:.1f} ms\n",
      fast.given, fast.alone);
}

int run(int count, char** arguments) {
  bool json = false, check = false;
  int incidents = 600;
  std::uint64_t seed = 2;
  for (int i = 1; i < count; ++i) {
    json |= std::strcmp(arguments[i], "--json") == 0;
    check |= std::strcmp(arguments[i], "--check") == 0;
    if (std::strcmp(arguments[i], "--incidents") == 0 && i + 1 < count) {
      incidents = std::atoi(arguments[++i]);
    } else if (std::strcmp(arguments[i], "--seed") == 0 && i + 1 < count) {
      seed = static_cast<std::uint64_t>(std::atoll(arguments[++i]));
    }
  }
  Score score;
  for (int i = 0; i < incidents; ++i) {
    const std::uint64_t own = seed * 100'000 + static_cast<std::uint64_t>(i);
    measure(score, scene_of(own, true), own, std::getenv("ACCURACY_VERBOSE"));
    measure_quiet(score, scene_of(own + 50'000, false));
  }
  print(score, speed(), json);
  // Floors, since few incidents scatter: 90 % less two deviations of eighty.
  const bool good = share(score.first, score.incidents) >= 0.83 &&
                    share(score.covered, score.told) >= 0.85 &&
                    share(score.quiet_moved, score.quiet) <= 0.02;
  return check && !good ? EXIT_FAILURE : EXIT_SUCCESS;
}

}  // namespace
}  // namespace culprit

int main(int count, char** arguments) { return culprit::run(count, arguments); }
