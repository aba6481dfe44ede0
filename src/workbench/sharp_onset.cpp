#include "workbench/sharp_onset.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "workbench/onset_search.h"

namespace culprit {
namespace {

constexpr double share_least = 0.5;   // of the failures, for a segment to stand for the whole
constexpr double born_share = 0.002;  // of its units, at most, before its birth: wrong clocks
constexpr double unheard_least = 20;  // good units to be expected before its birth
constexpr double birth_prior = 0.5;   // that what fails since its birth did so from the first unit
constexpr std::size_t life_buckets = 2000;
constexpr Duration first_looked_at = std::chrono::minutes(5);
constexpr std::size_t first_buckets = 10'000;
constexpr double confidence = 0.95;

// Between two onsets that may be the same one, seen more and less sharply.
Duration tolerance(Duration width) { return width * 4 + std::chrono::seconds(5); }

bool apart(const WhenAnswer& when, Time from, Time to) {
  const Duration reach = tolerance(std::max(to - from, when.to - when.from));
  return from > when.to + reach || to < when.from - reach;
}

// The segment's units since its birth, in fine buckets that begin with it; empty where it was
// there before, or may have been: as many good units as it has since would have shown.
HistTally life_of(Engine& engine, const Investigation& made, const Expr& where) {
  const Time born = engine.first_seen(where);
  const Schema& schema = made.schema;
  if (schema.unit.errors_only || born == no_time || apart(made.when, born, born)) return {};
  Counts before;
  for (const Counts& counts : series_of(engine, {where, {schema.from, born}, false}, 2).counts) {
    before += counts;
  }
  HistTally life = series_of(engine, {where, {born, schema.to}, false}, life_buckets);
  Counts since;
  for (const Counts& counts : life.counts) since += counts;
  const double times_as_long = seconds(born - schema.from) / seconds(schema.to - born);
  const bool heard = (since.total - since.bad) * times_as_long >= unheard_least;
  return heard && before.total <= born_share * since.total ? life : HistTally{};
}

// How long before its first unit a segment may have been there unheard, with 95 %. Its share may
// have begun at nothing and grown: where units come at a rate a t, the first one has come by
// sqrt(6 / a), which is 1.3 times the time from the first to the fifth; where they come evenly,
// three mean distances, which is three quarters of it.
Duration unheard_before(const HistTally& first_minutes) {
  constexpr double looked_at = 5;
  constexpr double times_the_first = 1.5;  // the time of five units has a spread of its own
  double units = 0;
  std::int64_t buckets = 0;
  for (const Counts& counts : first_minutes.counts) {
    ++buckets;
    units += counts.total;
    if (units >= looked_at) break;
  }
  return from_seconds(times_the_first * seconds(first_minutes.bucket * buckets));
}

// Of a segment that fails at one rate since its first unit: when the failures began. Before the
// data, the first unit is as likely as all later ones up to the first failure together; those that
// went well tell against it by the rate at which units fail.
WhenAnswer birth_of(const HistTally& life, Duration gap, WhenAnswer when) {
  Counts all;
  for (const Counts& counts : life.counts) all += counts;
  const double well = std::log1p(-std::clamp(all.bad / std::max(all.total, 1.0), 1e-6, 1 - 1e-6));
  const auto failed = std::find_if(life.counts.begin(), life.counts.end(),
                                   [](const Counts& counts) { return counts.bad > 0; });
  double good = 0;
  for (auto at = life.counts.begin(); at != failed; ++at) good += at->total;
  std::vector<double> weights{birth_prior * std::exp(good * well)};  // [0]: the first unit
  double left = good;
  for (auto at = life.counts.begin(); at != failed; ++at) {
    left -= at->total;
    weights.push_back((1 - birth_prior) * at->total / std::max(good, 1.0) * std::exp(left * well));
  }
  double sum = 0;
  for (const double weight : weights) sum += weight;
  std::size_t last = 0;
  for (double mass = weights[0]; mass < confidence * sum && last + 1 < weights.size();) {
    mass += weights[++last];
  }
  when.from = life.from - gap;
  when.onset = life.from;
  when.to = life.from + std::max(gap, life.bucket * static_cast<std::int64_t>(last + 1));
  return when;
}

}  // namespace

void sharpen_onset(Engine& engine, Investigation& made) {
  if (made.who.empty() || made.when.onset == no_time) return;
  const Finding& finding = made.who.front().finding;
  if (finding.share_of_bad < share_least) return;
  const Expr where = expr_of(finding.conditions);
  const HistTally life = life_of(engine, made, where);
  if (!life.counts.empty() && !find_outbreak(life).found) {
    const Window first{life.from, life.from + first_looked_at};
    const Duration gap = unheard_before(series_of(engine, {where, first, false}, first_buckets));
    made.when = birth_of(life, gap, made.when);
    return;
  }
  const Window span{made.schema.from, made.schema.to};
  const WhenAnswer sharp = find_onset(engine, {where, span, made.schema.unit.errors_only});
  // A wider interval is taken too: the rest's failures had made the whole look surer than it is.
  if (!sharp.found || apart(made.when, sharp.from, sharp.to)) return;
  made.when.from = sharp.from;
  made.when.onset = sharp.onset;
  made.when.to = sharp.to;
}

}  // namespace culprit
