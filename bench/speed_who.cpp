// How long does it take to say who is hit, among ten million units of forty fields?
//
// The units lie in memory as the reading pass leaves them (bench/who_units.h): skewed ones as
// production has them, and fields that know nothing of each other. A cause of three conditions is
// planted among background failures. Timed is the whole search to depth three, from the first
// question to the findings, with the fields' columns made before; what making them takes stands
// beside it. The reference asks the same of one plain loop over all units for each question, on one
// thread, for a small part of the units.
//
// Usage: speed_who [--json] [--units N] [--reference N] [--times N]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <map>
#include <unordered_map>

#include "base/sim_world.h"
#include "base/statistics.h"
#include "base/verify.h"
#include "who_planted.h"
#include "workbench/who_is_hit.h"

namespace culprit {
namespace {

using Clock = std::chrono::steady_clock;

double since(Clock::time_point begun) {
  return std::chrono::duration<double>(Clock::now() - begun).count();
}

// Answers each question by one loop over all units.
class Plain final : public Engine {
 public:
  Plain(const Traffic& traffic, Schema schema) : traffic_(traffic), schema_(std::move(schema)) {}

  const Schema& schema() const override { return schema_; }
  std::vector<FacetTally> facets(std::span<const FacetQuery> queries) override {
    std::vector<FacetTally> tallies;
    for (const FacetQuery& query : queries) tallies.push_back(facet(query));
    return tallies;
  }
  HistTally hist(const HistQuery& query) override {
    HistTally tally;
    tally.from = query.window.from;
    tally.bucket = query.bucket;
    const auto span = query.window.to - query.window.from;
    tally.counts.resize(
        static_cast<std::size_t>((span + query.bucket - Duration{1}) / query.bucket));
    const Asked asked = asked_of(query.where);
    for (std::size_t unit = 0; unit < traffic_.size(); ++unit) {
      const Time start = traffic_time(traffic_.starts[unit]);
      if (!query.window.contains(start) || !holds(asked, unit)) continue;
      tally.counts[static_cast<std::size_t>((start - tally.from) / query.bucket)] += one(unit);
    }
    return tally;
  }
  QuantTally quant(const QuantQuery& query) override {
    Sketch sketch;
    const UnitField& field = traffic_.field(query.field);
    for (std::size_t unit = 0; unit < traffic_.size(); ++unit) {
      if (!query.window.contains(traffic_time(traffic_.starts[unit]))) continue;
      const std::uint32_t code = field.codes[unit];
      if (code != 0) sketch.add(number_in(field.values[code - 1]).value_or(0), 1);
    }
    QuantTally tally;
    tally.groups.emplace_back("", std::move(sketch));
    return tally;
  }

  Judged judge(const OutcomeRule&) override { return {}; }
  std::vector<CrossTally> crosses(std::span<const CrossQuery>) override { return {}; }
  ExtractTally extract(const ExtractQuery& query) override {
    ExtractTally tally;
    std::vector<std::size_t> units;
    for (std::size_t slot = 0; slot < query.windows.size() * 2; ++slot) {
      const std::size_t before = units.size();
      for (std::size_t unit = 0; unit < traffic_.size(); ++unit) {
        if (traffic_.bad[unit] != slot % 2) continue;
        if (!query.windows[slot / 2].contains(traffic_time(traffic_.starts[unit]))) continue;
        units.push_back(unit);
      }
      tally.slots.push_back({slot / 2, slot % 2 == 1, units.size() - before, 1});
    }
    for (const std::string& name : query.fields) {
      const UnitField& field = traffic_.field(name);
      ExtractColumn column{name, field.values, {}, {}};
      for (const std::size_t unit : units) column.first.push_back(field.codes[unit]);
      tally.columns.push_back(std::move(column));
    }
    return tally;
  }
  std::vector<SkeletonTally> templates(const TemplateQuery&) override { return {}; }
  SeriesTally series(const SeriesQuery&) override { return {}; }
  std::vector<Row> around(const AroundQuery&) override { return {}; }
  std::vector<UnitSample> sample(const SampleQuery&) override { return {}; }
  std::vector<Time> bad_starts(const Expr&, Window, std::size_t) override { return {}; }
  Time first_seen(const Expr&) override { return no_time; }
  std::vector<std::string> lines_at(std::span<const Place>) override { return {}; }

