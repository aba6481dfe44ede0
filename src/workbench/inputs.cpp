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

Input unreadable(const std::string& name, const std::string& fault) {
  Input input;
  input.source.name = name;
  input.source.fault = fault;
  return input;
}

Result<Input> inspect(World& world, GatherOptions options, const std::string& path) {
  options.sources = {path};
  const auto engine = Embedded::gather(world, options);
  if (!engine) {
    if (engine.error().fault == Fault::interrupted) return engine.error();
    return unreadable(path, engine.error().what);
  }
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

// Standard input can be read once only; what else was named may be many files.
Result<std::vector<std::string>> paths_of(World& world, const GatherOptions& options) {
  std::vector<std::string> paths;
  GatherOptions others = options;
  std::erase(others.sources, "-");
  if (others.sources.size() < options.sources.size()) paths.push_back("-");
  if (!options.sources.empty() && others.sources.empty()) return paths;
  const std::vector<Source> sources = TRY(find_sources(world, others));
  for (const Source& source : sources) paths.push_back(source.path);
  return paths;
}

}  // namespace

Result<std::vector<Input>> inspect_inputs(World& world, const GatherOptions& options) {
  const std::vector<std::string> paths = TRY(paths_of(world, options));
  std::vector<Input> inputs;
  for (const std::string& path : paths) {
    Input input = TRY(inspect(world, options, path));
    inputs.push_back(std::move(input));
  }
  return inputs;
}

}  // namespace culprit
