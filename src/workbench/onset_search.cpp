#include "workbench/onset_search.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace culprit {
namespace {

constexpr std::size_t buckets_least = 16;
constexpr std::size_t buckets_coarse = 480;  // 3 s of an incident-sized half hour
constexpr std::size_t buckets_fine = 240;
constexpr std::size_t zooms_max = 6;
constexpr std::int64_t resolved = 12;  // buckets that an interval must span to be resolved
constexpr Duration bucket_least = std::chrono::milliseconds(10);  // logs rarely stamp finer
// The posterior knows nothing of its model's own error: of ramps, 94 of 100 lay within 95 % of it
// (bench accuracy). What is called 95 % is therefore a little more.
constexpr double held_confidence = 0.97;
constexpr double ramp_certain = 0.8;

// How fine the time stamps are: a second where many of them are whole. Fewer are those of an access
// log beside finer ones, in which the onset is sought to the millisecond.
Duration stamp_of(const Schema& schema) {
  constexpr double many = 0.4;
  const std::uint64_t timed = schema.events - schema.untimed_events;
  const bool whole = static_cast<double>(schema.whole_seconds) >= many * static_cast<double>(timed);
  return whole ? Duration{std::chrono::seconds(1)} : bucket_least;
}

// Buckets finer than the time stamps are full and empty in turn, which would be taken for a failure
// that recurs every second; those of two and a half seconds have two stamps and three.
Duration bucket_of(Window window, std::size_t buckets, Duration stamp) {
  const Duration bucket = (window.to - window.from) / static_cast<std::int64_t>(buckets);
  if (stamp == bucket_least) return bucket + Duration{1};
  return stamp * (bucket / stamp + 1);
}

HistTally slice(const HistTally& series, std::size_t from, std::size_t to) {
  HistTally part = series;
  part.from = series.from + series.bucket * static_cast<std::int64_t>(from);
  part.counts.assign(series.counts.begin() + static_cast<std::ptrdiff_t>(from),
                     series.counts.begin() + static_cast<std::ptrdiff_t>(to));
  return part;
}

HistTally series_in(Engine& engine, const OnsetSearch& search, Window window, std::size_t buckets) {
  const Duration bucket = bucket_of(window, buckets, stamp_of(engine.schema()));
  HistTally series = engine.hist({search.where, window, bucket});
  if (search.counts_only) return as_counts(std::move(series));
  return series;
}

// What a search looks at, and what it found there at first.
struct Look {
  HistTally seen;
  HistTally series;  // without its season
  Outbreak outbreak;

