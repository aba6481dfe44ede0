#include "workbench/who_is_hit.h"

#include <algorithm>

#include "contrast/stratified.h"
#include "workbench/looks_like.h"
#include "workbench/twins.h"

namespace culprit {
namespace {

constexpr double segment_share_min = 0.2;  // of the failures that findings must hold together
constexpr double many_value_share = 0.05;  // one id is a cause only with that much
constexpr std::int64_t strata = 40;        // of the time after the onset
constexpr double separates_z = 3;          // standard errors; far fewer than a cause shows

double bad_of(const std::vector<Counts>& windows, std::size_t from) {
  double bad = 0;
  for (std::size_t i = from; i < windows.size(); ++i) bad += windows[i].bad;
  return bad;
}

double good_of(const std::vector<Counts>& windows, std::size_t from) {
  double good = 0;
  for (std::size_t i = from; i < windows.size(); ++i) good += windows[i].total - windows[i].bad;
  return good;
}

// A field that only failing units carry is a symptom, whatever it says. Of the words of a message,
// when another message takes its place, that is so after the onset alone.
bool only_failures_carry(const FacetTally& tally, const FieldSummary& field) {
  constexpr double share_least = 0.001;  // of the good units
  const std::size_t from = field.slot ? tally.all.size() - 1 : 0;
  double carriers = 0;
  for (const FacetValue& value : tally.values) {
    if (value.value) carriers += good_of(value.windows, from);
  }
  const double good = good_of(tally.all, from);
  return good > 0 && carriers < share_least * good;
}

// The values worth asking about: those that failing units have.
Axis axis_of_values(const FacetTally& tally, const FieldSummary& field) {
  constexpr std::size_t values_max = 200;
  Axis axis{tally.field, {}, {}};
  const bool ids = field.many || field.distinct > 1000;
  const double least = ids ? many_value_share * bad_of(tally.all, 0) : 0;
  for (const FacetValue& value : tally.values) {
    if (!value.value || bad_of(value.windows, 0) < std::max(1.0, least)) continue;
    if (axis.values.size() < values_max) axis.values.push_back(*value.value);
  }
  return axis;
}

// Facets of every candidate, numeric ones turned into cuts.
std::vector<Axis> axes_of(Engine& engine, const std::vector<std::string>& candidates,
                          const WhoQuestion& question) {
  std::vector<Axis> axes;
  std::vector<FacetQuery> queries;
  for (const std::string& field : candidates) {
    queries.push_back({{field, {}, {}}, {}, {question.before, question.after}, 400});
  }
  const std::vector<FacetTally> tallies = engine.facets(queries);
  for (const FacetTally& tally : tallies) {
    const FieldSummary* summary = engine.schema().field(tally.field);
    if (numeric(*summary)) {
      // Without totals, thresholds only trace how few failures there were to compare with.
      if (question.errors_only) continue;
      const QuantTally quant = engine.quant({tally.field, "", {}, question.after});
      const Sketch sketch = quant.groups.empty() ? Sketch{} : quant.groups.front().second;
      Axis axis = numeric_axis(tally.field, tally, sketch);
      if (!axis.cuts.empty()) axes.push_back(std::move(axis));
      continue;
    }
    if (only_failures_carry(tally, *summary)) continue;
    Axis axis = axis_of_values(tally, *summary);
    if (!axis.values.empty()) axes.push_back(std::move(axis));
  }
  return axes;
}

Counted counted_where(Engine& engine, const WhoQuestion& question, const Expr& where) {
  const FacetQuery query{{"", {}, {}}, where, {question.before, question.after}, 1};
  const std::vector<Counts> all = engine.facets({&query, 1}).front().all;
  return {all[0], all[1], 1};
}

// Whether units that meet `condition` fail more than others of the same segment and the same time.
bool separates(Engine& engine, const WhoQuestion& question, const std::vector<Condition>& rest,
               const Condition& condition) {
  const Window span{question.after.from, std::min(question.after.to, engine.schema().to)};
  const Duration bucket = (span.to - span.from) / strata + Duration{1};
  Expr outside;
  outside.op = Expr::Op::negate;
  outside.parts.push_back(expr_of(condition));
  const Expr within = expr_of(rest);
  const HistTally with = engine.hist({all_of({within, expr_of(condition)}), span, bucket});
  const HistTally without = engine.hist({all_of({within, outside}), span, bucket});
  return separation(with.counts, without.counts, question.dispersion).z >= separates_z;
}

// Takes back the conditions that only tell early units from late ones.
Finding at_equal_times(Engine& engine, const WhoQuestion& question, const Baseline& baseline,
                       Finding finding) {
  if (!question.has_before || question.errors_only) return finding;
  for (std::size_t i = 0; finding.conditions.size() > 1 && i < finding.conditions.size();) {
    std::vector<Condition> rest = finding.conditions;
    rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(i));
    if (separates(engine, question, rest, finding.conditions[i])) {
      ++i;
      continue;
    }
    finding.conditions = std::move(rest);
    finding.counted = counted_where(engine, question, expr_of(finding.conditions));
    finding.risk = risk_of(finding.counted, baseline);
    finding.share_of_bad = finding.counted.after.bad / baseline.whole.after.bad;
    finding.aliases.clear();  // they may have stood for what was taken out
    i = 0;
  }
  return finding;
}

Segment segment_of(const Finding& finding, const Baseline& baseline) {
  Segment segment;
  segment.finding = finding;
  segment.where = to_string(expr_of(finding.conditions));
  const Counts& all = baseline.whole.after;
  const double rest = all.total - finding.counted.after.total;
  segment.rate_without = rest > 0 ? (all.bad - finding.counted.after.bad) / rest : 0;
  return segment;
}

}  // namespace

