#include "search/testability.h"

#include <doctest/doctest.h>

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
