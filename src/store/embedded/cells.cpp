#include "store/embedded/cells.h"

#include <utility>

#include "base/verify.h"

namespace culprit {
namespace {

// The first cell of each value that `first` may hold, 0 being "none".
std::vector<std::uint32_t> cell_bases(const AxisMap& map, std::size_t stride) {
  std::vector<std::uint32_t> bases = {static_cast<std::uint32_t>(map.absent() * stride)};
  for (const std::size_t place : map.places) {
    bases.push_back(static_cast<std::uint32_t>(place * stride));
  }
  return bases;
}

template <typename Number>
void count_plain(const Number* first, const std::vector<std::uint32_t>& bases,
                 const Population& selection, std::vector<std::uint32_t>& cells) {
  const std::uint32_t* units = selection.units.data();
  const std::uint8_t* slots = selection.slots.data();
  for (std::size_t i = 0; i < selection.units.size(); ++i) {
    ++cells[bases[first[units[i]]] + slots[i]];
  }
}

// Calls each(unit, place) for every further place of every unit, a place once per unit.
template <typename Each>
void for_further(const UnitColumn& column, const AxisMap& map, Each each) {
  std::vector<std::uint32_t> counted(map.size(), no_unit);  // the last unit that was, by place
  for (const auto& [unit, value] : column.more) {
    const std::uint32_t first = column.first[unit];
    counted[first == 0 ? map.absent() : map.places[first - 1]] = unit;
    const std::uint32_t place = map.places[value];
    if (std::exchange(counted[place], unit) != unit) each(unit, place);
  }
}

std::vector<Counts> plain_cells(const UnitColumn& column, const AxisMap& map,
                                const Population& selection) {
  const std::size_t stride = selection.width * 2;
  const std::vector<std::uint32_t> bases = cell_bases(map, stride);
  std::vector<std::uint32_t> cells(map.size() * stride);
  switch (column.first.width()) {
    case 1: count_plain(column.first.data(), bases, selection, cells); break;
    case 2: count_plain(column.first.as<std::uint16_t>(), bases, selection, cells); break;
    case 4: count_plain(column.first.as<std::uint32_t>(), bases, selection, cells); break;
    default:
      for (const std::uint8_t slot : selection.slots) ++cells[bases[0] + slot];
  }
  for_further(column, map, [&](std::uint32_t unit, std::size_t place) {
    const std::uint8_t slot = selection.slot_of[unit];
    if (slot != slot_none) ++cells[place * stride + slot];
  });
  std::vector<Counts> counts(map.size() * selection.width);
  for (std::size_t i = 0; i < counts.size(); ++i) {
    counts[i] = {static_cast<double>(cells[i * 2]) + cells[i * 2 + 1],
                 static_cast<double>(cells[i * 2 + 1])};
  }
  return counts;
}

Counts one_of(const Evidence& evidence, std::uint32_t unit) {
  const double weight = evidence.weight(unit);
  return {weight, evidence.units.outcomes[unit] == 1 ? weight : 0};
}

std::vector<Counts> weighted_cells(const Evidence& evidence, const UnitColumn& column,
                                   const AxisMap& map, const Population& selection) {
  const std::size_t width = selection.width;
  std::vector<Counts> cells(map.size() * width);
  const auto add = [&](std::uint32_t unit, std::size_t place, unsigned windows) {
    for (std::size_t w = 0; w < width; ++w) {
      if ((windows >> w & 1) != 0) cells[place * width + w] += one_of(evidence, unit);
    }
  };
  std::vector<std::uint8_t> windows_of(column.more.empty() ? 0 : evidence.units.size(), 0);
  for (std::size_t i = 0; i < selection.units.size(); ++i) {
    const std::uint32_t unit = selection.units[i];
    const std::uint32_t first = column.first.size() == 0 ? 0 : column.first[unit];
    add(unit, first == 0 ? map.absent() : map.places[first - 1], selection.windows[i]);
    if (!windows_of.empty()) windows_of[unit] = selection.windows[i];
  }
  for_further(column, map,
              [&](std::uint32_t unit, std::size_t place) { add(unit, place, windows_of[unit]); });
  return cells;
}

}  // namespace

Population select(const Evidence& evidence, const std::vector<std::uint32_t>& units,
                  const std::vector<Window>& windows) {
  VERIFY(windows.size() <= 8);  // a bit each
  Population selection;
  selection.width = windows.size();
  selection.plain = evidence.sampling.shift == 0;
  selection.all.resize(windows.size());
  for (const std::uint32_t unit : units) {
    const Time start = from_nanoseconds(evidence.units.starts[unit]);
    unsigned mask = 0;
    std::size_t last = 0;
    for (std::size_t w = 0; w < windows.size(); ++w) {
      if (!windows[w].contains(start)) continue;
      mask |= 1U << w;
      selection.all[w] += one_of(evidence, unit);
      last = w;
    }
    if (mask == 0) continue;
    selection.units.push_back(unit);
    selection.windows.push_back(static_cast<std::uint8_t>(mask));
    selection.slots.push_back(
        static_cast<std::uint8_t>(last * 2 + (evidence.units.outcomes[unit] == 1 ? 1 : 0)));
    selection.plain = selection.plain && (mask & (mask - 1)) == 0;
  }
  if (!selection.plain) return selection;
  selection.slot_of.assign(evidence.units.size(), slot_none);
  for (std::size_t i = 0; i < selection.units.size(); ++i) {
    selection.slot_of[selection.units[i]] = selection.slots[i];
  }
  return selection;
}

std::vector<Counts> count_cells(const Evidence& evidence, const UnitColumn* column,
                                const AxisMap& map, const Population& selection) {
  static const UnitColumn nothing;
  const UnitColumn& values = column == nullptr ? nothing : *column;
  return selection.plain ? plain_cells(values, map, selection)
                         : weighted_cells(evidence, values, map, selection);
}

}  // namespace culprit
