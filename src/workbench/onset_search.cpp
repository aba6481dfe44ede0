#include "workbench/onset_search.h"

#include <algorithm>

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

// What lies before an instant, in the units of a finer series: as_counts() gives each its own
// scale.
Counts past_of(const HistTally& coarse, Time until, const HistTally& fine, bool counts_only) {
  Counts past;
  double buckets = 0;
  for (std::size_t i = 0; i < coarse.counts.size(); ++i) {
    if (coarse.from + coarse.bucket * static_cast<std::int64_t>(i + 1) > until) break;
    past += coarse.counts[i];
    buckets += 1;
  }
  if (counts_only && !fine.counts.empty()) {
    past.total = fine.counts[0].total * buckets * seconds(coarse.bucket) / seconds(fine.bucket);
  }
  return past;
}

OnsetPosterior zoom(Engine& engine, const OnsetSearch& search, const HistTally& part,
                    const Outbreak& outbreak) {
  OnsetOptions options{{}, outbreak.dispersion, held_confidence};
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
    options.past = past_of(part, window.from, fine, search.counts_only);
    const OnsetPosterior finer = locate_onset(fine, options);
    bucket = fine.bucket;
    onset.from = finer.from;
    onset.at = finer.at;
    onset.to = finer.to;
  }
  // A whole second may stand for any time within it.
  if (stamp > bucket_least) onset.to += stamp;
  return onset;
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
  const HistTally series = series_of(engine, search, first_look(engine.schema()));
  const Outbreak outbreak = find_outbreak(series);
  answer.dispersion = outbreak.dispersion;
  answer.probability = outbreak.probability;
  answer.log_odds = outbreak.log_odds;
  if (!outbreak.found) return answer;
  const auto time_of = [&](std::size_t bucket) {
    return series.from + series.bucket * static_cast<std::int64_t>(bucket);
  };
  const Stretch& first = outbreak.incidents.front();
  const OnsetPosterior onset = zoom(engine, search, slice(series, 0, first.to), outbreak);
  answer.found = true;
  answer.onset = onset.at;
  answer.from = onset.from;
  answer.to = onset.to;
  answer.shape = outbreak.shape;
  const bool slow =
      onset.ramp_duration > std::max(series.bucket * 8, Duration(std::chrono::seconds(30)));
  if (answer.shape == Shape::step && onset.ramp > ramp_certain && slow) answer.shape = Shape::ramp;
  answer.period = outbreak.period;
  answer.ongoing = outbreak.ongoing;
  if (!answer.ongoing) answer.end = time_of(outbreak.incidents.back().to);
  if (answer.shape != Shape::recurring) {
    for (std::size_t i = 1; i < outbreak.incidents.size(); ++i) {
      answer.others.push_back(
          {time_of(outbreak.incidents[i].from), time_of(outbreak.incidents[i].to)});
    }
  }
  return answer;
}

}  // namespace culprit
