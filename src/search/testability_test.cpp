#include "search/testability.h"

#include <vector>

#include <doctest/doctest.h>

#include "base/dice.h"

namespace culprit {

TEST_CASE("what does not build speaks of its neighbours, the less the farther") {
  const ChangeGraph graph = ChangeGraph::linear(60);
  Testability points(graph.size());
  CHECK(points.probability(10) == 1);
  points.tell(graph, 10, Testability::Seen::broken);
  CHECK(points.probability(10) == 0);
  CHECK(points.hopeless(10));
  CHECK(points.probability(11) < 0.2);
  CHECK(points.probability(14) > points.probability(11));
  CHECK(points.probability(59) > 0.8);
  points.tell(graph, 12, Testability::Seen::judged);
  CHECK(points.probability(12) == 1);
  CHECK(points.probability(13) > 0.7);
}

// Of a line of points, from all of its states one by one.
std::vector<double> naive_probabilities(std::size_t size, const std::vector<int>& seen) {
  constexpr double share = Testability::broken_share;
  constexpr double memory = 1 - 1 / Testability::run_length;
  std::vector<double> works(size);
  double all = 0;
  for (std::size_t states = 0; states < std::size_t{1} << size; ++states) {
    const auto broken = [&](std::size_t at) { return (states >> at & 1) != 0; };
    double weight = broken(0) ? share : 1 - share;
    for (std::size_t at = 1; at < size; ++at) {
      const double here = broken(at) ? share : 1 - share;
      weight *= broken(at) == broken(at - 1) ? here + (1 - here) * memory : here * (1 - memory);
    }
    for (std::size_t at = 0; at < size; ++at) {
      if (seen[at] >= 0 && broken(at) != (seen[at] == 0)) weight = 0;
    }
    all += weight;
    for (std::size_t at = 0; at < size; ++at) works[at] += broken(at) ? 0 : weight;
  }
  for (double& one : works) one /= all;
  return works;
}

TEST_CASE("along a line the probabilities are those of a chain, whatever was seen") {
  Dice dice(1);
  constexpr std::size_t size = 11;
  const ChangeGraph graph = ChangeGraph::linear(size);
  for (int round = 0; round < 100; ++round) {
    CAPTURE(round);
    Testability points(size);
    std::vector<int> seen(size, -1);  // 0: does not build, 1: works
    const std::size_t first = dice.below(size);
    seen[first] = 0;
    points.tell(graph, static_cast<Point>(first), Testability::Seen::broken);
    for (std::size_t i = 0; i < dice.below(5); ++i) {
      const std::size_t at = dice.below(size);
      if (seen[at] >= 0) continue;
      seen[at] = static_cast<int>(dice.below(2));
      points.tell(graph, static_cast<Point>(at),
                  seen[at] == 0 ? Testability::Seen::broken : Testability::Seen::judged);
    }
    const std::vector<double> expected = naive_probabilities(size, seen);
    for (Point at = 0; at < size; ++at)
      CHECK(points.probability(at) == doctest::Approx(expected[at]).epsilon(1e-9));
  }
}

TEST_CASE("a point that cannot be judged again and again is given up, one that once was is not") {
  const ChangeGraph graph = ChangeGraph::linear(4);
  Testability points(graph.size());
  points.tell(graph, 2, Testability::Seen::judged);
  for (int i = 0; i < 3; ++i) {
    points.tell(graph, 1, Testability::Seen::unjudged);
    points.tell(graph, 2, Testability::Seen::unjudged);
  }
  CHECK(points.hopeless(1));
  CHECK(!points.hopeless(2));
  CHECK(points.probability(2) == doctest::Approx(2.0 / 5));
  CHECK(points.hopeless_count() == 1);
}

}  // namespace culprit
