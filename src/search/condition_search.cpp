#include "search/condition_search.h"

#include <algorithm>
#include <bit>
#include <map>
#include <numeric>

#include "base/verify.h"
#include "search/screening.h"

namespace culprit {
namespace {

constexpr double doubt_max = 0.2;  // that nothing matters: beyond it screening goes on
constexpr double set_probability_min = 0.7;
constexpr std::size_t arms_max = 6;        // of a halving
constexpr std::size_t own_trials_min = 3;  // of the condition that a race ends with
constexpr std::size_t near_draws = 200;    // worlds: P(near the best) to within 0.03
constexpr double near_best_share = 0.9;    // of the best rate
constexpr std::size_t pool_size = 24;      // conditions to choose the most telling of
constexpr std::size_t redraws_max = 30;    // for the second of top two

std::size_t size_of(const FactorLevels& condition) {
  return static_cast<std::size_t>(std::popcount(factors_on(condition)));
}

double tried(const TrialCounts& counts) { return counts.total() + counts.unjudged; }

std::size_t largest(const std::vector<double>& values) {
  return static_cast<std::size_t>(std::max_element(values.begin(), values.end()) - values.begin());
}

std::vector<std::size_t> shuffled(std::size_t count, Dice& dice) {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  for (std::size_t i = count; i > 1; --i) std::swap(order[i - 1], order[dice.below(i)]);
  return order;
}

// The rows of a design, its columns given to the factors at random.
std::vector<FactorSet> shuffled_design(std::size_t factor_count, Dice& dice) {
  const std::vector<std::size_t> columns = shuffled(factor_count, dice);
  std::vector<FactorSet> rows = plackett_burman(factor_count);
  for (FactorSet& row : rows) {
    FactorSet moved = 0;
    for (std::size_t i = 0; i < factor_count; ++i) {
      if ((row & set_of(columns[i])) != 0) moved |= set_of(i);
    }
    row = moved;
  }
  return rows;
}

FactorSet random_half(std::size_t factor_count, Dice& dice) {
  FactorSet set = 0;
  for (std::size_t i = 0; i < factor_count; ++i) {
    if (dice.uniform() < 0.5) set |= set_of(i);
  }
  return set;
}

}  // namespace

ConditionSearch::ConditionSearch(std::vector<SearchFactor> factors, Options options)
    : factors_(std::move(factors)), options_(options), conjunctions_(factors_.size()) {
  for (const SearchFactor& factor : factors_) VERIFY(factor.levels.size() >= 2);
  Dice dice(options_.seed);
  plan_.push_back(strongest_of(factors_on(strongest()), dice));
  const std::vector<FactorSet> rows = shuffled_design(factors_.size(), dice);
  for (const std::size_t row : shuffled(rows.size(), dice)) {
    plan_.push_back(strongest_of(rows[row], dice));
  }
  advance();
}

Dice ConditionSearch::dice(std::size_t running) const {
  return Dice(options_.seed ^ ((trials_ * 1'000 + running + 1) * 0x9E37'79B9'7F4A'7C15ULL));
}

FactorLevels ConditionSearch::off() const { return {std::vector<std::size_t>(factors_.size(), 0)}; }

FactorLevels ConditionSearch::strongest() const {
  FactorLevels full;
  for (const SearchFactor& factor : factors_) full.levels.push_back(factor.levels.size() - 1);
  return full;
}

// Of each group one at random, where several are in the set.
FactorSet ConditionSearch::possible(FactorSet set, Dice& dice) const {
  std::map<std::size_t, std::vector<std::size_t>> groups;
  for (std::size_t i = 0; i < factors_.size(); ++i) {
    if (factors_[i].group != 0 && (set & set_of(i)) != 0) groups[factors_[i].group].push_back(i);
  }
  for (const auto& [group, members] : groups) {
    const std::size_t kept = members[dice.below(members.size())];
    for (const std::size_t member : members) {
      if (member != kept) set &= ~set_of(member);
    }
  }
  return set;
}

FactorLevels ConditionSearch::strongest_of(FactorSet set, Dice& dice) const {
  return only(strongest(), possible(set, dice));
}

OnOff ConditionSearch::on_off_of(const FactorLevels& condition) const {
  OnOff sides;
  for (std::size_t i = 0; i < factors_.size(); ++i) {
    if (condition.levels[i] == 0) sides.off |= set_of(i);
    if (condition.levels[i] + 1 == factors_[i].levels.size()) sides.on |= set_of(i);
  }
  return sides;
}

// By the posterior, or by its own trials where a factor is between off and strongest.
double ConditionSearch::rate_of(const FactorLevels& condition) const {
  const OnOff sides = on_off_of(condition);
  const bool between = std::popcount(sides.on | sides.off) < static_cast<int>(factors_.size());
  const TrialCounts own = counts_of(counts_, condition);
  return between ? (own.bad + 0.5) / (own.total() + 1) : conjunctions_.rate(sides);
}

std::size_t ConditionSearch::reserve() const {
  return std::min(options_.confirming_trials, options_.trials_max / 5);
}

std::optional<FactorLevels> ConditionSearch::ask(std::size_t running) const {
  if (phase_ == Phase::finished || trials_ + running >= options_.trials_max) return std::nullopt;
  switch (phase_) {
    case Phase::baseline: {
      const double known = tried(counts_of(counts_, off())) + static_cast<double>(running);
      if (known < static_cast<double>(options_.baseline_trials)) return off();
      return ask_screening(static_cast<std::size_t>(known) - options_.baseline_trials);
    }
    case Phase::screening: return ask_screening(running);
    case Phase::halving: return ask_halving(running);
    case Phase::racing: return ask_racing(dice(running));
    case Phase::shrinking: return shrink_->ask();
    case Phase::confirming: return ask_confirming(running);
    case Phase::finished: break;
  }
  return std::nullopt;
}

std::optional<FactorLevels> ConditionSearch::ask_screening(std::size_t running) const {
  if (running < plan_.size()) return plan_[running];
  return most_telling(dice(running));
}

FactorLevels ConditionSearch::most_telling(Dice dice) const {
  const FactorLevels full = strongest();
  std::vector<FactorSet> pool = shuffled_design(factors_.size(), dice);
  pool.resize(std::min(pool.size(), pool_size / 2));
  if (conjunctions_.nothing() > doubt_max && dice.below(3) == 0) {
    // Full strength may hide a failure: what times out loses no race.
    FactorLevels milder = strongest_of(pool.front(), dice);
    for (std::size_t& level : milder.levels) {
      if (level > 1) level -= dice.below((level + 1) / 2 + 1);
    }
    return milder;
  }
  const FactorSet likely = conjunctions_.likeliest();
  pool.insert(pool.end(),
              {factors_on(full), likely, conjunctions_.holding(0.5), conjunctions_.holding(0.9)});
  while (pool.size() < pool_size) {
    const FactorSet half = random_half(factors_.size(), dice);
    pool.push_back(dice.below(2) == 0 ? half : half | likely);
  }
  for (FactorSet& set : pool) set = possible(set, dice);
  const std::vector<double> judged = judged_shares();
  std::vector<double> bits;
  for (const FactorSet set : pool) {
    double share = 1;  // of trials there that will be judged
    for (std::size_t i = 0; i < judged.size(); ++i) {
      if ((set & set_of(i)) != 0) share = std::min(share, judged[i]);
    }
    bits.push_back(share * conjunctions_.expected_bits(on_off_of(only(full, set))));
  }
  return only(full, pool[largest(bits)]);
}

// Of trials with each factor on, how many could be judged; most, where nothing is known.
std::vector<double> ConditionSearch::judged_shares() const {
  std::vector<double> judged(factors_.size(), 1);
  std::vector<double> made(factors_.size(), 1);
  for (const auto& [condition, counted] : counts_) {
    for (std::size_t i = 0; i < factors_.size(); ++i) {
      if (condition.levels[i] == 0) continue;
      judged[i] += counted.total();
      made[i] += tried(counted);
    }
  }
  for (std::size_t i = 0; i < factors_.size(); ++i) judged[i] /= made[i];
  return judged;
}

std::optional<FactorLevels> ConditionSearch::ask_halving(std::size_t running) const {
  double ahead = static_cast<double>(running);
  for (const FactorLevels& arm : arms_) {
    const double missing = static_cast<double>(rung_) - tried(counts_of(counts_, arm));
    if (missing > ahead) return arm;
    ahead -= std::max(0.0, missing);
  }
  return ask_racing(dice(running));
}

FactorLevels ConditionSearch::ask_racing(Dice dice) const {
  std::vector<OnOff> sides;
  for (const FactorLevels& arm : arms_) sides.push_back(on_off_of(arm));
  const std::vector<double> near = near_best();
  for (std::size_t i = 0; i < arms_.size(); ++i) {
    const double own = tried(counts_of(counts_, arms_[i]));
    if (near[i] >= options_.best_confidence && own < own_trials_min) return arms_[i];
  }
  const std::size_t first = largest(conjunctions_.drawn_rates(sides, dice));
  if (dice.uniform() < 0.5) return arms_[first];
  for (std::size_t i = 0; i < redraws_max; ++i) {
    const std::size_t second = largest(conjunctions_.drawn_rates(sides, dice));
    if (second != first) return arms_[second];
  }
  return arms_[first];
}

std::optional<FactorLevels> ConditionSearch::ask_confirming(std::size_t running) const {
  const double made = tried(confirmed_) + static_cast<double>(running);
  return made < static_cast<double>(confirm_planned_) ? confirming_ : off();
}

void ConditionSearch::tell(const FactorLevels& condition, std::optional<Outcome> outcome) {
  VERIFY(condition.levels.size() == factors_.size());
  ++trials_;
  count(counts_, condition, outcome);
  if (outcome) conjunctions_.tell(on_off_of(condition), *outcome);
  const auto planned = std::find(plan_.begin(), plan_.end(), condition);
  if (planned != plan_.end()) plan_.erase(planned);
  if (phase_ == Phase::racing) ++raced_;
  if (phase_ == Phase::confirming && condition == confirming_) {
    ConditionCounts one;
    count(one, condition, outcome);
    confirmed_.bad += one[condition].bad;
    confirmed_.good += one[condition].good;
    confirmed_.unjudged += one[condition].unjudged;
  }
  advance();
  if (trials_ >= options_.trials_max) phase_ = Phase::finished;
}

void ConditionSearch::advance() {
  while (phase_ != Phase::finished && step() == Step::made) {
  }
}

ConditionSearch::Step ConditionSearch::step() {
  switch (phase_) {
    case Phase::baseline: return end_baseline();
    case Phase::screening: return end_screening();
    case Phase::halving: return end_halving();
    case Phase::racing: return end_racing();
    case Phase::shrinking: return end_shrinking();
    case Phase::confirming: return end_confirming();
    case Phase::finished: break;
  }
  return Step::waits;
}

ConditionSearch::Step ConditionSearch::end_baseline() {
  if (tried(counts_of(counts_, off())) < static_cast<double>(options_.baseline_trials)) {
    return Step::waits;
  }
  phase_ = Phase::screening;
  return Step::made;
}

ConditionSearch::Step ConditionSearch::end_screening() {
  if (!plan_.empty() || trials_ < screened_until_) return Step::waits;
  const bool failed = std::any_of(counts_.begin(), counts_.end(),
                                  [](const auto& one) { return one.second.bad > 0; });
  if (!failed || conjunctions_.nothing() > doubt_max) return Step::waits;
  // Telling sets apart takes fewer trials here than by leaving factors out one after the other.
  const double one_set = conjunctions_.probability(conjunctions_.likeliest());
  const bool open = one_set + conjunctions_.anything_else() < set_probability_min;
  if (open && trials_ < options_.trials_max / 2) return Step::waits;
  begin_halving();
  return Step::made;
}

std::vector<FactorLevels> ConditionSearch::candidates() const {
  const FactorLevels full = strongest();
  FactorSet helping = 0;
  const std::vector<MainEffect> effects = main_effects(counts_, factors_.size());
  for (std::size_t i = 0; i < effects.size(); ++i) {
    if (effects[i].log_odds > effects[i].error) helping |= set_of(i);
  }
  std::vector<FactorLevels> all{off()};
  Dice dice = this->dice(0);
  for (const FactorSet set :
       {factors_on(full), helping, conjunctions_.likeliest(), conjunctions_.holding(0.5)}) {
    all.push_back(strongest_of(set, dice));
  }
  for (const auto& [condition, counted] : counts_) {
    if (counted.bad > 0) all.push_back(condition);
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

void ConditionSearch::begin_halving() {
  arms_ = candidates();
  std::stable_sort(arms_.begin(), arms_.end(), [&](const FactorLevels& a, const FactorLevels& b) {
    return rate_of(a) > rate_of(b);
  });
  arms_.resize(std::min(arms_.size(), arms_max));
  rung_ = 2;
  phase_ = Phase::halving;
}

ConditionSearch::Step ConditionSearch::end_halving() {
  const std::vector<double> near = near_best();
  const bool clear = *std::max_element(near.begin(), near.end()) >= options_.best_confidence;
  const bool all_tried = std::all_of(arms_.begin(), arms_.end(), [&](const FactorLevels& arm) {
    return tried(counts_of(counts_, arm)) >= static_cast<double>(rung_);
  });
  if (!clear && !all_tried) return Step::waits;
  if (clear || arms_.size() <= 2) {
    phase_ = Phase::racing;
    raced_ = 0;
    return Step::made;
  }
  std::stable_sort(arms_.begin(), arms_.end(), [&](const FactorLevels& a, const FactorLevels& b) {
    return rate_of(a) > rate_of(b);
  });
  arms_.resize((arms_.size() + 1) / 2);
  rung_ *= 2;
  return Step::made;
}

std::vector<double> ConditionSearch::near_best() const {
  std::vector<OnOff> sides;
  for (const FactorLevels& arm : arms_) sides.push_back(on_off_of(arm));
  Dice thrown = dice(0);
  std::vector<double> share(arms_.size(), 0);
  for (std::size_t i = 0; i < near_draws; ++i) {
    const std::vector<double> rates = conjunctions_.drawn_rates(sides, thrown);
    const double best = *std::max_element(rates.begin(), rates.end());
    for (std::size_t arm = 0; arm < arms_.size(); ++arm) {
      if (rates[arm] >= near_best_share * best) share[arm] += 1.0 / near_draws;
    }
  }
  return share;
}

ConditionSearch::Step ConditionSearch::end_racing() {
  if (conjunctions_.nothing() > doubt_max) {
    begin_screening_again();
    return Step::made;
  }
  const std::vector<double> near = near_best();
  const double wanted = raced_ < options_.trials_max / 6
                            ? options_.best_confidence
                            : *std::max_element(near.begin(), near.end());
  // Of those that are near enough to the best, the one that takes the fewest factors.
  const FactorLevels* chosen = nullptr;
  for (std::size_t i = 0; i < arms_.size(); ++i) {
    if (near[i] < wanted) continue;
    if (chosen == nullptr || size_of(arms_[i]) < size_of(*chosen)) chosen = &arms_[i];
  }
  if (chosen == nullptr || tried(counts_of(counts_, *chosen)) < own_trials_min) return Step::waits;
  begin_shrinking(*chosen);
  return Step::made;
}

void ConditionSearch::begin_screening_again() {
  phase_ = Phase::screening;
  screened_until_ = trials_ + factors_.size() / 2 + 1;
}

void ConditionSearch::begin_shrinking(const FactorLevels& from) {
  shrink_.emplace(from, rate_of(from));
  phase_ = Phase::shrinking;
}

ConditionSearch::Step ConditionSearch::end_shrinking() {
  shrink_->advance(counts_, conjunctions_, conjunctions_.matters());
  const bool late = left() <= reserve();
  if (!shrink_->done() && !late) return Step::waits;
  if (!late && shrink_->verdict(counts_of(counts_, shrink_->kept())) == Sprt::Verdict::at_most) {
    begin_screening_again();
    return Step::made;
  }
  begin_confirming(shrink_->kept());
  return Step::made;
}

void ConditionSearch::begin_confirming(const FactorLevels& condition) {
  confirming_ = condition;
  confirmed_ = {};
  // A third is left for trials without any factor, which have to be told apart.
  confirm_planned_ = std::min(options_.confirming_trials, std::max<std::size_t>(1, left() * 2 / 3));
  phase_ = Phase::confirming;
}

ConditionSearch::Step ConditionSearch::end_confirming() {
  if (left() > 2 * reserve() && shrink_->verdict(confirmed_) == Sprt::Verdict::at_most) {
    begin_screening_again();
    return Step::made;
  }
  if (tried(confirmed_) < static_cast<double>(confirm_planned_)) return Step::waits;
  const bool more_helps = tried(counts_of(counts_, off())) < tried(confirmed_);
  if (factors_on(confirming_) != 0 && !told_apart() && more_helps) return Step::waits;
  phase_ = Phase::finished;
  return Step::made;
}

}  // namespace culprit
