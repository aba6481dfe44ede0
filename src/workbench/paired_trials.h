// Paired trials run a test without and with a change, by turns, until it is known which side fails
// less often or the budget is spent.
//
// Both sides meet the same machine at the same time: of each pair the seed says which comes first.
// Outcomes are told to the comparison in the order in which the trials were planned, so that with
// several workers a side whose failures end sooner gains nothing. Both have one time limit: the
// setup's, else `patience` after the slowest that was good, on either side (a failure may be
// quick). What such a limit of our own cuts off, without a signature that says what it means, is
// told as unseen: it may have been slow only, and then the quick runs alone would decide.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "experiment/trial_reading.h"
#include "experiment/trials.h"
#include "search/rate_comparison.h"

namespace culprit {

struct PairedProgress {
  std::size_t trials = 0;
  std::size_t trials_max = 0;
  SideCounts without;
  SideCounts with;
};

struct PairedTrials {
  using Side = RateComparison::Side;

  TrialSetup setup;  // without its directory
  // Says where a worker runs a trial of a side. From several threads.
  std::function<void(TrialSetup& setup, Side side, std::size_t worker)> place;
  std::optional<Expr> signature;
  RateComparison::Options compare;
  std::size_t trials_max = 200;  // of both sides together
  std::size_t workers = 1;
  std::uint64_t seed = 1;
  std::string temporary = "/tmp";  // where each trial gets its folder
  std::function<void(const PairedProgress&)> progress = nullptr;
  std::function<Duration(double slowest_seconds)> patience = patience_after;
  Duration first_timeout = std::chrono::minutes(10);  // until one was good
};

struct PairedOutcome {
  enum class End : std::uint8_t { decided, trials_spent, interrupted, asked_to_stop, untestable };

  RateComparison comparison = {};
  End end = End::decided;
  std::size_t trials = 0;  // all, also those that could not be judged
  double seconds = 0;      // of their running
  std::map<std::string, std::size_t> bad_reasons = {};
  std::map<std::string, std::size_t> unjudged_reasons = {};
  std::size_t timed_out = 0;       // of those that could not be judged
  std::optional<int> stop_code{};  // by which the test asked to stop
  bool judged() const {
    return comparison.counts(RateComparison::Side::without).total > 0 &&
           comparison.counts(RateComparison::Side::with).total > 0;
  }
};

// Errors: usage (the test cannot be run at all), denied, unavailable (no room either). An interrupt
// is no Error.
Result<PairedOutcome> run_paired(const PairedTrials& plan);

std::string_view name_of(PairedOutcome::End end);

}  // namespace culprit
