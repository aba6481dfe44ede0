// Testability is how likely each point of a history can be tested at all.
//
// What does not build comes in runs: a commit breaks it, a later one mends it. So the state of a
// point is a chain of two states along the history, and what was seen at one point speaks of
// another the less the farther it is: given the nearest that was seen on either side, exactly.
// (The nearest broken one and the nearest other one, on whichever side, took 14.7 tests of a
// certain search where this takes 12.3, and 10.0 where all builds; bench/accuracy_bisect.cpp.)
// A point that was told to be broken stays so. What ran and could not be judged counts against its
// own point only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "search/change_graph.h"

namespace culprit {

class Testability {
 public:
  enum class Seen : std::uint8_t { broken, judged, unjudged };

  // Before anything was seen: how much of a history does not build, and how many commits a run of
  // that has, on average.
  static constexpr double broken_share = 0.1;
  static constexpr double run_length = 10;

  explicit Testability(std::size_t size);
  void tell(const ChangeGraph& graph, Point at, Seen seen);

  double probability(Point at) const { return probability_[at]; }
  bool hopeless(Point at) const { return hopeless_[at] != 0; }  // no use to try
  std::size_t hopeless_count() const { return hopeless_count_; }

 private:
  struct Counts {
    std::size_t judged = 0;
    std::size_t unjudged = 0;
    bool broken = false;
  };
  void give_up(Point at);
  void weigh(const ChangeGraph& graph);

  std::vector<Counts> counts_;
  std::vector<double> probability_;
  std::vector<std::uint8_t> hopeless_;
  std::vector<Point> broken_;
  std::vector<Point> works_;
  std::size_t hopeless_count_ = 0;
};

}  // namespace culprit
