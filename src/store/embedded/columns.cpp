#include "store/embedded/columns.h"

#include <algorithm>
#include <unordered_map>

#include <fmt/format.h>

namespace culprit {
namespace {

std::vector<Code> distinct_codes(const Evidence& evidence, FieldId field) {
  std::vector<Code> codes;
  for (const Block& block : evidence.blocks) {
    const Column* column = block.column(field);
    if (column == nullptr) continue;
    if (!column->table.empty()) {
      codes.insert(codes.end(), column->table.begin(), column->table.end());
    } else {
      for (std::size_t i = 0; i < column->size(); ++i) codes.push_back(column->codes[i]);
    }
    // Keeps the scratch small when the same few values come again in every block.
    if (codes.size() > 4'000'000) {
      std::sort(codes.begin(), codes.end());
      codes.erase(std::unique(codes.begin(), codes.end()), codes.end());
    }
  }
  std::sort(codes.begin(), codes.end());
  codes.erase(std::unique(codes.begin(), codes.end()), codes.end());
  return codes;
}

std::uint32_t place_of(const std::vector<Code>& table, Code code) {
  return static_cast<std::uint32_t>(std::lower_bound(table.begin(), table.end(), code) -
                                    table.begin());
}

// Adds one value to a unit's set.
void add(UnitColumn& column, std::uint32_t unit, std::uint32_t place) {
  const std::uint32_t known = column.first[unit];
  if (known == 0) {
    column.first.set(unit, place + 1);
  } else if (known != place + 1) {
    column.more.emplace_back(unit, place);
  }
}

void add_block(UnitColumn& made, const Block& block, const Column& column) {
  std::vector<std::uint32_t> places;
  for (const Code code : column.table) places.push_back(place_of(made.table, code));
  for (std::size_t i = 0; i < column.size(); ++i) {
    const std::uint32_t unit = block.units[column.row(i)];
    if (unit == no_unit) continue;
    const std::uint32_t number = column.codes[i];
    add(made, unit, places.empty() ? place_of(made.table, number) : places[number]);
  }
}

}  // namespace

UnitColumn column_of(const Evidence& evidence, FieldId field) {
  UnitColumn made;
  made.table = distinct_codes(evidence, field);
  made.first = Packed(evidence.units.size(), static_cast<std::uint32_t>(made.table.size()));
  for (const Block& block : evidence.blocks) {
    if (const Column* column = block.column(field)) add_block(made, block, *column);
  }
  std::sort(made.more.begin(), made.more.end());
  made.more.erase(std::unique(made.more.begin(), made.more.end()), made.more.end());
  return made;
}

std::string text_of(const EvidenceField& field, Code code) {
  if (code::is_number(code)) return code::text(code);
  if (code::is_index(code) && code < field.values.size()) return field.values[code];
  return fmt::format("#{:08x}", code & code::payload_mask);
}

bool text_less(const EvidenceField& field, Code a, Code b) {
  // Index Codes are in the order of their texts.
  if (code::is_index(a) && code::is_index(b)) return a < b;
  return text_of(field, a) < text_of(field, b);
}

std::optional<double> number_of(const EvidenceField& field, Code code) {
  if (code::is_number(code)) return code::number(code);
  if (code::is_index(code) && code < field.values.size()) return number_in(field.values[code]);
  return std::nullopt;
}

bool code_equals(const EvidenceField& field, Code code, const Operand& operand) {
  if (code::is_index(code) || code::is_number(code)) return text_of(field, code) == operand.text;
  return code == code::of_hash(hash_of(operand.text));
}

AxisMap map_axis(const EvidenceField& field, const UnitColumn& column, const Axis& axis) {
  AxisMap map;
  const bool bins = !axis.cuts.empty();
  const bool every = !bins && axis.values.empty();
  map.listed = bins ? axis.cuts.size() + 1 : every ? column.table.size() : axis.values.size();
  std::unordered_map<std::string_view, std::size_t> listed;
  for (std::size_t i = 0; i < axis.values.size(); ++i) listed.emplace(axis.values[i], i);
  for (std::size_t place = 0; place < column.table.size(); ++place) {
    std::size_t at = map.listed;
    if (every) {
      at = place;
    } else if (bins) {
      const auto number = number_of(field, column.table[place]);
      if (number) {
        at = static_cast<std::size_t>(
            std::lower_bound(axis.cuts.begin(), axis.cuts.end(), *number) - axis.cuts.begin());
      }
    } else if (const auto found = listed.find(text_of(field, column.table[place]));
               found != listed.end()) {
      at = found->second;
    }
    map.places.push_back(static_cast<std::uint32_t>(at));
  }
  return map;
}

}  // namespace culprit
