#include "workbench/populations.h"

#include <fmt/format.h>

#include "contrast/outcome_rule.h"
#include "store/embedded/embedded.h"
#include "workbench/next_steps.h"
#include "workbench/warnings.h"
#include "workbench/who_is_hit.h"

namespace culprit {
namespace {

constexpr Window always{Time::min() + Duration{1}, Time::max()};

// Messages by how much oftener one side says them than the other.
void find_templates(Engine& engine, Investigation& made) {
  std::vector<Template> templates = merge_skeletons(engine.templates({{}, {always}}));
  double good = 0;
  double bad = 0;
  for (Template& one : templates) {
    one.events = {one.all_events - one.bad_events, one.bad_events};
    good += one.events[0];
    bad += one.events[1];
  }
  TemplateOptions options;
  options.exposure = good > 0 ? bad / good : 1;
  options.onset_from = Time::min();
  made.templates = changed_templates(templates, options);
  std::vector<Place> places;
  for (const ChangedTemplate& changed : made.templates) places.push_back(changed.what.example);
  made.template_lines = engine.lines_at(places);
}

void find_rate(Engine& engine, Investigation& made) {
  const FacetQuery whole{{"", {}, {}}, {}, {always}, 1};
  made.rate.of = made.schema.unit.fields.empty() ? "event" : "request";
  made.rate.after.counts = engine.facets({&whole, 1}).front().all.front();
  const Counts& counts = made.rate.after.counts;
  made.rate.after.rate = counts.total > 0 ? counts.bad / counts.total : 0;
  made.rate.after.interval = wilson(counts.bad, counts.total);
}

std::vector<NextStep> steps_of(const Investigation& made, const InvestigateOptions& options) {
  std::string sources;
  for (const auto* words : {&options.gather.sources, &options.reading}) {
    for (const std::string& word : *words) {
      sources += (sources.empty() ? "" : " ") + shell_quoted(word);
    }
  }
  std::vector<NextStep> steps;
  if (!made.who.empty()) {
    steps.push_back({fmt::format("culprit logs {} --units --where {}", sources,
                                 shell_quoted(made.who.front().where)),
                     "reads the units in which it fails"});
  }
  steps.push_back({fmt::format("culprit investigate {} --bad {}", sources, shell_quoted(made.bad)),
                   "says when it began, and what changed"});
  return steps;
}

}  // namespace

Result<Investigation> compare_populations(World& world, const InvestigateOptions& options) {
  const std::unique_ptr<Embedded> engine = TRY(Embedded::gather(world, options.gather));
  Investigation made;
  made.schema = engine->schema();
  warn_of_sources(made);
  warn_of_fields(made, options.gather);
  made.rule = given_rule(*options.gather.bad, options.gather.good);
  made.bad = to_string(made.rule);
  made.judged = engine->judge(made.rule);
  find_rate(*engine, made);
  const double bad = made.judged.bad;
  if (bad > 0 && bad < made.judged.units) {
    find_who(*engine, {{}, always, false, false, 1, 1, options.seed}, made);
    find_templates(*engine, made);
  }
  made.next = steps_of(made, options);
  return made;
}

bool differ(const Investigation& made) { return !made.who.empty() || !made.templates.empty(); }

}  // namespace culprit
