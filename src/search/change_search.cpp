#include "search/change_search.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "base/dice.h"
#include "base/verify.h"

namespace culprit {
namespace {

// Below that a test says nothing of the change: the choices between running tests stop there, and a
// search that has nothing better left is stuck.
constexpr double bits_min = 1e-6;
// What runs beside is imagined with both outcomes, 2^n worlds; further ones are left out.
constexpr std::size_t imagined_max = 6;
constexpr std::size_t imagined_points_max = std::size_t{4} << 20;  // points times worlds
// Whether changes can be told apart at all is looked at for up to so many.
constexpr std::size_t rivals_max = 256;
// A point less likely to build than that is not waited for: between two that do not, it rarely
// does.
constexpr double testable_min = 0.1;

double entropy_bits(double p) {
  if (p <= 0 || p >= 1) return 0;
  return -p * std::log2(p) - (1 - p) * std::log2(1 - p);
}

}  // namespace

ChangeSearch::ChangeSearch(ChangeGraph graph, std::vector<double> prior, Options options)
    : graph_(std::move(graph)),
      options_(options),
      prior_(std::move(prior)),
      class_of_(graph_.size()),
      same_(options.counts == Options::Counts::stated
                ? TrialCounts{}
                : TrialCounts{options.at_good.bad + options.at_bad.bad,
                              options.at_good.good + options.at_bad.good}),
      known_good_(options.at_good.total()),
      known_bad_(options.at_bad.total()),
      testability_(graph_.size()) {
  VERIFY(graph_.size() > 0);
  if (prior_.empty()) prior_.assign(graph_.size(), 1);
  VERIFY(prior_.size() == graph_.size());
  const double sum = std::accumulate(prior_.begin(), prior_.end(), 0.0);
  VERIFY(sum > 0);
  for (double& weight : prior_) weight *= (1 - options_.no_change) / sum;
  Class all{TwoRates(options_.at_good, options_.at_bad), 0, 0, {}, 0};
  if (options_.counts == Options::Counts::stated) stated_ = all.rates.evidence().log_likelihood;
  for (const double weight : prior_) {
    all.prior += weight;
    if (weight > 0) ++all.size;
  }
  classes_.push_back(all);
  weigh();
  decide();
}

// Rates that are known from a few trials only are learned by the tests that they are needed to
// understand, and the posterior is surer than it should be: right in 88 to 92 % where it said 95,
// on rates of 0.2 and 0.8 or closer, in 92 with half of the doubt and in 94.1 with a third
// (bench/accuracy_bisect.cpp, "unseeded", 4,000 runs of .3 -> .7). With a quarter in 95.1, for 3 %
// more tests.
double ChangeSearch::confidence_needed() const {
  constexpr double known_well = 20;  // trials at each end
  const bool known =
      options_.at_good.total() >= known_well && options_.at_bad.total() >= known_well;
  return known ? options_.confidence : 1 - (1 - options_.confidence) / 4;
}

std::vector<std::uint8_t> ChangeSearch::changes_at(Point at) const {
  VERIFY(at <= good_end());
  return at == good_end() ? std::vector<std::uint8_t>(graph_.size()) : graph_.changes_of(at);
}

void ChangeSearch::tell(Point at, Observation observation) {
  const bool judged = observation == Observation::good || observation == Observation::bad;
  if (at != good_end()) {
    testability_.tell(graph_, at,
                      judged                               ? Testability::Seen::judged
                      : observation == Observation::broken ? Testability::Seen::broken
                                                           : Testability::Seen::unjudged);
  }
  if (judged) {
    known_good_ += at == good_end() ? 1 : 0;
    known_bad_ += at + 1 == good_end() ? 1 : 0;
    learn(changes_at(at), observation == Observation::bad ? Outcome::bad : Outcome::good);
  }
  decide();
}

// A test at a point that has the changes marked in `has`.
void ChangeSearch::learn(const std::vector<std::uint8_t>& has, Outcome outcome) {
  split(has);
  std::vector<std::uint8_t> side(classes_.size());
  for (Point at = 0; at < graph_.size(); ++at) side[class_of_[at]] = has[at];
  for (std::size_t k = 0; k < classes_.size(); ++k) {
    classes_[k].rates.tell(side[k] != 0 ? ChangeSide::with : ChangeSide::without, outcome);
  }
  same_.tell(outcome);
  weigh();
}

// A class of which the point has some changes and others not becomes two.
void ChangeSearch::split(const std::vector<std::uint8_t>& has) {
  constexpr std::uint32_t none = 0xffffffff;
  const std::size_t before = classes_.size();
  std::vector<std::size_t> inside(before);
  std::vector<std::size_t> members(before);
  for (Point at = 0; at < graph_.size(); ++at) {
    ++members[class_of_[at]];
    inside[class_of_[at]] += has[at];
  }
  std::vector<std::uint32_t> moved(before, none);
  for (std::size_t k = 0; k < before; ++k) {
    if (inside[k] == 0 || inside[k] == members[k]) continue;
    moved[k] = static_cast<std::uint32_t>(classes_.size());
    Class copy = classes_[k];
    copy.prior = 0;
    copy.size = 0;
    classes_.push_back(copy);
  }
  for (Point at = 0; at < graph_.size(); ++at) {
    const std::uint32_t from = class_of_[at];
    if (has[at] == 0 || moved[from] == none) continue;
    class_of_[at] = moved[from];
    classes_[from].prior -= prior_[at];
    classes_[moved[from]].prior += prior_[at];
    if (prior_[at] == 0) continue;
    --classes_[from].size;
    ++classes_[moved[from]].size;
  }
}

void ChangeSearch::weigh() {
  const double same = same_.log_likelihood() + stated_;
  double most = same;
  for (Class& one : classes_) {
    one.evidence = one.rates.evidence();
    if (one.size > 0) most = std::max(most, one.evidence.log_likelihood);
  }
  no_change_ = options_.no_change * std::exp(same - most);
  double all = no_change_;
  for (Class& one : classes_) {
    const double prior = one.size > 0 ? std::max(one.prior, 0.0) : 0;
    one.probability = prior * std::exp(one.evidence.log_likelihood - most);
    all += one.probability;
  }
  no_change_ /= all;
  for (Class& one : classes_) one.probability /= all;
  posterior_.resize(graph_.size());
  for (Point at = 0; at < graph_.size(); ++at) {
    const Class& own = classes_[class_of_[at]];
    posterior_[at] = own.prior > 0 ? own.probability * prior_[at] / own.prior : 0;
  }
}

void ChangeSearch::decide() {
  const Point named = likeliest();
  state_ = State::searching;
  if (no_change_ >= confidence_needed()) {
    state_ = State::no_change;
  } else if (posterior_[named] >= confidence_needed() &&
             evidence_ratio(named) >= options_.evidence_ratio) {
    state_ = State::found;
  } else if (testability_.hopeless_count() > 0 && inseparable()) {
    state_ = State::stuck;
  }
}

Point ChangeSearch::likeliest() const {
  return static_cast<Point>(std::max_element(posterior_.begin(), posterior_.end()) -
                            posterior_.begin());
}

double ChangeSearch::evidence_ratio(Point change) const {
  const std::uint32_t own = class_of_[change];
  if (classes_[own].size > 1) return 1;
  double rival = -1e300;
  for (std::size_t k = 0; k < classes_.size(); ++k) {
    if (k != own && classes_[k].size > 0)
      rival = std::max(rival, classes_[k].evidence.log_likelihood);
  }
  return std::exp(std::min(classes_[own].evidence.log_likelihood - rival, 700.0));
}

std::vector<Point> ChangeSearch::credible_set(double share) const {
  std::vector<Point> order(graph_.size());
  std::iota(order.begin(), order.end(), Point{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](Point a, Point b) { return posterior_[a] > posterior_[b]; });
  double held = 0;
  std::size_t count = 0;
  while (count < order.size() && held < share * (1 - no_change_) && posterior_[order[count]] > 0) {
    held += posterior_[order[count++]];
  }
  order.resize(count);
  return order;
}

std::vector<Point> ChangeSearch::rivals() const {
  std::vector<Point> likely = credible_set(confidence_needed());
  if (likely.empty() || likely.size() > rivals_max) return likely;
  const double named = classes_[class_of_[likely.front()]].evidence.log_likelihood;
  for (Point at = 0; at < graph_.size() && likely.size() <= rivals_max; ++at) {
    if (prior_[at] == 0 || std::find(likely.begin(), likely.end(), at) != likely.end()) continue;
    const double lead = named - classes_[class_of_[at]].evidence.log_likelihood;
    if (lead < std::log(options_.evidence_ratio)) likely.push_back(at);
  }
  return likely;
}

// Whether every point that has one of the likely changes and can be tested has all of them: then
// nothing that is left to do tells them apart.
bool ChangeSearch::inseparable() const {
  if (1 - no_change_ < confidence_needed()) return false;
  const std::vector<Point> likely = rivals();
  if (likely.size() < 2 || likely.size() > rivals_max) return false;
  std::optional<std::uint64_t> signature;
  for (const Point change : likely) {
    // The points that have it and can be tested, as a sum of random numbers.
    std::vector<std::uint8_t> has(graph_.size());
    std::uint64_t sum = 0;
    for (Point at = change; at < graph_.size(); ++at) {
      const auto parents = graph_.parents(at);
      has[at] = at == change || std::any_of(parents.begin(), parents.end(),
                                            [&](Point parent) { return has[parent] != 0; });
      if (has[at] != 0 && testability_.probability(at) >= testable_min) sum += Dice(at).bits();
    }
    if (signature && *signature != sum) return false;
    signature = sum;
  }
  return true;
}

// What is believed where the next test is chosen: the posterior; or, once that is sure of a change
// for which the evidence is weak, the evidence without the prior.
std::vector<double> ChangeSearch::beliefs() const {
  const Point named = likeliest();
  if (posterior_[named] < confidence_needed()) return posterior_;
  double most = -1e300;
  for (const Class& one : classes_) {
    if (one.size > 0) most = std::max(most, one.evidence.log_likelihood);
  }
  std::vector<double> belief(graph_.size());
  double all = 0;
  for (Point at = 0; at < graph_.size(); ++at) {
    if (prior_[at] > 0)
      belief[at] = std::exp(classes_[class_of_[at]].evidence.log_likelihood - most);
    all += belief[at];
  }
  for (double& one : belief) one *= (1 - no_change_) / all;
  return belief;
}

ChangeSearch::Gains ChangeSearch::gains_of(const std::vector<double>& belief,
                                           double no_change) const {
  Gains gains{std::vector<double>(graph_.size()), std::vector<double>(graph_.size()),
              no_change * same_.mean(), no_change * entropy_bits(same_.mean())};
  std::vector<double> lower(classes_.size());
  std::vector<double> higher(classes_.size());
  for (std::size_t k = 0; k < classes_.size(); ++k) {
    lower[k] = entropy_bits(classes_[k].evidence.lower);
    higher[k] = entropy_bits(classes_[k].evidence.higher);
  }
  for (Point at = 0; at < graph_.size(); ++at) {
    const std::uint32_t k = class_of_[at];
    const TwoRates::Evidence& rates = classes_[k].evidence;
    gains.bad[at] = belief[at] * (rates.higher - rates.lower);
    gains.entropy[at] = belief[at] * (higher[k] - lower[k]);
    gains.bad_without += belief[at] * rates.lower;
    gains.entropy_without += belief[at] * lower[k];
  }
  return gains;
}

std::vector<double> ChangeSearch::bits(const std::vector<double>& belief, double no_change) const {
  const Gains gains = gains_of(belief, no_change);
  std::vector<double> bad = graph_.sums(gains.bad);
  bad.push_back(0);
  std::vector<double> entropy = graph_.sums(gains.entropy);
  entropy.push_back(0);
  for (Point at = 0; at <= good_end(); ++at) {
    const double expected = gains.entropy_without + entropy[at];
    bad[at] = std::max(entropy_bits(gains.bad_without + bad[at]) - expected, 0.0);
  }
  return bad;
}

// The mean over everything that the running tests may say, at the rates that are known now.
std::vector<double> ChangeSearch::bits_while(std::span<const Point> running) const {
  struct Imagined {
    double weight;
    std::vector<double> belief;
    double no_change;
  };
  std::vector<Imagined> worlds{{1, beliefs(), no_change_}};
  std::size_t imagined = 0;
  for (const Point at : running) {
    if (imagined++ == imagined_max || worlds.size() * graph_.size() > imagined_points_max) break;
    const std::vector<std::uint8_t> has = changes_at(at);
    std::vector<Imagined> next;
    for (const Imagined& world : worlds) {
      for (const Outcome outcome : {Outcome::bad, Outcome::good}) {
        const auto chance = [&](double rate) { return outcome == Outcome::bad ? rate : 1 - rate; };
        Imagined after{0, world.belief, world.no_change * chance(same_.mean())};
        double all = after.no_change;
        for (Point one = 0; one < graph_.size(); ++one) {
          const TwoRates::Evidence& rates = classes_[class_of_[one]].evidence;
          after.belief[one] *= chance(has[one] != 0 ? rates.higher : rates.lower);
          all += after.belief[one];
        }
        if (all <= 0) continue;
        after.weight = world.weight * all;
        after.no_change /= all;
        for (double& belief : after.belief) belief /= all;
        next.push_back(std::move(after));
      }
    }
    worlds = std::move(next);
  }
  std::vector<double> mean(graph_.size() + 1);
  for (const Imagined& world : worlds) {
    const std::vector<double> each = bits(world.belief, world.no_change);
    for (Point at = 0; at <= good_end(); ++at) mean[at] += world.weight * each[at];
  }
  return mean;
}

std::optional<Point> ChangeSearch::best_of(const std::vector<double>& bits,
                                           const ChangeCosts& costs) const {
  std::optional<Point> best;
  double most = 0;
  for (Point at = 0; at <= good_end(); ++at) {
    const double testable = at == good_end() ? 1 : testability_.probability(at);
    if (bits[at] * testable < bits_min) continue;
    const double seconds = costs.test + (at < costs.build.size() ? costs.build[at] : 0);
    const double value = bits[at] * testable / std::max(seconds, 1e-9);
    if (value <= most) continue;
    most = value;
    best = at;
  }
  return best;
}

std::optional<Point> ChangeSearch::ask(const ChangeCosts& costs,
                                       std::span<const Point> running) const {
  if (state_ != State::searching) return std::nullopt;
  return best_of(bits_while(running), costs);
}

std::vector<Point> ChangeSearch::ask_for(std::size_t workers, const ChangeCosts& costs,
                                         std::span<const Point> running) const {
  std::vector<Point> all(running.begin(), running.end());
  while (all.size() < running.size() + workers) {
    const auto next = ask(costs, all);
    if (!next) break;
    all.push_back(*next);
  }
  // Each again, now that the others are known: two rounds, further ones change little.
  const std::size_t chosen = all.size() - running.size();
  for (std::size_t i = 0; chosen > 1 && i < 2 * chosen; ++i) {
    const Point before = all[running.size()];
    all.erase(all.begin() + static_cast<std::ptrdiff_t>(running.size()));
    all.push_back(ask(costs, all).value_or(before));
  }
  all.erase(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(running.size()));
  return all;
}

std::vector<double> ChangeSearch::expected_bits() const { return bits(beliefs(), no_change_); }

double ChangeSearch::runs_left() const {
  if (state_ != State::searching) return 0;
  double entropy = 0;
  for (const double p : posterior_) {
    if (p > 0) entropy -= p * std::log2(p);
  }
  const std::vector<double> each = bits(beliefs(), no_change_);
  const double best = *std::max_element(each.begin(), each.end());
  // At the end one change is left at the confidence, and what is left of the entropy with it.
  const double rest = entropy_bits(options_.confidence);
  return std::max(1.0, (entropy - rest) / std::max(best, 1e-3));
}

ChangeSearch::Rates ChangeSearch::rates() const {
  const Class& own = classes_[class_of_[likeliest()]];
  const auto interval = [&](ChangeSide side) {
    const auto mass = own.rates.distribution(side);
    Interval held{0, 1};
    double below = 0;
    for (std::size_t i = 0; i < mass.size(); ++i) {
      if (below < 0.025) held.low = rate_at(i);
      if (below < 0.975) held.high = rate_at(i);
      below += mass[i];
    }
    return held;
  };
  return {own.evidence.lower, own.evidence.higher, interval(ChangeSide::without),
          interval(ChangeSide::with)};
}

std::string_view name_of(ChangeSearch::State state) {
  switch (state) {
    case ChangeSearch::State::searching: return "searching";
    case ChangeSearch::State::found: return "found";
    case ChangeSearch::State::no_change: return "no_change";
    case ChangeSearch::State::stuck: return "inconclusive";
  }
  return "";
}

}  // namespace culprit
