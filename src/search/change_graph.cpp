#include "search/change_graph.h"

#include <algorithm>

#include "base/verify.h"

namespace culprit {

ChangeGraph::ChangeGraph(std::vector<std::vector<Point>> parents)
    : parents_(std::move(parents)), children_(parents_.size()) {
  base_.reserve(size());
  begins_.reserve(size() + 1);
  std::vector<std::uint8_t> seen(size());
  for (Point at = 0; at < size(); ++at) {
    for (const Point parent : parents_[at]) {
      VERIFY(parent < at);
      children_[parent].push_back(at);
    }
    begins_.push_back(beyond_.size());
    find_beyond(at, seen);
  }
  begins_.push_back(beyond_.size());
}

ChangeGraph ChangeGraph::linear(std::size_t size) {
  std::vector<std::vector<Point>> parents(size);
  for (Point at = 1; at < size; ++at) parents[at] = {at - 1};
  return ChangeGraph(std::move(parents));
}

// The base is the parent with the most changes: what a merge brings beyond it is what came from
// the side, so that each change is listed about once in all.
void ChangeGraph::find_beyond(Point at, std::vector<std::uint8_t>& seen) {
  const auto& parents = parents_[at];
  if (parents.empty()) {
    base_.push_back(none);
    size_of_.push_back(1);
    return;
  }
  const Point base = *std::max_element(parents.begin(), parents.end(),
                                       [&](Point a, Point b) { return size_of_[a] < size_of_[b]; });
  base_.push_back(base);
  if (parents.size() > 1) {
    seen = changes_of(base);
    std::vector<Point> open(parents.begin(), parents.end());
    while (!open.empty()) {
      const Point one = open.back();
      open.pop_back();
      if (seen[one] != 0) continue;
      seen[one] = 1;
      beyond_.push_back(one);
      open.insert(open.end(), parents_[one].begin(), parents_[one].end());
    }
  }
  size_of_.push_back(size_of_[base] + 1 + beyond_.size() - begins_[at]);
}

std::vector<std::uint8_t> ChangeGraph::changes_of(Point at) const {
  std::vector<std::uint8_t> has(size());
  has[at] = 1;
  // Parents have lower numbers, so one pass downwards sees each before its parents.
  for (Point one = at + 1; one-- > 0;) {
    if (has[one] == 0) continue;
    for (const Point parent : parents_[one]) has[parent] = 1;
  }
  return has;
}

std::vector<double> ChangeGraph::sums(std::span<const double> values) const {
  VERIFY(values.size() == size());
  std::vector<double> sums(size());
  for (Point at = 0; at < size(); ++at) {
    double sum = values[at];
    if (base_[at] != none) sum += sums[base_[at]];
    for (std::size_t i = begins_[at]; i < begins_[at + 1]; ++i) sum += values[beyond_[i]];
    sums[at] = sum;
  }
  return sums;
}

}  // namespace culprit
