#include "workbench/who_is_hit.h"

#include <algorithm>

#include "contrast/slices.h"
#include "workbench/looks_like.h"
#include "workbench/twins.h"

namespace culprit {
namespace {

constexpr double segment_share_min = 0.2;  // of the failures that findings must hold together
constexpr double many_value_share = 0.05;  // one id is a cause only with that much
// Of each of eight windows and outcome: some 50,000 successes to estimate by, and nearly always all
// failures.
constexpr std::size_t units_each_max = 6000;

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
bool only_failures_carry(const FacetTally& tally, const FieldSummary& field, std::size_t befores) {
  constexpr double share_least = 0.001;  // of the good units
  const std::size_t from = field.slot ? befores : 0;
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
  if (field.many) return axis;  // their texts are lost: nobody could ask for them
  const bool ids = field.distinct > 1000;
  const double least = ids ? many_value_share * bad_of(tally.all, 0) : 0;
  for (const FacetValue& value : tally.values) {
    if (!value.value || bad_of(value.windows, 0) < std::max(1.0, least)) continue;
    if (axis.values.size() < values_max) axis.values.push_back(*value.value);
  }
  return axis;
}

// The same with finite ends.
Window finite(const Window& window, const Schema& schema) {
  return {std::max(window.from, schema.from), std::min(window.to, schema.to + Duration{1})};
}

std::vector<Window> spans_of(Engine& engine, const WhoQuestion& question) {
  std::vector<Window> spans;
  if (engine.schema().from == no_time) return spans;
  if (question.has_before) spans.push_back(finite(question.before, engine.schema()));
  spans.push_back(finite(question.after, engine.schema()));
  for (const Window& span : spans) {
    if (span.to <= span.from) return {};
  }
  return spans;
}

// Whether units lack a field because they failed. A word of a message is lacking where the message
// was not said. Numbers are often results (rows, bytes sent), which a failing unit never came to:
// they are unless good units lack them too.
bool lacked_by_failing(const FacetTally& tally, const FieldSummary& field) {
  constexpr double share_least = 0.02;  // of the good units
  if (field.slot) return true;
  if (!numeric(field)) return false;
  double lacking = 0;
  for (const FacetValue& value : tally.values) {
    if (!value.value) lacking += good_of(value.windows, 0);
  }
  return lacking < share_least * good_of(tally.all, 0);
}

// What the search compares by.
struct Plan {
  std::vector<Axis> axes;
  std::set<std::string> outcomes;
};

// Each row by its value and window.
FacetTally facet_of(const ExtractTally& extract, const ExtractColumn& column) {
  FacetTally tally;
  tally.field = column.field;
  const std::size_t windows = extract.slots.size() / 2;
  tally.all.resize(windows);
  tally.distinct = column.values.size();
  tally.values.push_back({std::nullopt, 0, std::vector<Counts>(windows)});
  for (const std::string& value : column.values) {
    tally.values.push_back({value, 0, std::vector<Counts>(windows)});
  }
  auto more = column.more.begin();
  std::uint32_t row = 0;
  for (const ExtractTally::Slot& slot : extract.slots) {
    const Counts one{slot.weight, slot.bad ? slot.weight : 0};
    for (std::size_t i = 0; i < slot.rows; ++i, ++row) {
      tally.all[slot.window] += one;
      tally.values[column.first[row]].windows[slot.window] += one;
      for (; more != column.more.end() && more->first == row; ++more) {
        tally.values[more->second].windows[slot.window] += one;
      }
    }
  }
  return tally;
}

// The values that most failing units have.
void keep_failing(FacetTally& tally, std::size_t most) {
  const std::size_t kept = std::min(most, tally.values.size());
  const auto end = tally.values.begin() + static_cast<std::ptrdiff_t>(kept);
  std::partial_sort(tally.values.begin(), end, tally.values.end(),
                    [](const FacetValue& a, const FacetValue& b) {
                      const double bad_a = bad_of(a.windows, 0);
                      const double bad_b = bad_of(b.windows, 0);
                      return bad_a != bad_b ? bad_a > bad_b : a.value < b.value;
                    });
  tally.values.resize(kept);
}

// Where thresholds may lie: at the numbers there are, or at quantiles of those after the onset.
Axis cuts_of(const FacetTally& tally, std::size_t befores) {
  Sketch sketch;
  for (const FacetValue& value : tally.values) {
    const auto number = value.value ? number_in(*value.value) : std::nullopt;
    if (!number) continue;
    double units = 0;
    for (std::size_t w = befores; w < value.windows.size(); ++w) units += value.windows[w].total;
    if (units > 0) sketch.add(*number, units);
  }
  return numeric_axis(tally.field, tally, sketch);
}

// The axes of one candidate.
void plan_field(const FieldSummary& field, FacetTally tally, std::size_t befores,
                const WhoQuestion& question, Plan& plan) {
  constexpr std::size_t values_counted = 400;
  const bool numbers = numeric(field);
  if (lacked_by_failing(tally, field)) plan.outcomes.insert(tally.field);
  // Without totals, thresholds only trace how few failures there were to compare with.
  if (numbers && question.errors_only) return;
  if (!numbers && only_failures_carry(tally, field, befores)) return;
  if (numbers) {
    Axis axis = cuts_of(tally, befores);
    if (!axis.cuts.empty()) plan.axes.push_back(std::move(axis));
  }
  // Few numbers may be names: shard 17.
  if (numbers && field.distinct > values_counted) return;
  keep_failing(tally, values_counted);
  Axis axis = axis_of_values(tally, field);
  if (!axis.values.empty()) plan.axes.push_back(std::move(axis));
}

Baseline baseline_of(Engine& engine, const WhoQuestion& question,
                     const std::vector<Window>& windows) {
  const FacetQuery whole{{"", {}, {}}, {}, windows, 1};
  const std::vector<Counts> all = engine.facets({&whole, 1}).front().all;
  Baseline baseline;
  baseline.whole = question.has_before ? Counted{all[0], all[1]} : Counted{Counts{}, all[0]};
  baseline.dispersion = question.dispersion;
  baseline.has_before = question.has_before;
  baseline.errors_only = question.errors_only;
  baseline.time_ratio = question.time_ratio;
  return baseline;
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

namespace {

MixAnswer mix_of(const MixShift& shift, const Baseline& baseline) {
  const auto share = [](const Counts& part, const Counts& whole) {
    return whole.total > 0 ? part.total / whole.total : 0;
  };
  const Counts& before = shift.counted.before;
  const Counts& all = baseline.whole.before;
  MixAnswer answer;
  answer.where = to_string(expr_of(shift.condition));
  answer.share_of_rise = std::min(1.0, shift.share_of_rise);
  answer.before = before;
  answer.after = shift.counted.after;
  answer.traffic_before = share(before, all);
  answer.traffic_after = share(answer.after, baseline.whole.after);
  answer.risk_before =
      risk_ratio(before.bad, before.total, all.bad - before.bad, all.total - before.total).ratio;
  return answer;
}

WhoTallies counted_by(Engine& engine, const WhoQuestions& questions) {
  WhoTallies tallies;
  tallies.facets = engine.facets(questions.facets);
  for (const HistQuery& query : questions.hists) tallies.hists.push_back(engine.hist(query));
  return tallies;
}

}  // namespace

WhoAnswer who_is_hit(Engine& engine, const WhoQuestion& question, const FieldPlan& fields) {
  WhoSearch::Options options;
  options.windows = {question.before, question.after};
  if (!question.has_before) options.windows = {question.after};
  options.spans = spans_of(engine, question);
  Slices slices = slices_of(options.spans);
  if (slices.windows.empty()) slices = {options.windows, options.windows.size() - 1};
  options.extract = engine.extract({fields.candidates, slices.windows, units_each_max});
  options.befores = slices.befores;
  Plan plan;
  for (const ExtractColumn& column : options.extract.columns) {
    plan_field(*engine.schema().field(column.field), facet_of(options.extract, column),
               slices.befores, question, plan);
  }
  options.axes = std::move(plan.axes);
  options.outcomes = std::move(plan.outcomes);
  options.seed = question.seed;
  options.baseline = baseline_of(engine, question, options.windows);
  // Of fields that mean the same units the first is named: the better known, then the more telling.
  std::stable_sort(options.axes.begin(), options.axes.end(), [](const Axis& a, const Axis& b) {
    const int rank_a = rank_in_role(a.field);
    const int rank_b = rank_in_role(b.field);
    return rank_a != rank_b ? rank_a < rank_b : a.field.size() > b.field.size();
  });
  WhoAnswer answer;
  answer.baseline = options.baseline;
  const std::size_t compared = options.axes.size();

  WhoSearch search(std::move(options));
  while (!search.done()) search.answers(counted_by(engine, search.questions()));
  double explained = 0;
  answer.findings = search.findings();
  for (const Finding& found : answer.findings) {
    explained += found.share_of_bad;
  }
  answer.always_worse = search.always_worse();
  answer.mix_shift = search.mix_shift();
  answer.unexplained_share = search.unexplained_share();
  if (explained >= segment_share_min) {
    answer.verdict = "segment";
  } else if (answer.mix_shift) {
    answer.verdict = "mix";
  } else if (compared >= 2 && answer.findings.empty()) {
    answer.verdict = "everyone";
  }
  return answer;
}

void find_who(Engine& engine, const WhoQuestion& question, Investigation& investigation) {
  const FieldPlan plan = plan_fields(investigation.schema, investigation.rule);
  const WhoAnswer answer = who_is_hit(engine, question, plan);
  for (const Finding& finding : answer.findings) {
    Segment segment = segment_of(finding, answer.baseline);
    segment.twin = find_twin(engine, {investigation.rule, finding.conditions, plan.candidates,
                                      question.after, question.seed});
    investigation.who.push_back(std::move(segment));
  }
  for (const Finding& finding : answer.always_worse) {
    investigation.always_worse.push_back(segment_of(finding, answer.baseline));
  }
  if (answer.mix_shift) investigation.mix_shift = mix_of(*answer.mix_shift, answer.baseline);
  investigation.unexplained_share = answer.unexplained_share;
  investigation.who_verdict = answer.verdict;
  investigation.looks_like = what_it_looks_like(engine, plan.symptoms, question.after);
}

}  // namespace culprit
