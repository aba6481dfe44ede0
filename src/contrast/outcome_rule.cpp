#include "contrast/outcome_rule.h"

#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "event/outcome.h"

namespace culprit {
namespace {

bool speaks_of_success(const FieldSummary& field) {
  return std::any_of(field.examples.begin(), field.examples.end(), [](const std::string& value) {
    return says_failed(value) || says_succeeded(value);
  });
}

bool holds_status(const FieldSummary& field) {
  return field.numbers * 10 >= field.events * 9 && field.least >= 100 && field.most < 600 &&
         field.events > 0;
}

}  // namespace

OutcomeRule outcome_rule_of(const Schema& schema) {
  OutcomeRule rule;
  std::uint64_t judged = 0;
  for (const FieldSummary& field : schema.fields) {
    if (field.slot) continue;  // a number in prose is not a verdict
    if (field.role == Role::status && holds_status(field)) {
      rule.status_fields.push_back(field.name);
      judged = std::max(judged, field.events);
    }
    if (field.role == Role::success && !field.many && speaks_of_success(field)) {
      rule.success_fields.push_back(field.name);
      judged = std::max(judged, field.events);
    }
    if (field.role == Role::exception && field.events > 0) {
      rule.exception_fields.push_back(field.name);
    }
  }
  const std::uint64_t levelled = schema.events - schema.levels[0];
  // Where lines are units and many have a status, the lines without one cannot fail.
  const bool only_status = schema.unit.fields.empty() && judged * 5 >= schema.events;
  rule.levels = levelled > 0 && !only_status;
  if (only_status) rule.exception_fields.clear();
  const bool any = judged > 0 || rule.levels || !rule.exception_fields.empty();
  if (any) rule.how = OutcomeRule::How::status;
  return rule;
}

OutcomeRule given_rule(Expr bad, std::optional<Expr> good) {
  OutcomeRule rule;
  rule.how = OutcomeRule::How::given;
  rule.bad = std::move(bad);
  rule.good = std::move(good);
  return rule;
}

std::string to_string(const OutcomeRule& rule) {
  using How = OutcomeRule::How;
  if (rule.how == How::given || rule.how == How::message) return to_string(*rule.bad);
  if (rule.how == OutcomeRule::How::latency) {
    return rule.operation_field.empty()
               ? fmt::format("{} above its p99 before", rule.duration_field)
               : fmt::format("{} above its p99 before, per {}", rule.duration_field,
                             rule.operation_field);
  }
  if (rule.how == OutcomeRule::How::volume) return "traffic or a message that stopped";
  std::vector<std::string> parts;
  for (const std::string& field : rule.status_fields) parts.push_back(field + " >= 500");
  for (const std::string& field : rule.success_fields) parts.push_back(field + " says failed");
  for (const std::string& field : rule.exception_fields)
    parts.push_back(fmt::format("has({})", field));
  if (rule.levels) parts.push_back("level >= error");
  return fmt::format("{}", fmt::join(parts, " or "));
}

std::vector<std::string> could_fail(const Schema& schema) {
  std::vector<std::pair<int, std::string>> found;  // by doubt
  for (const FieldSummary& field : schema.fields) {
    if (field.role == Role::time || field.role == Role::correlation || field.many) continue;
    for (const std::string& value : field.examples) {
      if (says_failed(value) && value != "0" && value != "no") {
        found.emplace_back(0, to_string(equals(field.name, value)));
      }
    }
    if (field.role == Role::error) found.emplace_back(1, fmt::format("has({})", field.name));
    if (field.role == Role::duration && field.numbers > 0) {
      found.emplace_back(2, fmt::format("{} > {:.6g}", field.name, field.most / 2));
    }
    if (field.numbers > 0 && field.least == 0 && field.role == Role::none && !field.slot) {
      found.emplace_back(3, field.name + " = 0");
    }
    const bool few = field.distinct > 1 && field.distinct <= 5 && !field.examples.empty();
    if (field.numbers == 0 && few && !field.slot) {
      found.emplace_back(4, to_string(equals(field.name, field.examples.back())));
    }
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string> lines;
  for (const auto& [doubt, line] : found) {
    if (lines.size() < 5) lines.push_back(line);
  }
  return lines;
}

bool tells_failure(std::string_view message) {
  // What programs say when something went wrong, in any of its forms ("failed", "failure").
  constexpr std::array words{"abort",   "cannot",    "can't",   "crash",      "denied",
                             "error",   "exceed",    "exhaust", "fail",       "fatal",
                             "invalid", "lost",      "panic",   "refus",      "reject",
                             "timeout", "timed out", "unable",  "unreachable"};
  std::string lower(message);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return std::any_of(words.begin(), words.end(),
                     [&](const char* word) { return lower.find(word) != std::string::npos; });
}

LatencyFields latency_fields(const Schema& schema) {
  LatencyFields fields;
  std::uint64_t most = 0;
  for (const FieldSummary& field : schema.fields) {
    if (field.role == Role::duration && field.numbers * 2 > field.events && field.numbers > most &&
        !field.slot) {
      fields.duration = field.name;
      most = field.numbers;
    }
  }
  std::uint64_t carried = 0;
  for (const FieldSummary& field : schema.fields) {
    if (field.role != Role::operation || field.many || field.slot) continue;
    if (field.distinct < 2 || field.distinct > 500) continue;
    // "route" over "method": of the same reach the finer one, whose p99 says more.
    if (field.events > carried ||
        (field.events == carried && field.distinct > schema.field(fields.operation)->distinct)) {
      fields.operation = field.name;
      carried = field.events;
    }
  }
  return fields;
}

std::string person_field(const Schema& schema) {
  const FieldSummary* best = nullptr;
  for (const FieldSummary& field : schema.fields) {
    if (field.role != Role::person || field.events == 0) continue;
    if (best == nullptr || field.events > best->events ||
        (field.events == best->events && rank_in_role(field.name) < rank_in_role(best->name))) {
      best = &field;
    }
  }
  return best == nullptr ? "" : best->name;
}

}  // namespace culprit
