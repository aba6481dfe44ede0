#include "store/embedded/columns.h"

#include <algorithm>
#include <limits>
#include <unordered_map>

#include <fmt/format.h>

namespace culprit {
namespace {

constexpr std::size_t span_max = 1 << 21;  // of Codes that are looked up by their distance

// The places of Codes in a table of all that occur. Codes of one column lie close together, as a
// rule: then they are found by their distance from the least.
class CodePlaces {
 public:
  explicit CodePlaces(const std::vector<Block>& blocks, FieldId field) {
    find_bounds(blocks, field);
    const bool close = least_ <= most_ && most_ - least_ < span_max;
    if (close) numbers_.resize(most_ - least_ + std::size_t{1});
    for_codes(blocks, field, [&](Code code) {
      if (close) {
        numbers_[code - least_] = 1;
      } else {
        far_.of(code);
      }
    });
    close ? number_close() : number_far();
  }
  // + 1, so that 0 is none.
  std::uint32_t number(Code code) {
    return numbers_.empty() ? places_of_far_[far_.of(code)] : numbers_[code - least_];
  }
  std::vector<Code> take_table() { return std::move(table_); }
  std::size_t size() const { return table_.size(); }

 private:
  template <typename Each>
  static void for_codes(const std::vector<Block>& blocks, FieldId field, Each each) {
    for (const Block& block : blocks) {
      const Column* column = block.column(field);
      if (column == nullptr) continue;
      for (const Code code : column->table) each(code);
      if (!column->table.empty()) continue;
      with_codes(*column, [&](const auto& codes) {
        for (std::size_t i = 0; i < column->size(); ++i) each(column->base + codes[i]);
      });
    }
  }

  void find_bounds(const std::vector<Block>& blocks, FieldId field) {
    for (const Block& block : blocks) {
      const Column* column = block.column(field);
      if (column == nullptr || column->size() == 0) continue;
      const bool tabled = !column->table.empty();
      const auto [least, most] = std::minmax_element(column->table.begin(), column->table.end());
      least_ = std::min(least_, tabled ? *least : column->base);
      const std::uint64_t reach = std::uint64_t{column->base} + column->codes.most();
      most_ = std::max(most_, tabled ? *most
                                     : static_cast<Code>(std::min<std::uint64_t>(
                                           reach, std::numeric_limits<Code>::max())));
    }
  }
  void number_close() {
    for (std::size_t at = 0; at < numbers_.size(); ++at) {
      if (numbers_[at] == 0) continue;
      table_.push_back(least_ + static_cast<Code>(at));
      numbers_[at] = static_cast<std::uint32_t>(table_.size());
    }
  }
  void number_far() {
    table_ = far_.codes();
    std::sort(table_.begin(), table_.end());
    places_of_far_.resize(table_.size());
    for (std::uint32_t place = 0; place < table_.size(); ++place) {
      places_of_far_[far_.of(table_[place])] = place + 1;
    }
  }

  Code least_ = std::numeric_limits<Code>::max();
  Code most_ = 0;
  std::vector<std::uint32_t> numbers_;  // by distance from the least; 0: does not occur
  CodeNumbers far_;
  std::vector<std::uint32_t> places_of_far_;
  std::vector<Code> table_;
};

// Each unit's first value, and further ones that differ from it.
template <typename Number, typename NumberAt>
void add_rows(const Block& block, const Column& column, NumberAt number_at, Number* first,
              std::vector<std::pair<std::uint32_t, std::uint32_t>>& more) {
  const auto add = [&](std::uint32_t row, std::size_t i) {
    const std::uint32_t unit = block.units[row];
    if (unit == no_unit) return;
    const std::uint32_t number = number_at(i);
    const Number known = first[unit];
    if (known == 0) {
      first[unit] = static_cast<Number>(number);
    } else if (known != number) {
      more.emplace_back(unit, number - 1);
    }
  };
  const std::size_t size = column.size();
  if (column.dense) {
    for (std::uint32_t row = 0; row < size; ++row) add(row, row);
  } else {
    for (std::size_t i = 0; i < size; ++i) add(column.rows[i], i);
  }
}

template <typename Number>
void add_blocks(const Evidence& evidence, FieldId field, CodePlaces& places, UnitColumn& made) {
  auto* const first = made.first.template as<Number>();
  for (const Block& block : evidence.blocks) {
    const Column* column = block.column(field);
    if (column == nullptr) continue;
    std::vector<std::uint32_t> numbers;  // by place in the block's own table
    for (const Code code : column->table) numbers.push_back(places.number(code));
    with_codes(*column, [&](const auto& codes) {
      if (numbers.empty()) {
        const auto number_at = [&](std::size_t i) {
          return places.number(column->base + codes[i]);
        };
        add_rows(block, *column, number_at, first, made.more);
      } else {
        const std::uint32_t* const of_place = numbers.data();
        const auto number_at = [&](std::size_t i) { return of_place[codes[i]]; };
        add_rows(block, *column, number_at, first, made.more);
      }
    });
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
  CodePlaces places(evidence.blocks, field);
  UnitColumn made;
  made.first = Packed(evidence.units.size(), static_cast<std::uint32_t>(places.size()));
  switch (made.first.width()) {
    case 1: add_blocks<std::uint8_t>(evidence, field, places, made); break;
    case 2: add_blocks<std::uint16_t>(evidence, field, places, made); break;
    case 4: add_blocks<std::uint32_t>(evidence, field, places, made); break;
    default: break;
  }
  made.table = places.take_table();
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
