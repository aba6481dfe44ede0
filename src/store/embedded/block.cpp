#include "store/embedded/block.h"

#include <algorithm>
#include <array>

#include "store/embedded/shard.h"

namespace culprit {
namespace {

constexpr std::size_t table_max = 255;  // distinct codes that still fit one byte

// The distinct codes of a column in order of first sight, unless there are too many.
// `numbers` receives each value's place in the table.
bool number_codes(const std::vector<Code>& codes, std::vector<Code>& table,
                  std::vector<std::uint32_t>& numbers) {
  constexpr std::size_t slots = 1024;
  std::array<std::uint16_t, slots> taken{};  // place + 1
  numbers.resize(codes.size());
  for (std::size_t i = 0; i < codes.size(); ++i) {
    std::size_t at = (codes[i] * 0x9E37'79B1U) >> 22;  // 10 bits
    while (taken[at] != 0 && table[taken[at] - 1U] != codes[i]) at = (at + 1) % slots;
    if (taken[at] == 0) {
      if (table.size() >= table_max) return false;
      table.push_back(codes[i]);
      taken[at] = static_cast<std::uint16_t>(table.size());
    }
    numbers[i] = taken[at] - 1U;
  }
  return true;
}

}  // namespace

const Column* Block::column(FieldId field) const {
  const auto found =
      std::lower_bound(columns.begin(), columns.end(), field,
                       [](const Column& column, FieldId wanted) { return column.field < wanted; });
  return found != columns.end() && found->field == field ? &*found : nullptr;
}

Column packed(FieldId field, std::vector<std::uint16_t> rows, const std::vector<Code>& codes,
              std::size_t block_rows) {
  Column column;
  column.field = field;
  column.dense = codes.size() == block_rows && rows.back() + 1U == block_rows &&
                 std::adjacent_find(rows.begin(), rows.end()) == rows.end();
  if (!column.dense) {
    column.rows = std::move(rows);
    column.rows.shrink_to_fit();
  }
  std::vector<std::uint32_t> numbers;
  if (number_codes(codes, column.table, numbers)) {
    column.codes = Packed::of(numbers);
  } else {
    column.table.clear();
    column.codes = Packed::of(codes);
  }
  return column;
}

Block filtered(const Block& block, const std::vector<std::uint8_t>& keep) {
  Block made;
  made.source = block.source;
  made.offset = block.offset;
  std::vector<std::uint16_t> row_of(block.rows());
  for (std::size_t row = 0; row < block.rows(); ++row) {
    if (keep[row] == 0) continue;
    row_of[row] = static_cast<std::uint16_t>(made.times.size());
    made.times.push_back(block.times[row]);
    made.unit_ids.push_back(block.unit_ids[row]);
    made.offsets.push_back(block.offsets[row]);
    made.skeletons.push_back(block.skeletons[row]);
    made.flags.push_back(block.flags[row]);
  }
  for (const Column& column : block.columns) {
    std::vector<std::uint16_t> rows;
    std::vector<Code> codes;
    for (std::size_t i = 0; i < column.size(); ++i) {
      if (keep[column.row(i)] == 0) continue;
      rows.push_back(row_of[column.row(i)]);
      codes.push_back(column.code(i));
    }
    if (codes.empty()) continue;
    made.columns.push_back(packed(column.field, std::move(rows), codes, made.rows()));
  }
  return made;
}

}  // namespace culprit
