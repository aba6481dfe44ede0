#include "store/embedded/embedded.h"

#include <algorithm>
#include <iterator>
#include <numeric>

#include "store/embedded/parallel.h"
#include "store/embedded/reading_plan.h"

namespace culprit {
namespace {

// Selections are kept while all of them together are that many times the units.
constexpr std::size_t selections_units_max = 3;
constexpr std::size_t unique_most = 2;         // times that an id occurs, on an average
constexpr std::size_t distinct_max = 100'000;  // of a field; more are not told apart

// How often each value of a field occurs.
struct ValueCounts {
  std::vector<Code> codes;
  std::vector<std::size_t> counts;
};

// How often each place of a block's table occurs. Neighbours are often alike: they are counted in
// places of their own, so that none waits for the one before.
std::vector<std::size_t> place_counts(const Column& column) {
  constexpr std::size_t lanes = 4;
  std::vector<std::uint32_t> laned(column.table.size() * lanes);
  with_codes(column, [&](const auto& codes) {
    for (std::size_t i = 0; i < column.size(); ++i) ++laned[codes[i] * lanes + i % lanes];
  });
  std::vector<std::size_t> counts(column.table.size());
  for (std::size_t at = 0; at < laned.size(); ++at) counts[at / lanes] += laned[at];
  return counts;
}

// Codes that lie close together, as nearly all do, are counted by their distance from the least.
class CloseCounts {
 public:
  static constexpr std::size_t span_max = 1 << 18;
  static bool fits(CodeBounds bounds) {
    return bounds.least <= bounds.most && bounds.most - bounds.least < span_max;
  }
  explicit CloseCounts(CodeBounds bounds)
      : least_(bounds.least), counts_(bounds.most - bounds.least + std::size_t{1}) {}
  void add(Code code, std::size_t count) {
    counts_[code - least_] += static_cast<std::uint32_t>(count);
  }
  bool full() const { return false; }
  ValueCounts made() const {
    ValueCounts made;
    for (std::size_t at = 0; at < counts_.size(); ++at) {
      if (counts_[at] == 0) continue;
      made.codes.push_back(least_ + static_cast<Code>(at));
      made.counts.push_back(counts_[at]);
    }
    return made;
  }

 private:
  Code least_;
  std::vector<std::uint32_t> counts_;
};

class FarCounts {
 public:
  void add(Code code, std::size_t count) {
    const std::uint32_t number = numbers_.of(code);
    if (number >= counts_.size()) counts_.resize(number + std::size_t{1});
    counts_[number] += count;
  }
  bool full() const { return counts_.size() > distinct_max; }  // enough were told apart
  ValueCounts made() const { return {numbers_.codes(), counts_}; }

