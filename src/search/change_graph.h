// A ChangeGraph holds which changes each point of a history has: itself and all its ancestors.
//
// Points are numbered so that parents come before children; only those in question (in BAD, not in
// GOOD) are here, so a parent outside is left out. For every point the graph knows one parent, its
// base, and what it has beyond that parent's: a sum over the changes of every point then takes one
// pass (a linear history: n steps), where a table of ancestors takes n * n bits and as many steps.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace culprit {

using Point = std::uint32_t;

class ChangeGraph {
 public:
  // `parents[i]` are points below i.
  explicit ChangeGraph(std::vector<std::vector<Point>> parents);
  static ChangeGraph linear(std::size_t size);

  std::size_t size() const { return parents_.size(); }
  std::span<const Point> parents(Point at) const { return parents_[at]; }
  std::span<const Point> children(Point at) const { return children_[at]; }

  // Of each point: 1 where `at` has it, `at` itself too.
  std::vector<std::uint8_t> changes_of(Point at) const;
  bool has(Point at, Point change) const { return changes_of(at)[change] != 0; }
  // For each point: the sum of `values` over the changes that it has.
  std::vector<double> sums(std::span<const double> values) const;

 private:
  static constexpr Point none = 0xffffffff;
  void find_beyond(Point at, std::vector<std::uint8_t>& seen);

  std::vector<std::vector<Point>> parents_;
  std::vector<std::vector<Point>> children_;
  std::vector<Point> base_;           // none: it has no parent here
  std::vector<std::size_t> size_of_;  // how many changes each has
  std::vector<std::size_t> begins_;   // of each in beyond_; one more at the end
  std::vector<Point> beyond_;         // changes that a point has and its base has not, less itself
};

}  // namespace culprit
