#include "store/embedded/columns.h"

#include <algorithm>
#include <unordered_map>

#include <fmt/format.h>

namespace culprit {
namespace {

// Each unit's values by CodeNumbers.
struct Numbered {
  CodeNumbers numbers;
  std::vector<std::uint32_t> first;  // + 1; 0: none
  std::vector<std::pair<std::uint32_t, std::uint32_t>> more;

  void add(std::uint32_t unit, std::uint32_t number) {
    const std::uint32_t known = first[unit];
    if (known == 0) {
      first[unit] = number + 1;
    } else if (known != number + 1) {
      more.emplace_back(unit, number);
    }
  }
};

void add_block(Numbered& made, const Block& block, const Column& column) {
  std::vector<std::uint32_t> numbers;
  for (const Code code : column.table) numbers.push_back(made.numbers.of(code));
  for (std::size_t i = 0; i < column.size(); ++i) {
    const std::uint32_t unit = block.units[column.row(i)];
    const std::uint32_t number =
        numbers.empty() ? made.numbers.of(column.code(i)) : numbers[column.codes[i]];
    if (unit != no_unit) made.add(unit, number);
  }
}

}  // namespace

std::uint32_t CodeNumbers::add(Code code) {
  codes_.push_back(code);
  if (codes_.size() * 2 > slots_.size()) {
    slots_.assign(slots_.size() * 2, {});
    for (std::uint32_t i = 0; i + 1 < codes_.size(); ++i) put(i);
  }
  put(static_cast<std::uint32_t>(codes_.size() - 1));
  return static_cast<std::uint32_t>(codes_.size() - 1);
}

void CodeNumbers::put(std::uint32_t number) {
  std::size_t at = slot_of(codes_[number]);
  while (slots_[at].number != 0) at = (at + 1) & (slots_.size() - 1);
  slots_[at] = {codes_[number], number + 1};
}

UnitColumn column_of(const Evidence& evidence, FieldId field) {
  Numbered numbered;
  numbered.first.resize(evidence.units.size());
  for (const Block& block : evidence.blocks) {
    if (const Column* column = block.column(field)) add_block(numbered, block, *column);
  }
  // From the order of first sight to that of the Codes, which does not depend on other fields.
  UnitColumn made;
  made.table = numbered.numbers.codes();
  std::sort(made.table.begin(), made.table.end());
  std::vector<std::uint32_t> place_of(made.table.size() + 1);  // + 1, by number + 1
  for (std::uint32_t place = 0; place < made.table.size(); ++place) {
    place_of[numbered.numbers.of(made.table[place]) + 1] = place + 1;
  }
  made.first = Packed(evidence.units.size(), static_cast<std::uint32_t>(made.table.size()));
  for (std::size_t unit = 0; unit < numbered.first.size(); ++unit) {
    made.first.set(unit, place_of[numbered.first[unit]]);
  }
  made.more = std::move(numbered.more);
  for (auto& [unit, number] : made.more) number = place_of[number + 1] - 1;
  std::sort(made.more.begin(), made.more.end());
  made.more.erase(std::unique(made.more.begin(), made.more.end()), made.more.end());
  return made;
}

CodeText::CodeText(const EvidenceField& field, Code code) {
  if (code::is_index(code) && code < field.values.size()) {
    view_ = field.values[code];
    return;
  }
  if (code::is_number(code)) {
    spelled_ = code::spelled(code);
  } else {
    const auto written = fmt::format_to_n(spelled_.bytes.data(), spelled_.bytes.size(), "#{:08x}",
                                          code & code::payload_mask);
    spelled_.size = written.size;
  }
  view_ = spelled_.view();
}

bool text_less(const EvidenceField& field, Code a, Code b) {
  // Index Codes are in the order of their texts.
  if (code::is_index(a) && code::is_index(b)) return a < b;
  return CodeText(field, a).view() < CodeText(field, b).view();
}

std::optional<double> number_of(const EvidenceField& field, Code code) {
  if (code::is_number(code)) return code::number(code);
  if (code::is_index(code) && code < field.values.size()) return number_in(field.values[code]);
  return std::nullopt;
}

bool code_equals(const EvidenceField& field, Code code, const Operand& operand) {
  if (code::is_index(code) || code::is_number(code))
    return CodeText(field, code).view() == operand.text;
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
    } else if (const auto found = listed.find(CodeText(field, column.table[place]).view());
               found != listed.end()) {
      at = found->second;
    }
    map.places.push_back(static_cast<std::uint32_t>(at));
  }
  return map;
}

}  // namespace culprit
