#include "store/embedded/block.h"

#include <algorithm>
#include <array>

#include "store/embedded/shard.h"

namespace culprit {
namespace {

constexpr std::size_t table_max = 255;  // distinct codes that still fit one byte

// Places of codes in a table of few, in order of first sight.
class Places {
 public:
  static constexpr std::uint32_t none = 0xFFFF'FFFFU;

  // none: there are too many.
  std::uint32_t of(Code code, std::vector<Code>& table) {
    std::size_t at = (code * 0x9E37'79B1U) >> (32 - slots_bits);
    while (slots_[at].number != 0 && slots_[at].code != code) at = (at + 1) % slots_max;
    if (slots_[at].number == 0) {
      if (table.size() >= table_max) return none;
      table.push_back(code);
      slots_[at] = {code, static_cast<std::uint32_t>(table.size())};
    }
    return slots_[at].number - 1;
  }

 private:
  static constexpr unsigned slots_bits = 10;
  static constexpr std::size_t slots_max = std::size_t{1} << slots_bits;
  struct Slot {
    Code code = 0;
    std::uint32_t number = 0;  // place + 1; 0: free
  };
  std::array<Slot, slots_max> slots_{};
};

// Codes by their places in the column's table, or themselves where the table would be too large.
void pack(std::span<const Code> codes, Column& column) {
  Places places;
  std::array<std::uint8_t, Block::rows_max> numbers;
  const std::size_t count = std::min(codes.size(), numbers.size());
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint32_t place = places.of(codes[i], column.table);
    if (place == Places::none) break;
    numbers[i] = static_cast<std::uint8_t>(place);
    if (i + 1 == codes.size()) {
      column.codes = Packed::of(std::span<const std::uint8_t>(numbers.data(), codes.size()));
      return;
    }
  }
  column.table.clear();
  column.codes = Packed::of(codes);
}

}  // namespace

void OpenColumn::make_room() {
  constexpr std::size_t least = 64;
  codes_.resize(std::max(least, codes_.size() * 2));
  rows_.resize(codes_.size());
}

bool OpenColumn::is_dense(std::size_t rows) const {
  if (size_ != rows) return false;
  std::size_t displaced = 0;
  for (std::size_t i = 0; i < size_; ++i) displaced |= rows_[i] ^ i;
  return displaced == 0;
}

Column OpenColumn::close(FieldId field, std::size_t rows) {
  const auto end = static_cast<std::ptrdiff_t>(size_);
  Column column;
  column.field = field;
  column.dense = is_dense(rows);
  if (!column.dense) column.rows.assign(rows_.begin(), rows_.begin() + end);
  pack({codes_.data(), size_}, column);
  column.table.shrink_to_fit();
  size_ = 0;
  return column;
}

const Column* Block::column(FieldId field) const {
  const auto found =
      std::lower_bound(columns.begin(), columns.end(), field,
                       [](const Column& column, FieldId wanted) { return column.field < wanted; });
  return found != columns.end() && found->field == field ? &*found : nullptr;
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
  OpenColumn open;
  for (const Column& column : block.columns) {
    for (std::size_t i = 0; i < column.size(); ++i) {
      if (keep[column.row(i)] != 0) open.add(row_of[column.row(i)], column.code(i));
    }
    if (!open.empty()) made.columns.push_back(open.close(column.field, made.rows()));
  }
  return made;
}

}  // namespace culprit
