#include "workbench/verification.h"

#include <algorithm>

#include "contrast/outcome_rule.h"
#include "event/roles.h"

namespace culprit {
namespace {

bool is_slot(const Schema& schema, const std::string& name) {
  const FieldSummary* field = schema.field(name);
  return field != nullptr && field->slot;
}

// Other tools know the fields of a line, not those that culprit finds in its message.
Status all_on_lines(const Schema& schema, const Verification& finding) {
  for (const std::string& name : fields_of(finding)) {
    if (!is_slot(schema, name)) continue;
    return error(Fault::missing, "{} is a part of messages, which has no name in another tool",
                 name);
  }
  return ok();
}

Status can_be_said(const OutcomeRule& rule) {
  using How = OutcomeRule::How;
  if (rule.how == How::given || rule.how == How::status || rule.how == How::message) return ok();
  Error made = error(Fault::missing, "this outcome has no query in another tool's words");
  made.advice = "give --bad EXPR, for example --bad 'duration_ms > 800'";
  return made;
}

// Names of fields with that role, the best known first.
std::vector<std::string> fields_with(const Schema& schema, Role role) {
  std::vector<std::string> names;
  for (const FieldSummary& field : schema.fields) {
    if (field.role == role && !field.slot && field.events > 0) names.push_back(field.name);
  }
  std::stable_sort(names.begin(), names.end(), [](const std::string& a, const std::string& b) {
    return rank_in_role(a) < rank_in_role(b);
  });
  return names;
}

// `level` and `message` stand for the event's own where no field has that name.
void name_own(Expr& expr, const std::string& own, const std::vector<std::string>& fields) {
  if (expr.field == own && !fields.empty()) expr.field = fields.front();
  for (Expr& part : expr.parts) name_own(part, own, fields);
}

OutcomeRule with_fields_named(OutcomeRule rule, const Schema& schema) {
  for (std::optional<Expr>* expr : {&rule.bad, &rule.good}) {
    if (!*expr) continue;
    if (schema.field("level") == nullptr) {
      name_own(**expr, "level", fields_with(schema, Role::level));
    }
    if (schema.field("message") == nullptr) {
      name_own(**expr, "message", fields_with(schema, Role::message));
    }
  }
  return rule;
}

struct Readable {
  std::vector<QueryFile> files;
  std::size_t left_out = 0;
};

Result<Readable> readable(const Schema& schema, QueryLanguage language) {
  Readable found;
  for (const SourceSummary& source : schema.sources) {
    const bool unpacks = source.packing != "xz" || language != QueryLanguage::sql;
    if (!source.fault.empty() || source.events == 0) continue;
    if (source.format == "ndjson" && unpacks) {
      found.files.push_back({source.name == "-" ? "/dev/stdin" : source.name, source.packing});
    } else {
      ++found.left_out;
    }
  }
  if (!found.files.empty()) return found;
  Error made = error(Fault::usage, "these queries read NDJSON, and none of the sources is that");
  made.advice = "--json for the counts, or `culprit logs SOURCE... --where EXPR` for the lines";
  return made;
}

std::string left_out_text(const Readable& sources, QueryLanguage language) {
  if (sources.left_out == 0) return "";
  return fmt::format("{} Reads NDJSON only, which {} of {} sources {}; culprit counted in all.\n",
                     language == QueryLanguage::sql ? "--" : "#", sources.files.size(),
                     sources.files.size() + sources.left_out,
                     sources.files.size() == 1 ? "is" : "are");
}

Verification windows_in(const Investigation& made) {
  Verification finding;
  const WhenAnswer& when = made.when;
  finding.evidence = {made.schema.from, made.schema.to + Duration{1}};
  finding.after = finding.evidence;
  finding.before = {made.schema.from, made.schema.from};
  if (when.onset == no_time) return finding;
  finding.before.to = when.from;
  finding.after.from = when.onset;
  if (!when.ongoing && when.end != no_time) finding.after.to = when.end;
  return finding;
}

}  // namespace

Result<std::string> verification_of(const Investigation& made, std::string_view language) {
  const QueryLanguage named = TRY(query_language_named(language));
  if (!made.when.found) return error(Fault::missing, "there is no finding to verify");
  TRY(can_be_said(made.rule));
  const Readable sources = TRY(readable(made.schema, named));
  Verification finding = windows_in(made);
  finding.rule = with_fields_named(made.rule, made.schema);
  if (finding.rule.how == OutcomeRule::How::message)
    finding.rule = given_rule(*finding.rule.bad, {});
  if (!made.who.empty()) finding.where = expr_of(made.who.front().finding.conditions);
  finding.time_fields = fields_with(made.schema, Role::time);
  finding.level_fields = fields_with(made.schema, Role::level);
  for (const std::string& field : made.schema.unit.fields) {
    // A name that only stands in messages is the id of other sources than those of the query.
    const bool elsewhere = is_slot(made.schema, field) && made.schema.unit.fields.size() > 1;
    if (!elsewhere) finding.unit_fields.push_back(field);
  }
  TRY(all_on_lines(made.schema, finding));
  return left_out_text(sources, named) + query_of(finding, named, sources.files) + "\n";
}

}  // namespace culprit
