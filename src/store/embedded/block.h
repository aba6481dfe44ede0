// A Block is up to 65,535 consecutive events of one source as columns.
//
// A column holds (row, Code) pairs in row order; most fields stand on every row once and then the
// rows are implied. Codes are packed through a small table of the distinct ones. A field that a
// line repeats (an array) has several pairs for that row.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/time.h"
#include "event/event.h"
#include "event/tally.h"
#include "store/embedded/code.h"
#include "store/embedded/packed.h"

namespace culprit {

using FieldId = std::uint16_t;
constexpr FieldId no_field = 0xFFFF;

struct Column {
  FieldId field = 0;
  bool dense = false;               // pair i is of row i
  std::vector<std::uint16_t> rows;  // else: of each pair
  std::vector<Code> table;          // the distinct codes; empty: `codes` are the Codes themselves,
  Code base = 0;                    // less this one
  Packed codes;

  std::size_t size() const { return codes.size(); }
  std::uint32_t row(std::size_t i) const { return dense ? static_cast<std::uint32_t>(i) : rows[i]; }
  Code code(std::size_t i) const { return table.empty() ? base + codes[i] : table[codes[i]]; }
};

// Calls loop(codes) with something that yields pair i's place in the table, or what it has beyond
// `base`, by codes[i], so that the loop is compiled once for each width.
template <typename Loop>
void with_codes(const Column& column, Loop loop) {
  switch (column.codes.width()) {
    case 1: return loop(column.codes.data());
    case 2: return loop(column.codes.as<std::uint16_t>());
    case 4: return loop(column.codes.as<std::uint32_t>());
    default: return loop(column.codes);
  }
}

// Instants of rows: how many steps, of a nanosecond to a second, behind the earliest. Two to four
// bytes a row; where they lie too far apart for that, eight.
class Times {
 public:
  Times() = default;
  explicit Times(std::vector<std::int64_t> times);  // nanoseconds; no_time's count: none
  // As they were taken apart by the accessors below.
  Times(std::int64_t before, std::int64_t step, Packed steps)
      : size_(steps.size()), before_(before), step_(step), steps_(std::move(steps)) {}

  std::size_t size() const { return size_; }
  std::int64_t operator[](std::size_t row) const {
    if (!apart_.empty()) return apart_[row];
    const std::uint32_t steps = steps_[row];
    return steps == 0 ? nanoseconds(no_time) : before_ + step_ * std::int64_t{steps};
  }
  std::int64_t before() const { return before_; }
  std::int64_t step() const { return step_; }
  const Packed& steps() const { return steps_; }
  const std::vector<std::int64_t>& apart() const { return apart_; }

 private:
  std::size_t size_ = 0;
  std::int64_t before_ = 0;  // a step before the earliest
  std::int64_t step_ = 1;
  Packed steps_;  // 0: none
  std::vector<std::int64_t> apart_;
};

// The number that each row has, of few: a byte or two a row.
class RowNumbers {
 public:
  RowNumbers() = default;
  explicit RowNumbers(std::span<const std::uint32_t> numbers);
  std::size_t size() const { return places_.size(); }
  std::uint32_t operator[](std::size_t row) const { return table_[places_[row]]; }
  std::span<const std::uint32_t> numbers() const { return table_; }  // each that occurs
  // From here on, `number` is to be `made[number]`.
  void renumber(const std::vector<std::uint32_t>& made) {
    for (std::uint32_t& number : table_) number = made[number];
  }

 private:
  std::vector<std::uint32_t> table_;  // the distinct ones
  Packed places_;
};

// A column that is being written, row by row.
class OpenColumn {
 public:
  // `row` is never less than that of the value before.
  void add(std::uint16_t row, Code code) {
    if (size_ == codes_.size()) [[unlikely]]
      make_room();
    rows_[size_] = row;
    codes_[size_++] = code;
  }
  // Room for some values more, to be filled by a loop and taken back.
  struct Room {
    std::uint16_t* rows;
    Code* codes;
    std::size_t size = 0;
    void add(std::uint16_t row, Code code) {
      rows[size] = row;
      codes[size++] = code;
    }
  };
  Room room(std::size_t values) {
    while (codes_.size() - size_ < values) make_room();
    return {rows_.data() + size_, codes_.data() + size_};
  }
  void take(const Room& filled) { size_ += filled.size; }
  bool empty() const { return size_ == 0; }
  // As part of a block of so many rows. Leaves an empty column, which keeps its memory.
  Column close(FieldId field, std::size_t rows);

 private:
  void make_room();
  bool is_dense(std::size_t rows) const;

  std::size_t size_ = 0;
  std::vector<std::uint16_t> rows_;
  std::vector<Code> codes_;
};

// What a row says besides its fields.
enum RowFlag : std::uint8_t {
  level_mask = 7,       // Level
  row_bad = 8,          // satisfies the given `bad`
  row_good = 16,        // satisfies the given `good`
  row_suspicious = 32,  // could be what makes its unit fail: never sampled away
};

constexpr std::uint32_t no_unit = 0xFFFF'FFFFU;

struct Block {
  static constexpr std::size_t rows_max = 65'535;

  std::uint32_t source = 0;
  std::uint64_t offset = 0;  // of the chunk in its source
  Times times;
  std::vector<std::uint64_t> unit_ids;  // hash of the correlation id; 0: none. Freed after joining
  std::vector<std::uint32_t> units;     // index of the unit, or no_unit
  std::uint32_t units_before = 0;       // that many have a row in an earlier block
  std::uint32_t units_to = 0;           // that many in this or an earlier one
  std::uint32_t unit_least = no_unit;   // of the rows
  std::vector<std::uint32_t> offsets;   // of the line, from `offset`
  RowNumbers skeletons;                 // index of the skeleton; 0: no message
  std::vector<std::uint8_t> flags;
  std::vector<Column> columns;  // by field

  std::size_t rows() const { return times.size(); }
  Place place(std::size_t row) const { return {source, offset + offsets[row]}; }
  Level level(std::size_t row) const { return static_cast<Level>(flags[row] & level_mask); }
  const Column* column(FieldId field) const;
};

// The rows of a block that is being written, but for their fields.
struct OpenRows {
  std::vector<std::int64_t> times;
  std::vector<std::uint64_t> unit_ids;
  std::vector<std::uint32_t> offsets;
  std::vector<std::uint32_t> skeletons;
  std::vector<std::uint8_t> flags;

  std::size_t size() const { return times.size(); }
  // Hands them on to a block, and keeps the memory.
  void close(Block& block);
};

}  // namespace culprit