 private:
  // A conjunction of conditions and negated conjunctions, each leaf with whether it holds by code.
  struct Asked {
    Expr::Op op = Expr::Op::always;
    const UnitField* field = nullptr;
    std::vector<std::uint8_t> holding;
    std::vector<Asked> parts;
  };
  Asked asked_of(const Expr& where) const {
    Asked asked{where.op, nullptr, {}, {}};
    for (const Expr& part : where.parts) asked.parts.push_back(asked_of(part));
    if (where.op != Expr::Op::compare && where.op != Expr::Op::has) return asked;
    asked.field = &traffic_.field(where.field);
    asked.holding.push_back(0);
    for (const std::string& value : asked.field->values) {
      asked.holding.push_back(where.op == Expr::Op::has || value_holds(where, value));
    }
    return asked;
  }
  bool holds(const Asked& asked, std::size_t unit) const {
    switch (asked.op) {
      case Expr::Op::always: return true;
      case Expr::Op::negate: return !holds(asked.parts.front(), unit);
      case Expr::Op::all:
        return std::all_of(asked.parts.begin(), asked.parts.end(),
                           [&](const Asked& part) { return holds(part, unit); });
      case Expr::Op::any:
        return std::any_of(asked.parts.begin(), asked.parts.end(),
                           [&](const Asked& part) { return holds(part, unit); });
      case Expr::Op::compare:
      case Expr::Op::has: return asked.holding[asked.field->codes[unit]] != 0;
    }
    return false;
  }
  Counts one(std::size_t unit) const { return {1, static_cast<double>(traffic_.bad[unit])}; }

  FacetTally facet(const FacetQuery& query) const {
    FacetTally tally;
    tally.field = query.axis.field;
    tally.all.resize(query.windows.size());
    tally.other = tally.all;
    const bool named = !query.axis.field.empty();
    const UnitField* field = named ? &traffic_.field(query.axis.field) : nullptr;
    const Asked asked = asked_of(query.where);
    std::unordered_map<std::uint32_t, std::vector<Counts>> by_code;
    for (std::size_t unit = 0; unit < traffic_.size(); ++unit) {
      if (!holds(asked, unit)) continue;
      for (std::size_t w = 0; w < query.windows.size(); ++w) {
        if (!query.windows[w].contains(traffic_time(traffic_.starts[unit]))) continue;
        tally.all[w] += one(unit);
        if (!named) continue;
        std::vector<Counts>& cell = by_code[field->codes[unit]];
        cell.resize(query.windows.size());
        cell[w] += one(unit);
      }
    }
    if (named) name_values(query, *field, by_code, tally);
    return tally;
  }
  static void name_values(const FacetQuery& query, const UnitField& field,
                          const std::unordered_map<std::uint32_t, std::vector<Counts>>& by_code,
                          FacetTally& tally) {
    std::map<std::pair<std::size_t, std::string>, FacetValue> values;
    const Axis& axis = query.axis;
    for (const auto& [code, cell] : by_code) {
      FacetValue value{std::nullopt, axis.cuts.size() + 2, cell};
      if (code != 0) {
        value.bin = 0;
        value.value = field.values.empty() ? std::to_string(code) : field.values[code - 1];
        if (!axis.cuts.empty()) {
          const auto cut = std::lower_bound(axis.cuts.begin(), axis.cuts.end(),
                                            number_in(*value.value).value_or(0));
          value.bin = static_cast<std::size_t>(cut - axis.cuts.begin());
          value.value = std::to_string(value.bin);
        } else if (!axis.values.empty() && std::find(axis.values.begin(), axis.values.end(),
                                                     *value.value) == axis.values.end()) {
          continue;
        }
      }
      const auto [known, fresh] =
          values.try_emplace({value.bin, value.value.value_or("")}, std::move(value));
      for (std::size_t w = 0; w < cell.size() && !fresh; ++w) known->second.windows[w] += cell[w];
    }
    for (auto& [key, value] : values) tally.values.push_back(std::move(value));
    std::stable_sort(tally.values.begin(), tally.values.end(),
                     [&](const FacetValue& a, const FacetValue& b) {
                       return axis.cuts.empty() && bad_of(a) > bad_of(b);
                     });
    tally.distinct = tally.values.size();
    if (tally.values.size() > query.top) tally.values.resize(query.top);
  }
  static double bad_of(const FacetValue& value) {
    double bad = 0;
    for (const Counts& counts : value.windows) bad += counts.bad;
    return bad;
  }

