// A simulated history in which one change makes a test fail more often, and what it costs to find.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <queue>
#include <vector>

#include "base/dice.h"
#include "search/change_search.h"

namespace culprit::bench {

struct RatePair {
  double good = 0;  // how often the test fails without the change,
  double bad = 1;   // and with it
};

inline double entropy_bits(double p) {
  return p <= 0 || p >= 1 ? 0 : -p * std::log2(p) - (1 - p) * std::log2(1 - p);
}
inline double divergence_bits(double p, double q) {
  const auto term = [](double a, double b) {
    return a <= 0 ? 0 : a * std::log2(a / std::max(b, 1e-12));
  };
  return term(p, q) + term(1 - p, 1 - q);
}

// Burnashev's bound (1976) on the tests that any method needs on average: capacity for telling
// where, divergence for being sure.
inline double burnashev(RatePair pair, double size, double doubt) {
  double capacity = 0;
  for (double share = 0.0005; share < 1; share += 0.0005) {
    const double mixed = share * pair.bad + (1 - share) * pair.good;
    capacity = std::max(capacity, entropy_bits(mixed) - share * entropy_bits(pair.bad) -
                                      (1 - share) * entropy_bits(pair.good));
  }
  const double sure =
      std::max(divergence_bits(pair.good, pair.bad), divergence_bits(pair.bad, pair.good));
  return std::log2(size) / capacity + std::log2(1 / doubt) / sure;
}

// git bisect that runs each test up to `repeats` times and calls it bad from `threshold` failures
// on, stopping early where that is settled: the best of all of these in hindsight, which no user
// knows. Tests on average, where it is right with the confidence; more than 1e9: none is.
struct Repeated {
  double tests = 1e9;
  double right = 0;
  int repeats = 0;
};
struct OneStep {
  double bad = 0;    // P(called bad)
  double tests = 0;  // on average
};
inline OneStep repeated_step(double rate, int repeats, int threshold) {
  // state: failures so far, by tests made
  std::vector<double> by_failures(static_cast<std::size_t>(threshold) + 1);
  by_failures[0] = 1;
  OneStep step;
  for (int made = 0; made < repeats; ++made) {
    std::vector<double> next(by_failures.size());
    for (int failed = 0; failed < threshold; ++failed) {
      const double here = by_failures[static_cast<std::size_t>(failed)];
      if (here == 0 || failed + repeats - made < threshold) continue;  // cannot become bad
      step.tests += here;
      next[static_cast<std::size_t>(failed)] += here * (1 - rate);
      if (failed + 1 == threshold) step.bad += here * rate;
      if (failed + 1 < threshold) next[static_cast<std::size_t>(failed) + 1] += here * rate;
    }
    by_failures = next;
  }
  return step;
}
inline Repeated best_repeated(RatePair pair, double size, double confidence) {
  const double steps = std::log2(size);
  Repeated best;
  for (int repeats = 1; repeats <= 120; ++repeats) {
    for (int threshold = 1; threshold <= repeats; ++threshold) {
      if (pair.good == 0 && threshold > 1) break;  // one failure is enough there
      const OneStep good = repeated_step(pair.good, repeats, threshold);
      const OneStep bad = repeated_step(pair.bad, repeats, threshold);
      const double right = std::pow((1 - good.bad) * bad.bad, steps / 2);
      const double tests = steps / 2 * (good.tests + bad.tests);
      if (right >= confidence && tests < best.tests) best = {tests, right, repeats};
    }
  }
  return best;
}

struct Simulation {
  RatePair pair;
  std::size_t size = 128;
  std::size_t seeds = 100;  // trials at each end that were made before; 0: one at each
  double confidence = 0.95;
  double build = 0;  // seconds, where a test takes one
  std::size_t builds_kept = 8;
  std::size_t workers = 1;
  double merges = 0;  // share of points that are merges
  double broken = 0;  // share of points that do not build, in runs
  enum class Choice : std::uint8_t { gain_per_second, greedy_with_rebuild };
  Choice choice = Choice::gain_per_second;
};

struct Simulated {
  double tests = 0;
  double ends = 0;  // tests at the ends before
  double seconds = 0;
  bool named = false;
  bool right = false;  // the change is named, or, where it is inside a broken run, in the set
};

// Mainline with side branches of one to eight commits that are merged, as pull requests are.
inline ChangeGraph history_of(const Simulation& simulation, Dice& dice) {
  if (simulation.merges == 0) return ChangeGraph::linear(simulation.size);
  std::vector<std::vector<Point>> parents;
  Point main = 0;
  parents.push_back({});
  while (parents.size() + 10 < simulation.size) {
    const Point fork = main;
    Point side = fork;
    // A merge a branch: of branches of `length` commits, one in length + 1 points is a merge.
    const std::size_t length =
        std::max<std::size_t>(1, static_cast<std::size_t>(std::lround(1 / simulation.merges - 1)));
    for (std::size_t i = 0; i < 1 + dice.below(2 * length - 1); ++i) {
      parents.push_back({side});
      side = static_cast<Point>(parents.size() - 1);
    }
    if (dice.below(3) == 0) {  // and the mainline went on meanwhile
      parents.push_back({main});
      main = static_cast<Point>(parents.size() - 1);
    }
    parents.push_back({main, side});
    main = static_cast<Point>(parents.size() - 1);
  }
  while (parents.size() < simulation.size) {
    parents.push_back({main});
    main = static_cast<Point>(parents.size() - 1);
  }
  return ChangeGraph(std::move(parents));
}

inline std::vector<std::uint8_t> broken_points(const Simulation& simulation, Dice& dice) {
  std::vector<std::uint8_t> broken(simulation.size);
  if (simulation.broken == 0) return broken;
  constexpr double run = 8;  // commits until it is mended, on average
  const double begins = simulation.broken / run / (1 - simulation.broken);
  bool now = false;
  for (std::uint8_t& one : broken) {
    now = now ? dice.uniform() >= 1 / run : dice.uniform() < begins;
    one = now ? 1 : 0;
  }
  broken.back() = 0;  // BAD itself was seen to fail
  return broken;
}

class Bisection {
 public:
  Bisection(const Simulation& simulation, std::uint64_t seed)
      : simulation_(simulation),
        dice_(seed),
        graph_(history_of(simulation, dice_)),
        broken_(broken_points(simulation, dice_)),
        culprit_(static_cast<Point>(dice_.below(simulation.size))) {
    ChangeSearch::Options options;
    options.confidence = simulation.confidence;
    calibrate(options);
    search_.emplace(graph_, std::vector<double>{}, options);
    has_.resize(graph_.size());
    for (Point at = 0; at < graph_.size(); ++at) has_[at] = graph_.has(at, culprit_) ? 1 : 0;
  }

