#include "store/embedded/index_block.h"

#include <algorithm>
#include <numeric>

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

// Where a unit's last value is remembered, and at which rows there is none yet.
class UnitPlaces {
 public:
  UnitPlaces(std::span<const std::uint32_t> units, std::uint32_t units_before)
      : places_(units.size()), fresh_(units.size(), 1) {
    const std::uint32_t base = units_before - std::min(units_before, remembered_units);
    std::uint32_t most = 0;
    for (std::size_t row = 0; row < units.size(); ++row) {
      if (units[row] == no_unit || units[row] < base) continue;
      places_[row] = units[row] - base + 1;
      most = std::max(most, places_[row]);
    }
    size_ = std::size_t{most} + 1;
    std::vector<std::uint8_t> seen(size_, 0);
    for (std::size_t row = 0; row < units.size(); ++row) {
      const std::uint32_t place = places_[row];
      fresh_[row] = place == 0 || seen[place] == 0;
      seen[place] = 1;
      fresh_rows_ += fresh_[row];
    }
  }
  std::uint32_t operator[](std::size_t row) const { return places_[row]; }
  bool fresh(std::size_t row) const { return fresh_[row] != 0; }
  std::size_t fresh_rows() const { return fresh_rows_; }
  std::size_t size() const { return size_; }

 private:
  std::size_t size_ = 1;
  std::size_t fresh_rows_ = 0;
  std::vector<std::uint32_t> places_;
  std::vector<std::uint8_t> fresh_;
};

// The values of rows: apart those whose unit has none yet, and of the others 0 where it is the
// last one of the unit, else itself and one. So the first say what varies, the second hardly
// anything.
void write_values(IndexWriter& out, const std::vector<std::uint32_t>& values,
                  const UnitPlaces& places) {
  std::vector<std::uint32_t> last(places.size());
  std::vector<std::uint32_t> fresh;
  std::vector<std::uint32_t> others;
  for (std::size_t row = 0; row < values.size(); ++row) {
    std::uint32_t& known = last[places[row]];
    if (places.fresh(row)) {
      fresh.push_back(values[row]);
    } else {
      others.push_back(values[row] == known ? 0 : values[row] + 1);
    }
    known = values[row];
  }
  out.numbers(fresh);
  out.numbers(others);
}

// The contrary of it.
template <typename Number>
std::vector<Number> joined_values(const std::vector<Number>& fresh,
                                  const std::vector<Number>& others, const UnitPlaces& places,
                                  std::size_t rows) {
  std::vector<Number> values(rows);
  std::vector<Number> last(places.size());
  auto next_fresh = fresh.begin();
  auto next_other = others.begin();
  for (std::size_t row = 0; row < rows; ++row) {
    Number& known = last[places[row]];
    if (places.fresh(row)) {
      known = *next_fresh++;
    } else {
      const Number other = *next_other++;
      if (other != 0) known = static_cast<Number>(other - 1);
    }
    values[row] = known;
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
void fill(const std::vector<Number>& values, Column& column) {
  const auto absent = static_cast<std::size_t>(std::count(values.begin(), values.end(), Number{0}));
  column.dense = absent == 0;
  std::vector<std::uint32_t> places;
  places.reserve(values.size() - absent);
  if (!column.dense) column.rows.reserve(values.size() - absent);
  for (std::size_t row = 0; row < values.size(); ++row) {
    if (values[row] == 0) continue;
    if (!column.dense) column.rows.push_back(static_cast<std::uint16_t>(row));
    places.push_back(values[row] - 1U);
  }
  column.codes = Packed::less(places, 0, static_cast<std::uint32_t>(column.table.size() - 1));
}

void read_single(IndexReader& in, Block& block, Column& column, std::uint32_t units_before) {
  const UnitPlaces places(block.units, units_before);
  const std::size_t others = block.rows() - places.fresh_rows();
  const auto size = static_cast<std::uint32_t>(column.table.size());
  if (size <= small_table) {
    std::vector<std::uint8_t> fresh_values;
    std::vector<std::uint8_t> other_values;
    in.small_numbers(fresh_values, places.fresh_rows(), size + 1);
    in.small_numbers(other_values, others, size + 2);
    return fill(joined_values(fresh_values, other_values, places, block.rows()), column);
  }
  std::vector<std::uint32_t> fresh_values(places.fresh_rows());
  std::vector<std::uint32_t> other_values(others);
  in.numbers(fresh_values, size + 1);
  in.numbers(other_values, size + 2);
  fill(joined_values(fresh_values, other_values, places, block.rows()), column);
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

void write_column(IndexWriter& out, const Column* column, std::span<const std::uint32_t> units,
                  std::uint32_t units_before) {
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
  std::vector<std::uint32_t> values(units.size());
  for (std::size_t i = 0; i < places.size(); ++i) values[column->row(i)] = places[i] + 1;
  write_values(out, values, UnitPlaces(units, units_before));
}

void read_column(IndexReader& in, Block& block, FieldId field, std::size_t values,
                 std::uint32_t units_before) {
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
  kind == column_single ? read_single(in, block, column, units_before)
                        : read_several(in, block, column);
  if (in.ok()) block.columns.push_back(std::move(column));
}

}  // namespace culprit
