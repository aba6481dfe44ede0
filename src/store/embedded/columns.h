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
};

UnitColumn column_of(const Evidence& evidence, FieldId field);

// What a Code says. `hash` Codes have lost their text: "#1a2b3c4d".
std::string text_of(const EvidenceField& field, Code code);
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
