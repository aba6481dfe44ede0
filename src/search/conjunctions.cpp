#include "search/conjunctions.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

#include "base/statistics.h"
#include "base/verify.h"
#include "search/beta_draw.h"

namespace culprit {
namespace {

// Before any trial. A command that somebody wants to see failing probably can be made to.
constexpr double prior_nothing = 0.2;
constexpr double prior_else = 0.05;
constexpr std::size_t set_size_max = 3;
// Beyond it a trial would cost more than 1 ms; the largest sets are left out then.
constexpr std::size_t hypotheses_max = 12'000;

// Rates: without what matters mostly small, with it anything.
struct Prior {
  double bad;
  double good;
};
constexpr Prior prior_without{0.4, 4};
constexpr Prior prior_with{1, 1};
constexpr Prior prior_each{0.5, 0.5};

// A set whose factors make failing rarer is no cause: so much less likely, as a logarithm.
constexpr double turned = -20;
constexpr double negligible = 1e-4;

double mean(const TrialCounts& counts, const Prior& prior) {
  return (counts.bad + prior.bad) / (counts.total() + prior.bad + prior.good);
}

double marginal(const TrialCounts& counts, const Prior& prior) {
  return log_beta(counts.bad + prior.bad, counts.good + prior.good) -
         log_beta(prior.bad, prior.good);
}

double entropy_bits(double p) {
  if (p <= 0 || p >= 1) return 0;
  return -p * std::log2(p) - (1 - p) * std::log2(1 - p);
}

double draw(const TrialCounts& counts, const Prior& prior, Dice& dice) {
  return beta_draw(counts.bad + prior.bad, counts.good + prior.good, dice);
}

// Whether all of the set are on (with), one is off (without), or that cannot be told.
enum class Side { with, without, between };
Side side_of(FactorSet set, const OnOff& at) {
  if (set == 0) return Side::without;  // the hypothesis that nothing matters
  if ((set & at.off) != 0) return Side::without;
  return (set & ~at.on) == 0 ? Side::with : Side::between;
}

double sets_of(std::size_t factor_count, std::size_t size) {
  double sets = 1;
  for (std::size_t i = 0; i < size; ++i) {
    sets *= static_cast<double>(factor_count - i) / static_cast<double>(i + 1);
  }
  return sets;
}

}  // namespace

Conjunctions::Conjunctions(std::size_t factor_count) : factor_count_(factor_count) {
  VERIFY(factor_count > 0 && factor_count <= factors_max);
  hypotheses_.push_back({0, std::log(prior_nothing), {}, {}});
  for (std::size_t size = 1; size <= std::min(set_size_max, factor_count); ++size) {
    if (sets_of(factor_count, size) <= hypotheses_max) add_sets(factor_count, size);
  }
  weigh();
}

void Conjunctions::add_sets(std::size_t factor_count, std::size_t size) {
  const double sets = sets_of(factor_count, size);
  const double share = (1 - prior_nothing - prior_else) / static_cast<double>(set_size_max);
  std::vector<std::size_t> chosen(size);
  std::iota(chosen.begin(), chosen.end(), std::size_t{0});
  for (;;) {
    FactorSet set = 0;
    for (const std::size_t factor : chosen) set |= set_of(factor);
    hypotheses_.push_back({set, std::log(share / sets), {}, {}});
    std::size_t last = size;
    while (last > 0 && chosen[last - 1] == factor_count - size + last - 1) --last;
    if (last == 0) return;
    ++chosen[last - 1];
    for (std::size_t i = last; i < size; ++i) chosen[i] = chosen[i - 1] + 1;
  }
}

void Conjunctions::tell(const OnOff& tried, Outcome outcome) {
  const auto add = [&](TrialCounts& counts) {
    (outcome == Outcome::bad ? counts.bad : counts.good) += 1;
  };
  TrialCounts& own_counts = each_[tried];
  const double before = marginal(own_counts, prior_each);
  add(own_counts);
  const double own_gain = marginal(own_counts, prior_each) - before;
  log_each_ += own_gain;
  for (Hypothesis& one : hypotheses_) {
    const Side side = side_of(one.set, tried);
    if (side == Side::between) {
      one.log_between += own_gain;
      continue;
    }
    add(side == Side::with ? one.with : one.without);
    if (side == Side::with) one.log_with = marginal(one.with, prior_with);
    if (side == Side::without) one.log_without = marginal(one.without, prior_without);
  }
  weigh();
}

void Conjunctions::weigh() {
  probability_.resize(hypotheses_.size());
  double most = std::log(prior_else) + log_each_;
  const double log_else = most;
  for (std::size_t i = 0; i < hypotheses_.size(); ++i) {
    const Hypothesis& one = hypotheses_[i];
    const bool seen = one.with.total() > 0;
    const bool is_turned = seen && mean(one.with, prior_with) <= mean(one.without, prior_without);
    probability_[i] =
        one.prior + one.log_with + one.log_without + one.log_between + (is_turned ? turned : 0);
    most = std::max(most, probability_[i]);
  }
  double total = std::exp(log_else - most);
  for (double& p : probability_) total += p = std::exp(p - most);
  for (double& p : probability_) p /= total;
  else_ = std::exp(log_else - most) / total;
}

std::vector<double> Conjunctions::matters() const {
  // Where every condition has a rate of its own, each factor is as likely to matter as not.
  std::vector<double> sums(factor_count_, else_ / 2);
  for (std::size_t i = 1; i < hypotheses_.size(); ++i) {
    for (FactorSet rest = hypotheses_[i].set; rest != 0; rest &= rest - 1) {
      sums[static_cast<std::size_t>(std::countr_zero(rest))] += probability_[i];
    }
  }
  return sums;
}

FactorSet Conjunctions::likeliest() const {
  const auto best = std::max_element(probability_.begin() + 1, probability_.end());
  return hypotheses_[static_cast<std::size_t>(best - probability_.begin())].set;
}

double Conjunctions::probability(FactorSet set) const {
  for (std::size_t i = 0; i < hypotheses_.size(); ++i) {
    if (hypotheses_[i].set == set) return probability_[i];
  }
  return 0;
}

double Conjunctions::within(FactorSet on) const {
  double sum = 0;
  for (std::size_t i = 1; i < hypotheses_.size(); ++i) {
    if ((hypotheses_[i].set & ~on) == 0) sum += probability_[i];
  }
  return sum;
}

FactorSet Conjunctions::holding(double mass) const {
  std::vector<std::size_t> order(hypotheses_.size() - 1);
  std::iota(order.begin(), order.end(), std::size_t{1});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return probability_[a] != probability_[b] ? probability_[a] > probability_[b] : a < b;
  });
  FactorSet set = 0;
  double held = 0;
  const double wanted = mass * (1 - nothing() - else_);
  for (const std::size_t i : order) {
    if (held >= wanted) break;
    set |= hypotheses_[i].set;
    held += probability_[i];
  }
  return set;
}