  Simulated run() {
    double now = 0;
    std::vector<Running> running;
    for (std::size_t guard = 0; guard < 20'000; ++guard) {
      for (const Point at : choose(running)) running.push_back({at, now + seconds_at(at)});
      if (running.empty()) break;
      now = std::min_element(running.begin(), running.end(), [](auto& a, auto& b) {
              return a.ends < b.ends;
            })->ends;
      for (const Running& one : running) {
        if (one.ends <= now) finish(one.at);
      }
      std::erase_if(running, [&](const Running& one) { return one.ends <= now; });
      if (search_->state() != ChangeSearch::State::searching) break;
    }
    done_.seconds = now;
    done_.named = search_->state() == ChangeSearch::State::found;
    done_.right = done_.named && search_->likeliest() == culprit_;
    if (search_->state() == ChangeSearch::State::stuck) {
      const auto set = search_->credible_set(simulation_.confidence);
      done_.right = std::find(set.begin(), set.end(), culprit_) != set.end();
    }
    return done_;
  }

 private:
  struct Running {
    Point at;
    double ends;
  };

  bool fails(double rate) { return dice_.uniform() < rate; }

  void calibrate(ChangeSearch::Options& options) {
    const std::size_t each = std::max<std::size_t>(simulation_.seeds, 1);
    for (std::size_t i = 0; i < each; ++i) {
      (fails(simulation_.pair.good) ? options.at_good.bad : options.at_good.good) += 1;
      (fails(simulation_.pair.bad) ? options.at_bad.bad : options.at_bad.good) += 1;
    }
    // Nobody begins before BAD was seen to fail.
    for (int i = 0; i < 1000 && options.at_bad.bad == 0; ++i) {
      (fails(simulation_.pair.bad) ? options.at_bad.bad : options.at_bad.good) += 1;
    }
    done_.ends = options.at_good.total() + options.at_bad.total();
  }

  void finish(Point at) {
    ++done_.tests;
    keep_built(at);
    search_->tell(at, observed(at));
  }

  std::vector<Point> choose(const std::vector<Running>& running) const {
    std::vector<Point> at;
    for (const Running& one : running) at.push_back(one.at);
    ChangeCosts costs;
    if (simulation_.build > 0 && simulation_.choice == Simulation::Choice::gain_per_second) {
      costs.build.assign(graph_.size() + 1, simulation_.build);
      for (const Point one : kept_) costs.build[one] = 0;
    }
    return search_->ask_for(simulation_.workers - running.size(), costs, at);
  }

  double seconds_at(Point at) const {
    const bool kept = std::find(kept_.begin(), kept_.end(), at) != kept_.end();
    return 1 + (kept ? 0 : simulation_.build);
  }

  void keep_built(Point at) {
    std::erase(kept_, at);
    kept_.push_back(at);
    const std::size_t room =
        simulation_.choice == Simulation::Choice::gain_per_second ? simulation_.builds_kept : 1;
    if (kept_.size() > room) kept_.erase(kept_.begin());
  }

  Observation observed(Point at) {
    if (at < broken_.size() && broken_[at] != 0) return Observation::broken;
    return fails(at < has_.size() && has_[at] != 0 ? simulation_.pair.bad : simulation_.pair.good)
               ? Observation::bad
               : Observation::good;
  }

  const Simulation& simulation_;
  Dice dice_;
  ChangeGraph graph_;
  std::vector<std::uint8_t> broken_;
  Point culprit_;
  std::vector<std::uint8_t> has_;
  std::vector<Point> kept_;
  std::optional<ChangeSearch> search_;
  Simulated done_;
};

}  // namespace culprit::bench
