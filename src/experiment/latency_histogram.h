// A LatencyHistogram counts durations, each to three significant digits, in memory that does not
// grow with their number.
//
// Log-linear: every power of two of nanoseconds is cut into 1,024 cells of one width, so a cell is
// at most a 1,024th of the durations in it. What is below 1 us or above 1 h counts in the outermost
// cells; the least and the greatest are kept exactly. A power of two takes memory (8 KiB) once
// something falls into it: a run meets five to ten of them. Two histograms add up to that of all
// their durations, so each thread keeps its own.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/time.h"

namespace culprit {

class LatencyHistogram {
 public:
  struct Cell {
    Duration from{};
    Duration to{};  // where the next begins
    std::uint64_t count = 0;
  };

  void add(Duration latency);
  void add(const LatencyHistogram& other);

  std::uint64_t count() const { return count_; }
  Duration least() const { return least_; }  // of none: zero
  Duration greatest() const { return greatest_; }
  Duration mean() const;
  // The duration that a share of all do not exceed, 0 to 1; of none: zero.
  Duration quantile(double share) const;
  std::vector<Cell> cells() const;  // those with a count, ascending

 private:
  static constexpr int cell_bits = 10;
  static constexpr int powers = 33;  // below 2^10 ns, then each power to 2^42 ns, which is 73 min
  struct Place {
    std::size_t power = 0;
    std::size_t cell = 0;
  };
  static Place place_of(std::int64_t latency);
  static Cell cell_at(Place place);

  std::array<std::vector<std::uint64_t>, powers> counts_;
  std::uint64_t count_ = 0;
  double sum_ = 0;  // nanoseconds
  Duration least_{};
  Duration greatest_{};
};

}  // namespace culprit
