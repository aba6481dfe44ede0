#include "workbench/bisect_calibration.h"

#include <algorithm>

#include "base/statistics.h"

namespace culprit {
namespace {

constexpr double quarter = 0.25;  // of BAD's rate: GOOD's upper bound, for the search's model

// A failure of 1 in 20 shows in 40 runs with 87 %; slow tests are given up earlier.
constexpr double passes_max = 40;
constexpr double passes_slow = 10;
constexpr double slow_seconds = 300;

// Of a test that fails half of the time at GOOD, one in sixteen would fail so often.
constexpr double sure_runs = 4;
constexpr double unjudged_max = 3;
constexpr double differ_max = 0.05;  // of Fisher's test

double rate_of(const TrialCounts& counts) {
  return counts.total() > 0 ? counts.bad / counts.total() : 0;
}

}  // namespace

Calibration::Calibration(Options options)
    : options_(options), good_(options.good), bad_(options.bad) {}

bool Calibration::good_is_low() const {
  return wilson(good_.bad, good_.total()).high < quarter * rate_of(bad_);
}

bool Calibration::enough_passes() const {
  const double passed = tested_bad_.good;
  const double most = options_.runs ? static_cast<double>(*options_.runs) : passes_max;
  return passed >= most || (passed >= passes_slow && bad_seconds_ >= slow_seconds);
}

// BAD passed, though somebody said that it mostly fails.
bool Calibration::surprised() const {
  return stated() && rate_of(options_.bad) > 0.5 && tested_bad_.bad == 0 && tested_bad_.good > 0;
}

bool Calibration::wants_good(double coming) const {
  const double tested = tested_good_.total() + coming;
  // One run in any case: it shows how long the command takes, and that it can be run at all.
  if (tested < 1) return true;
  if (tested_good_.bad > 0 && tested_good_.good == 0 && tested < sure_runs) return true;
  if (options_.good.total() > 0) return false;
  if (good_.bad > 0 && tested < sure_runs) return true;
  // Against a BAD that passed so far there is nothing to compare with.
  if (!options_.runs || bad_.bad == 0) return false;
  return tested < static_cast<double>(*options_.runs) && !good_is_low();
}

bool Calibration::wants_bad(double coming) const {
  const double tested = tested_bad_.total() + coming;
  if (stated()) return tested < 1 || (surprised() && tested < sure_runs);
  if (options_.bad.total() > 0) return false;
  if (bad_.bad == 0) return coming < (tested_bad_.total() > 0 ? sure_runs : 1);
  if (good_.bad > 0 && tested < sure_runs) return true;
  return options_.runs && tested < static_cast<double>(*options_.runs);
}

std::optional<RangeEnd> Calibration::ask(const Running& running) const {
  if (trouble()) return std::nullopt;
  const auto good = static_cast<double>(running.good);
  const auto bad = static_cast<double>(running.bad);
  // In turns, since GOOD's is measured against BAD's.
  const bool good_is_next = tested_good_.total() + good <= tested_bad_.total() + bad;
  if (wants_good(good) && (good_is_next || !wants_bad(bad))) return RangeEnd::good;
  if (wants_bad(bad)) return RangeEnd::bad;
  return std::nullopt;
}

void Calibration::tell(RangeEnd end, std::optional<Outcome> outcome, double seconds) {
  for (TrialCounts* counts : {end == RangeEnd::good ? &good_ : &bad_,
                              end == RangeEnd::good ? &tested_good_ : &tested_bad_}) {
    counts->bad += outcome == Outcome::bad ? 1 : 0;
    counts->good += outcome == Outcome::good ? 1 : 0;
    counts->unjudged += outcome ? 0 : 1;
  }
  if (end == RangeEnd::bad) bad_seconds_ += seconds;
}

void Calibration::tell_broken(RangeEnd end) {
  for (TrialCounts* counts : {end == RangeEnd::good ? &good_ : &bad_,
                              end == RangeEnd::good ? &tested_good_ : &tested_bad_}) {
    counts->unjudged += unjudged_max;
  }
}

std::optional<Calibration::Trouble> Calibration::trouble() const {
  const auto untestable = [](const TrialCounts& counts) {
    return counts.total() == 0 && counts.unjudged >= unjudged_max;
  };
  if (untestable(tested_good_)) return Trouble::good_untestable;
  if (untestable(tested_bad_) && bad_.total() == 0) return Trouble::bad_untestable;
  const bool good_surely_fails = tested_good_.bad >= sure_runs && tested_good_.good == 0;
  if (bad_.bad == 0 && good_surely_fails && tested_bad_.good >= sure_runs) {
    return Trouble::exchanged;
  }
  if (bad_.bad == 0 && enough_passes()) return Trouble::bad_passes;
  if (stated() && good_surely_fails) {
    return surprised() ? Trouble::exchanged : Trouble::good_fails;
  }
  if (surprised() && tested_bad_.good >= sure_runs) return Trouble::bad_passes;
  if (good_surely_fails && bad_.good == 0 && bad_.bad >= sure_runs) return Trouble::good_fails;
  if (!options_.runs || options_.good.total() > 0 || good_.bad == 0) return std::nullopt;
  const auto budget = static_cast<double>(*options_.runs);
  const bool bad_is_known = options_.bad.total() > 0 || tested_bad_.total() >= budget;
  const bool measured = tested_good_.total() >= budget && bad_is_known;
  if (measured && fisher_tail(bad_.bad, bad_.total(), good_.bad, good_.total()) > differ_max) {
    return rate_of(good_) == 1 ? Trouble::good_fails : Trouble::same_rates;
  }
  return std::nullopt;
}

}  // namespace culprit
