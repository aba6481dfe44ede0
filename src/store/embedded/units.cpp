#include <algorithm>
#include <numeric>

#include "store/embedded/evidence.h"

namespace culprit {
namespace {

// Unit numbers by id, in order of first sight. Open addressing: one probe a row.
class UnitTable {
 public:
  explicit UnitTable(std::size_t expected) {
    std::size_t size = 64;
    while (size < expected * 2) size *= 2;
    ids_.resize(size);
    numbers_.resize(size);
  }
  std::uint32_t number(std::uint64_t id) {
    std::size_t at = (id * 0x9E37'79B9'7F4A'7C15ULL >> 20) & (ids_.size() - 1);
    while (ids_[at] != 0 && ids_[at] != id) at = (at + 1) & (ids_.size() - 1);
    if (ids_[at] == 0) {
      ids_[at] = id;
      numbers_[at] = count_++;
    }
    return numbers_[at];
  }
  std::uint32_t count() const { return count_; }

 private:
  std::vector<std::uint64_t> ids_;
  std::vector<std::uint32_t> numbers_;
  std::uint32_t count_ = 0;
};

std::size_t rows_with_unit(const Evidence& evidence) {
  std::size_t rows = 0;
  for (const Block& block : evidence.blocks) {
    rows += static_cast<std::size_t>(std::count_if(block.unit_ids.begin(), block.unit_ids.end(),
                                                   [](std::uint64_t id) { return id != 0; }));
  }
  return rows;
}

// Gives every row its unit's number.
std::uint32_t number_units(Evidence& evidence) {
  UnitTable table(rows_with_unit(evidence));
  std::uint32_t base = 0;
  for (Block& block : evidence.blocks) {
    evidence.row_bases.push_back(base);
    base += static_cast<std::uint32_t>(block.rows());
    block.units.resize(block.rows(), no_unit);
    for (std::size_t row = 0; row < block.rows(); ++row) {
      if (block.unit_ids[row] != 0) block.units[row] = table.number(block.unit_ids[row]);
    }
  }
  evidence.row_bases.push_back(base);
  return table.count();
}

// Lists each unit's rows by counting, then puts each list into time order.
void list_rows(Evidence& evidence) {
  Units& units = evidence.units;
  for (const Block& block : evidence.blocks) {
    for (const std::uint32_t unit : block.units) {
      if (unit != no_unit) ++units.first_row[unit + 1];
    }
  }
  std::partial_sum(units.first_row.begin(), units.first_row.end(), units.first_row.begin());
  units.rows.resize(units.first_row.back());
  std::vector<std::uint32_t> next(units.first_row.begin(), units.first_row.end() - 1);
  for (std::size_t b = 0; b < evidence.blocks.size(); ++b) {
    const Block& block = evidence.blocks[b];
    for (std::size_t row = 0; row < block.rows(); ++row) {
      if (block.units[row] == no_unit) continue;
      units.rows[next[block.units[row]]++] =
          evidence.row_bases[b] + static_cast<std::uint32_t>(row);
    }
  }
}

std::int64_t time_of(const Evidence& evidence, std::uint32_t row) {
  const std::size_t b = evidence.block_of(row);
  return evidence.blocks[b].times[row - evidence.row_bases[b]];
}

void sort_rows(Evidence& evidence) {
  Units& units = evidence.units;
  for (std::size_t unit = 0; unit < units.size(); ++unit) {
    const auto from = units.rows.begin() + units.first_row[unit];
    const auto to = units.rows.begin() + units.first_row[unit + 1];
    if (to - from < 2) continue;
    std::stable_sort(from, to, [&](std::uint32_t a, std::uint32_t b) {
      return time_of(evidence, a) < time_of(evidence, b);
    });
  }
}

}  // namespace

void join_units(Evidence& evidence) {
  Units& units = evidence.units;
  const std::uint32_t count = number_units(evidence);
  units.starts.assign(count, INT64_MAX);
  units.first_row.assign(std::size_t{count} + 1, 0);
  units.sampled.assign(count, 0);
  units.outcomes.assign(count, -1);
  const bool sampled = evidence.sampling.shift > 0;
  std::vector<std::uint8_t> suspicious(count, 0);
  for (Block& block : evidence.blocks) {
    for (std::size_t row = 0; row < block.rows(); ++row) {
      const std::uint32_t unit = block.units[row];
      if (unit == no_unit) continue;
      if (block.times[row] != nanoseconds(no_time)) {
        units.starts[unit] = std::min(units.starts[unit], block.times[row]);
      }
      if ((block.flags[row] & row_suspicious) != 0) suspicious[unit] = 1;
    }
    block.unit_ids = {};
  }
  for (std::uint32_t unit = 0; unit < count; ++unit) {
    if (units.starts[unit] == INT64_MAX) units.starts[unit] = nanoseconds(no_time);
    units.sampled[unit] = sampled && suspicious[unit] == 0 ? 1 : 0;
  }
  list_rows(evidence);
  sort_rows(evidence);
}

}  // namespace culprit