  Time time_of(std::size_t bucket) const {
    return series.from + series.bucket * static_cast<std::int64_t>(bucket);
  }
};

// What lies before an instant, in the units of a finer series: as_counts() gives each its own
// scale.
Counts past_of(const Look& look, const HistTally& part, const HistTally& fine, bool counts_only) {
  Counts past;
  for (std::size_t i = 0; i < part.counts.size(); ++i) {
    if (part.from + part.bucket * static_cast<std::int64_t>(i + 1) > fine.from) break;
    past += part.counts[i];
  }
  if (counts_only && !fine.counts.empty()) {
    const double coarse_rate = look.seen.counts[0].total / seconds(part.bucket);
    past.total *= fine.counts[0].total / seconds(fine.bucket) / coarse_rate;
  }
  return past;
}

OnsetPosterior zoom(Engine& engine, const OnsetSearch& search, const HistTally& part,
                    const Look& look) {
  OnsetOptions options{{}, look.outbreak.dispersion, held_confidence};
  OnsetPosterior onset = locate_onset(part, options);
  Duration bucket = part.bucket;
  const Duration stamp = stamp_of(engine.schema());
  const Time part_end = part.from + part.bucket * static_cast<std::int64_t>(part.counts.size());
  for (std::size_t step = 0; step < zooms_max; ++step) {
    const Duration width = std::max(onset.to - onset.from, bucket);
    if (width >= bucket * resolved || bucket <= stamp) break;
    const Window window{std::max(part.from, onset.from - width * 8),
                        std::min(part_end, onset.to + width * 8)};
    const HistTally fine = series_in(engine, search, window, buckets_fine);
    if (fine.bucket >= bucket) break;
    options.past = past_of(look, part, fine, search.counts_only);
    const OnsetPosterior finer = locate_onset(without_season(fine, look.outbreak.season), options);
    bucket = fine.bucket;
    onset.from = finer.from;
    onset.at = finer.at;
    onset.to = finer.to;
  }
  // A whole second may stand for any time within it.
  if (stamp > bucket_least) onset.to += stamp;
  return onset;
}

double log_likelihood(const Counts& counts) {
  const double rate = (counts.bad + 0.5) / (counts.total + 1);
  return counts.bad * std::log(rate) + (counts.total - counts.bad) * std::log1p(-rate);
}

// The bucket at which an incident that is there already gets worse at once: a rise within it, and
// two steps tell all since the incident before better than one rise does, which may be a ramp.
std::optional<std::size_t> worsening_of(const Look& look, std::size_t since,
                                        const Stretch& incident) {
  constexpr std::size_t plateau_least = 6;  // buckets on each side; fewer are the foot of a ramp
  constexpr double worse_least = 1.6;       // as large as a rise must be to open an incident
  constexpr double nats_least = 6;          // a place and a rate more, as segments pay for a cut
  // A season multiplies: an incident that adds to it seems to pause at its heights.
  if (!look.outbreak.season.empty()) return std::nullopt;
  if (incident.to - incident.from < 2 * plateau_least) return std::nullopt;
  const double dispersion = look.outbreak.dispersion;
  const OnsetOptions options{{}, dispersion, held_confidence};
  const HistTally part = slice(look.series, incident.from, incident.to);
  const OnsetPosterior rise = locate_onset(part, options);
  const auto at = static_cast<std::size_t>((rise.at - part.from) / part.bucket);
  if (at < plateau_least || at + plateau_least > part.counts.size()) return std::nullopt;
  Counts before;
  Counts after;
  for (std::size_t i = 0; i < part.counts.size(); ++i) (i < at ? before : after) += part.counts[i];
  const double usual = (before.bad + 0.5) / (before.total + 1);
  if (after.bad < worse_least * usual * after.total) return std::nullopt;
  const std::size_t worse = incident.from + at;
  const double one = locate_onset(slice(look.series, since, incident.to), options).told;
  const double two = locate_onset(slice(look.series, since, worse), options).told;
  if (two + log_likelihood(after) - one < nats_least * dispersion) return std::nullopt;
  return worse;
}

// All changes for the worse but the first.
std::vector<Window> others_of(const Look& look) {
  std::vector<Window> others;
  const std::vector<Stretch>& incidents = look.outbreak.incidents;
  for (std::size_t i = 0; i < incidents.size(); ++i) {
    const Time end = look.time_of(incidents[i].to);
    if (i > 0) {
      const HistTally part = slice(look.series, incidents[i - 1].to, incidents[i].to);
      others.push_back(
          {locate_onset(part, {{}, look.outbreak.dispersion, held_confidence}).at, end});
    }
    const std::size_t since = i > 0 ? incidents[i - 1].to : 0;
    if (const auto worse = worsening_of(look, since, incidents[i])) {
      others.push_back({look.time_of(*worse), end});
    }
  }
  return others;
}

}  // namespace

std::size_t first_look(const Schema& schema) {
  return std::clamp<std::size_t>(schema.events - schema.untimed_events, buckets_least,
                                 buckets_coarse);
}

HistTally series_of(Engine& engine, const OnsetSearch& search, std::size_t buckets) {
  return series_in(engine, search, {search.span.from, search.span.to + Duration{1}}, buckets);
}

WhenAnswer find_onset(Engine& engine, const OnsetSearch& search) {
  WhenAnswer answer;
  if (search.span.from == no_time || search.span.to <= search.span.from) return answer;
  Look look{series_of(engine, search, first_look(engine.schema())), {}, {}};
  look.outbreak = find_outbreak(look.seen);
  const Outbreak& outbreak = look.outbreak;
  look.series = without_season(look.seen, outbreak.season);
  answer.season = outbreak.season.period;
  answer.dispersion = outbreak.dispersion;
  answer.probability = outbreak.probability;
  answer.log_odds = outbreak.log_odds;
  if (!outbreak.found) return answer;
  const Stretch& first = outbreak.incidents.front();
  // What gets worse later would be taken for the one rise that is sought.
  const std::optional<std::size_t> worse = worsening_of(look, 0, first);
  const OnsetPosterior onset =
      zoom(engine, search, slice(look.series, 0, worse.value_or(first.to)), look);
  answer.found = true;
  answer.onset = onset.at;
  answer.from = onset.from;
  answer.to = onset.to;
  answer.shape = outbreak.shape;
  const bool slow =
      onset.ramp_duration > std::max(look.series.bucket * 8, Duration(std::chrono::seconds(30)));
  if (answer.shape == Shape::step && onset.ramp > ramp_certain && slow) answer.shape = Shape::ramp;
  answer.period = outbreak.period;
  answer.ongoing = outbreak.ongoing;
  if (!answer.ongoing) answer.end = look.time_of(outbreak.incidents.back().to);
  if (answer.shape != Shape::recurring) answer.others = others_of(look);
  return answer;
}

}  // namespace culprit
