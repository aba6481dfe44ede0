#include "workbench/failure.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "contrast/outcome_rule.h"
#include "contrast/silence.h"
#include "workbench/message_onset.h"
#include "workbench/onset_search.h"
#include "workbench/part_onset.h"

namespace culprit {
namespace {

constexpr double quantile_limit = 0.99;  // bad is above it (DESIGN, "Units")
constexpr std::int64_t quarters = 4;     // of the evidence; the quietest sets the first limit
constexpr std::size_t buckets_silence = 240;

Window span_of(const Schema& schema) { return {schema.from, schema.to}; }

bool errors_only(const Judged& judged) { return judged.units > 0 && judged.bad == judged.units; }

// Limits per operation at a quantile of its durations in the window.
std::vector<std::pair<std::string, double>> limits_at(Engine& engine, const LatencyFields& fields,
                                                      Window window, double quantile) {
  std::vector<std::pair<std::string, double>> limits;
  Sketch all;
  for (const auto& [operation, sketch] :
       engine.quant({fields.duration, fields.operation, {}, window}).groups) {
    all.add(sketch);
    // Fewer than that have no 99th percentile of their own.
    if (sketch.count >= 200) limits.emplace_back(operation, sketch.quantile(quantile));
  }
  std::erase_if(limits, [](const auto& limit) { return limit.first.empty(); });
  limits.emplace_back("", all.quantile(quantile));
  return limits;
}

// Before the onset is known: each operation's p99 in its quietest quarter of the evidence, so that
// an incident of any length up to three quarters stands out against it.
std::vector<std::pair<std::string, double>> quiet_limits(Engine& engine,
                                                         const LatencyFields& fields, Window span) {
  std::map<std::string, double> least;
  const Duration quarter = (span.to - span.from) / quarters;
  for (std::int64_t i = 0; i < quarters; ++i) {
    const Window window{span.from + quarter * i, span.from + quarter * (i + 1)};
    for (const auto& [operation, limit] : limits_at(engine, fields, window, quantile_limit)) {
      if (limit <= 0) continue;
      const auto [entry, added] = least.try_emplace(operation, limit);
      if (!added) entry->second = std::min(entry->second, limit);
    }
  }
  return {least.begin(), least.end()};
}

// The onset among all units, else among those of the operation that changed most surely: a route
// with one request in fifty is lost in the sum.
WhenAnswer find_slow_onset(Engine& engine, OnsetSearch search, const OutcomeRule& rule) {
  WhenAnswer best = find_onset(engine, search);
  if (best.found || rule.operation_field.empty()) return best;
  double strongest = 0;
  for (const auto& [operation, limit] : rule.limits) {
    if (operation.empty()) continue;
    search.where = equals(rule.operation_field, operation);
    WhenAnswer one = find_onset(engine, search);
    if (!one.found || one.log_odds <= strongest) continue;
    strongest = one.log_odds;
    best = std::move(one);
  }
  return best;
}

bool try_latency(Engine& engine, Investigation& investigation) {
  const LatencyFields fields = latency_fields(investigation.schema);
  if (fields.duration.empty()) return false;
  OutcomeRule rule;
  rule.how = OutcomeRule::How::latency;
  rule.duration_field = fields.duration;
  rule.operation_field = fields.operation;
  const OnsetSearch search{{}, span_of(investigation.schema), false};
  rule.limits = quiet_limits(engine, fields, search.span);
  engine.judge(rule);
  const WhenAnswer screened = find_slow_onset(engine, search, rule);
  if (!screened.found) return false;
  rule.limits = limits_at(engine, fields, {Time::min(), screened.from}, quantile_limit);
  const Judged judged = engine.judge(rule);
  WhenAnswer when = find_slow_onset(engine, search, rule);
  if (!when.found) return false;
  investigation.rule = std::move(rule);
  investigation.judged = judged;
  investigation.when = std::move(when);
  return true;
}

// A message that began is surer than a change of all failures per minute, or not taken.
bool try_message(Engine& engine, Investigation& investigation) {
  const double least = investigation.when.found ? investigation.when.log_odds : 0;
  MessageOnset found = find_message_onset(engine, investigation, least);
  if (!found.when.found) {
    engine.judge(investigation.rule);
    return false;
  }
  investigation.rule = std::move(found.rule);
  investigation.judged = engine.judge(investigation.rule);
  investigation.when = std::move(found.when);
  return true;
}

// Where only errors are logged, those that a request survived cannot be told from those it died of,
// and may hide the incident: what failed at the edge, by its status, is judged alone.
bool try_status_alone(Engine& engine, Investigation& investigation) {
  OutcomeRule rule = investigation.rule;
  if (rule.status_fields.empty() && rule.success_fields.empty()) return false;
  rule.levels = false;
  rule.exception_fields.clear();
  const Judged judged = engine.judge(rule);
  WhenAnswer when = find_onset(engine, {{}, span_of(investigation.schema), errors_only(judged)});
  if (!when.found) return false;
  investigation.rule = std::move(rule);
  investigation.judged = judged;
  investigation.when = std::move(when);
  investigation.schema.unit.errors_only = errors_only(judged);
  return true;
}

// The end of the last bucket before a silence, looked at a hundred times finer.
Time last_heard(Engine& engine, const Silence& silence, const SeriesTally& series) {
  const auto at = [&](std::size_t bucket) {
    return series.from + series.step * static_cast<std::int64_t>(bucket);
  };
  const Duration step = std::max(Duration{1}, series.step / 100);
  const SeriesTally fine =
      engine.series({"", "template", {at(silence.from - 1), at(silence.from)}, step});
  for (const SeriesTally::Series& one : fine.series) {
    if (one.key != silence.key) continue;
    for (std::size_t i = one.count.size(); i > 0; --i) {
      if (one.count[i - 1] > 0) return fine.from + step * static_cast<std::int64_t>(i);
    }
  }
  return at(silence.from);
}

bool try_volume(Engine& engine, Investigation& investigation) {
  const Window span = span_of(investigation.schema);
  const Duration step =
      (span.to - span.from) / static_cast<std::int64_t>(buckets_silence) + Duration{1};
  const SeriesTally series =
      engine.series({"", "template", {span.from, span.to + Duration{1}}, step});
  std::vector<Silence> silences = find_silences(series);
  std::erase_if(silences, [](const Silence& silence) { return silence.key.empty(); });
  if (silences.empty()) return false;
  const Silence& silence = silences.front();
  WhenAnswer when;
  when.found = true;
  when.probability = 1 - std::exp(-silence.strength());
  when.onset = last_heard(engine, silence, series);
  // Silent for x with probability e^(-rate x): 95 % of it within three mean gaps.
  when.from = when.onset - series.step / 100;
  when.to = when.onset + from_seconds(3 * silence.dispersion * seconds(step) / silence.per_bucket);
  when.shape = silence.lasts ? Shape::step : Shape::spike;
  when.ongoing = silence.lasts;
  when.end = silence.lasts ? no_time : series.from + step * static_cast<std::int64_t>(silence.to);
  when.dispersion = silence.dispersion;
  investigation.rule = {};
  investigation.rule.how = OutcomeRule::How::volume;
  investigation.when = when;
  investigation.silent = silence.key;
  investigation.silent_per_minute = silence.per_bucket * 60 / seconds(step);
  return true;
}

}  // namespace

void find_failure(Engine& engine, const InvestigateOptions& options, Investigation& investigation) {
  const Schema& schema = investigation.schema;
  const bool given = options.gather.bad.has_value();
  investigation.rule =
      given ? given_rule(*options.gather.bad, options.gather.good) : outcome_rule_of(schema);
  investigation.judged = engine.judge(investigation.rule);
  investigation.schema.unit.errors_only = errors_only(investigation.judged);
  OnsetSearch search{{}, span_of(schema), investigation.schema.unit.errors_only};
  investigation.when = find_onset(engine, search);
  const bool unknown = investigation.rule.how == OutcomeRule::How::unknown;
  const bool by_message = !given && (unknown || investigation.schema.unit.errors_only);
  if (by_message && try_message(engine, investigation)) return;
  if (investigation.when.found) return;
  if (!investigation.schema.unit.errors_only) {
    if (WhenAnswer part = find_part_onset(engine, investigation); part.found) {
      investigation.when = std::move(part);
      return;
    }
  }
  if (given) return;
  if (errors_only(investigation.judged) && try_status_alone(engine, investigation)) return;
  const OutcomeRule rule = investigation.rule;
  const WhenAnswer quiet = investigation.when;
  if (try_latency(engine, investigation) || try_volume(engine, investigation)) return;
  investigation.rule = rule;
  investigation.when = quiet;
  investigation.judged = engine.judge(rule);
}

}  // namespace culprit
