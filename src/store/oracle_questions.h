// Random questions of every kind, and an engine's answers to them as text.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "store/oracle_answers.h"
#include "store/oracle_evidence.h"

namespace culprit {

inline Expr expr_of(const std::string& text) {
  const Result<Expr> parsed = parse_expr(text);
  if (!parsed) FAIL(text << ": " << parsed.error().what);
  return *parsed;
}

// All questions that one round asks, so that each engine is asked the same.
class Questions {
 public:
  explicit Questions(std::uint64_t seed) : dice_(seed) {}

  OutcomeRule rule(const GatherOptions& options) {
    OutcomeRule made;
    if (options.bad && dice_.one_in(2)) {
      made.how = OutcomeRule::How::given;
      made.bad = options.bad;
      made.good = options.good;
      return made;
    }
    if (dice_.one_in(4)) {
      made.how = OutcomeRule::How::latency;
      made.duration_field = dice_.one_in(2) ? "latency_ms" : "cart";
      made.operation_field = dice_.one_in(3) ? "" : dice_.one_in(2) ? "route" : "tags";
      made.limits = {{"/a", 5}, {"b", 0.5}, {"/c", 100}};
      if (!dice_.one_in(3)) made.limits.emplace_back("", 2);
      return made;
    }
    if (dice_.one_in(5)) {
      made.how = OutcomeRule::How::message;
      made.skeletons = {"cache miss for key <*>", "started", "never said"};
      return made;
    }
    made.how = OutcomeRule::How::status;
    if (!dice_.one_in(3)) made.status_fields.push_back("status");
    if (dice_.one_in(4)) made.status_fields.push_back("status.2");
    if (dice_.one_in(2)) made.success_fields.push_back("success");
    if (dice_.one_in(2)) made.exception_fields.push_back("exception");
    made.levels = dice_.one_in(2);
    return made;
  }

  Expr where() { return dice_.one_in(3) ? Expr{} : expr_of(oracle_expr(dice_, 2)); }

  Window window() {
    if (dice_.one_in(6)) return {};
    const Time base = from_nanoseconds(1'763'647'200'000'000'000);
    const auto from = std::chrono::seconds(dice_.below(250));
    return {base + from, base + from + std::chrono::seconds(dice_.below(150))};
  }
  Window finite_window() {
    Window made = window();
    while (made == Window{}) made = window();
    return made;
  }
  std::vector<Window> windows() {
    std::vector<Window> made;
    for (std::size_t i = 1 + dice_.below(3); i > 0; --i) made.push_back(window());
    return made;
  }

  std::string field() {
    static const std::vector<std::string> others = {
        "nothing", "ctx.zone", "ctx.cores", "gateway_host", "after",
        "key",     "level",    "source",    "status.2",     "end"};
    return dice_.one_in(3) ? dice_.of(others) : dice_.of(oracle_fields()).name;
  }

  Axis axis() {
    Axis made;
    made.field = field();
    if (dice_.one_in(2)) {
      for (double cut = -5; cut < 1000; cut = cut * 2 + 7) {
        if (dice_.one_in(2)) made.cuts.push_back(cut);
      }
      if (dice_.one_in(2)) made.cuts.push_back(1000);
      if (!made.cuts.empty()) return made;
    }
    for (const OracleField& known : oracle_fields()) {
      if (known.name != made.field) continue;
      for (const std::string& value : known.values) {
        const std::string text = without_quotes(value);
        const bool known_already =
            std::find(made.values.begin(), made.values.end(), text) != made.values.end();
        if (!known_already && dice_.one_in(3)) made.values.push_back(text);
      }
    }
    return made;
  }
  Axis bounded_axis() {
    Axis made = axis();
    if (made.cuts.empty() && made.values.empty()) made.values.push_back("a");
    return made;
  }

