// Extracts: units chosen evenly from each window and outcome, with their values as numbers.
#include <algorithm>
#include <array>
#include <cmath>

#include "store/embedded/embedded.h"
#include "store/embedded/parallel.h"
#include "store/embedded/unit_set.h"

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

// Number and row of each unit taken, to walk along what is sorted by number.
using Order = std::vector<std::pair<std::uint32_t, std::uint32_t>>;

Order rows_by_number(const std::vector<std::uint32_t>& units, const UnitSet& numbering) {
  Order order;
  for (std::uint32_t row = 0; row < units.size(); ++row) {
    order.emplace_back(numbering.of(units[row]), row);
  }
  std::sort(order.begin(), order.end());
  return order;
}

// A row of a block, and the number of its unit.
struct Pick {
  std::uint32_t row;
  std::uint32_t number;
};
using Picks = std::vector<std::vector<Pick>>;  // by block

Picks picked(const Evidence& evidence, const UnitSet& numbering) {
  Picks picks(evidence.blocks.size());
  std::size_t rows = 0;
  for (const Block& block : evidence.blocks) rows += block.rows();
  in_parallel(picks.size(), rows, [&](std::size_t b) {
    const std::vector<std::uint32_t>& units = evidence.blocks[b].units;
    for (std::uint32_t row = 0; row < units.size(); ++row) {
      if (units[row] == no_unit || !numbering.has(units[row])) continue;
      picks[b].push_back({row, numbering.of(units[row])});
    }
  });
  return picks;
}

// Where a column has the pair of a row, or of the first one behind it: not far from `at`.
std::size_t pair_of(const Column& column, std::uint32_t row, std::size_t at) {
  if (column.dense) return row;
  const std::vector<std::uint16_t>& rows = column.rows;
  std::size_t step = 1;
  if (at >= rows.size()) return rows.size();
  while (at + step < rows.size() && rows[at + step] < row) step *= 2;
  const auto begin = rows.begin() + static_cast<std::ptrdiff_t>(at);
  const auto end = rows.begin() + static_cast<std::ptrdiff_t>(std::min(rows.size(), at + step + 1));
  return static_cast<std::size_t>(std::lower_bound(begin, end, row) - rows.begin());
}

// What the chosen units have of one field: by number, values by first sight + 1.
struct Gathered {
  CodeNumbers values;
  std::vector<std::uint32_t> first;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> more;  // sorted
};

Gathered gathered(const Evidence& evidence, FieldId field, const Picks& picks, std::size_t units) {
  Gathered made;
  made.first.resize(units);
  for (std::size_t b = 0; b < picks.size(); ++b) {
    const Column* column = evidence.blocks[b].column(field);
    if (column == nullptr) continue;
    std::vector<std::uint32_t> of_place(column->table.size());  // 0: not seen yet
    const auto value_of = [&](std::size_t pair) {
      if (of_place.empty()) return made.values.of(column->code(pair)) + 1;
      std::uint32_t& value = of_place[column->codes[pair]];
      if (value == 0) value = made.values.of(column->code(pair)) + 1;
      return value;
    };
    std::size_t at = 0;
    for (const Pick& pick : picks[b]) {
      at = pair_of(*column, pick.row, at);
      for (std::size_t i = at; i < column->size() && column->row(i) == pick.row; ++i) {
        const std::uint32_t value = value_of(i);
        std::uint32_t& first = made.first[pick.number];
        if (first == 0) first = value;
        if (first != value) made.more.emplace_back(pick.number, value);
      }
    }
  }
  std::sort(made.more.begin(), made.more.end());
  made.more.erase(std::unique(made.more.begin(), made.more.end()), made.more.end());
  return made;
}

ExtractColumn extracted(const EvidenceField& field, const Gathered& values,
                        const Order& by_number) {
  ExtractColumn column;
  column.first.resize(by_number.size());
  for (const Code code : values.values.codes()) column.values.push_back(text_of(field, code));
  auto more = values.more.begin();
  for (const auto& [number, row] : by_number) {
    column.first[row] = values.first[number];
    while (more != values.more.end() && more->first < number) ++more;
    for (auto at = more; at != values.more.end() && at->first == number; ++at) {
      column.more.emplace_back(row, at->second);
    }
  }
  std::sort(column.more.begin(), column.more.end());
  return column;
}

}  // namespace

// Rows of the chosen units are looked at, and no others: a column of all units takes as long as
// reading the field again.
ExtractTally Embedded::extract(const ExtractQuery& query) {
  const std::vector<std::uint8_t> slot_of = window_slots(evidence_, query.windows);
  const Chosen chosen = choose(evidence_, slot_of, query.windows.size(), query.each_max);
  ExtractTally tally;
  tally.slots = chosen.slots;
  tally.whole = chosen.whole;
  tally.columns.resize(query.fields.size());
  const UnitSet numbering(chosen.units, evidence_.units.size());
  const Order by_number = rows_by_number(chosen.units, numbering);
  const Picks picks = picked(evidence_, numbering);
  in_parallel(query.fields.size(), evidence_.units.size(), [&](std::size_t i) {
    ExtractColumn& column = tally.columns[i];
    const EvidenceField* field = evidence_.field(query.fields[i]);
    if (field == nullptr) {
      column.first.resize(chosen.units.size());
    } else {
      column = extracted(
          *field, gathered(evidence_, evidence_.id_of(*field), picks, numbering.size()), by_number);
    }
    column.field = query.fields[i];
  });
  return tally;
}

}  // namespace culprit
