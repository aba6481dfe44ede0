#include "search/anytime_interval.h"
#include "search/condition_search.h"

// What a search knows at any moment, and which of it is a finding.

namespace culprit {
namespace {

double tried(const TrialCounts& counts) { return counts.total() + counts.unjudged; }

}  // namespace

// From trials in which one of its factors was off, at least.
bool ConditionSearch::told_apart() const {
  const FactorSet set = factors_on(confirming_);
  TrialCounts without;
  for (const auto& [condition, counted] : counts_) {
    if ((set & ~factors_on(condition)) == 0) continue;
    without.bad += counted.bad;
    without.good += counted.good;
  }
  return fisher_tail(confirmed_.bad, confirmed_.total(), without.bad, without.total()) <
         options_.false_finding;
}

ConditionSearch::Findings ConditionSearch::findings() const {
  Findings made;
  made.baseline_counts = counts_of(counts_, off());
  const auto anytime = [&](const TrialCounts& counts) {
    return anytime_interval(counts.bad, counts.total(), options_.confidence);
  };
  made.baseline = anytime(made.baseline_counts);
  for (const auto& [condition, counted] : counts_) {
    made.all.bad += counted.bad;
    made.all.good += counted.good;
    made.all.unjudged += counted.unjudged;
  }
  made.all_rate = anytime(made.all);
  made.matters = conjunctions_.matters();
  made.effects = main_effects(counts_, factors_.size());
  if (confirm_planned_ > 0 && confirmed_.total() > 0) {
    made.best = confirming_;
    made.counts = confirmed_;
    made.confirmed = tried(confirmed_) >= static_cast<double>(confirm_planned_);
    made.found = factors_on(confirming_) != 0 && told_apart();
  } else {
    made.best = shrink_ ? shrink_->kept() : best_so_far();
    made.counts = counts_of(counts_, made.best);
  }
  made.rate = made.confirmed
                  ? clopper_pearson(made.counts.bad, made.counts.total(), options_.confidence)
                  : anytime(made.counts);
  return made;
}

// The one whose own trials leave it the highest rate at least.
FactorLevels ConditionSearch::best_so_far() const {
  FactorLevels best = off();
  double most = 0;
  for (const auto& [condition, counted] : counts_) {
    const double low = anytime_interval(counted.bad, counted.total(), options_.confidence).low;
    if (low > most) {
      most = low;
      best = condition;
    }
  }
  return best;
}

std::string_view name_of(ConditionSearch::Phase phase) {
  switch (phase) {
    case ConditionSearch::Phase::baseline: return "baseline";
    case ConditionSearch::Phase::screening: return "screening";
    case ConditionSearch::Phase::halving: return "halving";
    case ConditionSearch::Phase::racing: return "racing";
    case ConditionSearch::Phase::shrinking: return "shrinking";
    case ConditionSearch::Phase::confirming: return "confirming";
    case ConditionSearch::Phase::finished: break;
  }
  return "finished";
}

}  // namespace culprit
