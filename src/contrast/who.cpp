#include "contrast/who.h"

#include <algorithm>
#include <cmath>

namespace culprit {
namespace {

constexpr double cut_outside_min = 0.02;    // of the units with a number, beyond a threshold
constexpr double support_min = 5;           // failures in a segment worth naming
constexpr double support_share_min = 0.01;  // and of all failures
constexpr double excess_share_min = 0.05;   // of the failures that a finding must explain
constexpr double weak_share = 0.1;          // of the strongest candidate's strength
constexpr double same_share = 0.98;         // of units in common: two names for one segment
constexpr std::size_t per_field_max = 3;    // conditions of one field in the beam

bool uses(const std::vector<Condition>& conditions, const std::string& field) {
  return std::any_of(conditions.begin(), conditions.end(),
                     [&](const Condition& c) { return c.field == field; });
}

bool same(double a, double b) {
  return std::min(a, b) >= same_share * std::max(a, b) || std::abs(a - b) < 2;
}

Counted counted_of(const std::vector<Counts>& windows) {
  if (windows.size() == 1) return {{}, windows[0], 1};
  return {windows[0], windows[1], 1};
}

Counted minus(Counted a, const Counted& b) {
  a.before.total -= b.before.total;
  a.before.bad -= b.before.bad;
  a.after.total -= b.after.total;
  a.after.bad -= b.after.bad;
  return a;
}

Counted plus(Counted a, const Counted& b) {
  a.before += b.before;
  a.after += b.after;
  return a;
}

}  // namespace

WhoSearch::WhoSearch(Options options) : options_(std::move(options)), rest_(options_.baseline) {
  beam_.push_back({{}, rest_.whole, 0});
  done_ = options_.axes.empty() || rest_.whole.after.bad < support_min;
}

// The candidate's units that no finding holds yet.
Expr WhoSearch::where(const Candidate& candidate) const {
  std::vector<Expr> parts;
  if (!candidate.conditions.empty()) parts.push_back(expr_of(candidate.conditions));
  for (const Finding& finding : findings_) {
    Expr outside;
    outside.op = Expr::Op::negate;
    outside.parts.push_back(expr_of(finding.conditions));
    parts.push_back(std::move(outside));
  }
  return all_of(std::move(parts));
}

std::vector<FacetQuery> WhoSearch::questions() const {
  std::vector<FacetQuery> queries;
  for (const Candidate& within : beam_) {
    for (const Axis& axis : options_.axes) {
      if (uses(within.conditions, axis.field)) continue;
      queries.push_back({axis, where(within), options_.windows, 200});
    }
  }
  return queries;
}

std::vector<WhoSearch::Candidate> WhoSearch::candidates_in(const FacetTally& tally,
                                                           const Axis& axis,
                                                           const Candidate& within) const {
  std::vector<Candidate> made;
  const auto add = [&](Condition condition, Counted counted) {
    counted.past = proven_past(counted, rest_, within.counted.past);
    Candidate candidate{within.conditions, counted, strength(counted, rest_)};
    candidate.conditions.push_back(std::move(condition));
    made.push_back(std::move(candidate));
  };
  if (axis.cuts.empty()) {
    for (const FacetValue& value : tally.values) {
      if (!value.value && options_.baseline.errors_only) continue;  // its message lacks the word
      const auto op = value.value ? Condition::Op::is : Condition::Op::absent;
      add({axis.field, op, value.value.value_or(""), 0}, counted_of(value.windows));
    }
    return made;
  }
  Counted all;
  for (const FacetValue& bin : tally.values) {
    if (bin.value && bin.bin <= axis.cuts.size()) all = plus(all, counted_of(bin.windows));
  }
  // What nearly all carriers are in says that the field is there, and no more.
  const double outside_least = cut_outside_min * all.after.total;
  Counted below;
  for (const FacetValue& bin : tally.values) {
    if (!bin.value || bin.bin >= axis.cuts.size()) continue;
    below = plus(below, counted_of(bin.windows));
    const Counted above = minus(all, below);
    const double cut = axis.cuts[bin.bin];
    if (below.after.total >= outside_least) add({axis.field, Condition::Op::above, "", cut}, above);
    if (above.after.total >= outside_least) {
      add({axis.field, Condition::Op::at_most, "", cut}, below);
    }
  }
  return made;
}

void WhoSearch::answers(const std::vector<FacetTally>& tallies) {
  std::vector<Candidate> longer;
  std::size_t next = 0;
  for (const Candidate& within : beam_) {
    for (const Axis& axis : options_.axes) {
      if (uses(within.conditions, axis.field)) continue;
      std::vector<Candidate> made = candidates_in(tallies[next++], axis, within);
      looked_at_ += made.size();
      std::move(made.begin(), made.end(), std::back_inserter(longer));
    }
  }
  if (depth_ == 0 && findings_.empty()) singles_ = longer;
  const double support =
      std::max(support_min, support_share_min * options_.baseline.whole.after.bad);
  std::erase_if(longer, [&](const Candidate& candidate) {
    return candidate.strength <= 0 || candidate.counted.after.bad < support;
  });
  std::stable_sort(longer.begin(), longer.end(),
                   [](const Candidate& a, const Candidate& b) { return a.strength > b.strength; });
  beam_.clear();
  std::map<std::string, std::size_t> of_field;
  std::vector<std::string> seen;
  for (const Candidate& candidate : longer) {
    const std::string name = to_string(expr_of(candidate.conditions));
    if (std::find(seen.begin(), seen.end(), name) != seen.end()) continue;  // a and b, b and a
    if (beam_.size() >= options_.beam) break;
    // A condition of the cause holds most of the failures itself: weak ones lead nowhere.
    if (candidate.strength < weak_share * longer.front().strength) break;
    if (++of_field[candidate.conditions.back().field] > per_field_max && depth_ == 0) continue;
    seen.push_back(name);
    beam_.push_back(candidate);
  }
  found_.insert(found_.end(), beam_.begin(), beam_.end());
  level_done();
}

void WhoSearch::level_done() {
  ++depth_;
  if (depth_ < options_.depth_max && !beam_.empty()) return;
  conclude();
}

// Takes the best of the round: the strongest after paying for each condition.
void WhoSearch::conclude() {
  const double m = static_cast<double>(std::max<std::size_t>(looked_at_, 2));
  const double price = std::log(m) + 2;  // 2: half of AIC's charge for a parameter, doubled
  // Shares are of the units outside earlier findings, else the first would hide the second.
  const double left = rest_.whole.after.bad / options_.baseline.whole.after.bad;
  const Candidate* best = nullptr;
  double most = 0;
  for (const Candidate& candidate : found_) {
    if (risen_share(candidate.counted, rest_) * left < excess_share_min) continue;
    const double net =
        candidate.strength - price * static_cast<double>(candidate.conditions.size());
    // Of equals the one with fewer conditions, then the first by name.
    if (best == nullptr || net > most + 1e-9) {
      best = &candidate;
      most = net;
    }
  }
  const double q = best == nullptr ? 1
                                   : std::min(1.0, p_value(best->counted, rest_) * m /
                                                       static_cast<double>(findings_.size() + 1));
  const bool good_enough = best != nullptr && q <= options_.q_max &&
                           excess_share(best->counted, rest_) * left >= excess_share_min;
  if (!good_enough) {
    note_always_worse();
    done_ = true;
    return;
  }
  Finding finding;
  finding.conditions = best->conditions;
  std::sort(finding.conditions.begin(), finding.conditions.end(),
            [](const Condition& a, const Condition& b) { return a.field < b.field; });
  finding.counted = best->counted;
  finding.risk = risk_of(best->counted, rest_);
  finding.share_of_bad = best->counted.after.bad / options_.baseline.whole.after.bad;
  finding.q_value = q;
  add_aliases(finding);
  rest_.whole = minus(rest_.whole, finding.counted);
  findings_.push_back(std::move(finding));
  found_.clear();
  depth_ = 0;
  beam_ = {{{}, rest_.whole, 0}};
  const bool enough = rest_.whole.after.bad < support_min ||
                      findings_.size() >= options_.findings_max ||
                      unexplained_share() < excess_share_min;
  if (enough) {
    note_always_worse();
    done_ = true;
  }
}

// A single condition on another field with the same counts in both windows names the same units.
void WhoSearch::add_aliases(Finding& finding) const {
  for (const Condition& condition : finding.conditions) {
    const auto own = std::find_if(singles_.begin(), singles_.end(), [&](const Candidate& single) {
      return single.conditions.front() == condition;
    });
    if (own == singles_.end()) continue;
    for (const Candidate& single : singles_) {
      const Condition& other = single.conditions.front();
      if (other.field == condition.field || uses(finding.conditions, other.field)) continue;
      if (other.op != condition.op) continue;
      if (same(single.counted.after.total, own->counted.after.total) &&
          same(single.counted.after.bad, own->counted.after.bad) &&
          same(single.counted.before.total, own->counted.before.total)) {
        finding.aliases.push_back(other);
      }
    }
  }
}

void WhoSearch::note_always_worse() {
  if (!options_.baseline.has_before || options_.baseline.errors_only) return;
  const Counts& whole = options_.baseline.whole.before;
  for (const Candidate& single : singles_) {
    const Counts& before = single.counted.before;
    if (before.bad < 10 || single.conditions.front().op == Condition::Op::absent) continue;
    const RiskRatio past =
        risk_ratio(before.bad, before.total, whole.bad - before.bad, whole.total - before.total);
    const double tests = static_cast<double>(singles_.size());
    const double p =
        fisher_tail(before.bad, before.total, whole.bad - before.bad, whole.total - before.total);
    if (past.low < 1.3 || p * tests > options_.q_max || always_.size() >= 2) continue;
    Finding finding;
    finding.conditions = single.conditions;
    finding.counted = single.counted;
    finding.risk = past;
    finding.share_of_bad = single.counted.after.bad / options_.baseline.whole.after.bad;
    finding.became_worse = false;
    finding.q_value = std::min(1.0, p * tests);
    always_.push_back(std::move(finding));
  }
}

double WhoSearch::unexplained_share() const {
  const double bad = options_.baseline.whole.after.bad;
  return bad <= 0 ? 0 : rest_.whole.after.bad / bad;
}

}  // namespace culprit