TrialCounts Conjunctions::own(const OnOff& at) const {
  const auto found = each_.find(at);
  return found == each_.end() ? TrialCounts{} : found->second;
}

double Conjunctions::rate_under(const Hypothesis& hypothesis, const OnOff& at) const {
  const double with = mean(hypothesis.with, prior_with);
  const double without = mean(hypothesis.without, prior_without);
  switch (side_of(hypothesis.set, at)) {
    case Side::with: return with;
    case Side::without: return without;
    case Side::between: return (with + without) / 2;
  }
  return without;
}

double Conjunctions::rate(const OnOff& at) const {
  double sum = else_ * mean(own(at), prior_each);
  for (std::size_t i = 0; i < hypotheses_.size(); ++i) {
    if (probability_[i] > negligible) sum += probability_[i] * rate_under(hypotheses_[i], at);
  }
  return sum;
}

double Conjunctions::expected_bits(const OnOff& at) const {
  double bad = 0;
  double within = 0;
  double weight = 0;
  for (std::size_t i = 0; i < hypotheses_.size(); ++i) {
    if (probability_[i] <= negligible) continue;
    const double rate_here = rate_under(hypotheses_[i], at);
    weight += probability_[i];
    bad += probability_[i] * rate_here;
    within += probability_[i] * entropy_bits(rate_here);
  }
  return weight > 0 ? entropy_bits(bad / weight) - within / weight : 0;
}

std::vector<double> Conjunctions::drawn_rates(const std::vector<OnOff>& at, Dice& dice) const {
  double left = dice.uniform() - else_;
  std::vector<double> rates;
  if (left < 0) {
    for (const OnOff& one : at) rates.push_back(draw(own(one), prior_each, dice));
    return rates;
  }
  std::size_t chosen = 0;
  while (chosen + 1 < hypotheses_.size() && left >= probability_[chosen]) {
    left -= probability_[chosen++];
  }
  const Hypothesis& world = hypotheses_[chosen];
  const double with = draw(world.with, prior_with, dice);
  const double without = draw(world.without, prior_without, dice);
  for (const OnOff& one : at) {
    const Side side = side_of(world.set, one);
    rates.push_back(side == Side::with      ? with
                    : side == Side::without ? without
                                            : draw(own(one), prior_each, dice));
  }
  return rates;
}

}  // namespace culprit
