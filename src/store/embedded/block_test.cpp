#include "store/embedded/block.h"

#include <random>

#include <doctest/doctest.h>

#include "store/embedded/shard.h"

namespace culprit {
namespace {

using Pairs = std::vector<std::pair<std::uint32_t, Code>>;  // row, code

Column column_of(FieldId field, const Pairs& pairs, std::size_t rows) {
  OpenColumn column;
  for (const auto& [row, code] : pairs) column.add(static_cast<std::uint16_t>(row), code);
  return column.close(field, rows);
}

Pairs pairs_of(const Column& column) {
  Pairs pairs;
  for (std::size_t i = 0; i < column.size(); ++i) pairs.emplace_back(column.row(i), column.code(i));
  return pairs;
}

Block block_of(std::size_t rows, std::vector<Column> columns) {
  Block block;
  block.source = 3;
  block.offset = 1000;
  OpenRows open;
  for (std::size_t row = 0; row < rows; ++row) {
    const auto number = static_cast<std::uint32_t>(row);
    open.times.push_back(static_cast<std::int64_t>(row) * 10);
    open.unit_ids.push_back(row + 1);
    open.offsets.push_back(number * 100);
    open.skeletons.push_back(number % 3);
    open.flags.push_back(static_cast<std::uint8_t>(row % 7));
  }
  open.close(block);
  block.columns = std::move(columns);
  return block;
}

std::vector<std::int64_t> all_of(const Times& times) {
  std::vector<std::int64_t> all;
  for (std::size_t row = 0; row < times.size(); ++row) all.push_back(times[row]);
  return all;
}
std::vector<std::uint32_t> all_of(const RowNumbers& numbers) {
  std::vector<std::uint32_t> all;
  for (std::size_t row = 0; row < numbers.size(); ++row) all.push_back(numbers[row]);
  return all;
}

}  // namespace

TEST_CASE("instants are given back, near or far apart, and none is none") {
  constexpr std::int64_t none = nanoseconds(no_time);
  constexpr std::int64_t second = 1'000'000'000;
  const std::vector<std::vector<std::int64_t>> cases = {
      {},
      {none, none},
      {7},
      {5 * second, 3 * second, none, 9 * second},
      {1'763'642'400'123'000'000, 1'763'642'400'124'000'000, 1'763'642'400'999'000'000},
      {1'763'642'400'123'456'789, 1'763'642'400'123'456'788, none},
      {0, 4'294'967'293, none},
      {0, 4'294'967'294},
      {0, 4'294'967'295, none},
      {0, 4'294'967'293 * second},
      {none + 1, INT64_MAX, 0, none},
      {-second, -2 * second, second}};
  for (const std::vector<std::int64_t>& times : cases) CHECK(all_of(Times(times)) == times);
}

TEST_CASE("numbers of rows are given back, and renumbered") {
  std::mt19937 dice(3);
  for (const std::uint32_t distinct : {1U, 3U, 256U, 257U, 70'000U}) {
    std::vector<std::uint32_t> numbers(distinct == 1 ? 1 : 60'000);
    for (std::uint32_t& number : numbers) number = static_cast<std::uint32_t>(dice() % distinct);
    RowNumbers made(numbers);
    REQUIRE(all_of(made) == numbers);
    std::vector<std::uint32_t> next(distinct);
    for (std::uint32_t& number : next) number = static_cast<std::uint32_t>(dice() % 5);
    made.renumber(next);
    for (std::size_t row = 0; row < numbers.size(); ++row) {
      REQUIRE(made[row] == next[numbers[row]]);
    }
  }
  CHECK(RowNumbers(std::vector<std::uint32_t>{}).size() == 0);
}

TEST_CASE("a column gives its pairs back, whatever its shape") {
  const Pairs dense = {{0, 5}, {1, 7}, {2, 5}};
  const Pairs sparse = {{0, 5}, {2, 9}};
  const Pairs several = {{0, 5}, {0, 6}, {2, 5}};
  CHECK(column_of(1, dense, 3).dense);
  CHECK_FALSE(column_of(1, sparse, 3).dense);
  CHECK_FALSE(column_of(1, several, 3).dense);
  for (const Pairs& pairs : {dense, sparse, several}) {
    CHECK(pairs_of(column_of(1, pairs, 3)) == pairs);
  }
}

TEST_CASE("few distinct values stand in a table, many stand for themselves") {
  for (const std::size_t distinct : {1U, 2U, 255U, 256U, 5000U}) {
    CAPTURE(distinct);
    std::mt19937_64 dice(distinct);
    Pairs pairs;
    for (std::uint32_t row = 0; row < 20'000; ++row) {
      pairs.emplace_back(row, static_cast<Code>(dice() % distinct * 0x0123'4567U));
    }
    const Column column = column_of(1, pairs, pairs.size());
    CHECK(column.table.empty() == (distinct > 255));
    if (distinct <= 255) CHECK(column.codes.width() <= 1);
    CHECK((pairs_of(column) == pairs));
  }
}

TEST_CASE("a block finds its columns by field") {
  const Block block = block_of(2, {column_of(2, {{0, 1}}, 2), column_of(9, {{1, 4}}, 2)});
  CHECK(block.column(2)->code(0) == 1);
  CHECK(block.column(9)->row(0) == 1);
  CHECK(block.column(1) == nullptr);
  CHECK(block.column(5) == nullptr);
  CHECK(block.column(10) == nullptr);
}

TEST_CASE("filtering keeps the rows asked for and all that belongs to them") {
  const Block block =
      block_of(5, {column_of(1, {{0, 1}, {1, 2}, {2, 3}, {3, 4}, {4, 5}}, 5),
                   column_of(2, {{1, 7}, {1, 8}, {4, 9}}, 5), column_of(3, {{0, 6}}, 5)});
  const Block kept = filtered(block, {0, 1, 0, 1, 1});
  CHECK(kept.source == 3);
  CHECK(kept.offset == 1000);
  CHECK(all_of(kept.times) == std::vector<std::int64_t>{10, 30, 40});
  CHECK(kept.unit_ids == std::vector<std::uint64_t>{2, 4, 5});
  CHECK(kept.offsets == std::vector<std::uint32_t>{100, 300, 400});
  CHECK(all_of(kept.skeletons) == std::vector<std::uint32_t>{1, 0, 1});
  CHECK(kept.flags == std::vector<std::uint8_t>{1, 3, 4});
  REQUIRE(kept.columns.size() == 2);  // nothing is left of field 3
  CHECK(pairs_of(*kept.column(1)) == Pairs{{0, 2}, {1, 4}, {2, 5}});
  CHECK(pairs_of(*kept.column(2)) == Pairs{{0, 7}, {0, 8}, {2, 9}});
}

TEST_CASE("filtering everything leaves an empty block") {
  const Block kept = filtered(block_of(2, {column_of(1, {{0, 1}}, 2)}), {0, 0});
  CHECK(kept.rows() == 0);
  CHECK(kept.columns.empty());
}

}  // namespace culprit
