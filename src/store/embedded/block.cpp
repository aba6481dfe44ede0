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

// Codes that lie close together, as of few texts or of statuses: by their places among those that
// occur, without a look at any table.
void pack_close(std::span<const Code> codes, Code least, Column& column) {
  std::array<std::uint8_t, 256> place{};
  std::vector<std::uint8_t> numbers(codes.size());
  for (std::size_t i = 0; i < codes.size(); ++i) {
    const Code offset = codes[i] - least;
    numbers[i] = static_cast<std::uint8_t>(offset);
    place[offset] = 1;
  }
  std::uint8_t count = 0;
  for (std::size_t offset = 0; offset < place.size(); ++offset) {
    if (place[offset] == 0) continue;
    column.table.push_back(least + static_cast<Code>(offset));
    place[offset] = count++;
  }
  if (column.table.back() - least >= column.table.size()) {
    for (std::uint8_t& number : numbers) number = place[number];
  }
  column.codes = Packed::of_bytes(std::move(numbers));
}

// By their places in a table of those that occur; false: too many do.
bool pack_few(std::span<const Code> codes, Column& column) {
  Places places;
  std::vector<std::uint8_t> numbers(codes.size());
  for (std::size_t i = 0; i < codes.size(); ++i) {
    const std::uint32_t place = places.of(codes[i], column.table);
    if (place == Places::none) return false;
    numbers[i] = static_cast<std::uint8_t>(place);
  }
  column.codes = Packed::of_bytes(std::move(numbers));
  return true;
}

void pack(std::span<const Code> codes, Column& column) {
  Code least = codes.front();
  Code most = least;
  for (const Code code : codes) {
    least = std::min(least, code);
    most = std::max(most, code);
  }
  if (most - least < table_max) return pack_close(codes, least, column);
  if (pack_few(codes, column)) return;
  column.table.clear();
  column.base = least;
  column.codes = Packed::less(codes, least, most);
}

// The longest of a second, a millisecond and so on that divides all distances.
std::int64_t step_of(std::span<const std::int64_t> times, std::int64_t earliest) {
  std::int64_t step = 1'000'000'000;
  for (const std::int64_t time : times) {
    if (time == nanoseconds(no_time)) continue;
    while ((time - earliest) % step != 0) step /= 1000;
  }
  return step;
}

}  // namespace

Times::Times(std::vector<std::int64_t> times) : size_(times.size()) {
  constexpr std::int64_t none = nanoseconds(no_time);
  std::int64_t earliest = INT64_MAX;
  std::int64_t latest = none;
  for (const std::int64_t time : times) {
    if (time != none) earliest = std::min(earliest, time);
    latest = std::max(latest, time);
  }
  if (latest == none) earliest = latest = 0;
  // Of unsigned numbers, so that instants at both ends of all time are told apart too.
  const std::uint64_t span =
      static_cast<std::uint64_t>(latest) - static_cast<std::uint64_t>(earliest);
  constexpr std::uint64_t steps_max = UINT32_MAX - 1;
  const bool near = span <= steps_max * 1'000'000'000;
  step_ = near ? step_of(times, earliest) : 1;
  const std::uint64_t steps = span / static_cast<std::uint64_t>(step_);
  if (!near || steps >= steps_max) {
    times.shrink_to_fit();
    apart_ = std::move(times);
    return;
  }
  before_ = earliest - step_;
  steps_ = Packed(size_, static_cast<std::uint32_t>(steps + 1));
  for (std::size_t row = 0; row < size_; ++row) {
    if (times[row] == none) continue;
    steps_.set(row, static_cast<std::uint32_t>((times[row] - before_) / step_));
  }
}

RowNumbers::RowNumbers(std::span<const std::uint32_t> numbers) {
  if (numbers.empty()) return;
  std::vector<std::uint32_t> place_of(*std::max_element(numbers.begin(), numbers.end()) + 1UL);
  for (const std::uint32_t number : numbers) place_of[number] = 1;
  for (std::uint32_t number = 0; number < place_of.size(); ++number) {
    if (place_of[number] == 0) continue;
    place_of[number] = static_cast<std::uint32_t>(table_.size());
    table_.push_back(number);
  }
  table_.shrink_to_fit();
  places_ = Packed(numbers.size(), static_cast<std::uint32_t>(table_.size() - 1));
  for (std::size_t row = 0; row < numbers.size(); ++row) places_.set(row, place_of[numbers[row]]);
}

void OpenRows::close(Block& block) {
  block.times = Times(times);
  block.unit_ids = unit_ids;
  block.offsets = offsets;
  block.skeletons = RowNumbers(skeletons);
  block.flags = flags;
  times.clear();
  unit_ids.clear();
  offsets.clear();
  skeletons.clear();
  flags.clear();
}

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
  OpenRows rows;
  std::vector<std::uint16_t> row_of(block.rows());
  for (std::size_t row = 0; row < block.rows(); ++row) {
    if (keep[row] == 0) continue;
    row_of[row] = static_cast<std::uint16_t>(rows.size());
    rows.times.push_back(block.times[row]);
    rows.unit_ids.push_back(block.unit_ids[row]);
    rows.offsets.push_back(block.offsets[row]);
    rows.skeletons.push_back(block.skeletons[row]);
    rows.flags.push_back(block.flags[row]);
  }
  rows.close(made);
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