  std::vector<FacetQuery> facets() {
    std::vector<FacetQuery> made;
    for (int i = 0; i < 6; ++i) {
      const bool same = i > 0 && dice_.one_in(2);  // engines may share work between such
      made.push_back({axis(), same ? made.back().where : where(),
                      same ? made.back().windows : windows(),
                      dice_.one_in(3) ? dice_.below(4) : 1000});
    }
    return made;
  }
  std::vector<CrossQuery> crosses() {
    std::vector<CrossQuery> made;
    for (int i = 0; i < 3; ++i) {
      CrossQuery query{{}, where(), windows()};
      for (std::size_t axes = 1 + dice_.below(3); axes > 0; --axes) {
        query.axes.push_back(bounded_axis());
      }
      made.push_back(std::move(query));
    }
    return made;
  }
  HistQuery hist() {
    using Of = HistQuery::Of;
    return {where(), finite_window(), std::chrono::milliseconds(1 + dice_.below(30'000)),
            dice_.one_in(3) ? Of::failures : Of::units};
  }
  ExtractQuery extract() {
    ExtractQuery made;
    for (std::size_t fields = 1 + dice_.below(4); fields > 0; --fields) {
      made.fields.push_back(field());
    }
    const Window whole = finite_window();
    const Duration step = (whole.to - whole.from) / 3;
    for (int i = 0; i < 3; ++i) {
      if (dice_.one_in(4)) continue;
      made.windows.push_back({whole.from + step * i, whole.from + step * (i + 1)});
    }
    if (made.windows.empty()) made.windows.push_back({});
    return made;
  }
  TemplateQuery templates() { return {where(), windows()}; }
  QuantQuery quant() { return {field(), dice_.one_in(2) ? "" : field(), where(), window()}; }
  SeriesQuery series() {
    static const std::vector<std::string> special = {"source", "template", ""};
    return {dice_.one_in(2) ? "" : field(), dice_.one_in(2) ? field() : dice_.of(special),
            finite_window(), std::chrono::milliseconds(1 + dice_.below(40'000))};
  }
  AroundQuery around() {
    return {finite_window().from, std::chrono::seconds(dice_.below(60)),
            std::chrono::seconds(dice_.below(60)), dice_.below(12)};
  }
  SampleQuery sample(std::size_t count) {
    SampleQuery made{where(), window(), std::nullopt, count, dice_.below(1000)};
    if (!dice_.one_in(3)) made.outcome = dice_.one_in(2) ? Outcome::bad : Outcome::good;
    return made;
  }

 private:
  OracleDice dice_;
};

using Answers = std::vector<std::pair<std::string, std::string>>;  // question, answer

inline void ask_about_counts(Engine& engine, Questions& questions, Answers& answers) {
  for (int i = 0; i < 4; ++i) answers.emplace_back("hist", told(engine.hist(questions.hist())));
  const std::vector<FacetQuery> facets = questions.facets();
  const std::vector<FacetTally> facet_tallies = engine.facets(facets);
  for (std::size_t i = 0; i < facets.size(); ++i) {
    answers.emplace_back("facet where " + to_string(facets[i].where), told(facet_tallies[i]));
  }
  const std::vector<CrossQuery> crosses = questions.crosses();
  answers.emplace_back("crosses", told(engine.crosses(crosses)));
  answers.emplace_back("extract", told(engine.extract(questions.extract())));
  for (int i = 0; i < 4; ++i) {
    const QuantQuery quant = questions.quant();
    answers.emplace_back(fmt::format("quant {} by {}", quant.field, quant.by),
                         told(engine.quant(quant)));
  }
  const Expr where = questions.where();
  answers.emplace_back("first seen " + to_string(where), told(engine.first_seen(where)));
  answers.emplace_back("bad starts", told(engine.bad_starts(where, questions.window(), 7)));
}

inline void ask_about_rows(Engine& engine, Questions& questions, Answers& answers) {
  for (int i = 0; i < 2; ++i) {
    answers.emplace_back("templates", told(engine.templates(questions.templates())));
    const SeriesQuery series = questions.series();
    answers.emplace_back(fmt::format("series {} by {}", series.metric, series.by),
                         told(engine.series(series)));
    answers.emplace_back("around", told(engine.around(questions.around())));
    answers.emplace_back("sample", told_sorted(engine.sample(questions.sample(1'000'000))));
  }
}

inline Answers ask(Engine& engine, const GatherOptions& options, std::uint64_t seed) {
  Questions questions(seed);
  Answers answers;
  answers.emplace_back("schema", told(engine.schema()));
  for (int judging = 0; judging < 2; ++judging) {
    const OutcomeRule rule = questions.rule(options);
    answers.emplace_back(fmt::format("judge {}", static_cast<int>(rule.how)),
                         told(engine.judge(rule)));
    ask_about_counts(engine, questions, answers);
    ask_about_rows(engine, questions, answers);
  }
  return answers;
}

}  // namespace culprit
