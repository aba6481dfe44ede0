#include "cli/investigation_json.h"

#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

namespace culprit {
namespace {

using Json = nlohmann::ordered_json;

Json instant(Time time) { return time == no_time ? Json(nullptr) : Json(to_string(time)); }

// Six significant digits: more would claim a precision that no count has.
Json number(double value) {
  if (!std::isfinite(value)) return nullptr;
  if (value == std::floor(value) && std::abs(value) < 1e15) return static_cast<std::int64_t>(value);
  const double scale = std::pow(10, 5 - std::floor(std::log10(std::abs(value))));
  return std::isfinite(scale) && scale > 0 ? std::round(value * scale) / scale : value;
}

Json text_or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

Json input_of(const Investigation& made) {
  const Schema& schema = made.schema;
  Json first = nullptr;
  for (const SourceSummary& source : schema.sources) {
    if (source.skipped == 0) continue;
    first = {{"source", source.name},
             {"line", source.first_skipped_line},
             {"text", source.first_skipped}};
    break;
  }
  Json sources = Json::array();
  for (const SourceSummary& source : schema.sources) sources.push_back(source.name);
  return {{"sources", sources},       {"events", schema.events},
          {"bytes", schema.bytes},    {"skipped_lines", schema.skipped},
          {"first_skipped", first},   {"from", instant(schema.from)},
          {"to", instant(schema.to)}, {"exact", schema.exact}};
}

Json unit_of(const Investigation& made) {
  const UnitRule& unit = made.schema.unit;
  std::string by = unit.fields.empty() ? "line" : unit.fields.front();
  return {{"by", by},
          {"how", unit.how},
          {"total", number(made.judged.units)},
          {"recovered", number(made.judged.recovered)}};
}

Json when_of(const Investigation& made) {
  const WhenAnswer& when = made.when;
  Json interval = nullptr;
  if (when.from != no_time) {
    interval = {
        {"from", instant(when.from)}, {"to", instant(when.to)}, {"confidence", when.confidence}};
  }
  Json others = Json::array();
  for (const Window& other : when.others) {
    others.push_back({{"from", instant(other.from)}, {"to", instant(other.to)}});
  }
  return {
      {"found", when.found},
      {"probability", number(when.probability)},
      {"onset", instant(when.onset)},
      {"interval", interval},
      {"first_bad", instant(when.first_bad)},
      {"last_bad", instant(when.last_bad)},
      {"shape", name_of(when.shape)},
      {"period_seconds",
       when.shape == Shape::recurring ? number(seconds(when.period)) : Json(nullptr)},
      {"season_seconds", when.season > Duration{} ? number(seconds(when.season)) : Json(nullptr)},
      {"ongoing", when.ongoing},
      {"others", others}};
}

Json side(const RateSide& one) {
  return {{"bad", number(one.counts.bad)},
          {"total", number(one.counts.total)},
          {"rate", number(one.rate)},
          {"low", number(one.interval.low)},
          {"high", number(one.interval.high)}};
}

Json rate_of(const Investigation& made) {
  return {{"of", made.rate.of},
          {"before", made.rate.before ? side(*made.rate.before) : Json(nullptr)},
          {"after", side(made.rate.after)},
          {"ratio", made.rate.ratio > 0 ? number(made.rate.ratio) : Json(nullptr)}};
}

Json sample_of(const UnitSample& sample, Place shown, const std::string& line,
               const Schema& schema) {
  Json places = Json::array();
  for (const Place& place : sample.places) {
    places.push_back({{"source", schema.sources[place.source].name}, {"offset", place.offset}});
  }
  return {{"at", instant(sample.start)},
          {"places", places},
          {"source", schema.sources[shown.source].name},
          {"offset", shown.offset},
          {"line", line}};
}

Json twin_of(const std::optional<Twin>& twin, const Schema& schema) {
  if (!twin) return nullptr;
  Json differences = Json::array();
  for (const Difference& one : twin->differences) {
    differences.push_back(
        {{"field", one.field}, {"bad", text_or_null(one.bad)}, {"good", text_or_null(one.good)}});
  }
  return {{"bad", sample_of(twin->bad, twin->bad_place, twin->bad_line, schema)},
          {"good", sample_of(twin->good, twin->good_place, twin->good_line, schema)},
          {"differences", differences}};
}

Json segment_of(const Segment& segment, const Investigation& made) {
  const Finding& finding = segment.finding;
  Json conditions = Json::array();
  for (const Condition& condition : finding.conditions) conditions.push_back(to_string(condition));
  Json aliases = Json::array();
  for (const Condition& alias : finding.aliases) aliases.push_back(to_string(alias));
  return {{"where", segment.where},
          {"conditions", conditions},
          {"bad", number(finding.counted.after.bad)},
          {"total", number(finding.counted.after.total)},
          {"risk_ratio", number(finding.risk.ratio)},
          {"risk_ratio_low", number(finding.risk.low)},
          {"share_of_bad", number(finding.share_of_bad)},
          {"became_worse", made.rate.before ? Json(finding.became_worse) : Json(nullptr)},
          {"q_value", finding.q_value},
          {"aliases", aliases},
          {"rate_without", number(segment.rate_without)},
          {"twin", twin_of(segment.twin, made.schema)}};
}

Json templates_of(const Investigation& made) {
  Json templates = Json::array();
  for (std::size_t i = 0; i < made.templates.size(); ++i) {
    const ChangedTemplate& one = made.templates[i];
    templates.push_back({{"id", one.what.id},
                         {"text", one.what.text},
                         {"status", name_of(one.status)},
                         {"before", number(one.before)},
                         {"after", number(one.after)},
                         {"first_seen", instant(one.what.first)},
                         {"last_seen", instant(one.what.last)},
                         {"example",
                          {{"source", made.schema.sources[one.what.example.source].name},
                           {"offset", one.what.example.offset},
                           {"line", made.template_lines[i]}}}});
  }
  return templates;
}

Json changes_of(const std::vector<RankedChange>& ranked) {
  Json changes = Json::array();
  for (const RankedChange& one : ranked) {
    Json commits = Json::array();
    for (const RankedCommit& commit : one.commits) {
      commits.push_back({{"sha", commit.sha},
                         {"subject", commit.subject},
                         {"probability", number(commit.probability)},
                         {"reasons", commit.reasons}});
    }
    const bool none = one.change.kind == ChangeKind::none;
    changes.push_back({{"kind", name_of(one.change.kind)},
                       {"id", none ? Json(nullptr) : Json(one.change.id)},
                       {"at", instant(one.change.at)},
                       {"probability", number(one.probability)},
                       {"reasons", one.reasons},
                       {"against", one.against},
                       {"commits", commits}});
  }
  return changes;
}

Json metrics_of(const Investigation& made) {
  Json metrics = Json::array();
  const Time errors = made.when.found ? made.when.onset : no_time;
  for (const MovedMetric& one : made.metrics.moved) {
    Json labels = Json::object();
    for (const auto& [name, value] : one.labels) labels[name] = value;
    const MetricMove& move = one.move;
    metrics.push_back({{"name", one.name},
                       {"labels", labels},
                       {"moved_at", {{"from", instant(move.from)}, {"to", instant(move.to)}}},
                       {"p_first", number(move.p_first)},
                       {"effect", number(move.effect)},
                       {"at", instant(move.at)},
                       {"after_errors_seconds",
                        errors == no_time ? Json(nullptr) : number(seconds(move.at - errors))},
                       {"probability", number(move.probability)},
                       {"shape", move.ramp > 0.8 ? "ramp" : "step"},
                       {"of", move.is_rate ? "rate" : "value"},
                       {"before", number(move.before)},
                       {"after", number(move.after)}});
  }
  return metrics;
}

Json rest_of(const Investigation& made) {
  Json around = Json::array();
  for (const LogLine& line : made.around) {
    around.push_back({{"time", instant(line.time)},
                      {"source", line.source},
                      {"offset", line.offset},
                      {"line", line.line}});
  }
  Json next = Json::array();
  for (const NextStep& step : made.next)
    next.push_back({{"command", step.command}, {"why", step.why}});
  return {{"around", around}, {"next", next}};
}

Json warnings_of(const Investigation& made) {
  Json warnings = Json::array();
  for (const Warning& warning : made.warnings) {
    warnings.push_back(
        {{"code", warning.code}, {"source", text_or_null(warning.source)}, {"text", warning.text}});
  }
  return warnings;
}

Json mix_of(const Investigation& made) {
  if (!made.mix_shift) return nullptr;
  const MixAnswer& mix = *made.mix_shift;
  const auto side = [](const Counts& counts, double share) {
    return Json{{"bad", number(counts.bad)},
                {"total", number(counts.total)},
                {"share_of_traffic", number(share)}};
  };
  return {{"where", mix.where},
          {"share_of_rise", number(mix.share_of_rise)},
          {"before", side(mix.before, mix.traffic_before)},
          {"after", side(mix.after, mix.traffic_after)},
          {"risk_ratio_before", number(mix.risk_before)}};
}

Json segments_of(const Investigation& made) {
  Json segments = Json::array();
  for (const Segment& segment : made.who) segments.push_back(segment_of(segment, made));
  for (const Segment& segment : made.always_worse) segments.push_back(segment_of(segment, made));
  return segments;
}

Json looks_of(const Investigation& made) {
  Json looks = Json::array();
  for (const LooksLike& one : made.looks_like) {
    looks.push_back({{"condition", one.condition}, {"share_of_bad", number(one.share_of_bad)}});
  }
  return looks;
}

// Log lines may hold bytes that are not UTF-8; they are shown as the replacement character.
std::string written(const Json& json) {
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string json_of(const Investigation& made) {
  Json json;
  json["schema_version"] = 1;
  json["input"] = input_of(made);
  json["outcome"] = {{"bad", text_or_null(made.bad)},
                     {"how", made.rule.how == OutcomeRule::How::given ? "given" : "inferred"}};
  json["unit"] = unit_of(made);
  json["warnings"] = warnings_of(made);
  json["when"] = when_of(made);
  json["rate"] = rate_of(made);
  json["affected"] = made.affected.field.empty() ? Json(nullptr)
                                                 : Json{{"field", made.affected.field},
                                                        {"bad", made.affected.bad},
                                                        {"total", made.affected.total}};
  json["who_verdict"] = made.when.found ? Json(made.who_verdict) : Json(nullptr);
  json["who"] = segments_of(made);
  json["unexplained_share"] = made.when.found ? number(made.unexplained_share) : Json(nullptr);
  json["mix_shift"] = mix_of(made);
  json["looks_like"] = looks_of(made);
  json["templates"] = templates_of(made);
  json["changes"] = changes_of(made.changes);
  json["metrics"] = metrics_of(made);
  json["components"] = Json::array();
  json.update(rest_of(made));
  return written(json);
}

std::string populations_json(const Investigation& made) {
  Json json;
  json["schema_version"] = 1;
  json["input"] = input_of(made);
  json["outcome"] = {{"bad", made.bad},
                     {"good", made.rule.good ? Json(to_string(*made.rule.good)) : Json(nullptr)}};
  json["unit"] = unit_of(made);
  json["warnings"] = warnings_of(made);
  json["rate"] = rate_of(made);
  json["who_verdict"] = made.who_verdict;
  json["who"] = segments_of(made);
  json["unexplained_share"] = number(made.unexplained_share);
  json["looks_like"] = looks_of(made);
  json["templates"] = templates_of(made);
  json["next"] = rest_of(made)["next"];
  return written(json);
}

std::string json_of(const RangeRanking& made) {
  Json json;
  json["schema_version"] = 1;
  json["changes"] = changes_of(made.changes);
  return written(json);
}

}  // namespace culprit
