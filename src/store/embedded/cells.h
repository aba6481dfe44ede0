// Cells count units by value, window and outcome: the loop in which an investigation spends most
// of its time after reading.
//
// Where nothing was sampled and the windows do not overlap, a unit adds one to one integer cell
// (under 1 ns); otherwise weights are added per window.
#pragma once

#include <cstdint>
#include <vector>

#include "event/tally.h"
#include "store/embedded/columns.h"

namespace culprit {

constexpr std::uint8_t slot_none = 0xFF;

// Where a query's windows put each unit.
struct UnitSlots {
  std::vector<Window> windows;
  std::vector<std::uint8_t> slot_of;  // by unit: window * 2 + bad, or slot_none
  bool plain = false;                 // weights are 1 and no two windows overlap; else no slots
};
UnitSlots slots_of(const Evidence& evidence, const std::vector<Window>& windows);

// By unit: window * 2 + bad; slot_none: in no window, or without an Outcome. Windows ascend and do
// not overlap.
std::vector<std::uint8_t> window_slots(const Evidence& evidence,
                                       const std::vector<Window>& windows);

// Units in question, and which of a query's windows each falls into.
struct Population {
  std::vector<std::uint32_t> units;   // ascending
  std::vector<std::uint8_t> windows;  // of each: a bit a window; empty if `plain`
  std::vector<std::uint8_t> slots;    // of each, as in UnitSlots; empty unless `plain`
  std::vector<std::uint8_t> slot_of;  // by unit number; slot_none: not in question
  std::size_t width = 0;              // number of windows
  bool plain = false;
  std::vector<Counts> all;  // every unit once, per window
};
Population select(const Evidence& evidence, const std::vector<std::uint32_t>& units,
                  const UnitSlots& slots);

// Cell (place, window) at place * width + window; places as AxisMap numbers them. A null column
// puts all units at `absent`.
std::vector<Counts> count_cells(const Evidence& evidence, const UnitColumn* column,
                                const AxisMap& map, const Population& selection);

}  // namespace culprit
