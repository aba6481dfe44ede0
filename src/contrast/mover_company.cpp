#include "contrast/mover_company.h"

#include <algorithm>
#include <cmath>

namespace culprit {
namespace {

constexpr double far_share = 0.05;  // of movers that lead or follow far from the others
// Moves of innocents are small: of those that did not move in simulated incidents half had an
// effect below 3.3 deviations, of those that did one in twenty had one below 4.9.
constexpr double effect_even = 4.5;  // at which both are as likely
constexpr double effect_scale = 0.7;
constexpr double errors_weight = 2;  // the errors' onset counts as that many movers
constexpr double reach_least = 45;   // seconds in which company is near
constexpr double grid_seconds = 5;

// Mass up to each place of an even grid.
class Cumulated {
 public:
  Cumulated(double from, double to)
      : from_(from), sums_(static_cast<std::size_t>((to - from) / grid_seconds) + 2, 0) {}

  void add(const OnsetCell& cell, double weight) {
    const double first = place(cell.from);
    const double last = std::max(place(cell.to), first + 1e-9);
    for (auto i = static_cast<std::size_t>(first); i < sums_.size(); ++i) {
      const auto left = static_cast<double>(i);
      if (left >= last) break;
      const double share = std::min(last, left + 1) - std::max(first, left);
      sums_[i] += weight * cell.mass * share / (last - first);
    }
  }
  void sum_up() {
    for (std::size_t i = 1; i < sums_.size(); ++i) sums_[i] += sums_[i - 1];
  }
  // Between two seconds.
  double between(double from, double to) const { return up_to(to) - up_to(from); }

 private:
  double place(double second) const {
    return std::clamp((second - from_) / grid_seconds, 0.0, static_cast<double>(sums_.size() - 1));
  }
  double up_to(double second) const {
    const double at = place(second);
    const auto whole = static_cast<std::size_t>(at);
    const double before = whole == 0 ? 0 : sums_[whole - 1];
    return before + (at - static_cast<double>(whole)) * (sums_[whole] - before);
  }

  double from_;
  std::vector<double> sums_;
};

Cumulated everyone(std::span<const Mover> movers, const OnsetCell& errors) {
  double from = errors.from;
  double to = errors.to;
  for (const Mover& mover : movers) {
    if (mover.onset.cells.empty()) continue;
    from = std::min(from, mover.onset.cells.front().from);
    to = std::max(to, mover.onset.cells.back().to);
  }
  Cumulated all(from, std::min(to, from + 7 * 86'400));
  for (const Mover& mover : movers) {
    for (const OnsetCell& cell : mover.onset.cells) all.add(cell, mover.probability);
  }
  all.add(errors, errors_weight);
  all.sum_up();
  return all;
}

// Of one posterior, between two seconds.
class Own {
 public:
  explicit Own(const MetricOnset& onset) : cells_(onset.cells) {
    double sum = 0;
    for (const OnsetCell& cell : cells_) sums_.push_back(sum += cell.mass);
  }
  double between(double from, double to) const { return up_to(to) - up_to(from); }

 private:
  double up_to(double second) const {
    const auto behind = std::partition_point(
        cells_.begin(), cells_.end(), [&](const OnsetCell& cell) { return cell.to <= second; });
    const auto index = static_cast<std::size_t>(behind - cells_.begin());
    const double before = index == 0 ? 0 : sums_[index - 1];
    if (behind == cells_.end() || behind->from >= second) return before;
    return before + behind->mass * (second - behind->from) / (behind->to - behind->from);
  }

  const std::vector<OnsetCell>& cells_;
  std::vector<double> sums_;
};

// The probability that a move of this size is the incident's.
double concerned(const MetricOnset& onset) {
  const double effect = std::abs(onset.after - onset.before) / std::max(onset.scatter, 1e-300);
  return 1 / (1 + std::exp(-(effect - effect_even) / effect_scale));
}

}  // namespace

std::vector<MetricOnset> in_company(std::span<const Mover> all_movers, const OnsetCell& errors,
                                    double span) {
  std::vector<MetricOnset> onsets;
  std::vector<Mover> movers(all_movers.begin(), all_movers.end());
  for (Mover& mover : movers) mover.probability *= concerned(mover.onset);
  const Cumulated all = everyone(movers, errors);
  double weights = errors_weight;
  for (const Mover& mover : movers) weights += mover.probability;
  for (const Mover& mover : movers) {
    MetricOnset onset = mover.onset;
    const Own own(mover.onset);
    const double others = std::max(1e-9, weights - mover.probability);
    double together = 0;
    for (OnsetCell& cell : onset.cells) {
      const double from = cell.from - reach_least;
      const double to = cell.to + reach_least;
      const double near = all.between(from, to) - mover.probability * own.between(from, to);
      // As often as if all of the span were alike.
      const double density = std::max(0.0, near) / others * span / (to - from);
      cell.mass *= far_share + (1 - far_share) * density;
      together += cell.mass;
    }
    const double odds = mover.probability / std::max(1e-12, 1 - mover.probability);
    const double part = odds * together / (odds * together + 1);
    for (OnsetCell& cell : onset.cells) cell.mass *= together > 0 ? part / together : 0;
    onsets.push_back(std::move(onset));
  }
  return onsets;
}

}  // namespace culprit
