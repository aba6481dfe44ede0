#include "search/rate_comparison.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace culprit {
namespace {

constexpr int narrowings = 80;  // of a golden section: 1e-16 of its length
constexpr int halvings = 50;    // beyond what a difference is printed with
constexpr double golden = 0.618'033'988'749'894'8;
constexpr double impossible = -std::numeric_limits<double>::infinity();

// How the stake is spread. Chosen on the table of bench/accuracy_try.cpp: more on the certain ones
// makes flaky tests dearer than it makes reliable ones cheaper.
constexpr double of_two_rates = 0.4;
constexpr double of_one_rate = 0.25;  // the change does nothing
constexpr double of_same_certain =
    0.125;                          // always fails, or never does, and the change does nothing
constexpr double of_turned = 0.05;  // always, and never with the change; or the reverse

double log_power(double rate, double count) {
  if (count <= 0) return 0;
  return rate <= 0 ? impossible : count * std::log(rate);
}

double added(double a, double b) {
  if (a == impossible) return b;
  return b == impossible ? a : log_add(a, b);
}

// Of a bet on one pair of rates: all of it, or nothing.
double certain(const SideCounts& without, double rate_without, const SideCounts& with,
               double rate_with, double weight) {
  const bool held =
      without.bad == rate_without * without.total && with.bad == rate_with * with.total;
  return held ? std::log(weight) : impossible;
}

}  // namespace

double RateComparison::stake() const {
  const double apart = log_marginal(without_.bad, without_.total) +
                       log_marginal(with_.bad, with_.total) + std::log(of_two_rates);
  const double together =
      log_marginal(without_.bad + with_.bad, without_.total + with_.total) + std::log(of_one_rate);
  double sum = added(apart, together);
  for (const double rate : {0.0, 1.0}) {
    sum = added(sum, certain(without_, rate, with_, rate, of_same_certain));
    sum = added(sum, certain(without_, rate, with_, 1 - rate, of_turned));
  }
  return sum;
}

double RateComparison::likelihood(double without, double with) const {
  return log_power(without, without_.bad) + log_power(1 - without, without_.total - without_.bad) +
         log_power(with, with_.bad) + log_power(1 - with, with_.total - with_.bad);
}

// The likelihood has one top on a line, since its logarithm is concave.
double RateComparison::likeliest_on(double slope, double shift) const {
  double low = std::max(0.0, -shift / slope);
  double high = std::min(1.0, (1 - shift) / slope);
  const auto at = [&](double without) {
    return likelihood(without, std::clamp(slope * without + shift, 0.0, 1.0));
  };
  // Its ends are looked at by themselves: a top may be exactly there.
  double best = std::max(at(low), at(high));
  for (int i = 0; i < narrowings; ++i) {
    const double left = high - golden * (high - low);
    const double right = low + golden * (high - low);
    const double of_left = at(left);
    const double of_right = at(right);
    best = std::max({best, of_left, of_right});
    (of_left < of_right ? low : high) = of_left < of_right ? left : right;
  }
  return best;
}

std::vector<RateComparison> RateComparison::readings() const {
  if (without_.unseen == 0 && with_.unseen == 0) return {*this};
  std::vector<RateComparison> made;
  for (const double without_bad : {0.0, without_.unseen}) {
    for (const double with_bad : {0.0, with_.unseen}) {
      RateComparison one(options_);
      one.without_ = {without_.bad + without_bad, without_.total + without_.unseen};
      one.with_ = {with_.bad + with_bad, with_.total + with_.unseen};
      made.push_back(one);
    }
  }
  return made;
}

bool RateComparison::excluded(const Half& half) const {
  if (without_.total == 0 || with_.total == 0) return false;
  const std::vector<RateComparison> all = readings();
  return std::all_of(all.begin(), all.end(),
                     [&](const RateComparison& one) { return one.excluded_as_read(half); });
}

bool RateComparison::excluded_as_read(const Half& half) const {
  const double line = half.slope * without_.rate() + half.shift;
  const bool likely =
      half.where == Half::Where::below ? with_.rate() <= line : with_.rate() >= line;
  if (likely) return false;
  return stake() - likeliest_on(half.slope, half.shift) >= -std::log1p(-options_.confidence);
}

bool RateComparison::supported() const {
  using Where = Half::Where;
  switch (options_.prediction) {
    case Prediction::lower: return excluded({1, 0, Where::above});
    case Prediction::higher: return excluded({1, 0, Where::below});
    case Prediction::same: break;
  }
  return excluded({1, margin, Where::above}) && excluded({1, -margin, Where::below});
}

bool RateComparison::refuted() const {
  using Where = Half::Where;
  switch (options_.prediction) {
    case Prediction::lower: return excluded({0.5, 0, Where::below});
    case Prediction::higher: return excluded({1, margin, Where::above});
    case Prediction::same: break;
  }
  return excluded({1, 0, Where::above}) || excluded({1, 0, Where::below});
}

void RateComparison::tell(Side side, Outcome outcome) {
  if (verdict_ != Verdict::undecided) return;
  SideCounts& counts = side == Side::with ? with_ : without_;
  counts.total += 1;
  counts.bad += outcome == Outcome::bad ? 1 : 0;
  look();
}

void RateComparison::tell_unseen(Side side) {
  if (verdict_ != Verdict::undecided) return;
  (side == Side::with ? with_ : without_).unseen += 1;
}

RateComparison RateComparison::of(SideCounts without, SideCounts with, Options options) {
  RateComparison made(options);
  made.without_ = without;
  made.with_ = with;
  made.look();
  return made;
}

void RateComparison::look() {
  if (supported()) {
    verdict_ = Verdict::supported;
  } else if (refuted()) {
    verdict_ = Verdict::refuted;
  }
}

bool RateComparison::possible_at(double difference) const {
  return stake() - likeliest_on(1, difference) < -std::log1p(-options_.confidence);
}

double RateComparison::edge(double possible, double excluded) const {
  if (possible_at(excluded)) return excluded;
  for (int i = 0; i < halvings; ++i) {
    const double middle = (possible + excluded) / 2;
    (possible_at(middle) ? possible : excluded) = middle;
  }
  return possible;
}

Interval RateComparison::difference() const {
  if (without_.total == 0 || with_.total == 0) return {-1, 1};
  Interval made{1, -1};
  for (const RateComparison& one : readings()) {
    const Interval read = one.difference_as_read();
    made = {std::min(made.low, read.low), std::max(made.high, read.high)};
  }
  return made;
}

Interval RateComparison::difference_as_read() const {
  const double seen = with_.rate() - without_.rate();
  return {edge(seen, -1), edge(seen, 1)};
}

}  // namespace culprit
