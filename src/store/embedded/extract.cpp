// Extracts: units chosen evenly from each window and outcome, with their values as numbers.
#include <algorithm>
#include <array>
#include <cmath>

#include "base/verify.h"
#include "store/embedded/embedded.h"
#include "store/embedded/parallel.h"

namespace culprit {
namespace {

constexpr std::size_t chunk_units = 65'536;

struct Chosen {
  std::vector<std::uint32_t> units;  // by slot, then ascending
  std::vector<ExtractTally::Slot> slots;
  bool whole = true;
};

std::size_t chunks_of(std::size_t units) { return (units + chunk_units - 1) / chunk_units; }

// What units weigh, by chunk and slot.
using Weights = std::vector<std::vector<double>>;

Weights weigh(const Evidence& evidence, const std::vector<std::uint8_t>& slot_of,
              std::size_t slots) {
  Weights weights(chunks_of(slot_of.size()), std::vector<double>(slots));
  in_parallel(weights.size(), slot_of.size(), [&](std::size_t chunk) {
    const std::size_t to = std::min(slot_of.size(), (chunk + 1) * chunk_units);
    std::array<std::uint32_t, 256> counts{};
    for (std::size_t unit = chunk * chunk_units; unit < to; ++unit) {
      if (evidence.sampling.shift == 0) {
        ++counts[slot_of[unit]];
      } else if (slot_of[unit] != slot_none) {
        weights[chunk][slot_of[unit]] += evidence.weight(unit);
      }
    }
    for (std::size_t slot = 0; slot < slots; ++slot) weights[chunk][slot] += counts[slot];
  });
  return weights;
}

// One unit wherever so much weight has passed since the last one (systematic sampling); a unit that
// stands for more than that is taken several times.
Chosen choose(const Evidence& evidence, const std::vector<std::uint8_t>& slot_of,
              std::size_t windows, std::size_t each_max) {
  const std::size_t slots = windows * 2;
  Weights passed = weigh(evidence, slot_of, slots);  // before each chunk
  std::vector<double> sums(slots);
  for (std::vector<double>& chunk : passed) {
    for (std::size_t slot = 0; slot < slots; ++slot) {
      const double own = chunk[slot];
      chunk[slot] = sums[slot];
      sums[slot] += own;
    }
  }
  Chosen chosen;
  std::vector<double> steps;
  for (std::size_t slot = 0; slot < slots; ++slot) {
    steps.push_back(std::max(1.0, sums[slot] / static_cast<double>(each_max)));
    chosen.whole = chosen.whole && steps.back() <= 1;
  }
  chosen.whole = chosen.whole && evidence.sampling.shift == 0;
  std::vector<std::vector<std::vector<std::uint32_t>>> taken(
      passed.size(), std::vector<std::vector<std::uint32_t>>(slots));
  in_parallel(passed.size(), slot_of.size(), [&](std::size_t chunk) {
    std::array<double, 256> left{};  // until the next is taken
    for (std::size_t slot = 0; slot < slots; ++slot) {
      const double since = std::fmod(passed[chunk][slot], steps[slot]);
      left[slot] = steps[slot] - since;
    }
    left[slot_none] = 1e300;
    const std::size_t to = std::min(slot_of.size(), (chunk + 1) * chunk_units);
    for (std::size_t unit = chunk * chunk_units; unit < to; ++unit) {
      const std::uint8_t slot = slot_of[unit];
      left[slot] -= evidence.sampling.shift == 0 ? 1 : evidence.weight(unit);
      while (left[slot] < 1e-9) {
        taken[chunk][slot].push_back(static_cast<std::uint32_t>(unit));
        left[slot] += steps[slot];
      }
    }
  });
  for (std::size_t slot = 0; slot < slots; ++slot) {
    const std::size_t before = chosen.units.size();
    for (const auto& chunk : taken) {
      chosen.units.insert(chosen.units.end(), chunk[slot].begin(), chunk[slot].end());
    }
    const std::size_t rows = chosen.units.size() - before;
    chosen.slots.push_back(
        {slot / 2, slot % 2 == 1, rows, rows > 0 ? sums[slot] / static_cast<double>(rows) : 1});
  }
  return chosen;
}

// Rows in the order of their units, to walk along what is sorted by unit.
std::vector<std::pair<std::uint32_t, std::uint32_t>> rows_by_unit(
    const std::vector<std::uint32_t>& units) {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> order;
  for (std::uint32_t row = 0; row < units.size(); ++row) order.emplace_back(units[row], row);
  std::sort(order.begin(), order.end());
  return order;
}

using Order = std::vector<std::pair<std::uint32_t, std::uint32_t>>;

ExtractColumn extracted(const EvidenceField& field, const UnitColumn& values,
                        const std::vector<std::uint32_t>& units, const Order& by_unit) {
  ExtractColumn column;
  column.first.resize(units.size());
  std::vector<std::uint32_t> number_of(values.table.size() + 1);
  const auto renumbered = [&](std::uint32_t place) {  // place + 1
    if (place != 0 && number_of[place] == 0) {
      column.values.push_back(text_of(field, values.table[place - 1]));
      number_of[place] = static_cast<std::uint32_t>(column.values.size());
    }
    return number_of[place];
  };
  with_numbers(values, [&](const auto& numbers) {
    for (std::size_t row = 0; row < units.size(); ++row) {
      column.first[row] = renumbered(numbers[units[row]]);
    }
  });
  std::size_t next = 0;
  for (const auto& [unit, row] : by_unit) {
    if (values.more.empty()) break;
    while (next < values.more.size() && values.more[next].first < unit) ++next;
    for (std::size_t at = next; at < values.more.size() && values.more[at].first == unit; ++at) {
      column.more.emplace_back(row, renumbered(values.more[at].second + 1));
    }
  }
  std::sort(column.more.begin(), column.more.end());
  return column;
}

}  // namespace

ExtractTally Embedded::extract(const ExtractQuery& query) {
  const std::vector<std::uint8_t> slot_of = window_slots(evidence_, query.windows);
  const Chosen chosen = choose(evidence_, slot_of, query.windows.size(), query.each_max);
  const Order by_unit = rows_by_unit(chosen.units);
  ExtractTally tally;
  tally.slots = chosen.slots;
  tally.whole = chosen.whole;
  tally.columns.resize(query.fields.size());
  // As many columns at a time as may be kept.
  const std::size_t at_once = columns_at_once();
  for (std::size_t from = 0; from < query.fields.size(); from += at_once) {
    const std::size_t to = std::min(query.fields.size(), from + at_once);
    forget_columns();
    make_columns(std::span(query.fields).subspan(from, to - from));
    in_parallel(to - from, evidence_.units.size(), [&](std::size_t i) {
      const std::string& name = query.fields[from + i];
      ExtractColumn& column = tally.columns[from + i];
      const EvidenceField* field = evidence_.field(name);
      if (field == nullptr) {
        column.first.resize(chosen.units.size());
      } else {
        column = extracted(*field, columns_.at(evidence_.id_of(*field)), chosen.units, by_unit);
      }
      column.field = name;
    });
  }
  return tally;
}

}  // namespace culprit
