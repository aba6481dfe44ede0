// How a Block is written into an Index and made again of it, row for row.
//
// What repeats is left out: times and places are distances, units are told by how long ago they
// began, and a value is written only where it is not the one that its unit had last in the block.
// A log of 24 fields takes five to seven bytes a line so.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "store/embedded/block.h"
#include "store/embedded/index_bytes.h"

namespace culprit {

// Ascending, each once.
std::vector<Code> distinct_codes(const Column& column);

// Where in a block each row's unit was last: its value there is what the row's is compared with.
class RowUnits {
 public:
  // Of a block's rows, as write_rows() has them.
  RowUnits(std::span<const std::uint32_t> units, std::uint32_t units_before);
  std::size_t rows() const { return row_before_.size(); }
  // The unit's last row before; the row itself: it is fresh, there is none.
  std::uint32_t row_before(std::size_t row) const { return row_before_[row]; }
  bool fresh(std::size_t row) const { return row_before_[row] == row; }
  std::size_t fresh_rows() const { return fresh_rows_; }
  // Among the fresh rows: the unit's own.
  std::uint32_t first(std::size_t row) const { return first_[row]; }
  // Of the values of fresh rows and, behind them, those of others: which is this row's.
  std::uint32_t written_at(std::size_t row) const { return written_at_[row]; }

 private:
  std::uint32_t fresh_rows_ = 0;
  std::vector<std::uint32_t> row_before_;
  std::vector<std::uint32_t> written_at_;
  std::vector<std::uint32_t> first_;
};

// `units`: that of each row, numbered by first sight in the source; no_unit: none. `units_before`:
// how many began before the block; moved on by those that begin in it.
void write_rows(IndexWriter& out, const Block& block, std::span<const std::uint32_t> units,
                std::uint32_t& units_before);

// One column, nullptr: the block has none.
void write_column(IndexWriter& out, const Column* column, const RowUnits& units);

// The same back: `block.units` holds the source's numbers. `skeletons`: how many there are.
// A contradiction makes `in` fail; what is given then is of the right size all the same.
void read_rows(IndexReader& in, Block& block, std::uint32_t& units_before, std::size_t skeletons);

// Adds the column of a field, if there is one. `values`: of the field, which index Codes point to.
void read_column(IndexReader& in, Block& block, FieldId field, std::size_t values,
                 const RowUnits& units);
// Passes one over.
void skip_column(IndexReader& in, const RowUnits& units);

}  // namespace culprit
