#include "workbench/inputs.h"

#include <algorithm>

#include "contrast/outcome_rule.h"
#include "store/embedded/embedded.h"

namespace culprit {
namespace {

std::string type_of(const FieldSummary& field) {
  if (field.role == Role::time) return "time";
  const bool numbers = field.numbers > 0 && field.numbers * 10 >= field.events * 9;
  return numbers ? "number" : "text";
}

std::vector<InputField> fields_in(const Schema& schema) {
  std::vector<InputField> fields;
  std::vector<InputField> slots;
  for (const FieldSummary& field : schema.fields) {
    (field.slot ? slots : fields)
        .push_back({field.name, type_of(field), field.distinct, field.many, field.events});
  }
  fields.insert(fields.end(), slots.begin(), slots.end());
  return fields;
}

std::vector<std::string> correlation_in(const Schema& schema) {
  std::vector<std::string> names = schema.unit.fields;
  for (const FieldSummary& field : schema.fields) {
    const bool known = std::find(names.begin(), names.end(), field.name) != names.end();
    if (field.role == Role::correlation && !known) names.push_back(field.name);
  }
  return names;
}

std::vector<std::string> failures_in(const Schema& schema) {
  const OutcomeRule rule = outcome_rule_of(schema);
  if (rule.how != OutcomeRule::How::unknown) return {to_string(rule)};
  return could_fail(schema);
}

// What is known of it without reading its lines.
Input unread(const Source& source) {
  Input input;
  input.source.name = source.name;
  input.source.bytes = source.size;
  if (source.dialect.format != nullptr) input.source.format = format_text(source.dialect);
  input.source.fault = source.fault;
  input.source.copy_of = source.copy_of;
  input.source.notes = source.notes;
  return input;
}

Result<Input> inspect(World& world, const GatherOptions& options, const Source& source) {
  if (!source.counts()) return unread(source);
  auto engine = Embedded::gather(world, options, {source});
  if (!engine) return engine.error();
  const Schema& schema = (*engine)->schema();
  Input input;
  input.source = schema.sources.front();
  const bool zoneless = input.source.zone_assumed || options.recognise.zone_given;
  input.zone = zoneless ? options.recognise.zone.name() : "written";
  input.fields = fields_in(schema);
  input.correlation = correlation_in(schema);
  input.could_fail = failures_in(schema);
  return input;
}

}  // namespace

Result<std::vector<Input>> inspect_inputs(World& world, const GatherOptions& options) {
  std::vector<Source> sources = TRY(find_sources(world, options));
  std::vector<Input> inputs;
  for (Source& source : sources) {
    Input input = TRY(inspect(world, options, source));
    inputs.push_back(std::move(input));
    source = {};  // the samples of thousands would stay
  }
  return inputs;
}

}  // namespace culprit
