#include "search/testability.h"

#include <cmath>
#include <limits>
#include <span>

namespace culprit {
namespace {

// How much of a history is broken before anything was seen, and how many commits a run of it has.
// Longer than most are: from a broken point the next one is then looked for well away from it,
// which took 14.2 tests of a certain search where 10 commits took 14.8 (bench/accuracy_bisect.cpp).
constexpr double broken_share = 0.1;
constexpr double run_length = 20;
constexpr std::size_t unjudged_max = 3;  // without one judged: it never will be
constexpr std::size_t far = std::numeric_limits<std::size_t>::max();

// Of each point: how many steps it is from the nearest of these, along parents and children.
std::vector<std::size_t> distances(const ChangeGraph& graph, std::span<const Point> from) {
  std::vector<std::size_t> steps(graph.size(), far);
  std::vector<Point> open(from.begin(), from.end());
  for (const Point at : from) steps[at] = 0;
  for (std::size_t i = 0; i < open.size(); ++i) {
    const Point at = open[i];
    const auto reach = [&](std::span<const Point> next) {
      for (const Point one : next) {
        if (steps[one] != far) continue;
        steps[one] = steps[at] + 1;
        open.push_back(one);
      }
    };
    reach(graph.parents(at));
    reach(graph.children(at));
  }
  return steps;
}

// By how much the odds that a point is broken change when one so many steps away is.
double odds_of_broken(std::size_t steps) {
  if (steps == far) return 1;
  const double memory = std::pow(1 - 1 / run_length, static_cast<double>(steps));
  const double from_broken = broken_share + (1 - broken_share) * memory;
  const double from_working = broken_share * (1 - memory);
  return from_broken / from_working;
}
double odds_of_working(std::size_t steps) {
  if (steps == far) return 1;
  const double memory = std::pow(1 - 1 / run_length, static_cast<double>(steps));
  return (1 - broken_share) * (1 - memory) / (1 - broken_share + broken_share * memory);
}

}  // namespace

Testability::Testability(std::size_t size)
    : counts_(size), probability_(size, 1), hopeless_(size) {}

void Testability::tell(const ChangeGraph& graph, Point at, Seen seen) {
  Counts& counts = counts_[at];
  if (seen == Seen::judged && counts.judged++ == 0) works_.push_back(at);
  if (seen == Seen::unjudged) ++counts.unjudged;
  if (seen == Seen::broken && !counts.broken) {
    counts.broken = true;
    broken_.push_back(at);
    give_up(at);
  }
  if (counts.judged == 0 && counts.unjudged >= unjudged_max) give_up(at);
  // While all builds, as it mostly does, nothing has to be weighed.
  if (!broken_.empty() || counts.unjudged > 0) weigh(graph);
}

void Testability::give_up(Point at) {
  if (hopeless_[at] != 0) return;
  hopeless_[at] = 1;
  ++hopeless_count_;
}

void Testability::weigh(const ChangeGraph& graph) {
  const auto to_broken = distances(graph, broken_);
  const auto to_working = distances(graph, works_);
  for (Point at = 0; at < graph.size(); ++at) {
    const Counts& counts = counts_[at];
    const double judged = static_cast<double>(counts.judged + 1);
    double works = judged / (judged + static_cast<double>(counts.unjudged));
    if (counts.judged == 0 && !broken_.empty()) {
      const double odds = broken_share / (1 - broken_share) * odds_of_broken(to_broken[at]) *
                          odds_of_working(to_working[at]);
      works /= 1 + odds;
    }
    probability_[at] = hopeless_[at] != 0 ? 0 : works;
  }
}

}  // namespace culprit
