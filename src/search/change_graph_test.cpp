#include "search/change_graph.h"

#include <doctest/doctest.h>

#include <functional>
#include <set>

#include "base/dice.h"

namespace culprit {
namespace {

// The naive reference: walks to all ancestors.
std::set<Point> walked(const std::vector<std::vector<Point>>& parents, Point at) {
  std::set<Point> seen;
  const std::function<void(Point)> walk = [&](Point one) {
    if (!seen.insert(one).second) return;
    for (const Point parent : parents[one]) walk(parent);
  };
  walk(at);
  return seen;
}

std::vector<std::vector<Point>> tangled(std::size_t size, Dice& dice) {
  std::vector<std::vector<Point>> parents(size);
  for (Point at = 1; at < size; ++at) {
    const std::uint64_t count = dice.below(4);  // roots, chains, merges, octopuses
    for (std::uint64_t i = 0; i < count; ++i) {
      parents[at].push_back(static_cast<Point>(dice.below(at)));
    }
  }
  return parents;
}

}  // namespace

TEST_CASE("a merge has what both of its parents have") {
  const ChangeGraph graph({{}, {0}, {0}, {1, 2}, {3}});
  CHECK(graph.has(3, 1));
  CHECK(graph.has(3, 2));
  CHECK(!graph.has(2, 1));
  CHECK(graph.children(0).size() == 2);
  const std::vector<double> one(5, 1);
  CHECK(graph.sums(one) == std::vector<double>{1, 2, 2, 4, 5});
}

TEST_CASE("sums over any history are those of a walk to all ancestors") {
  Dice dice(7);
  for (int round = 0; round < 200; ++round) {
    const std::size_t size = 1 + dice.below(60);
    const auto parents = tangled(size, dice);
    const ChangeGraph graph(parents);
    std::vector<double> values(size);
    for (double& value : values) value = static_cast<double>(dice.below(1000));
    const std::vector<double> sums = graph.sums(values);
    for (Point at = 0; at < size; ++at) {
      double sum = 0;
      const std::set<Point> all = walked(parents, at);
      for (const Point one : all) sum += values[one];
      REQUIRE(sums[at] == sum);
      const auto has = graph.changes_of(at);
      for (Point one = 0; one < size; ++one) REQUIRE((has[one] != 0) == all.contains(one));
    }
  }
}

}  // namespace culprit
