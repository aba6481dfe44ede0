#include <algorithm>
#include <cmath>
#include <set>
#include <string_view>
#include <unordered_map>

#include "event/outcome.h"
#include "store/embedded/columns.h"
#include "store/embedded/embedded.h"

namespace culprit {
namespace {

// The verdict of each unit's last event that has one.
class Verdicts {
 public:
  explicit Verdicts(std::size_t units) : times_(units, INT64_MIN), verdicts_(units, -1) {}
  void tell(std::uint32_t unit, std::int64_t time, std::int8_t verdict) {
    // Of two at the same instant the failure counts.
    if (time < times_[unit] || (time == times_[unit] && verdicts_[unit] > verdict)) return;
    times_[unit] = time;
    verdicts_[unit] = verdict;
  }
  std::int8_t of(std::size_t unit) const { return verdicts_[unit]; }

 private:
  std::vector<std::int64_t> times_;
  std::vector<std::int8_t> verdicts_;
};

std::int8_t status_verdict(const EvidenceField& field, Code code) {
  const auto number = number_of(field, code);
  if (!number || !is_status(*number)) return -1;
  return *number >= status_bad_min ? 1 : 0;
}

std::int8_t success_verdict(const EvidenceField& field, Code code) {
  const std::string text = text_of(field, code);
  return says_failed(text) ? 1 : says_succeeded(text) ? 0 : -1;
}

// Calls each(block, row, code) for every value of a field.
template <typename Each>
void for_values(const Evidence& evidence, const std::string& name, Each each) {
  const EvidenceField* field = evidence.field(name);
  if (field == nullptr) return;
  for (const Block& block : evidence.blocks) {
    const Column* column = block.column(evidence.id_of(*field));
    if (column == nullptr) continue;
    for (std::size_t i = 0; i < column->size(); ++i) {
      each(*field, block, column->row(i), column->code(i));
    }
  }
}

void judge_given(Evidence& evidence, const OutcomeRule& rule) {
  auto& outcomes = evidence.units.outcomes;
  for (const Block& block : evidence.blocks) {
    for (std::size_t row = 0; row < block.rows(); ++row) {
      const std::uint32_t unit = block.units[row];
      if (unit == no_unit) continue;
      if ((block.flags[row] & row_bad) != 0) {
        outcomes[unit] = 1;
      } else if (outcomes[unit] < 0 && (!rule.good || (block.flags[row] & row_good) != 0)) {
        outcomes[unit] = 0;
      }
    }
  }
}

void judge_message(Evidence& evidence, const OutcomeRule& rule) {
  const std::set<std::string_view> wanted(rule.skeletons.begin(), rule.skeletons.end());
  std::vector<std::uint8_t> bad(evidence.skeletons.size(), 0);
  for (std::size_t i = 0; i < bad.size(); ++i) {
    bad[i] = wanted.contains(evidence.skeletons[i].text) ? 1 : 0;
  }
  auto& outcomes = evidence.units.outcomes;
  for (const Block& block : evidence.blocks) {
    for (std::size_t row = 0; row < block.rows(); ++row) {
      const std::uint32_t unit = block.units[row];
      if (unit == no_unit) continue;
      const bool says = bad[block.skeletons[row]] != 0;
      if (says || outcomes[unit] < 0) outcomes[unit] = says ? 1 : 0;
    }
  }
}

using VerdictOf = std::int8_t (*)(const EvidenceField& field, Code code);

// A value's verdict is asked for once in a block that has a table of them.
void tell_verdicts(const Evidence& evidence, const std::string& name, VerdictOf verdict_of,
                   Verdicts& verdicts) {
  const EvidenceField* field = evidence.field(name);
  if (field == nullptr) return;
  for (const Block& block : evidence.blocks) {
    const Column* column = block.column(evidence.id_of(*field));
    if (column == nullptr) continue;
    std::vector<std::int8_t> by_place;
    for (const Code code : column->table) by_place.push_back(verdict_of(*field, code));
    for (std::size_t i = 0; i < column->size(); ++i) {
      const std::uint32_t row = column->row(i);
      if (block.units[row] == no_unit) continue;
      const std::int8_t verdict =
          by_place.empty() ? verdict_of(*field, column->code(i)) : by_place[column->codes[i]];
      if (verdict >= 0) verdicts.tell(block.units[row], block.times[row], verdict);
    }
  }
}

void judge_status(Evidence& evidence, const OutcomeRule& rule) {
  auto& outcomes = evidence.units.outcomes;
  Verdicts verdicts(evidence.units.size());
  for (const std::string& name : rule.status_fields) {
    tell_verdicts(evidence, name, status_verdict, verdicts);
  }
  for (const std::string& name : rule.success_fields) {
    tell_verdicts(evidence, name, success_verdict, verdicts);
  }
  for (std::size_t unit = 0; unit < outcomes.size(); ++unit) outcomes[unit] = verdicts.of(unit);
  if (rule.levels) {
    for (const Block& block : evidence.blocks) {
      for (std::size_t row = 0; row < block.rows(); ++row) {
        const std::uint32_t unit = block.units[row];
        if (unit == no_unit || verdicts.of(unit) >= 0) continue;
        const Level level = block.level(row);
        if (level >= Level::error) outcomes[unit] = 1;
        if (level != Level::none) outcomes[unit] = std::max<std::int8_t>(outcomes[unit], 0);
      }
    }
  }
  for (const std::string& name : rule.exception_fields) {
    for_values(evidence, name,
               [&](const EvidenceField& field, const Block& block, std::uint32_t row, Code code) {
                 const std::uint32_t unit = block.units[row];
                 if (unit == no_unit || verdicts.of(unit) >= 0) return;
                 const std::string text = text_of(field, code);
                 if (!text.empty() && text != "null") outcomes[unit] = 1;
               });
  }
}

// Each unit's largest of what `number_at` says of its values; NaN: none of them says anything.
std::vector<double> largest_of(const UnitColumn& column, const std::vector<double>& number_at) {
  std::vector<double> largest(column.first.size());
  for (std::size_t unit = 0; unit < largest.size(); ++unit) {
    const std::uint32_t place = column.first[unit];
    largest[unit] = place == 0 ? std::nan("") : number_at[place - 1];
  }
  for (const auto& [unit, place] : column.more) {
    largest[unit] = std::fmax(largest[unit], number_at[place]);
  }
  return largest;
}

std::vector<double> durations_of(const Evidence& evidence, const EvidenceField& field) {
  const UnitColumn column = column_of(evidence, evidence.id_of(field));
  std::vector<double> number_at;
  for (const Code code : column.table) {
    const double number = number_of(field, code).value_or(-1);
    number_at.push_back(number < 0 ? std::nan("") : number);
  }
  return largest_of(column, number_at);
}

// A unit with several operations has the largest of their limits, as its duration is the largest.
std::vector<double> limits_of(const Evidence& evidence, const OutcomeRule& rule) {
  double fallback = std::nan("");
  std::unordered_map<std::string, double> limits;
  for (const auto& [name, limit] : rule.limits) {
    limits[name] = limit;
    if (name.empty()) fallback = limit;
  }
  std::vector<double> limit_of(evidence.units.size(), fallback);
  const EvidenceField* operation = evidence.field(rule.operation_field);
  if (operation == nullptr) return limit_of;
  const UnitColumn column = column_of(evidence, evidence.id_of(*operation));
  std::vector<double> limit_at;
  for (const Code code : column.table) {
    const auto found = limits.find(text_of(*operation, code));
    limit_at.push_back(found == limits.end() ? fallback : found->second);
  }
  const std::vector<double> largest = largest_of(column, limit_at);
  for (std::size_t unit = 0; unit < limit_of.size(); ++unit) {
    if (column.first[unit] > 0) limit_of[unit] = largest[unit];
  }
  return limit_of;
}

void judge_latency(Evidence& evidence, const OutcomeRule& rule) {
  const EvidenceField* field = evidence.field(rule.duration_field);
  if (field == nullptr) return;
  const std::vector<double> durations = durations_of(evidence, *field);
  const std::vector<double> limits = limits_of(evidence, rule);
  for (std::size_t unit = 0; unit < durations.size(); ++unit) {
    if (std::isnan(durations[unit]) || std::isnan(limits[unit])) continue;
    evidence.units.outcomes[unit] = durations[unit] > limits[unit] ? 1 : 0;
  }
}

Judged count(const Evidence& evidence) {
  Judged judged;
  const Units& units = evidence.units;
  std::vector<std::uint8_t> errors(units.size(), 0);
  for (const Block& block : evidence.blocks) {
    for (std::size_t row = 0; row < block.rows(); ++row) {
      if (block.units[row] == no_unit) continue;
      const Level level = block.level(row);
      if (level >= Level::error) errors[block.units[row]] = 1;
    }
  }
  for (std::size_t unit = 0; unit < units.size(); ++unit) {
    const double weight = evidence.weight(unit);
    (units.outcomes[unit] < 0 ? judged.unjudged : judged.units) += weight;
    judged.bad += units.outcomes[unit] == 1 ? weight : 0;
    judged.recovered += units.outcomes[unit] == 0 && errors[unit] != 0 ? weight : 0;
  }
  judged.exact = evidence.schema.exact;
  return judged;
}

}  // namespace

Judged judge_units(Evidence& evidence, const OutcomeRule& rule) {
  std::fill(evidence.units.outcomes.begin(), evidence.units.outcomes.end(), std::int8_t{-1});
  switch (rule.how) {
    case OutcomeRule::How::given: judge_given(evidence, rule); break;
    case OutcomeRule::How::status: judge_status(evidence, rule); break;
    case OutcomeRule::How::message: judge_message(evidence, rule); break;
    case OutcomeRule::How::latency: judge_latency(evidence, rule); break;
    case OutcomeRule::How::volume:
    case OutcomeRule::How::unknown: break;
  }
  return count(evidence);
}

}  // namespace culprit