  const Traffic& traffic_;
  Schema schema_;
};

struct Setting {
  const char* name;
  const std::vector<FieldShape>* fields;
};

struct Measured {
  std::string name;
  std::size_t units = 0;
  double bad = 0;
  double columns = 0;  // seconds to make them
  std::vector<double> seconds;
  double reference = 0;  // seconds a unit
  std::string cause;
  std::string findings;
};

WhoQuestion question_of(const Scenario& scenario) {
  const Time onset = traffic_time(scenario.traffic.onset);
  WhoQuestion question;
  question.before = {Time::min() + Duration{1}, onset};
  question.after = {onset, Time::max()};
  question.has_before = true;
  return question;
}

Scenario scenario_of(const Setting& setting, std::size_t units) {
  ScenarioPlan plan;
  plan.depth = 3;
  plan.units = units;
  plan.failures = units / 500;
  plan.fields = setting.fields;
  plan.has_before = true;
  return ScenarioMaker(1, plan).make();
}

std::string told(const WhoAnswer& answer) {
  std::string text;
  for (const Finding& one : answer.findings) {
    text += (text.empty() ? "" : "; ") + to_string(expr_of(one.conditions));
  }
  return text;
}

double reference_seconds(const Setting& setting, std::size_t units) {
  const Scenario scenario = scenario_of(setting, units);
  SimWorld world;
  const Embedded engine(world, evidence_of(scenario.traffic));
  Plain plain(scenario.traffic, engine.schema());
  const FieldPlan fields = plan_fields(plain.schema(), told_failure());
  const auto begun = Clock::now();
  who_is_hit(plain, question_of(scenario), fields);
  return since(begun) / static_cast<double>(units);
}

Measured measured(const Setting& setting, std::size_t units, std::size_t times) {
  Measured made;
  made.name = setting.name;
  made.units = units;
  Scenario scenario = scenario_of(setting, units);
  const WhoQuestion question = question_of(scenario);
  for (const auto& cause : scenario.causes) {
    made.cause += (made.cause.empty() ? "" : "; ") + to_string(expr_of(cause));
  }
  SimWorld world;
  Embedded engine(world, evidence_of(scenario.traffic));
  scenario.traffic = {};
  const OutcomeRule rule = told_failure();
  made.bad = engine.judge(rule).bad;
  const FieldPlan fields = plan_fields(engine.schema(), rule);
  const auto begun = Clock::now();
  for (const std::string& field : fields.candidates) {
    // Asks for the column and nothing else.
    const FacetQuery query{{field, {}, {}}, absent(field), {question.after}, 1};
    engine.facets({&query, 1});
  }
  made.columns = since(begun);
  for (std::size_t i = 0; i < times; ++i) {
    engine.judge(rule);  // forgets what earlier answers left
    const auto run = Clock::now();
    const WhoAnswer answer = who_is_hit(engine, question, fields);
    made.seconds.push_back(since(run));
    made.findings = told(answer);
  }
  return made;
}

std::size_t memory_peak() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::strtoul(line.c_str() + 6, nullptr, 10);
  }
  return 0;
}

void print(const Measured& made, bool json) {
  const double who = median(made.seconds);
  const double ratio = made.reference * static_cast<double>(made.units) / who;
  if (json) {
    fmt::print(
        R"({{"who":"{}","units":{},"bad":{},"seconds":{:.3f},"least":{:.3f},"columns":{:.3f},)"
        R"("reference_ratio":{:.0f},"right":{}}})"
        "\n",
        made.name, made.units, made.bad, who,
        *std::min_element(made.seconds.begin(), made.seconds.end()), made.columns, ratio,
        made.findings == made.cause);
    return;
  }
  fmt::print(
      "{:12} {:>11} units, {:.0f} bad: {:.3f} s (least {:.3f}); columns {:.2f} s; {:.0f} times "
      "the plain reference\n  planted {}\n  found   {}\n",
      made.name, made.units, made.bad, who,
      *std::min_element(made.seconds.begin(), made.seconds.end()), made.columns, ratio, made.cause,
      made.findings);
}

}  // namespace
}  // namespace culprit

int main(int count, char** words) {
  using namespace culprit;
  std::size_t units = 10'000'000;
  std::size_t reference = 20'000;
  std::size_t times = 5;
  bool json = false;
  std::string only;
  for (int i = 1; i < count; ++i) {
    const auto number = [&] { return i + 1 < count ? std::strtoul(words[++i], nullptr, 10) : 0; };
    if (std::strcmp(words[i], "--json") == 0) json = true;
    if (std::strcmp(words[i], "--units") == 0) units = number();
    if (std::strcmp(words[i], "--reference") == 0) reference = number();
    if (std::strcmp(words[i], "--times") == 0) times = number();
    if (std::strcmp(words[i], "--only") == 0 && i + 1 < count) only = words[++i];
  }
  const Setting settings[] = {{"skewed", &realistic_fields()},
                              {"independent", &independent_fields()}};
  for (const Setting& setting : settings) {
    if (!only.empty() && only != setting.name) continue;
    Measured made = measured(setting, units, times);
    if (reference > 0) made.reference = reference_seconds(setting, reference);
    print(made, json);
    std::fflush(stdout);
  }
  if (!json) fmt::print("peak memory {} MB\n", memory_peak() >> 10);
  return 0;
}
