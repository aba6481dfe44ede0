#include "search/condition_shrink.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "search/halving.h"

namespace culprit {
namespace {

constexpr double error_share = 0.02;    // of each answer; there are about ten of them
constexpr double trials_max = 40;       // for one answer
constexpr double unjudged_max = 5;      // trials without a judgement: it cannot be tried
constexpr double estimate_share = 0.9;  // the rate it began with is estimated, and rather too high
constexpr double half = 0.5;
// Each magnitude may cost some of the rate: together they are to leave half of it.
constexpr double magnitude_share = 0.6;
constexpr double guess_mass = 0.5;
// A rate of 0.3 takes twenty passes to be missed. Where all other trials say so, these will do.
constexpr double passes_min = 3;
constexpr double doubt_max = 0.02;

// Two rates around a share of `rate`, so that this share speaks for neither.
Sprt::Options around(double rate, double share) {
  const double high = std::clamp(estimate_share * rate, 1e-4, 0.98);
  return Sprt::around(share * rate, high, error_share);
}

// Whether the posterior holds it for settled that something is off there that it takes.
bool missed(const Conjunctions& conjunctions, const FactorLevels& condition) {
  return conjunctions.within(factors_on(condition)) + conjunctions.nothing() +
             conjunctions.anything_else() <
         doubt_max;
}

std::size_t size_of(FactorSet set) { return static_cast<std::size_t>(std::popcount(set)); }

}  // namespace

ConditionShrink::ConditionShrink(FactorLevels start, double rate)
    : start_(std::move(start)),
      rate_(rate),
      question_(around(rate, half)),
      magnitude_(around(rate, magnitude_share)),
      kept_(start_),
      group_(std::max<std::size_t>(1, size_of(factors_on(start_)) / 2)) {}

std::optional<Sprt::Verdict> ConditionShrink::verdict(const TrialCounts& counts) const {
  if (counts.unjudged >= unjudged_max && counts.total() == 0) return Sprt::Verdict::at_most;
  Sprt test(question_);
  test.tell(counts.bad, counts.good);
  if (!test.decided() && counts.total() + counts.unjudged >= trials_max) return test.leaning();
  return test.decided();
}

void ConditionShrink::advance(const ConditionCounts& counts, const Conjunctions& conjunctions,
                              const std::vector<double>& matters) {
  while (stage_ != Stage::done && step(counts, conjunctions, matters) == Step::made) {
  }
}

ConditionShrink::Step ConditionShrink::step(const ConditionCounts& counts,
                                            const Conjunctions& conjunctions,
                                            const std::vector<double>& matters) {
  switch (stage_) {
    case Stage::factors: return step_factors(counts, conjunctions, matters);
    case Stage::magnitudes: return step_magnitude(counts);
    case Stage::together: return step_together(counts);
    case Stage::done: break;
  }
  return Step::waits;
}

ConditionShrink::Step ConditionShrink::step_factors(const ConditionCounts& counts,
                                                    const Conjunctions& conjunctions,
                                                    const std::vector<double>& matters) {
  if (!without_) without_ = next_without(conjunctions, matters);
  if (*without_ == 0) {
    stage_ = Stage::magnitudes;
    without_.reset();
    return Step::made;
  }
  const FactorLevels smaller = only(kept_, factors_on(kept_) & ~*without_);
  const TrialCounts known = counts_of(counts, smaller);
  auto answer = verdict(known);
  if (!answer && known.bad == 0 && known.total() >= passes_min && missed(conjunctions, smaller)) {
    answer = Sprt::Verdict::at_most;
  }
  if (!answer) {
    trying_ = smaller;
    return Step::waits;
  }
  if (*answer == Sprt::Verdict::at_least) {
    kept_ = smaller;
  } else {
    refute(*without_);
  }
  without_.reset();
  return Step::made;
}

void ConditionShrink::refute(FactorSet without) {
  if (size_of(without) == 1) {
    needed_ |= without;
  } else if (guesses_left_ > 0) {
    --guesses_left_;
  } else {
    group_ = std::max<std::size_t>(1, size_of(without) / 2);
  }
}

// Empty: each that is left is needed.
FactorSet ConditionShrink::next_without(const Conjunctions& conjunctions,
                                        const std::vector<double>& matters) const {
  const FactorSet on = factors_on(kept_);
  const FactorSet guess = on & ~conjunctions.holding(guess_mass) & ~needed_;
  if (guesses_left_ > 0 && size_of(guess) > 1) return guess;
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < matters.size(); ++i) {
    if ((on & ~needed_ & set_of(i)) != 0) open.push_back(i);
  }
  std::stable_sort(open.begin(), open.end(),
                   [&](std::size_t a, std::size_t b) { return matters[a] < matters[b]; });
  // Two at once are worth a trial only where both are likely to be idle; one is always a fact.
  const std::size_t group = open.size() <= 3 ? 1 : std::min(group_, open.size());
  open.resize(std::min(group, open.size()));
  FactorSet set = 0;
  for (const std::size_t i : open) set |= set_of(i);
  return set;
}

ConditionShrink::Step ConditionShrink::step_magnitude(const ConditionCounts& counts) {
  while (factor_ < kept_.levels.size() && kept_.levels[factor_] <= 1) ++factor_;
  if (factor_ == kept_.levels.size()) {
    stage_ = Stage::together;
    return Step::made;
  }
  const std::size_t strongest = kept_.levels[factor_];
  Halving halving(strongest, {.failure_rate = magnitude_.at_least,
                              .false_alarm_rate = magnitude_.at_most,
                              .confidence = 1 - error_share});
  FactorLevels lower = kept_;
  double trials = 0;
  for (std::size_t level = 1; level <= strongest; ++level) {
    lower.levels[factor_] = level;
    const TrialCounts known = counts_of(counts, lower);
    for (int i = 0; i < static_cast<int>(known.bad); ++i) halving.tell(level - 1, Outcome::bad);
    for (int i = 0; i < static_cast<int>(known.good); ++i) halving.tell(level - 1, Outcome::good);
    if (level < strongest) trials += known.total() + known.unjudged;
  }
  const auto asked = trials < trials_max ? halving.ask() : std::nullopt;
  if (asked) {
    lower.levels[factor_] = *asked + 1;
    trying_ = lower;
    return Step::waits;
  }
  kept_.levels[factor_++] = halving.likeliest() + 1;
  return Step::made;
}

ConditionShrink::Step ConditionShrink::step_together(const ConditionCounts& counts) {
  const auto answer = verdict(counts_of(counts, kept_));
  if (!answer) {
    trying_ = kept_;
    return Step::waits;
  }
  if (*answer == Sprt::Verdict::at_most && strengthen()) return Step::made;
  trying_.reset();
  stage_ = Stage::done;
  return Step::made;
}

// Low magnitudes that do not add up go one level up, all of them; whether any did.
bool ConditionShrink::strengthen() {
  bool any = false;
  for (std::size_t i = 0; i < kept_.levels.size(); ++i) {
    if (kept_.levels[i] == 0 || kept_.levels[i] == start_.levels[i]) continue;
    ++kept_.levels[i];
    any = true;
  }
  return any;
}

}  // namespace culprit
