// A UnitColumn is one field seen from the units: the set of values that each unit has.
//
// Nearly all units have one value or none; `first` holds it in a byte or two. The few further
// values of a unit stand in `more`, sorted. Columns are made when first asked for, from the rows,
// and kept.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "event/query.h"
#include "store/embedded/evidence.h"

namespace culprit {

struct UnitColumn {
  std::vector<Code> table;  // distinct values, ascending
  Packed first;             // per unit: 0 none, else place in `table` + 1
  std::vector<std::pair<std::uint32_t, std::uint32_t>> more;  // unit, place in `table`; sorted
  std::size_t bytes() const { return table.size() * 4 + first.bytes() + more.size() * 8; }
};

// The least and the largest Code of a field, or wider; none: `least` is above `most`.
struct CodeBounds {
  Code least = UINT32_MAX;
  Code most = 0;
};
CodeBounds bounds_of(const std::vector<Block>& blocks, FieldId field);

// `threads`: how many may take part.
UnitColumn column_of(const Evidence& evidence, FieldId field, std::size_t threads = 1);

// Calls loop(numbers) with something that yields a unit's number by numbers[unit], so that the
// loop is compiled once for each width. Number 0: none, else place in `table` + 1.
template <typename Loop>
void with_numbers(const UnitColumn& column, Loop loop) {
  switch (column.first.width()) {
    case 1: return loop(column.first.data());
    case 2: return loop(column.first.as<std::uint16_t>());
    case 4: return loop(column.first.as<std::uint32_t>());
    default: return loop(column.first);
  }
}

// Calls each(unit, number) for every unit.
template <typename Each>
void for_first(const UnitColumn& column, Each each) {
  const auto size = static_cast<std::uint32_t>(column.first.size());
  with_numbers(column, [&](const auto& numbers) {
    for (std::uint32_t unit = 0; unit < size; ++unit) each(unit, numbers[unit]);
  });
}

// Numbers Codes in order of first sight.
class CodeNumbers {
 public:
  CodeNumbers() : slots_(64) {}
  std::uint32_t of(Code code) {
    std::size_t at = slot_of(code);
    while (slots_[at].number != 0 && slots_[at].code != code) at = (at + 1) & (slots_.size() - 1);
    if (slots_[at].number == 0) return add(code);
    return slots_[at].number - 1;
  }
  const std::vector<Code>& codes() const { return codes_; }

 private:
  struct Slot {
    Code code = 0;
    std::uint32_t number = 0;  // + 1; 0: free
  };
  std::size_t slot_of(Code code) const {
    // Fibonacci hashing: the upper bits of the product.
    return (code * 0x9E37'79B9'7F4A'7C15ULL >> 32) & (slots_.size() - 1);
  }
  std::uint32_t add(Code code);
  void put(std::uint32_t number);

  std::vector<Slot> slots_;  // size a power of two
  std::vector<Code> codes_;
};

// What a Code says, for reading only. `hash` Codes have lost their text: "#1a2b3c4d".
class CodeText {
 public:
  CodeText(const EvidenceField& field, Code code);  // `field` must outlive it
  CodeText(const CodeText&) = delete;
  CodeText& operator=(const CodeText&) = delete;
  std::string_view view() const { return view_; }

 private:
  code::Spelled spelled_;
  std::string_view view_;
};
inline std::string text_of(const EvidenceField& field, Code code) {
  return std::string(CodeText(field, code).view());
}
// Whether the one's text stands before the other's; cheaper than asking for both texts.
bool text_less(const EvidenceField& field, Code a, Code b);
// Its number, of numbers and of texts that spell one.
std::optional<double> number_of(const EvidenceField& field, Code code);
// Codes that a text may have been given.
bool code_equals(const EvidenceField& field, Code code, const Operand& operand);

// Where each value of a column falls on an Axis; see CrossTally for the order.
struct AxisMap {
  std::vector<std::uint32_t> places;  // by place in UnitColumn::table
  std::size_t listed = 0;  // values or bins; `other` is at listed, `absent` at listed + 1
  std::size_t size() const { return listed + 2; }
  std::uint32_t absent() const { return static_cast<std::uint32_t>(listed + 1); }
};
AxisMap map_axis(const EvidenceField& field, const UnitColumn& column, const Axis& axis);

}  // namespace culprit
