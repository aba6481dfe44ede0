// When did the failure probability begin to differ, how sure is that, and what shape has it?
//
// The series is cut into stretches of constant rate (penalised likelihood, Killick et al., PELT,
// 2012). A rise above the stretch before it opens an incident; what lies at the old rate again
// closes it. The onset's posterior is taken over all places and over ramps of every length at
// once, so that a slow rise does not move it. Failures come in clusters (retries, one noisy user):
// all likelihoods are divided by the dispersion measured in the data itself, at several time
// scales, without which 17 % of quiet series look broken (notes on evidence, "WHEN").
//
// Where the series spans days, each hour is compared with the same hour of other days (a Season).
//
// It reads a HistTally and nothing else, so counts of anything can be judged: failures among
// requests, errors per minute (give every bucket the same large total), events that stop.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "contrast/season.h"
#include "event/tally.h"

namespace culprit {

enum class Shape : std::uint8_t { none, step, ramp, spike, recurring, throughout };
std::string_view name_of(Shape shape);

// A stretch of buckets [from, to) at one rate.
struct Stretch {
  std::size_t from = 0;
  std::size_t to = 0;
  double total = 0;
  double bad = 0;
  double rate() const { return total > 0 ? bad / total : 0; }
};

// What the coarse look at a whole series found.
struct Outbreak {
  bool found = false;
  double probability = 0;  // that the rate changed at all
  double log_odds = 0;     // the same, to compare many
  double dispersion = 1;   // variance over that of independent failures
  Season season;           // taken out of all that follows: rates are those of a usual hour
  double rate_before = 0;
  double rate_during = 0;  // of the first incident
  std::vector<Stretch> stretches;
  std::vector<Stretch> incidents;  // runs of stretches above the rate before, in time order
  Shape shape = Shape::none;
  Duration period{};  // recurring: from start to start
  bool ongoing = false;
};
Outbreak find_outbreak(const HistTally& series);

// Where within a series that holds one rise the rise began.
struct OnsetPosterior {
  Time from = no_time;  // 95 % of the probability
  Time at = no_time;    // the likeliest instant
  Time to = no_time;
  double ramp = 0;           // probability that it rose slowly
  Duration ramp_duration{};  // likeliest
  double told = 0;           // ln of the likelihood of the likeliest rise
};
struct OnsetOptions {
  Counts past;  // what lies before the series, at the rate before
  double dispersion = 1;
  double confidence = 0.95;
};
OnsetPosterior locate_onset(const HistTally& series, const OnsetOptions& options);

// Counts without totals (errors per minute, messages): each bucket gets the same large total, so
// that rates are tiny and the binomial is a Poisson.
HistTally as_counts(HistTally series);

}  // namespace culprit
