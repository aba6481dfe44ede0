#include "search/testability.h"

#include <cmath>
#include <limits>
#include <span>

namespace culprit {
namespace {

constexpr std::size_t unjudged_max = 3;  // without one judged: it never will be
constexpr std::size_t far = std::numeric_limits<std::size_t>::max();

enum class Towards : std::uint8_t { children, parents };

struct Nearest {
  std::size_t steps = far;
  bool broken = false;
};

// Of each point: the nearest one that was seen, on one side of it. What lies behind that one says
// nothing more, since the state is a chain.
std::vector<Nearest> nearest(const ChangeGraph& graph, std::span<const Point> broken,
                             std::span<const Point> works, Towards towards) {
  std::vector<Nearest> all(graph.size());
  std::vector<Point> open;
  for (const Point at : broken) all[at] = {0, true}, open.push_back(at);
  for (const Point at : works) all[at] = {0, false}, open.push_back(at);
  for (std::size_t i = 0; i < open.size(); ++i) {
    const Point at = open[i];
    const auto next = towards == Towards::children ? graph.children(at) : graph.parents(at);
    for (const Point one : next) {
      if (all[one].steps != far) continue;
      all[one] = {all[at].steps + 1, all[at].broken};
      open.push_back(one);
    }
  }
  return all;
}

// By how much the odds that a point is broken change when one so many steps away is.
double odds_of_broken(std::size_t steps) {
  if (steps == far) return 1;
  const double memory = std::pow(1 - 1 / Testability::run_length, static_cast<double>(steps));
  const double from_broken = Testability::broken_share + (1 - Testability::broken_share) * memory;
  const double from_working = Testability::broken_share * (1 - memory);
  return from_broken / from_working;
}
double odds_of_working(std::size_t steps) {
  if (steps == far) return 1;
  const double memory = std::pow(1 - 1 / Testability::run_length, static_cast<double>(steps));
  return (1 - Testability::broken_share) * (1 - memory) /
         (1 - Testability::broken_share + Testability::broken_share * memory);
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
  const auto before = nearest(graph, broken_, works_, Towards::children);
  const auto after = nearest(graph, broken_, works_, Towards::parents);
  const auto odds_of = [](const Nearest& one) {
    return one.broken ? odds_of_broken(one.steps) : odds_of_working(one.steps);
  };
  for (Point at = 0; at < graph.size(); ++at) {
    const Counts& counts = counts_[at];
    const double judged = static_cast<double>(counts.judged + 1);
    double works = judged / (judged + static_cast<double>(counts.unjudged));
    if (counts.judged == 0 && !broken_.empty()) {
      const double odds = Testability::broken_share / (1 - Testability::broken_share) *
                          odds_of(before[at]) * odds_of(after[at]);
      works /= 1 + odds;
    }
    probability_[at] = hopeless_[at] != 0 ? 0 : works;
  }
}

}  // namespace culprit
