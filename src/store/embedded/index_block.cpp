#include "store/embedded/index_block.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace culprit {
namespace {

// Units that began longer ago than so many others are hardly ever seen again.
constexpr std::uint32_t remembered_units = 4096;
constexpr std::size_t pairs_max = 1 << 22;  // of a block: 170 for each of its rows
constexpr std::size_t small_table = 254;    // places, "absent" and "as before" fit a byte

enum ColumnKind : std::uint8_t { column_none, column_single, column_several };

// Signed distances as small unsigned numbers.
std::uint32_t zigzag(std::uint32_t from, std::uint32_t to) {
  const std::uint32_t distance = to - from;
  return distance << 1 ^ (0U - (distance >> 31));
}
std::uint32_t unzigzag(std::uint32_t from, std::uint32_t coded) {
  return from + (coded >> 1 ^ (0U - (coded & 1)));
}

void write_times(IndexWriter& out, const Times& times) {
  out.byte(times.apart().empty() ? 0 : 1);
  for (const std::int64_t time : times.apart()) out.fixed(static_cast<std::uint64_t>(time));
  if (!times.apart().empty()) return;
  out.fixed(static_cast<std::uint64_t>(times.before()));
  out.number(static_cast<std::uint64_t>(times.step()));
  std::vector<std::uint32_t> coded(times.size());
  std::uint32_t last = 0;
  for (std::size_t row = 0; row < coded.size(); ++row) {
    const std::uint32_t steps = times.steps()[row];
    coded[row] = zigzag(last, steps);
    last = steps;
  }
  out.numbers(coded);
}

Times read_times(IndexReader& in, std::size_t rows) {
  const std::uint8_t apart = in.byte();
  if (apart > 1) in.fail();
  if (apart == 1) {
    std::vector<std::int64_t> times(rows);
    for (std::int64_t& time : times) time = static_cast<std::int64_t>(in.fixed());
    return Times(std::move(times));
  }
  const auto before = static_cast<std::int64_t>(in.fixed());
  const auto step = static_cast<std::int64_t>(in.bounded(1'000'000'000));
  // Every instant is to lie within all time.
  const bool far = before > INT64_MAX / 2 || before < INT64_MIN / 2 || step < 1;
  if (far) in.fail();
  std::vector<std::uint32_t> steps(rows);
  in.numbers(steps);
  std::uint32_t last = 0;
  std::uint32_t most = 0;
  for (std::uint32_t& one : steps) {
    last = one = unzigzag(last, one);
    most = std::max(most, one);
  }
  return {before, std::max<std::int64_t>(step, 1), Packed::less(steps, 0, most)};
}

// The values of rows: apart those whose unit has none yet, and of the others 0 where it is the
// last one of the unit, else itself and one. So the first say what varies, the second hardly
// anything.
void write_values(IndexWriter& out, const std::vector<std::uint32_t>& values,
                  const RowUnits& units) {
  std::vector<std::uint32_t> fresh;
  std::vector<std::uint32_t> others;
  for (std::size_t row = 0; row < values.size(); ++row) {
    if (units.fresh(row)) {
      fresh.push_back(values[row]);
    } else {
      others.push_back(values[row] == values[units.row_before(row)] ? 0 : values[row] + 1);
    }
  }
  out.numbers(fresh);
  out.numbers(others);
}

// The contrary of it. Which row is a unit's first is up to chance: no branch depends on it.
template <typename Number>
std::vector<Number> joined_values(const std::vector<Number>& fresh,
                                  const std::vector<Number>& others, const RowUnits& units) {
  std::vector<Number> values(units.rows());
  if (std::all_of(others.begin(), others.end(), [](Number other) { return other == 0; })) {
    for (std::size_t row = 0; row < values.size(); ++row) values[row] = fresh[units.first(row)];
    return values;
  }
  std::vector<Number> written;
  written.reserve(fresh.size() + others.size());
  for (const Number value : fresh) written.push_back(static_cast<Number>(value + 1));
  written.insert(written.end(), others.begin(), others.end());
  for (std::size_t row = 0; row < values.size(); ++row) {
    const Number before = values[units.row_before(row)];
    const Number value = written[units.written_at(row)];
    values[row] = value == 0 ? before : static_cast<Number>(value - 1);
  }
  return values;
}

bool has_rows_twice(const Column& column) {
  if (column.dense) return false;
  return std::adjacent_find(column.rows.begin(), column.rows.end()) != column.rows.end();
}

std::uint32_t place_in(const std::vector<Code>& table, Code code) {
  return static_cast<std::uint32_t>(std::lower_bound(table.begin(), table.end(), code) -
                                    table.begin());
}

// Ascending Codes as distances: those of many texts lie side by side.
void write_table(IndexWriter& out, const std::vector<Code>& table) {
  std::vector<std::uint32_t> distances(table.size());
  std::adjacent_difference(table.begin(), table.end(), distances.begin());
  out.number(table.size());
  out.numbers(distances);
}

std::vector<Code> read_table(IndexReader& in, std::size_t size_max) {
  std::vector<Code> table(in.bounded(size_max));
  in.numbers(table);
  std::partial_sum(table.begin(), table.end(), table.begin());
  return table;
}

// Place in the table of each pair's code.
std::vector<std::uint32_t> places_of(const Column& column, const std::vector<Code>& table) {
  std::vector<std::uint32_t> of_entry(column.table.size());
  for (std::size_t i = 0; i < of_entry.size(); ++i) of_entry[i] = place_in(table, column.table[i]);
  std::vector<std::uint32_t> places(column.size());
  for (std::size_t i = 0; i < places.size(); ++i) {
    places[i] = of_entry.empty() ? place_in(table, column.code(i)) : of_entry[column.codes[i]];
  }
  return places;
}

// Puts values of rows (0: none, else place + 1) into a column.
template <typename Number>
void fill(std::vector<Number> values, Column& column) {
  const auto absent = static_cast<std::size_t>(std::count(values.begin(), values.end(), Number{0}));
  column.dense = absent == 0;
  if (!column.dense) {
    column.rows.resize(values.size());
    std::size_t present = 0;
    for (std::size_t row = 0; row < values.size(); ++row) {
      column.rows[present] = static_cast<std::uint16_t>(row);
      values[present] = values[row];
      present += values[row] != 0 ? 1 : 0;
    }
    column.rows.resize(present);
    column.rows.shrink_to_fit();
    values.resize(present);
  }
  for (Number& value : values) --value;
  if constexpr (sizeof(Number) == 1) {
    column.codes = Packed::of_bytes(std::move(values));
  } else {
    column.codes = Packed::less(values, 0, static_cast<std::uint32_t>(column.table.size() - 1));
  }
}

void read_single(IndexReader& in, const RowUnits& units, Column& column) {
  const std::size_t others = units.rows() - units.fresh_rows();
  const auto size = static_cast<std::uint32_t>(column.table.size());
  if (size <= small_table) {
    std::vector<std::uint8_t> fresh_values;
    std::vector<std::uint8_t> other_values;
    in.small_numbers(fresh_values, units.fresh_rows(), size + 1);
    in.small_numbers(other_values, others, size + 2);
    return fill(joined_values(fresh_values, other_values, units), column);
  }
  std::vector<std::uint32_t> fresh_values(units.fresh_rows());
  std::vector<std::uint32_t> other_values(others);
  in.numbers(fresh_values, size + 1);
  in.numbers(other_values, size + 2);
  fill(joined_values(fresh_values, other_values, units), column);
}

void read_several(IndexReader& in, Block& block, Column& column) {
  const std::size_t pairs = in.bounded(pairs_max);
  std::vector<std::uint32_t> rows(in.ok() ? pairs : 0);
  in.numbers(rows);
  std::uint32_t row = 0;
  for (const std::uint32_t distance : rows) {
    row += distance;
    if (distance > Block::rows_max || row >= block.rows()) return void(in.fail());
    column.rows.push_back(static_cast<std::uint16_t>(row));
  }
  std::vector<std::uint32_t> places(rows.size());
  in.numbers(places, column.table.size());
  column.codes = Packed::less(places, 0, static_cast<std::uint32_t>(column.table.size() - 1));
}

}  // namespace

RowUnits::RowUnits(std::span<const std::uint32_t> units, std::uint32_t units_before)
    : row_before_(units.size()), written_at_(units.size()), first_(units.size()) {
  const std::uint32_t base = units_before - std::min(units_before, remembered_units);
  std::vector<std::uint32_t> last_rows;  // + 1, by unit since `base`
  for (std::uint32_t row = 0; row < units.size(); ++row) {
    const bool told = units[row] != no_unit && units[row] >= base;
    const std::size_t place = told ? units[row] - base : 0;
    if (told && place >= last_rows.size()) last_rows.resize(place + 1);
    const std::uint32_t last = told ? std::exchange(last_rows[place], row + 1) : 0;
    row_before_[row] = last == 0 ? row : last - 1;
    first_[row] = last == 0 ? fresh_rows_++ : first_[last - 1];
  }
  std::uint32_t next[2] = {fresh_rows_, 0};
  for (std::size_t row = 0; row < units.size(); ++row) {
    written_at_[row] = next[fresh(row) ? 1 : 0]++;
  }
}

std::vector<Code> distinct_codes(const Column& column) {
  std::vector<Code> codes = column.table;
  for (std::size_t i = 0; i < column.size() && column.table.empty(); ++i) {
    codes.push_back(column.code(i));
  }
  std::sort(codes.begin(), codes.end());
  codes.erase(std::unique(codes.begin(), codes.end()), codes.end());
  return codes;
}

void write_rows(IndexWriter& out, const Block& block, std::span<const std::uint32_t> units,
                std::uint32_t& units_before) {
  const std::size_t rows = block.rows();
  out.number(block.source);
  out.number(block.offset);
  out.number(rows);
  write_times(out, block.times);
  std::vector<std::uint32_t> coded(rows);
  for (std::size_t row = 0; row < rows; ++row) {
    coded[row] = zigzag(row == 0 ? 0 : block.offsets[row - 1], block.offsets[row]);
  }
  out.numbers(coded);
  for (std::size_t row = 0; row < rows; ++row) {
    const std::uint32_t unit = units[row];
    coded[row] = unit == no_unit ? 0 : unit == units_before ? 1 : units_before - unit + 1;
    if (unit == units_before) ++units_before;
  }
  out.numbers(coded);
  for (std::size_t row = 0; row < rows; ++row) coded[row] = block.skeletons[row];
  out.numbers(coded);
  constexpr std::uint8_t asked = row_bad | row_good;  // of the question that was asked then
  for (std::size_t row = 0; row < rows; ++row) {
    coded[row] = static_cast<std::uint8_t>(block.flags[row] & ~asked);
  }
  out.numbers(coded);
}

void read_rows(IndexReader& in, Block& block, std::uint32_t& units_before, std::size_t skeletons) {
  block.source = static_cast<std::uint32_t>(in.bounded(UINT32_MAX));
  block.offset = in.number();
  const std::size_t rows = in.bounded(Block::rows_max);
  block.times = read_times(in, rows);
  block.offsets.resize(rows);
  in.numbers(block.offsets);
  std::uint32_t last = 0;
  for (std::uint32_t& offset : block.offsets) last = offset = unzigzag(last, offset);
  block.units.resize(rows);
  in.numbers(block.units);
  for (std::uint32_t& unit : block.units) {
    if (unit > units_before + 1) in.fail();
    unit = unit == 0 ? no_unit : unit == 1 ? units_before++ : units_before + 1 - unit;
  }
  std::vector<std::uint32_t> numbers(rows);
  in.numbers(numbers, skeletons);
  block.skeletons = RowNumbers(numbers);
  in.small_numbers(block.flags, rows, 256);
  const auto wrong = [](std::uint8_t flags) {
    return (flags & level_mask) == level_mask || (flags & ~(level_mask | row_suspicious)) != 0;
  };
  if (std::any_of(block.flags.begin(), block.flags.end(), wrong)) in.fail();
}

void write_column(IndexWriter& out, const Column* column, const RowUnits& units) {
  if (column == nullptr || column->size() == 0) return out.byte(column_none);
  const bool several = has_rows_twice(*column);
  out.byte(several ? column_several : column_single);
  const std::vector<Code> table = distinct_codes(*column);
  write_table(out, table);
  std::vector<std::uint32_t> places = places_of(*column, table);
  if (several) {
    std::vector<std::uint32_t> rows(column->size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      rows[i] = column->row(i) - (i == 0 ? 0 : column->row(i - 1));
    }
    out.number(rows.size());
    out.numbers(rows);
    return out.numbers(places);
  }
  std::vector<std::uint32_t> values(units.rows());
  for (std::size_t i = 0; i < places.size(); ++i) values[column->row(i)] = places[i] + 1;
  write_values(out, values, units);
}

void read_column(IndexReader& in, Block& block, FieldId field, std::size_t values,
                 const RowUnits& units) {
  const std::uint8_t kind = in.byte();
  if (kind == column_none) return;
  if (kind > column_several) return void(in.fail());
  Column column;
  column.field = field;
  column.table = read_table(in, kind == column_single ? block.rows() : pairs_max);
  for (const Code code : column.table) {
    if (code::is_index(code) && code >= values) in.fail();
  }
  if (column.table.empty()) in.fail();
  if (!in.ok()) return;
  kind == column_single ? read_single(in, units, column) : read_several(in, block, column);
  if (in.ok()) block.columns.push_back(std::move(column));
}

void skip_column(IndexReader& in, const RowUnits& units) {
  const std::uint8_t kind = in.byte();
  if (kind == column_none) return;
  if (kind > column_several) return void(in.fail());
  in.skip_numbers(in.bounded(kind == column_single ? units.rows() : pairs_max));  // the table
  const std::size_t pairs = kind == column_several ? in.bounded(pairs_max) : 0;
  in.skip_numbers(kind == column_several ? pairs : units.fresh_rows());
  in.skip_numbers(kind == column_several ? pairs : units.rows() - units.fresh_rows());
}

}  // namespace culprit
