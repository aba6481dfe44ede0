#include "store/embedded/cells.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "base/verify.h"
#include "store/embedded/parallel.h"

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

// A cell that is raised twice in a row has to wait for itself; most units have the same few values,
// so neighbours count in cells of their own.
constexpr std::size_t lanes = 4;
constexpr std::size_t lane_cells_max = 4096;  // all lanes together stay in the first-level cache

template <typename Number>
void count_plain(const Number* first, const std::vector<std::uint32_t>& bases,
                 const Population& selection, std::vector<std::uint32_t>& cells) {
  const std::uint32_t* units = selection.units.data();
  const std::uint8_t* slots = selection.slots.data();
  const std::size_t size = selection.units.size();
  std::size_t i = 0;
  if (cells.size() <= lane_cells_max && size > cells.size()) {
    std::vector<std::uint32_t> laned(cells.size() * lanes);
    for (; i + lanes <= size; i += lanes) {
      for (std::size_t lane = 0; lane < lanes; ++lane) {
        ++laned[(bases[first[units[i + lane]]] + slots[i + lane]) * lanes + lane];
      }
    }
    for (std::size_t cell = 0; cell < cells.size(); ++cell) {
      for (std::size_t lane = 0; lane < lanes; ++lane) cells[cell] += laned[cell * lanes + lane];
    }
  }
  for (; i < size; ++i) ++cells[bases[first[units[i]]] + slots[i]];
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

std::vector<std::uint8_t> window_slots(const Evidence& evidence,
                                       const std::vector<Window>& windows) {
  constexpr std::size_t chunk = 65'536;
  const std::size_t size = evidence.units.size();
  std::vector<std::uint8_t> slot_of(size);
  std::vector<std::int64_t> from;
  std::vector<std::int64_t> to;
  for (const Window& window : windows) {
    from.push_back(nanoseconds(window.from));
    to.push_back(nanoseconds(window.to));
  }
  in_parallel((size + chunk - 1) / chunk, size, [&](std::size_t task) {
    // Units lie in about the order of their starts, so that the window is the last one's as a rule.
    std::int64_t least = 1;  // of a start that is behind the beginning of as many windows
    std::int64_t most = 0;
    std::size_t behind = 0;
    for (std::size_t unit = task * chunk; unit < std::min(size, (task + 1) * chunk); ++unit) {
      const std::int64_t start = evidence.units.starts[unit];
      if (start < least || start > most) {
        const auto next = std::upper_bound(from.begin(), from.end(), start);
        behind = static_cast<std::size_t>(next - from.begin());
        least = behind == 0 ? std::numeric_limits<std::int64_t>::min() : from[behind - 1];
        most = next == from.end() ? std::numeric_limits<std::int64_t>::max() : *next - 1;
      }
      const int outcome = evidence.units.outcomes[unit];
      const bool none = outcome < 0 || behind == 0 || start >= to[behind - 1];
      slot_of[unit] =
          none ? slot_none
               : static_cast<std::uint8_t>((behind - 1) * 2 + static_cast<std::size_t>(outcome));
    }
  });
  return slot_of;
}

namespace {

// Windows that ascend and do not overlap need one look at each unit.
bool ascending(const std::vector<Window>& windows) {
  for (std::size_t w = 1; w < windows.size(); ++w) {
    if (windows[w].from < windows[w - 1].to) return false;
  }
  return true;
}

}  // namespace

UnitSlots slots_of(const Evidence& evidence, const std::vector<Window>& windows) {
  VERIFY(windows.size() <= 8);  // a bit each
  UnitSlots made;
  made.windows = windows;
  made.plain = evidence.sampling.shift == 0;
  if (made.plain && ascending(windows)) {
    made.slot_of = window_slots(evidence, windows);
    return made;
  }
  made.slot_of.assign(evidence.units.size(), slot_none);
  for (std::size_t unit = 0; made.plain && unit < evidence.units.size(); ++unit) {
    const Time start = from_nanoseconds(evidence.units.starts[unit]);
    for (std::size_t w = 0; w < windows.size(); ++w) {
      if (!windows[w].contains(start)) continue;
      made.plain = made.plain && made.slot_of[unit] == slot_none;
      made.slot_of[unit] =
          static_cast<std::uint8_t>(w * 2 + (evidence.units.outcomes[unit] == 1 ? 1 : 0));
    }
  }
  return made;
}

namespace {

Population select_plain(const std::vector<std::uint32_t>& units, const UnitSlots& slots) {
  Population selection;
  selection.width = slots.windows.size();
  selection.plain = true;
  selection.units.resize(units.size());
  selection.slots.resize(units.size());
  std::size_t size = 0;
  std::array<std::uint32_t, 256> counts{};
  for (const std::uint32_t unit : units) {
    const std::uint8_t slot = slots.slot_of[unit];
    ++counts[slot];
    selection.units[size] = unit;
    selection.slots[size] = slot;
    size += slot != slot_none ? 1 : 0;
  }
  selection.units.resize(size);
  selection.slots.resize(size);
  for (std::size_t w = 0; w < selection.width; ++w) {
    const double bad = counts[w * 2 + 1];
    selection.all.push_back({counts[w * 2] + bad, bad});
  }
  selection.slot_of.assign(slots.slot_of.size(), slot_none);
  for (std::size_t i = 0; i < size; ++i) selection.slot_of[selection.units[i]] = selection.slots[i];
  return selection;
}

}  // namespace

Population select(const Evidence& evidence, const std::vector<std::uint32_t>& units,
                  const UnitSlots& slots) {
  if (slots.plain) return select_plain(units, slots);
  Population selection;
  selection.width = slots.windows.size();
  selection.all.resize(selection.width);
  for (const std::uint32_t unit : units) {
    const Time start = from_nanoseconds(evidence.units.starts[unit]);
    unsigned mask = 0;
    for (std::size_t w = 0; w < selection.width; ++w) {
      if (!slots.windows[w].contains(start)) continue;
      mask |= 1U << w;
      selection.all[w] += one_of(evidence, unit);
    }
    if (mask == 0) continue;
    selection.units.push_back(unit);
    selection.windows.push_back(static_cast<std::uint8_t>(mask));
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
