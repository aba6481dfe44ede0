#include <algorithm>
#include <optional>

#include "store/embedded/evidence.h"

namespace culprit {
namespace {

// Unit numbers by id, in order of first sight. Open addressing: one probe a row.
class UnitTable {
 public:
  explicit UnitTable(std::size_t expected) {
    std::size_t size = 64;
    while (size < expected + expected / 4) size *= 2;
    slots_.resize(size);
  }
  // The table is far larger than any cache: what will be asked for soon is fetched meanwhile.
  void prepare(std::uint64_t id) const { __builtin_prefetch(&slots_[slot_of(id)]); }
  // The same of what the slot leads to, when the slot itself has come.
  void prepare_id(std::uint64_t id) const {
    const std::uint32_t number = slots_[slot_of(id)];
    if (number > 0) __builtin_prefetch(&ids_[number - 1]);
  }
  std::uint32_t number(std::uint64_t id) {
    std::size_t at = slot_of(id);
    while (slots_[at] != 0 && ids_[slots_[at] - 1] != id) at = (at + 1) & (slots_.size() - 1);
    if (slots_[at] == 0) {
      ids_.push_back(id);
      slots_[at] = static_cast<std::uint32_t>(ids_.size());
    }
    return slots_[at] - 1;
  }
  // Of a unit that can be met no more.
  std::uint32_t add(std::uint64_t id) {
    ids_.push_back(id);
    return static_cast<std::uint32_t>(ids_.size()) - 1;
  }
  const std::vector<std::uint64_t>& ids() const { return ids_; }
  std::vector<std::uint64_t> take_ids() { return std::move(ids_); }

 private:
  std::size_t slot_of(std::uint64_t id) const {
    return (id * 0x9E37'79B9'7F4A'7C15ULL >> 20) & (slots_.size() - 1);
  }

  std::vector<std::uint32_t> slots_;  // number + 1; 0: free
  std::vector<std::uint64_t> ids_;    // by number
};

// The numbers of units of one source's index, as they come up.
class IndexedNumbers {
 public:
  explicit IndexedNumbers(const IndexedUnits& units) : units_(units), made_(units.count, no_unit) {}

  // `fresh` gives the number of a unit that is not known yet: by its id, where it has one.
  template <typename Fresh>
  std::uint32_t number(std::uint32_t unit, Fresh fresh) {
    std::uint32_t& made = made_[unit];
    if (made == no_unit) made = fresh(units_.ids.empty() ? 0 : units_.ids[unit]);
    return made;
  }

 private:
  const IndexedUnits& units_;
  std::vector<std::uint32_t> made_;
};

std::size_t rows_with_unit(const Evidence& evidence) {
  std::size_t rows = 0;
  for (const Block& block : evidence.blocks) {
    rows += static_cast<std::size_t>(std::count_if(block.unit_ids.begin(), block.unit_ids.end(),
                                                   [](std::uint64_t id) { return id != 0; }));
  }
  return rows;
}

// Each line is a unit of its own.
std::uint32_t number_lines(Evidence& evidence) {
  std::uint32_t count = 0;
  for (Block& block : evidence.blocks) {
    block.units_before = count;
    block.units.resize(block.rows());
    for (std::uint32_t& unit : block.units) unit = count++;
    block.unit_least = block.units_before;
    block.units_to = count;
    block.unit_ids = {};
  }
  return count;
}

// `mask`: of the bytes of ids that are known of all units.
void number_read(Block& block, UnitTable& table, std::uint64_t mask) {
  constexpr std::size_t ahead = 16;  // rows between asking for memory and needing it
  block.units.resize(block.rows(), no_unit);
  for (std::size_t row = 0; row < block.rows(); ++row) {
    if (row + 2 * ahead < block.rows()) table.prepare(block.unit_ids[row + 2 * ahead] & mask);
    if (row + ahead < block.rows()) table.prepare_id(block.unit_ids[row + ahead] & mask);
    if (block.unit_ids[row] != 0) block.units[row] = table.number(block.unit_ids[row] & mask);
  }
  block.unit_ids = {};
}

void number_indexed(Block& block, IndexedNumbers& numbers, UnitTable& table, std::uint64_t mask) {
  for (std::uint32_t& unit : block.units) {
    if (unit == no_unit) continue;
    unit = numbers.number(
        unit, [&](std::uint64_t id) { return id == 0 ? table.add(0) : table.number(id & mask); });
  }
}

// Gives every row its unit's number, in the order of the rows.
std::uint32_t number_units(Evidence& evidence) {
  if (evidence.schema.unit.fields.empty()) return number_lines(evidence);
  std::size_t expected = rows_with_unit(evidence);
  std::uint64_t mask = UINT64_MAX;
  std::vector<std::optional<IndexedNumbers>> indexed(evidence.sources.size());
  for (const IndexedUnits& units : evidence.indexed_units) {
    expected += units.ids.size();
    if (!units.ids.empty()) mask &= id_mask(units.id_bytes);
    indexed[units.source].emplace(units);
  }
  UnitTable table(expected);
  for (Block& block : evidence.blocks) {
    block.units_before = static_cast<std::uint32_t>(table.ids().size());
    const bool read = block.unit_ids.size() == block.rows();
    read ? number_read(block, table, mask)
         : number_indexed(block, *indexed[block.source], table, mask);
    block.units_to = static_cast<std::uint32_t>(table.ids().size());
    for (const std::uint32_t unit : block.units) {
      block.unit_least = std::min(block.unit_least, unit);
    }
  }
  const auto count = static_cast<std::uint32_t>(table.ids().size());
  if (!evidence.parts.empty()) evidence.unit_ids = table.take_ids();
  evidence.indexed_units.clear();
  return count;
}

}  // namespace

void join_units(Evidence& evidence) {
  Units& units = evidence.units;
  const std::uint32_t count = number_units(evidence);
  units.starts.assign(count, INT64_MAX);
  units.shifts.assign(count, 0);
  units.outcomes.assign(count, -1);
  const Sampling sampling = evidence.sampling;
  std::vector<std::uint8_t> suspicious(count, 0);
  for (const Block& block : evidence.blocks) {
    for (std::size_t row = 0; row < block.rows(); ++row) {
      const std::uint32_t unit = block.units[row];
      if (unit == no_unit) continue;
      if (block.times[row] != nanoseconds(no_time)) {
        units.starts[unit] = std::min(units.starts[unit], block.times[row]);
      }
      if ((block.flags[row] & row_suspicious) != 0) suspicious[unit] = 1;
    }
  }
  for (std::uint32_t unit = 0; unit < count; ++unit) {
    if (units.starts[unit] == INT64_MAX) units.starts[unit] = nanoseconds(no_time);
    const unsigned shift = suspicious[unit] != 0 ? sampling.failing_shift : sampling.shift;
    units.shifts[unit] = static_cast<std::uint8_t>(shift);
  }
}

}  // namespace culprit
