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

// `units`: that of each row, numbered by first sight in the source; no_unit: none. `units_before`:
// how many began before the block; moved on by those that begin in it.
void write_rows(IndexWriter& out, const Block& block, std::span<const std::uint32_t> units,
                std::uint32_t& units_before);

// One column, nullptr: the block has none. `units` and `units_before` as they were before the rows
// were written.
void write_column(IndexWriter& out, const Column* column, std::span<const std::uint32_t> units,
                  std::uint32_t units_before);

// The same back: `block.units` holds the source's numbers. `skeletons`: how many there are.
// A contradiction makes `in` fail; what is given then is of the right size all the same.
void read_rows(IndexReader& in, Block& block, std::uint32_t& units_before, std::size_t skeletons);

// Adds the column of a field, if there is one; reads `block.units`. `values`: of the field, which
// index Codes point to.
void read_column(IndexReader& in, Block& block, FieldId field, std::size_t values,
                 std::uint32_t units_before);

}  // namespace culprit
