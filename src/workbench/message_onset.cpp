#include "workbench/message_onset.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "contrast/outcome_rule.h"
#include "contrast/templates.h"
#include "workbench/message_expr.h"
#include "workbench/onset_search.h"

namespace culprit {
namespace {

constexpr double events_least = 20;      // of one message; fewer say nothing about who is hit
constexpr double telling_least = 8;      // where it speaks of failure, and little else does
constexpr double share_most = 0.9;       // of all events: the rest has to stand for the traffic
constexpr double decisive_odds = 5;      // logarithm: 150 to 1
constexpr double fair_share = 0.1;       // of the events of an incident that a message is behind
constexpr double quiet_share = 0.05;     // of its rate in the incident, at most, before it
constexpr std::size_t together = 3;      // buckets between the starts of messages of one incident
constexpr std::size_t alternatives = 8;  // messages told as one failure; more is no expression

struct Candidate {
  const Template* what = nullptr;
  Outbreak outbreak;
  std::size_t start() const { return outbreak.incidents.front().from; }
  bool fresh() const { return outbreak.rate_before <= quiet_share * outbreak.rate_during; }
};

Expr parsed(const std::string& text) {
  Result<Expr> expr = parse_expr(text);
  VERIFY(expr);
  return std::move(expr).value();
}

// The counts of each skeleton's text, and of all together, in the same buckets.
struct MessageSeries {
  HistTally all;
  std::map<std::string, const std::vector<double>*> of;
};

HistTally series_of(const MessageSeries& series, const Template& family,
                    const std::map<std::uint64_t, std::string>& texts) {
  HistTally made = series.all;
  for (const std::uint64_t hash : family.skeletons) {
    const auto text = texts.find(hash);
    const auto counts = text == texts.end() ? series.of.end() : series.of.find(text->second);
    if (counts == series.of.end()) continue;
    for (std::size_t i = 0; i < made.counts.size() && i < counts->second->size(); ++i) {
      made.counts[i].bad += (*counts->second)[i];
    }
  }
  return made;
}

MessageSeries all_of(const SeriesTally& tally, std::size_t steps) {
  MessageSeries series;
  series.all.from = tally.from;
  series.all.bucket = tally.step;
  series.all.counts.resize(steps);
  for (const SeriesTally::Series& one : tally.series) {
    series.of.emplace(one.key, &one.count);
    for (std::size_t i = 0; i < one.count.size(); ++i) series.all.counts[i].total += one.count[i];
  }
  return series;
}

// Messages that rose, the surest first.
std::vector<Candidate> risen(const std::vector<Template>& families, const MessageSeries& series,
                             const std::map<std::uint64_t, std::string>& texts, double least) {
  std::vector<Candidate> found;
  double events = 0;
  for (const Counts& counts : series.all.counts) events += counts.total;
  for (const Template& family : families) {
    if (family.all_events < least || family.all_events > share_most * events) continue;
    Candidate one{&family, find_outbreak(series_of(series, family, texts))};
    if (one.outbreak.found) found.push_back(std::move(one));
  }
  std::stable_sort(found.begin(), found.end(), [](const Candidate& a, const Candidate& b) {
    return a.outbreak.log_odds > b.outbreak.log_odds;
  });
  return found;
}

// One failure says several things, each of them new at the same time.
std::vector<const Template*> said_together(const std::vector<Candidate>& candidates) {
  std::vector<const Template*> messages{candidates.front().what};
  const Candidate& surest = candidates.front();
  for (const Candidate& one : candidates) {
    const std::size_t apart =
        one.start() > surest.start() ? one.start() - surest.start() : surest.start() - one.start();
    const bool same = one.what != surest.what && surest.fresh() && one.fresh() && apart <= together;
    if (same && messages.size() < alternatives) messages.push_back(one.what);
  }
  return messages;
}

}  // namespace

MessageOnset find_message_onset(Engine& engine, const Investigation& investigation,
                                double log_odds) {
  MessageOnset made;
  const Window span{investigation.schema.from, investigation.schema.to + Duration{1}};
  if (investigation.schema.from == no_time || span.to - span.from < Duration{2}) return made;
  const std::vector<SkeletonTally> tallies = engine.templates({{}, {span}});
  std::vector<Template> families = merge_skeletons(tallies);
  // Where nothing says what failed, not every message that began is a failure.
  const bool unknown = investigation.rule.how == OutcomeRule::How::unknown;
  if (unknown) {
    std::erase_if(families, [](const Template& one) { return !tells_failure(one.text); });
  }
  std::map<std::uint64_t, std::string> texts;
  for (const SkeletonTally& tally : tallies) texts.emplace(tally.hash, tally.text);
  const Duration step =
      (span.to - span.from) / static_cast<std::int64_t>(first_look(engine.schema())) + Duration{1};
  const SeriesTally tally = engine.series({"", "template", span, step});
  const auto steps = static_cast<std::size_t>((span.to - span.from + step - Duration{1}) / step);
  const std::vector<Candidate> candidates =
      risen(families, all_of(tally, steps), texts, unknown ? telling_least : events_least);
  // As many messages, as many chances to find one by accident.
  const double chances = std::log(static_cast<double>(std::max<std::size_t>(families.size(), 1)));
  if (candidates.empty()) return made;
  const Outbreak& surest = candidates.front().outbreak;
  const double odds = surest.log_odds - chances;
  const bool many = surest.rate_during >= fair_share && candidates.front().fresh();
  const double least = unknown ? 0 : many ? decisive_odds : std::max(decisive_odds, log_odds);
  if (odds <= least) return made;

  const std::vector<const Template*> messages = said_together(candidates);
  made.rule = investigation.rule;
  made.rule.how = OutcomeRule::How::message;
  made.rule.bad = parsed(message_expr(engine, messages));
  for (const Template* one : messages) {
    for (const std::uint64_t hash : one->skeletons) made.rule.skeletons.push_back(texts.at(hash));
  }
  engine.judge(made.rule);
  // That it began is known by its share; when it began, by the time that passed without it.
  OnsetSearch search{{}, {span.from, investigation.schema.to}, true};
  made.when = find_onset(engine, search);
  search.counts_only = false;
  if (!made.when.found) made.when = find_onset(engine, search);
  return made;
}

}  // namespace culprit
