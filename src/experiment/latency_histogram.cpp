#include "experiment/latency_histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>

namespace culprit {
namespace {

constexpr std::int64_t latency_min = 1'000;              // ns
constexpr std::int64_t latency_max = 3'600'000'000'000;  // ns

}  // namespace

LatencyHistogram::Place LatencyHistogram::place_of(std::int64_t latency) {
  const auto bounded = static_cast<std::uint64_t>(std::clamp(latency, latency_min, latency_max));
  const int shift = std::max(static_cast<int>(std::bit_width(bounded)) - 1 - cell_bits, -1);
  if (shift < 0) return {0, bounded};
  return {static_cast<std::size_t>(shift) + 1, (bounded >> shift) & ((1U << cell_bits) - 1)};
}

LatencyHistogram::Cell LatencyHistogram::cell_at(Place place) {
  if (place.power == 0) {
    const auto from = static_cast<std::int64_t>(place.cell);
    return {Duration(from), Duration(from + 1), 0};
  }
  const int shift = static_cast<int>(place.power) - 1;
  const std::int64_t from = ((std::int64_t{1} << cell_bits) + static_cast<std::int64_t>(place.cell))
                            << shift;
  return {Duration(from), Duration(from + (std::int64_t{1} << shift)), 0};
}

void LatencyHistogram::add(Duration latency) {
  const Place place = place_of(latency.count());
  std::vector<std::uint64_t>& cells = counts_[place.power];
  if (cells.empty()) cells.resize(std::size_t{1} << cell_bits);
  ++cells[place.cell];
  least_ = count_ == 0 ? latency : std::min(least_, latency);
  greatest_ = std::max(greatest_, latency);
  sum_ += static_cast<double>(latency.count());
  ++count_;
}

void LatencyHistogram::add(const LatencyHistogram& other) {
  if (other.count_ == 0) return;
  for (std::size_t power = 0; power < counts_.size(); ++power) {
    if (other.counts_[power].empty()) continue;
    counts_[power].resize(std::size_t{1} << cell_bits);
    std::transform(counts_[power].begin(), counts_[power].end(), other.counts_[power].begin(),
                   counts_[power].begin(), std::plus<>());
  }
  least_ = count_ == 0 ? other.least_ : std::min(least_, other.least_);
  greatest_ = std::max(greatest_, other.greatest_);
  sum_ += other.sum_;
  count_ += other.count_;
}

Duration LatencyHistogram::mean() const {
  return count_ == 0 ? Duration::zero()
                     : Duration(std::llround(sum_ / static_cast<double>(count_)));
}

Duration LatencyHistogram::quantile(double share) const {
  if (count_ == 0) return Duration::zero();
  const double wanted = std::ceil(std::clamp(share, 0.0, 1.0) * static_cast<double>(count_));
  const auto rank = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(wanted));
  if (rank >= count_) return greatest_;
  std::uint64_t seen = 0;
  for (const Cell& cell : cells()) {
    seen += cell.count;
    if (seen >= rank) return std::clamp(cell.from + (cell.to - cell.from) / 2, least_, greatest_);
  }
  return greatest_;
}

std::vector<LatencyHistogram::Cell> LatencyHistogram::cells() const {
  std::vector<Cell> found;
  for (std::size_t power = 0; power < counts_.size(); ++power) {
    for (std::size_t cell = 0; cell < counts_[power].size(); ++cell) {
      if (counts_[power][cell] == 0) continue;
      found.push_back(cell_at({power, cell}));
      found.back().count = counts_[power][cell];
    }
  }
  return found;
}

}  // namespace culprit