bool stands_out(const Segment& segment) {
  const Counts& after = segment.finding.counted.after;
  return after.bad >= 20 && after.bad >= 0.01 * after.total && segment.finding.risk.low > 4 &&
         segment.finding.share_of_bad >= 0.5;
}

void find_who(Engine& engine, const WhoQuestion& question, Investigation& investigation) {
  const FieldPlan plan = plan_fields(investigation.schema, investigation.rule);
  WhoSearch::Options options;
  options.axes = axes_of(engine, plan.candidates, question);
  options.windows = {question.before, question.after};
  if (!question.has_before) options.windows = {question.after};
  const FacetQuery whole{{"", {}, {}}, {}, options.windows, 1};
  const std::vector<Counts> all = engine.facets({&whole, 1}).front().all;
  options.baseline.whole =
      question.has_before ? Counted{all[0], all[1]} : Counted{Counts{}, all[0]};
  options.baseline.dispersion = question.dispersion;
  options.baseline.has_before = question.has_before;
  options.baseline.errors_only = question.errors_only;
  options.baseline.time_ratio = question.time_ratio;
  // Of fields that mean the same units the first is named: the better known, then the more telling.
  std::stable_sort(options.axes.begin(), options.axes.end(), [](const Axis& a, const Axis& b) {
    const int rank_a = rank_in_role(a.field);
    const int rank_b = rank_in_role(b.field);
    return rank_a != rank_b ? rank_a < rank_b : a.field.size() > b.field.size();
  });
  const Baseline baseline = options.baseline;
  const std::size_t compared = options.axes.size();

  WhoSearch search(std::move(options));
  while (!search.done()) {
    const std::vector<FacetQuery> questions = search.questions();
    search.answers(engine.facets(questions));
  }
  double explained = 0;
  for (const Finding& found : search.findings()) {
    const Finding finding = at_equal_times(engine, question, baseline, found);
    Segment segment = segment_of(finding, baseline);
    segment.twin = find_twin(engine, {investigation.rule, finding.conditions, plan.candidates,
                                      question.after, question.seed});
    explained += finding.share_of_bad;
    investigation.who.push_back(std::move(segment));
  }
  for (const Finding& finding : search.always_worse()) {
    investigation.always_worse.push_back(segment_of(finding, baseline));
  }
  investigation.unexplained_share = search.unexplained_share();
  if (explained >= segment_share_min) {
    investigation.who_verdict = "segment";
  } else if (compared >= 2 && investigation.who.empty()) {
    investigation.who_verdict = "everyone";
  } else {
    investigation.who_verdict = "unrecorded";
  }
  investigation.looks_like = what_it_looks_like(engine, plan.symptoms, question.after);
}

}  // namespace culprit
