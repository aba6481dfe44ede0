#include "workbench/investigate.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "contrast/outcome_rule.h"
#include "repo/git.h"
#include "store/embedded/embedded.h"
#include "workbench/changes.h"
#include "workbench/failure.h"
#include "workbench/incident_evidence.h"
#include "workbench/message_expr.h"
#include "workbench/next_steps.h"
#include "workbench/onset_search.h"
#include "workbench/sharp_onset.h"
#include "workbench/warnings.h"
#include "workbench/who_is_hit.h"

namespace culprit {
namespace {

constexpr double throughout_rate_min = 0.01;  // of all units: more is an incident in itself
constexpr std::size_t around_lines = 14;
constexpr std::size_t around_tried = 20'000;  // half a minute of a busy site
constexpr std::size_t people_max = 200'000;
constexpr std::size_t deploys_bytes_max = 64 << 20;

Sides sides_of(const Investigation& made) {
  const WhenAnswer& when = made.when;
  if (when.onset == no_time) return {{}, {}, false};
  const Time end = when.ongoing || when.end == no_time ? Time::max() : when.end;
  return {{Time::min() + Duration{1}, when.from}, {when.onset, end}, true};
}

// Failures are compared with the time that passed, not with successes or other failures.
bool counts_only(const Investigation& made) {
  return made.schema.unit.errors_only && made.rule.how != OutcomeRule::How::message;
}

double time_ratio(const Investigation& made) {
  const WhenAnswer& when = made.when;
  const Time end = when.ongoing || when.end == no_time ? made.schema.to : when.end;
  const double before = seconds(when.from - made.schema.from);
  return before > 0 ? seconds(end - when.onset) / before : 1;
}

Counts counts_in(Engine& engine, Window window) {
  const FacetQuery whole{{"", {}, {}}, {}, {window}, 1};
  return engine.facets({&whole, 1}).front().all[0];
}

RateSide side_of(Counts counts, double dispersion) {
  RateSide side;
  side.counts = counts;
  side.rate = counts.total > 0 ? counts.bad / counts.total : 0;
  side.interval = wilson(counts.bad, counts.total, 0.95, dispersion);
  return side;
}

// Failures per minute, where there are no totals.
RateSide per_minute(Counts counts, Duration length, double dispersion) {
  const double minutes = std::max(1e-9, seconds(length) / 60);
  const double spread = 1.96 * std::sqrt(std::max(1.0, counts.bad) * dispersion);
  RateSide side;
  side.counts = {minutes, counts.bad};
  side.rate = counts.bad / minutes;
  side.interval = {std::max(0.0, (counts.bad - spread) / minutes), (counts.bad + spread) / minutes};
  return side;
}

void find_rate(Engine& engine, const Sides& sides, Investigation& made) {
  const double phi = made.when.dispersion;
  const Counts after = counts_in(engine, sides.after);
  const bool minutes = made.schema.unit.errors_only || made.rule.how == OutcomeRule::How::volume;
  made.rate.of = minutes ? "minute" : made.schema.unit.fields.empty() ? "event" : "request";
  if (made.rule.how == OutcomeRule::How::volume) return;
  const Time end = sides.after.to == Time::max() ? made.schema.to : sides.after.to;
  const Time begin = sides.has_before ? made.when.onset : made.schema.from;
  made.rate.after = minutes ? per_minute(after, end - begin, phi) : side_of(after, phi);
  if (!sides.has_before) return;
  const Counts before = counts_in(engine, sides.before);
  made.rate.before =
      minutes ? per_minute(before, made.when.from - made.schema.from, phi) : side_of(before, phi);
  const double least = made.rate.before->counts.total > 0
                           ? std::max(made.rate.before->rate, 0.5 / made.rate.before->counts.total)
                           : 0;
  made.rate.ratio = least > 0 ? made.rate.after.rate / least : 0;
}

void find_affected(Engine& engine, const Sides& sides, Investigation& made) {
  made.affected.field = person_field(made.schema);
  if (made.affected.field.empty()) return;
  const FacetQuery query{{made.affected.field, {}, {}}, {}, {sides.after}, people_max};
  const FacetTally tally = engine.facets({&query, 1}).front();
  for (const FacetValue& value : tally.values) {
    if (!value.value || value.windows[0].total <= 0) continue;
    ++made.affected.total;
    made.affected.bad += value.windows[0].bad > 0 ? 1 : 0;
  }
  // Where what fails names nobody, it is not known who is affected.
  if (made.affected.bad == 0) made.affected = {};
}

void find_failing_times(Engine& engine, const Sides& sides, Investigation& made) {
  const std::vector<Time> starts = engine.bad_starts({}, sides.after, SIZE_MAX);
  if (starts.empty()) return;
  made.when.first_bad = starts.front();
  made.when.last_bad = starts.back();
}

void find_templates(Engine& engine, const Sides& sides, Investigation& made) {
  // By event time: an event of a unit that began just before the onset may belong to either.
  const std::vector<Template> templates =
      merge_skeletons(engine.templates({{}, {sides.before, sides.after}}));
  if (!sides.has_before) return;
  double before = 0;
  double after = 0;
  for (const Template& one : templates) {
    before += one.events[0];
    after += one.events[1];
  }
  TemplateOptions options;
  options.exposure = before > 0 ? after / before : 1;
  // Where only failures are logged, more lines are the incident itself, not more traffic.
  if (made.schema.unit.errors_only) options.exposure = time_ratio(made);
  options.onset_from = made.when.from - std::chrono::seconds(1);
  made.templates = changed_templates(templates, options);
  std::vector<Place> places;
  for (const ChangedTemplate& changed : made.templates) places.push_back(changed.what.example);
  made.template_lines = engine.lines_at(places);
}

void find_around(Engine& engine, Investigation& made) {
  if (made.when.onset == no_time) return;
  std::set<std::uint64_t> fresh;
  for (const ChangedTemplate& changed : made.templates) {
    const bool fails = changed.what.bad_events * 2 >= changed.what.all_events;
    if (changed.status == TemplateStatus::stopped || !fails) continue;  // a benign message is noise
    fresh.insert(changed.what.skeletons.begin(), changed.what.skeletons.end());
  }
  // What is newly said tells most; the rest of the lines are those nearest to the onset.
  const Duration reach = std::chrono::seconds(30);
  std::vector<Row> rows = engine.around({made.when.onset, reach, reach, around_tried});
  const auto told_first = [&](const Row& a, const Row& b) {
    const bool fresh_a = fresh.contains(a.skeleton);
    const bool fresh_b = fresh.contains(b.skeleton);
    if (fresh_a != fresh_b) return fresh_a;
    return std::abs((a.time - made.when.onset).count()) <
           std::abs((b.time - made.when.onset).count());
  };
  const auto in_order = [](const Row& a, const Row& b) {
    return std::tie(a.time, a.place.source, a.place.offset) <
           std::tie(b.time, b.place.source, b.place.offset);
  };
  std::stable_sort(rows.begin(), rows.end(), told_first);
  if (rows.size() > around_lines) rows.resize(around_lines);
  std::sort(rows.begin(), rows.end(), in_order);
  for (Row& row : rows) {
    made.around.push_back({row.time, made.schema.sources[row.place.source].name, row.place.offset,
                           std::move(row.line), fresh.contains(row.skeleton)});
  }
}

Result<DeployList> deploys_of(World& world, const InvestigateOptions& options) {
  if (options.deploys.empty()) return DeployList{};
  const std::string text =
      TRY(world.read(options.deploys, deploys_bytes_max).during("reading the list of deploys"));
  return read_deploys(text, options.gather.recognise.zone).during("reading {}", options.deploys);
}

void warn_of_deploys(const DeployList& list, const std::string& file, Investigation& made) {
  if (list.skipped == 0) return;
  warn(made, "skipped_deploys", file,
       fmt::format("not taken for deploys: {} of the rows of {}, first {}:{}: {}", list.skipped,
                   file, file, list.first_skipped->line, list.first_skipped->why));
}

// Deploys and history, opened before anything long is done: a wrong path is told at once.
struct Suspects {
  DeployList list;
  std::optional<Repository> repository;
};

Result<Suspects> open_suspects(World& world, const InvestigateOptions& options) {
  Suspects suspects;
  suspects.list = TRY(deploys_of(world, options));
  if (!options.repository.empty()) {
    Repository opened =
        TRY(Repository::open(options.repository).during("opening --repo {}", options.repository));
    suspects.repository.emplace(std::move(opened));
  }
  return suspects;
}

Status find_changes(Engine& engine, const Sides& sides, const Suspects& suspects,
                    const InvestigateOptions& options, Investigation& made) {
  ChangeQuestion question;
  EvidenceQuestion asked{sides, {}, options.seed};
  for (const Deploy& deploy : suspects.list.deploys) {
    if (!deploy.service.empty()) asked.services.insert(deploy.service);
  }
  question.evidence = incident_evidence(engine, asked, made);
  question.newest = made.schema.to;
  question.window = options.changed_within;
  made.changes =
      TRY(what_changed(std::move(question), suspects.repository ? &*suspects.repository : nullptr,
                       suspects.list.deploys));
  made.changes_known = made.changes.size() > 1;
  return ok();
}

// Evidence without a quiet part: an incident only if it is large or clearly somebody's.
bool throughout(Engine& engine, const InvestigateOptions& options, Investigation& made) {
  if (made.judged.bad < 20 || made.judged.units <= 0) return false;
  if (made.schema.unit.errors_only) return false;
  find_who(engine, {{}, {}, false, false, 1, made.when.dispersion, options.seed}, made);
  const bool large = made.judged.bad >= throughout_rate_min * made.judged.units;
  const bool somebody = !made.who.empty() && stands_out(made.who.front());
  if (large || somebody) {
    made.when.found = true;
    made.when.shape = Shape::throughout;
    made.when.ongoing = true;
    return true;
  }
  made.who.clear();
  made.mix_shift.reset();
  made.looks_like.clear();
  made.unexplained_share = 1;
  made.who_verdict = "unrecorded";
  return false;
}

// Ready --bad expressions: messages that speak of failure, where nothing else tells it, come first.
std::vector<std::string> failures_thinkable(Engine& engine, const Investigation& made) {
  constexpr std::size_t messages_max = 3;
  std::vector<std::string> found;
  if (made.rule.how == OutcomeRule::How::unknown && made.schema.from != no_time) {
    std::vector<Template> templates =
        merge_skeletons(engine.templates({{}, {{made.schema.from, made.schema.to + Duration{1}}}}));
    std::erase_if(templates, [](const Template& one) { return !tells_failure(one.text); });
    std::stable_sort(templates.begin(), templates.end(), [](const Template& a, const Template& b) {
      return a.all_events > b.all_events;
    });
    for (std::size_t i = 0; i < templates.size() && i < messages_max; ++i) {
      const Template* one = &templates[i];
      found.push_back(message_expr(engine, {&one, 1}));
    }
  }
  for (std::string& expr : could_fail(made.schema)) found.push_back(std::move(expr));
  return found;
}

// All steps on evidence that is read and suspects that are known.
Result<Investigation> judge(Engine& engine, const Suspects& suspects,
                            const InvestigateOptions& options) {
  Investigation made;
  made.schema = engine.schema();
  warn_of_sources(made);
  warn_of_deploys(suspects.list, options.deploys, made);
  warn_of_fields(made, options.gather);
  find_failure(engine, options, made);
  made.could_fail = failures_thinkable(engine, made);
  const bool known = made.rule.how != OutcomeRule::How::unknown;
  if (!made.when.found && !(known && throughout(engine, options, made))) {
    made.bad = known ? to_string(made.rule) : "";
    find_rate(engine, {{}, {}, false}, made);
    made.next = next_steps(made, options);
    return made;
  }
  Sides sides = sides_of(made);
  if (sides.has_before && made.rule.how != OutcomeRule::How::volume) {
    const WhoQuestion question{sides.before,      sides.after,      true,
                               counts_only(made), time_ratio(made), made.when.dispersion,
                               options.seed};
    find_who(engine, question, made);
    sharpen_onset(engine, made);
    sides = sides_of(made);
  }
  made.bad = to_string(made.rule);
  made.series = series_of(engine, {{}, {made.schema.from, made.schema.to}, false}, 120);
  find_rate(engine, sides, made);
  if (made.rule.how != OutcomeRule::How::volume) {
    find_affected(engine, sides, made);
    find_failing_times(engine, sides, made);
  }
  find_templates(engine, sides, made);
  find_around(engine, made);
  TRY(find_changes(engine, sides, suspects, options, made));
  made.next = next_steps(made, options);
  return made;
}

// What moved beside the errors, or where they told nothing, by itself.
Status find_metrics(World& world, MetricEvidence metrics, Investigation& made) {
  std::optional<OnsetPosterior> errors;
  if (made.when.found && made.when.onset != no_time) {
    errors = OnsetPosterior{made.when.from, made.when.onset, made.when.to, 0, {}};
  }
  made.metrics = TRY(std::move(metrics).judge(world, errors, {made.schema.from, made.schema.to}));
  for (const MetricsAnswer::Note& note : made.metrics.notes) {
    warn(made, note.code, note.source, note.text);
  }
  return ok();
}

Result<MetricEvidence> metrics_of(World& world, const InvestigateOptions& options) {
  return MetricEvidence::read(world, options.metrics, options.gather.recognise.zone);
}

}  // namespace

Result<Investigation> investigate(World& world, Engine& engine, const InvestigateOptions& options) {
  const Suspects suspects = TRY(open_suspects(world, options));
  MetricEvidence metrics = TRY(metrics_of(world, options));
  Investigation made = TRY(judge(engine, suspects, options));
  if (!options.metrics.empty()) TRY(find_metrics(world, std::move(metrics), made));
  return made;
}

// Whether the fields that an index leaves out could have told more than what was found.
bool open_questions(const Embedded& engine, const Investigation& made) {
  constexpr double unexplained_max = 0.2;
  return engine.leaves_fields_out() && made.when.found &&
         (made.who.empty() || made.unexplained_share > unexplained_max);
}

Result<Investigated> investigated(World& world, const InvestigateOptions& options) {
  const Suspects suspects = TRY(open_suspects(world, options));
  MetricEvidence metrics = TRY(metrics_of(world, options));
  std::unique_ptr<Embedded> engine = TRY(Embedded::gather(world, options.gather));
  Investigation made = TRY(judge(*engine, suspects, options));
  if (open_questions(*engine, made)) {
    GatherOptions everything = options.gather;
    everything.index.known = GatherOptions::Indexing::Known::ignored;
    engine = TRY(Embedded::gather(world, everything));
    made = TRY(judge(*engine, suspects, options));
  }
  if (!options.metrics.empty()) TRY(find_metrics(world, std::move(metrics), made));
  return Investigated{std::move(made), std::move(engine)};
}

Result<Investigation> investigate(World& world, const InvestigateOptions& options) {
  Investigated made = TRY(investigated(world, options));
  return std::move(made.made);
}

}  // namespace culprit
