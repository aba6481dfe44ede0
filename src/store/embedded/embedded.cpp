#include "store/embedded/embedded.h"

#include <algorithm>
#include <unordered_map>

namespace culprit {
namespace {

// Selections and columns beyond that are not kept: questions about tiny segments are cheap to
// repeat, and a report asks about a few hundred at most.
constexpr std::size_t selections_max = 64;
constexpr std::size_t distinct_max = 100'000;  // of a field; more are not told apart

// How often each value of a field occurs.
std::unordered_map<Code, std::size_t> count_values(const Evidence& evidence, FieldId field) {
  std::unordered_map<Code, std::size_t> counts;
  for (const Block& block : evidence.blocks) {
    const Column* column = block.column(field);
    if (column == nullptr || counts.size() > distinct_max) continue;
    if (column->table.empty()) {
      for (std::size_t i = 0; i < column->size(); ++i) ++counts[column->codes[i]];
      continue;
    }
    std::vector<std::size_t> local(column->table.size());
    for (std::size_t i = 0; i < column->size(); ++i) ++local[column->codes[i]];
    for (std::size_t place = 0; place < local.size(); ++place) {
      counts[column->table[place]] += local[place];
    }
  }
  return counts;
}

void summarise_values(const Evidence& evidence, const EvidenceField& field, FieldSummary& summary) {
  const std::unordered_map<Code, std::size_t> counts =
      count_values(evidence, evidence.id_of(field));
  summary.distinct = counts.size();
  std::vector<std::pair<std::size_t, Code>> frequent;
  bool first = true;
  for (const auto& [code, count] : counts) {
    frequent.emplace_back(count, code);
    const auto number = number_of(field, code);
    if (!number) continue;
    summary.least = first ? *number : std::min(summary.least, *number);
    summary.most = first ? *number : std::max(summary.most, *number);
    first = false;
  }
  const std::size_t shown = std::min<std::size_t>(3, frequent.size());
  std::partial_sort(frequent.begin(), frequent.begin() + static_cast<std::ptrdiff_t>(shown),
                    frequent.end(), [&](const auto& a, const auto& b) {
                      if (a.first != b.first) return a.first > b.first;
                      return text_less(field, a.second, b.second);
                    });
  for (std::size_t i = 0; i < shown; ++i) {
    summary.examples.push_back(text_of(field, frequent[i].second));
  }
}

}  // namespace

Result<std::unique_ptr<Embedded>> Embedded::gather(World& world, const GatherOptions& options) {
  Evidence evidence = TRY(read_evidence(world, options));
  return std::make_unique<Embedded>(world, std::move(evidence));
}

Embedded::Embedded(World& world, Evidence evidence)
    : world_(world), evidence_(std::move(evidence)) {
  summarise_fields();
}

void Embedded::summarise_fields() {
  for (const EvidenceField& field : evidence_.fields) {
    FieldSummary summary;
    summary.name = field.name;
    summary.role = field.role;
    summary.slot = field.slot;
    summary.events = field.events;
    summary.error_events = field.error_events;
    summary.numbers = field.numbers;
    summary.many = field.many;
    summarise_values(evidence_, field, summary);
    evidence_.schema.fields.push_back(std::move(summary));
  }
}

Judged Embedded::judge(const OutcomeRule& rule) {
  selections_.clear();
  return judge_units(evidence_, rule);
}

const UnitColumn& Embedded::column(FieldId field) {
  const auto found = columns_.find(field);
  if (found != columns_.end()) return found->second;
  return columns_.emplace(field, column_of(evidence_, field)).first->second;
}

Embedded::Mask Embedded::mask_of_leaf(const Expr& leaf) {
  Mask mask(evidence_.units.size(), 0);
  const EvidenceField* field = evidence_.field(leaf.field);
  if (field == nullptr) return mask;
  const UnitColumn& values = column(evidence_.id_of(*field));
  if (leaf.op == Expr::Op::has) {
    for (std::size_t unit = 0; unit < mask.size(); ++unit) mask[unit] = values.first[unit] > 0;
    return mask;
  }
  std::vector<std::uint8_t> holds_at(values.table.size() + 1, 0);
  for (std::size_t place = 0; place < values.table.size(); ++place) {
    const Code code = values.table[place];
    const bool hashed = !code::is_index(code) && !code::is_number(code);
    holds_at[place + 1] = hashed ? std::any_of(leaf.operands.begin(), leaf.operands.end(),
                                               [&](const Operand& operand) {
                                                 return code_equals(*field, code, operand);
                                               })
                                 : value_holds(leaf, text_of(*field, code));
  }
  for (std::size_t unit = 0; unit < mask.size(); ++unit) mask[unit] = holds_at[values.first[unit]];
  for (const auto& [unit, place] : values.more) mask[unit] |= holds_at[place + 1];
  if (leaf.comparison == Comparison::differs) {
    for (std::size_t unit = 0; unit < mask.size(); ++unit) {
      mask[unit] = values.first[unit] > 0 && mask[unit] == 0;
    }
  }
  return mask;
}

Embedded::Mask Embedded::mask_of(const Expr& where) {
  switch (where.op) {
    case Expr::Op::always: return Mask(evidence_.units.size(), 1);
    case Expr::Op::compare:
    case Expr::Op::has: return mask_of_leaf(where);
    case Expr::Op::negate: {
      Mask mask = mask_of(where.parts.front());
      for (std::uint8_t& bit : mask) bit ^= 1;
      return mask;
    }
    case Expr::Op::all:
    case Expr::Op::any: break;
  }
  Mask mask = mask_of(where.parts.front());
  for (std::size_t part = 1; part < where.parts.size(); ++part) {
    const Mask other = mask_of(where.parts[part]);
    for (std::size_t unit = 0; unit < mask.size(); ++unit) {
      mask[unit] = where.op == Expr::Op::all ? mask[unit] & other[unit] : mask[unit] | other[unit];
    }
  }
  return mask;
}

const std::vector<std::uint32_t>& Embedded::units_where(const Expr& where) {
  const std::string key = to_string(where);
  const auto found = selections_.find(key);
  if (found != selections_.end()) return found->second;
  if (selections_.size() >= selections_max) selections_.clear();
  const Mask mask = mask_of(where);
  std::vector<std::uint32_t> units;
  for (std::uint32_t unit = 0; unit < mask.size(); ++unit) {
    if (mask[unit] != 0 && evidence_.units.outcomes[unit] >= 0) units.push_back(unit);
  }
  return selections_.emplace(key, std::move(units)).first->second;
}

double Embedded::row_weight(const Block& block, std::size_t row) const {
  if (evidence_.sampling.shift == 0) return 1;
  const std::uint32_t unit = block.units[row];
  if (unit != no_unit) return evidence_.weight(unit);
  return (block.flags[row] & row_suspicious) != 0 ? 1 : evidence_.sampling.weight();
}

}  // namespace culprit
