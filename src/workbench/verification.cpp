#include "workbench/verification.h"

#include "event/roles.h"

namespace culprit {
namespace {

// An inferred rule as one EXPR about an event. It counts units with any failing event, so units
// that recovered differ from the report; the query says so itself.
Result<Expr> bad_of(const OutcomeRule& rule) {
  if (rule.bad) return *rule.bad;
  if (rule.how != OutcomeRule::How::status) {
    Error made = error(Fault::missing, "this outcome has no query in another tool's words");
    made.advice = "give --bad EXPR, for example --bad 'duration_ms > 800'";
    return made;
  }
  Expr any;
  any.op = Expr::Op::any;
  for (const std::string& field : rule.status_fields) {
    any.parts.push_back(compares(field, Comparison::at_least, 500));
  }
  if (any.parts.empty() && rule.levels) {
    any.parts.push_back(equals("level", "error"));
    any.parts.push_back(equals("level", "fatal"));
  }
  for (const std::string& field : rule.success_fields) {
    any.parts.push_back(equals(field, "false"));
    any.parts.push_back(equals(field, "failed"));
  }
  if (any.parts.empty()) return error(Fault::missing, "nothing here says what failure is");
  return any.parts.size() == 1 ? any.parts.front() : any;
}

std::string time_field_of(const Schema& schema) {
  const FieldSummary* best = nullptr;
  for (const FieldSummary& field : schema.fields) {
    if (field.role != Role::time) continue;
    if (best == nullptr || field.events > best->events) best = &field;
  }
  return best == nullptr ? "time" : best->name;
}

}  // namespace

Result<std::string> verification_of(const Investigation& made, std::string_view language) {
  const auto named = query_language_named(language);
  if (!named) {
    Error fault = error(Fault::usage, "there is no query language {}", language);
    fault.advice = "--as jq   or --as sql, --as logql";
    return fault;
  }
  if (!made.when.found) return error(Fault::missing, "there is no finding to verify");
  Verification verification;
  verification.bad = TRY(bad_of(made.rule));
  if (!made.who.empty()) verification.where = expr_of(made.who.front().finding.conditions);
  verification.from = made.schema.from;
  verification.onset = made.when.onset;
  verification.to = made.schema.to + Duration{1};
  verification.time_field = time_field_of(made.schema);
  if (!made.schema.unit.fields.empty()) verification.unit_field = made.schema.unit.fields.front();
  std::vector<std::string> files;
  for (const SourceSummary& source : made.schema.sources) {
    if (source.fault.empty() && source.format == "ndjson") files.push_back(source.name);
  }
  if (files.empty()) {
    for (const SourceSummary& source : made.schema.sources) files.push_back(source.name);
  }
  return query_of(verification, *named, files) + "\n";
}

}  // namespace culprit
