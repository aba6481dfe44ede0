#include "store/embedded/columns.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <unordered_map>

#include <fmt/format.h>

#include "store/embedded/parallel.h"

namespace culprit {
namespace {

constexpr std::size_t span_max = 1 << 21;  // of Codes that are looked up by their distance

// The places of Codes in a table of all that occur. Codes of one column lie close together, as a
// rule: then they are found by their distance from the least.
class CodePlaces {
 public:
  explicit CodePlaces(const std::vector<Block>& blocks, FieldId field) {
    const auto [least, most] = bounds_of(blocks, field);
    const bool close = least <= most && most - least < span_max;
    if (close) numbers_.resize(most - least + std::size_t{1});
    least_ = least;
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

  Code least_ = 0;
  std::vector<std::uint32_t> numbers_;  // by distance from the least; 0: does not occur
  CodeNumbers far_;
  std::vector<std::uint32_t> places_of_far_;
  std::vector<Code> table_;
};

using UnitPlaces = std::vector<std::pair<std::uint32_t, std::uint32_t>>;

// Neighbouring blocks that one thread takes.
struct Stretch {
  std::span<const Block> blocks;
  std::uint32_t units_before = 0;  // which begin in earlier ones
  UnitPlaces late;                 // values of those, as number + 1, in the order of the rows
  UnitPlaces more;
};

std::vector<Stretch> stretches_of(const std::vector<Block>& blocks, std::size_t count) {
  std::vector<Stretch> made;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t from = blocks.size() * i / count;
    const std::size_t to = blocks.size() * (i + 1) / count;
    if (from == to) continue;
    made.push_back({std::span(blocks).subspan(from, to - from), blocks[from].units_before, {}, {}});
  }
  return made;
}

// Each unit's first value, and further ones that differ from it. Whether a row is its unit's first
// and whether it differs is up to chance, so that no branch depends on it.
template <typename Number, typename NumberAt>
void add_rows(const Block& block, const Column& column, NumberAt number_at, Number* first,
              Stretch& into) {
  const std::size_t size = column.size();
  const std::size_t begin = into.more.size();
  into.more.resize(begin + size);
  auto* more = into.more.data() + begin;
  const auto add = [&](std::uint32_t row, std::size_t i) {
    const std::uint32_t unit = block.units[row];
    if (unit == no_unit) return;
    const std::uint32_t number = number_at(i);
    if (unit < into.units_before) [[unlikely]] {
      into.late.emplace_back(unit, number);
      return;
    }
    const std::uint32_t known = first[unit];
    first[unit] = static_cast<Number>(known == 0 ? number : known);
    *more = {unit, number - 1};
    more += static_cast<std::ptrdiff_t>((known != 0) & (known != number));
  };
  if (column.dense) {
    for (std::uint32_t row = 0; row < size; ++row) add(row, row);
  } else {
    for (std::size_t i = 0; i < size; ++i) add(column.rows[i], i);
  }
  into.more.resize(static_cast<std::size_t>(more - into.more.data()));
}

template <typename Number>
void add_blocks(FieldId field, CodePlaces& places, Number* first, Stretch& stretch) {
  for (const Block& block : stretch.blocks) {
    const Column* column = block.column(field);
    if (column == nullptr) continue;
    std::vector<std::uint32_t> numbers;  // by place in the block's own table
    for (const Code code : column->table) numbers.push_back(places.number(code));
    with_codes(*column, [&](const auto& codes) {
      if (numbers.empty()) {
        const auto number_at = [&](std::size_t i) {
          return places.number(column->base + codes[i]);
        };
        add_rows(block, *column, number_at, first, stretch);
      } else {
        const std::uint32_t* const of_place = numbers.data();
        const auto number_at = [&](std::size_t i) { return of_place[codes[i]]; };
        add_rows(block, *column, number_at, first, stretch);
      }
    });
  }
}

template <typename Number>
void fill(const Evidence& evidence, FieldId field, CodePlaces& places, std::size_t threads,
          UnitColumn& made) {
  auto* const first = made.first.template as<Number>();
  std::vector<Stretch> stretches = stretches_of(evidence.blocks, threads);
  in_parallel(stretches.size(), evidence.units.size(),
              [&](std::size_t i) { add_blocks(field, places, first, stretches[i]); });
  for (Stretch& stretch : stretches) {
    for (const auto& [unit, number] : stretch.late) {
      if (first[unit] == 0) first[unit] = static_cast<Number>(number);
      if (first[unit] != number) stretch.more.emplace_back(unit, number - 1);
    }
    if (made.more.empty()) {
      made.more = std::move(stretch.more);
    } else {
      made.more.insert(made.more.end(), stretch.more.begin(), stretch.more.end());
    }
  }
}

// By unit, then place, each pair once. Where most units have some they are counted into their
// places, as they stand nearly in order and the counts of neighbours share their cache lines.
void sort_distinct(UnitPlaces& pairs, std::size_t units) {
  constexpr std::size_t few = 8;  // a sort takes about as many steps then
  if (pairs.size() * few < units) {
    std::sort(pairs.begin(), pairs.end());
    pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
    return;
  }
  std::vector<std::uint32_t> ends(units + 1);  // first the begin of each unit's, then the end
  for (const auto& [unit, place] : pairs) ++ends[unit + 1];
  std::partial_sum(ends.begin(), ends.end(), ends.begin());
  std::vector<std::uint32_t> places(pairs.size());
  for (const auto& [unit, place] : pairs) places[ends[unit]++] = place;
  std::size_t kept = 0;
  auto from = places.begin();
  for (std::uint32_t unit = 0; unit < units; ++unit) {
    const auto to = places.begin() + ends[unit];
    std::sort(from, to);
    const auto behind = std::unique(from, to);
    for (; from != behind; ++from) pairs[kept++] = {unit, *from};
    from = to;
  }
  pairs.resize(kept);
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

CodeBounds bounds_of(const std::vector<Block>& blocks, FieldId field) {
  CodeBounds bounds;
  for (const Block& block : blocks) {
    const Column* column = block.column(field);
    if (column == nullptr || column->size() == 0) continue;
    const bool tabled = !column->table.empty();
    const auto [least, most] = std::minmax_element(column->table.begin(), column->table.end());
    bounds.least = std::min(bounds.least, tabled ? *least : column->base);
    const std::uint64_t reach = std::uint64_t{column->base} + column->codes.most();
    bounds.most = std::max(bounds.most, tabled ? *most
                                               : static_cast<Code>(std::min<std::uint64_t>(
                                                     reach, std::numeric_limits<Code>::max())));
  }
  return bounds;
}

UnitColumn column_of(const Evidence& evidence, FieldId field, std::size_t threads) {
  CodePlaces places(evidence.blocks, field);
  UnitColumn made;
  made.first = Packed(evidence.units.size(), static_cast<std::uint32_t>(places.size()));
  switch (made.first.width()) {
    case 1: fill<std::uint8_t>(evidence, field, places, threads, made); break;
    case 2: fill<std::uint16_t>(evidence, field, places, threads, made); break;
    case 4: fill<std::uint32_t>(evidence, field, places, threads, made); break;
    default: break;
  }
  made.table = places.take_table();
  sort_distinct(made.more, evidence.units.size());
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