 private:
  CodeNumbers numbers_;
  std::vector<std::size_t> counts_;  // by number
};

template <typename Counter>
ValueCounts counted_by(Counter counter, const Evidence& evidence, FieldId field) {
  for (const Block& block : evidence.blocks) {
    const Column* column = block.column(field);
    if (column == nullptr || counter.full()) continue;
    if (column->table.empty()) {
      with_codes(*column, [&](const auto& codes) {
        for (std::size_t i = 0; i < column->size(); ++i) counter.add(column->base + codes[i], 1);
      });
      continue;
    }
    const std::vector<std::size_t> counts = place_counts(*column);
    for (std::size_t place = 0; place < counts.size(); ++place) {
      counter.add(column->table[place], counts[place]);
    }
  }
  return counter.made();
}

ValueCounts count_values(const Evidence& evidence, FieldId field) {
  const CodeBounds bounds = bounds_of(evidence.blocks, field);
  if (CloseCounts::fits(bounds)) return counted_by(CloseCounts(bounds), evidence, field);
  return counted_by(FarCounts(), evidence, field);
}

void summarise_values(const Evidence& evidence, const EvidenceField& field, FieldSummary& summary) {
  const ValueCounts counted = count_values(evidence, evidence.id_of(field));
  summary.distinct = counted.counts.size();
  const std::size_t seen = std::accumulate(counted.counts.begin(), counted.counts.end(), 0UL);
  summary.unique = field.many && summary.distinct * unique_most > seen;
  std::vector<std::pair<std::size_t, Code>> frequent;
  bool first = true;
  for (std::size_t i = 0; i < counted.counts.size(); ++i) {
    const Code code = counted.codes[i];
    frequent.emplace_back(counted.counts[i], code);
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

Result<std::unique_ptr<Embedded>> Embedded::gather(World& world, const GatherOptions& options,
                                                   std::vector<Source> sources) {
  Evidence evidence = TRY(read_evidence(world, options, std::move(sources)));
  return std::make_unique<Embedded>(world, std::move(evidence));
}

Embedded::Embedded(World& world, Evidence evidence)
    : world_(world), evidence_(std::move(evidence)) {
  summarise_fields();
}

Status Embedded::keep_indexes(const GatherOptions& options) const {
  return culprit::keep_indexes(world_, options, evidence_);
}

bool Embedded::leaves_fields_out() const {
  return std::any_of(evidence_.fields.begin(), evidence_.fields.end(),
                     [](const EvidenceField& field) { return field.left_out; });
}

bool Embedded::worth_indexing(const GatherOptions& options) const {
  return culprit::worth_indexing(options, evidence_);
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
    evidence_.schema.fields.push_back(std::move(summary));
  }
  in_parallel(evidence_.fields.size(), evidence_.rows(), [&](std::size_t i) {
    summarise_values(evidence_, evidence_.fields[i], evidence_.schema.fields[i]);
  });
}

Judged Embedded::judge(const OutcomeRule& rule) {
  selections_.clear();
  slots_ = {};
  failing_.clear();
  return judge_units(evidence_, rule);
}

const UnitColumn& Embedded::column(FieldId field) {
  const auto found = columns_.find(field);
  if (found != columns_.end()) return found->second;
  return columns_.emplace(field, column_of(evidence_, field)).first->second;
}

Embedded::Mask Embedded::mask_of(const Expr& where) {
  return sieve_of(where).all(evidence_.units.size());
}

std::vector<std::uint32_t> Embedded::filtered(const std::vector<std::uint32_t>& units,
                                              const Expr& where) {
  const Mask mask = mask_of(where);
  std::vector<std::uint32_t> kept(units.size());
  std::size_t size = 0;
  for (const std::uint32_t unit : units) {
    kept[size] = unit;
    size += mask[unit];
  }
  kept.resize(size);
  return kept;
}

const std::vector<std::uint32_t>& Embedded::units_where(const Expr& where) {
  const std::string key = to_string(where);
  const auto found = selections_.find(key);
  if (found != selections_.end()) return found->second;
  std::size_t kept = 0;
  for (const auto& [expr, selected] : selections_) kept += selected.size() + expr.size();
  if (kept > selections_units_max * evidence_.units.size() + 4096) selections_.clear();
  std::vector<std::uint32_t> units;
  if (where.op == Expr::Op::always) {
    units.reserve(evidence_.units.size());
    for (std::uint32_t unit = 0; unit < evidence_.units.size(); ++unit) {
      if (evidence_.units.outcomes[unit] >= 0) units.push_back(unit);
    }
  } else if (where.op == Expr::Op::all) {
    // A search asks about ever narrower parts of the same: the wider ones are known already.
    Expr wider = where;
    wider.parts.pop_back();
    if (wider.parts.size() == 1) wider = Expr(wider.parts.front());
    units = filtered(units_where(wider), where.parts.back());
  } else {
    units = filtered(units_where({}), where);
  }
  if (units.size() * 2 < units.capacity()) units.shrink_to_fit();
  return selections_.emplace(key, std::move(units)).first->second;
}

double Embedded::row_weight(const Block& block, std::size_t row) const {
  if (evidence_.sampling.shift == 0) return 1;
  const std::uint32_t unit = block.units[row];
  if (unit != no_unit) return evidence_.weight(unit);
  const bool failing = (block.flags[row] & row_suspicious) != 0;
  return failing ? evidence_.sampling.failing_weight() : evidence_.sampling.weight();
}

}  // namespace culprit
