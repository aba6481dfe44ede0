#include "contrast/who.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "contrast/clusters.h"
#include "contrast/stratified.h"

namespace culprit {
namespace {

constexpr double support_min = 5;           // failures in a segment worth naming
constexpr double support_share_min = 0.01;  // and of all failures
constexpr double excess_share_min = 0.05;   // of the failures that a finding must explain
constexpr double same_share = 0.98;         // of units in common: two names for one segment
constexpr std::size_t finalists_max = 16;
constexpr std::size_t batches_max = 3;  // of finalists, where none of the first convinces
constexpr double price_base = 2;        // AIC's charge for a parameter, beside that for the choice
constexpr double worse_least = 4;       // log likelihood that it became worse: one in 400
constexpr double flipped_p_max = 0.01;  // of the strongest few, after all else was corrected
constexpr std::size_t time_buckets = 3840;  // so many that a burst seldom shares one with others
constexpr std::size_t strata = 40;          // of the time after the onset
constexpr double separates_z = 3;           // standard errors; far fewer than a cause shows

std::string name_of(const Conditions& conditions) { return to_string(expr_of(conditions)); }

Conditions without(const Conditions& conditions, std::size_t i) {
  Conditions fewer = conditions;
  fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
  return fewer;
}

bool contains(const Combination& combination, const Conditions& conditions) {
  return std::all_of(conditions.begin(), conditions.end(), [&](const Condition& one) {
    return std::find(combination.conditions.begin(), combination.conditions.end(), one) !=
           combination.conditions.end();
  });
}

HistQuery over(const Expr& where, const Window& span, std::size_t buckets, HistQuery::Of of) {
  const Duration bucket = (span.to - span.from) / static_cast<std::int64_t>(buckets);
  return {where, span, bucket + Duration{1}, of};
}

HistQuery failures_over(const Expr& where, const Window& span) {
  return over(where, span, time_buckets, HistQuery::Of::failures);
}

// What a part's failures are held against.
HistQuery traffic_over(const Expr& where, const Window& span) {
  return over(where, span, time_buckets, HistQuery::Of::units);
}

// As many as a search for one cause has to tell apart in time.
HistQuery units_over(const Expr& where, const Window& span) {
  return over(where, span, strata, HistQuery::Of::units);
}

Counts both_windows(const Counted& counted) {
  Counts sum = counted.before;
  sum += counted.after;
  return sum;
}

}  // namespace

WhoSearch::WhoSearch(Options options)
    : options_(std::move(options)),
      roster_(options_.extract, options_.axes, options_.outcomes, options_.befores),
      rest_(options_.baseline) {
  options_.extract = {};
  if (options_.axes.empty() || rest_.whole.after.bad < support_min) {
    phase_ = Phase::done;
    return;
  }
  first_look();
  if (phase_ != Phase::mix) start_round();
}

void WhoSearch::start_round() {
  found_.clear();
  finalists_.clear();
  dismissed_.clear();
  batches_ = 0;
  const bool enough = findings_.size() >= options_.findings_max ||
                      unexplained_share() < excess_share_min || rest_.whole.after.bad < support_min;
  if (enough) return finish();
  measure_dispersion();
  found_ = roster_.strongest({rest_, pasts_, support(), options_.depth_max, price()});
  choose_finalists();
}

WhoQuestions WhoSearch::questions() const {
  switch (phase_) {
    case Phase::mix: return mix_questions();
    case Phase::verify: return verify_questions();
    case Phase::prune: return prune_questions();
    case Phase::always: return always_questions();
    case Phase::done: break;
  }
  return {};
}

void WhoSearch::answers(const WhoTallies& tallies) {
  switch (phase_) {
    case Phase::mix: return mixed(tallies);
    case Phase::verify: return verified(tallies);
    case Phase::prune: return pruned(tallies);
    case Phase::always: return recalled(tallies);
    case Phase::done: break;
  }
}

// Units that meet the conditions and lie outside all that is known.
Expr WhoSearch::outside_known(const Conditions& conditions) const {
  std::vector<Expr> parts;
  if (!conditions.empty()) parts.push_back(expr_of(conditions));
  for (const Conditions& known : known_) {
    Expr outside;
    outside.op = Expr::Op::negate;
    outside.parts.push_back(expr_of(known));
    parts.push_back(std::move(outside));
  }
  return all_of(std::move(parts));
}

FacetQuery WhoSearch::count_of(const Conditions& conditions) const {
  return {{"", {}, {}}, outside_known(conditions), options_.windows, 1};
}

Baseline WhoSearch::rest_with(double dispersion) const {
  Baseline made = rest_;
  made.dispersion = dispersion;
  return made;
}

// Of the units in question: what was found may have failed more evenly than the rest does.
void WhoSearch::measure_dispersion() {
  const double found = shared_dispersion(roster_.facets(options_.axes), options_.befores,
                                         rest_.errors_only ? Against::time : Against::units);
  if (found <= 0) return;
  rest_.dispersion = found;
  if (singles_.empty()) options_.baseline.dispersion = found;
}

// What the single conditions say before any is chosen.
void WhoSearch::first_look() {
  measure_dispersion();
  singles_ = roster_.singles({rest_, pasts_});
  const Counts& whole = rest_.whole.after;
  const double scale = 1 / rest_.dispersion;
  std::vector<double> least;
  std::vector<MixPart> parts;
  for (const Combination& single : singles_) {
    pasts_.learn(single);
    least.push_back(
        log_least_p(single.counted.after.total * scale, whole.bad * scale, whole.total * scale));
    parts.push_back({&single.conditions.front(), &single.counted});
  }
  singles_testable_ = std::max(2.0, testable(least, options_.q_max));
  mix_ = find_mix_shift(parts, rest_);
  if (mix_) phase_ = Phase::mix;
}

WhoQuestions WhoSearch::mix_questions() const { return {{count_of({mix_->condition})}, {}}; }

void WhoSearch::mixed(const WhoTallies& tallies) {
  const Counted counted = counted_of(tallies.facets.front().all);
  const Condition condition = mix_->condition;
  const MixPart part{&condition, &counted};
  mix_ = find_mix_shift({&part, 1}, rest_);
  if (!mix_) return start_round();
  known_.push_back({mix_->condition});
  rest_.whole = minus(rest_.whole, mix_->counted);
  roster_.take_out({mix_->condition});
  start_round();
}

// Failures in a segment worth looking at.
double WhoSearch::support() const {
  return std::max(support_min, support_share_min * options_.baseline.whole.after.bad);
}

// What a condition costs: the choice among those that could have been told, and AIC's charge.
double WhoSearch::price() const { return std::log(singles_testable_) + price_base; }

// Log likelihood over the dispersion, after paying for each condition. That clusters prove less
// still (segment.h) is for p-values: the smaller of two parts would always seem to be one.
double WhoSearch::net(const Combination& candidate, double dispersion) const {
  return candidate.strength / dispersion -
         price() * static_cast<double>(candidate.conditions.size());
}

bool WhoSearch::became_worse(const Combination& candidate, const Dispersions& scatter) const {
  const RatioOfRatios rise = rise_of(candidate.counted, rest_, scatter);
  return !rise.told || rise.strength >= worse_least;
}

// Half of them by a dispersion of one, because failures of a cause may cluster less than others.
void WhoSearch::choose_finalists() {
  // Shares are of the units outside earlier findings, else the first would hide the second.
  const double left = rest_.whole.after.bad / options_.baseline.whole.after.bad;
  std::erase_if(found_, [&](const Combination& candidate) {
    return risen_share(candidate.counted, rest_) * left < excess_share_min ||
           !became_worse(candidate, {}) ||  // clusters would only make it less sure
           net(candidate, 1) <= 0;
  });
  finalists_.clear();
  for (const double dispersion : {rest_.dispersion, 1.0}) {
    // Of equals the one with fewer conditions: found_ is in the order of depths.
    std::stable_sort(found_.begin(), found_.end(), [&](const Combination& a, const Combination& b) {
      return net(a, dispersion) > net(b, dispersion) + 1e-9;
    });
    const std::size_t count = std::min(found_.size(), finalists_max / 2);
    for (std::size_t i = 0; i < count; ++i) finalists_.push_back({std::move(found_[i]), {}, 0, 0});
    found_.erase(found_.begin(), found_.begin() + static_cast<std::ptrdiff_t>(count));
  }
  ++batches_;
  phase_ = Phase::verify;
  if (finalists_.empty()) finish();
}

WhoQuestions WhoSearch::verify_questions() const {
  WhoQuestions asked;
  for (const Finalist& finalist : finalists_) {
    asked.facets.push_back(count_of(finalist.candidate.conditions));
    for (const Window& span : options_.spans) {
      asked.hists.push_back(failures_over(outside_known(finalist.candidate.conditions), span));
    }
  }
  for (const Window& span : options_.spans) {
    asked.hists.push_back(traffic_over(outside_known({}), span));
  }
  return asked;
}

void WhoSearch::verified(const WhoTallies& tallies) {
  const std::size_t spans = options_.spans.size();
  for (std::size_t i = 0; i < finalists_.size(); ++i) {
    Finalist& finalist = finalists_[i];
    Combination& candidate = finalist.candidate;
    const double past = candidate.counted.past;
    candidate.counted = counted_of(tallies.facets[i].all);
    candidate.counted.past = past;
    candidate.strength = strength(candidate.counted, rest_with(1));
    finalist.scatter = {rest_.dispersion, rest_.dispersion};
    if (spans == 0) continue;
    const Course after = course_of(tallies.hists[i * spans + spans - 1].counts,
                                   tallies.hists.back().counts, rest_.dispersion);
    finalist.scatter.after = after.dispersion;
    if (spans == 2) {
      finalist.scatter.before =
          course_of(tallies.hists[i * 2].counts, tallies.hists[finalists_.size() * 2].counts,
                    rest_.dispersion)
              .dispersion;
    }
    const double due = 1 - excess_share(candidate.counted, rest_);
    const double share = candidate.counted.after.bad / std::max(1.0, rest_.whole.after.bad);
    // Of a share s, of which d was due, the excess e satisfies s = e + (1 - e) d.
    const double due_share = due > 0 ? std::max(0.0, (share - (1 - due)) / due) : 0;
    finalist.flipped_p = flipped_p(after.part, after.whole, due_share, options_.seed);
  }
  choose();
}

// The best that convinces. Most finalists are variants of one cause, and the scatter of each is an
// estimate: they are compared by that of the strongest, else luck in it would choose.
void WhoSearch::choose() {
  while (!finalists_.empty()) {
    const auto best_by = [&](double dispersion) {
      return std::max_element(
          finalists_.begin(), finalists_.end(), [&](const Finalist& a, const Finalist& b) {
            return net(a.candidate, dispersion) + 1e-9 < net(b.candidate, dispersion);
          });
    };
    const auto best = best_by(best_by(rest_.dispersion)->scatter.after);
    chosen_ = std::move(*best);
    finalists_.erase(best);
    if (!convincing(chosen_)) {
      dismiss(chosen_.candidate.conditions);
      continue;
    }
    if (chosen_.candidate.conditions.size() == 1) return conclude();
    phase_ = Phase::prune;
    return;
  }
  if (batches_ < batches_max) return choose_finalists();
  finish();
}

// What does not convince takes its variants along, so that others are looked at.
void WhoSearch::dismiss(const Conditions& conditions) {
  dismissed_.insert(name_of(conditions));
  std::erase_if(found_, [&](const Combination& other) { return contains(other, conditions); });
}

double WhoSearch::q_of(const Finalist& finalist, std::size_t rank) const {
  // All conjunctions of so many testable conditions might have been told.
  double tests = 1;
  for (std::size_t i = 1; i <= finalist.candidate.conditions.size(); ++i) {
    tests *= singles_testable_ / static_cast<double>(i);
  }
  const double p = p_value(finalist.candidate.counted, rest_with(finalist.scatter.after));
  return std::min(1.0, p * tests / static_cast<double>(rank));
}

bool WhoSearch::convincing(const Finalist& finalist) const {
  const Counted& counted = finalist.candidate.counted;
  const double left = rest_.whole.after.bad / options_.baseline.whole.after.bad;
  if (excess_share(counted, rest_) * left < excess_share_min) return false;
  if (counted.after.bad < support_min || finalist.flipped_p > flipped_p_max) return false;
  if (!became_worse(finalist.candidate, finalist.scatter)) return false;
  return q_of(finalist, findings_.size() + 1) <= options_.q_max;
}

WhoQuestions WhoSearch::prune_questions() const {
  WhoQuestions asked;
  const Conditions& conditions = chosen_.candidate.conditions;
  const bool by_time = options_.spans.size() == 2 && !rest_.errors_only;
  if (by_time) {
    asked.hists.push_back(units_over(outside_known(conditions), options_.spans.back()));
  }
  for (std::size_t i = 0; i < conditions.size(); ++i) {
    const Conditions wider = without(conditions, i);
    asked.facets.push_back(count_of(wider));
    if (!by_time) continue;
    Expr beside;
    beside.op = Expr::Op::negate;
    beside.parts.push_back(expr_of(conditions[i]));
    asked.hists.push_back(
        units_over(all_of({outside_known(wider), std::move(beside)}), options_.spans.back()));
  }
  return asked;
}

// How much likelier the chosen makes the failures within a wider segment.
double WhoSearch::gain(const Counted& wider) const {
  Baseline within = rest_with(chosen_.scatter.after);
  within.whole = wider;
  Counted part = chosen_.candidate.counted;
  part.past = proven_past(part, within, 1);
  within.dispersion = 1;
  return strength(part, within) / chosen_.scatter.after;
}

// Takes out the condition by which the segment gains least, if that does not pay for it, or one
// that only tells early units from late ones.
void WhoSearch::pruned(const WhoTallies& tallies) {
  const Combination& chosen = chosen_.candidate;
  std::optional<Combination> wider;
  double least = price();
  for (std::size_t i = 0; i < chosen.conditions.size(); ++i) {
    Counted counted = counted_of(tallies.facets[i].all);
    double gained = gain(counted);
    if (!tallies.hists.empty()) {
      const Stratified apart =
          separation(tallies.hists[0].counts, tallies.hists[i + 1].counts, chosen_.scatter.after);
      if (apart.z < separates_z) gained = std::min(gained, apart.z);
    }
    if (gained >= least) continue;
    least = gained;
    counted.past = proven_past(counted, rest_, 1);
    wider = Combination{without(chosen.conditions, i), counted, strength(counted, rest_with(1))};
  }
  if (!wider) return conclude();
  if (dismissed_.contains(name_of(wider->conditions))) return choose();
  finalists_.push_back({std::move(*wider), {}, 0, 0});
  phase_ = Phase::verify;
}

// Single conditions that mean the same units as one of the chosen.
Conditions WhoSearch::aliases() const {
  constexpr double alike = 0.9;  // counts, before units are compared one by one
  Conditions found;
  const Conditions& conditions = chosen_.candidate.conditions;
  for (const Condition& condition : conditions) {
    const auto own = std::find_if(singles_.begin(), singles_.end(), [&](const Combination& single) {
      return single.conditions.front() == condition;
    });
    if (own == singles_.end()) continue;
    const Counts mine = both_windows(own->counted);
    for (const Combination& single : singles_) {
      const Condition& other = single.conditions.front();
      if (uses(conditions, other.field) || other.op != condition.op) continue;
      const Counts its = both_windows(single.counted);
      if (std::min(mine.total, its.total) < alike * std::max(mine.total, its.total)) continue;
      if (roster_.likeness(condition, other) >= same_share) found.push_back(other);
    }
  }
  return found;
}

void WhoSearch::conclude() {
  const Finalist& chosen = chosen_;
  Finding finding;
  finding.aliases = aliases();
  finding.conditions = chosen.candidate.conditions;
  std::sort(finding.conditions.begin(), finding.conditions.end(),
            [](const Condition& a, const Condition& b) { return a.field < b.field; });
  finding.counted = chosen.candidate.counted;
  finding.risk = risk_of(finding.counted, rest_);
  finding.rise = rise_of(finding.counted, rest_, chosen.scatter);
  finding.share_of_bad = finding.counted.after.bad / options_.baseline.whole.after.bad;
  finding.dispersion = chosen.scatter.after;
  finding.q_value = q_of(chosen, findings_.size() + 1);
  known_.push_back(finding.conditions);
  rest_.whole = minus(rest_.whole, finding.counted);
  roster_.take_out(finding.conditions);
  findings_.push_back(std::move(finding));
  start_round();
}

namespace {

// How much worse a part was than the rest before the onset; of many parts, `tests`.
void judge_past(Finding& finding, const Counts& whole, double dispersion, double tests) {
  const Counts& before = finding.counted.before;
  const double scale = 1 / dispersion;
  finding.risk =
      risk_ratio(before.bad, before.total, whole.bad - before.bad, whole.total - before.total);
  finding.q_value = std::min(1.0, tests * fisher_tail(before.bad * scale, before.total * scale,
                                                      (whole.bad - before.bad) * scale,
                                                      (whole.total - before.total) * scale));
}

bool was_worse(const Finding& finding, double q_max) {
  return finding.counted.before.bad >= 10 && finding.risk.low >= 1.3 && finding.q_value <= q_max;
}

}  // namespace

// Those that seem to have been worse before the onset too are looked at closely.
void WhoSearch::finish() {
  constexpr std::size_t suspected_max = 6;
  phase_ = Phase::done;
  if (!options_.baseline.has_before || options_.baseline.errors_only) return;
  for (const Combination& single : singles_) {
    if (suspected_.size() >= suspected_max) break;
    if (single.conditions.front().op == Condition::Op::absent) continue;
    Finding finding;
    finding.conditions = single.conditions;
    finding.counted = single.counted;
    judge_past(finding, options_.baseline.whole.before, options_.baseline.dispersion,
               static_cast<double>(singles_.size()));
    if (was_worse(finding, options_.q_max)) suspected_.push_back(std::move(finding));
  }
  if (!suspected_.empty()) phase_ = Phase::always;
}

WhoQuestions WhoSearch::always_questions() const {
  WhoQuestions asked;
  for (const Finding& finding : suspected_) {
    const Expr where = expr_of(finding.conditions);
    asked.facets.push_back({{"", {}, {}}, where, options_.windows, 1});
    if (options_.spans.size() == 2) {
      asked.hists.push_back(failures_over(where, options_.spans.front()));
    }
  }
  if (options_.spans.size() == 2) {
    asked.hists.push_back(traffic_over({}, options_.spans.front()));
  }
  return asked;
}

// A storm of retries is no past.
void WhoSearch::recalled(const WhoTallies& tallies) {
  constexpr std::size_t told_max = 2;
  phase_ = Phase::done;
  const Counts& whole = options_.baseline.whole.before;
  for (std::size_t i = 0; i < suspected_.size() && always_.size() < told_max; ++i) {
    Finding finding = suspected_[i];
    finding.counted = counted_of(tallies.facets[i].all);
    double dispersion = options_.baseline.dispersion;
    if (!tallies.hists.empty()) {
      const Course course =
          course_of(tallies.hists[i].counts, tallies.hists.back().counts, dispersion);
      dispersion = course.dispersion;
      const double due = finding.counted.before.total / std::max(1.0, whole.total);
      const double p = flipped_p(course.part, course.whole, due, options_.seed);
      if (p > flipped_p_max) continue;
    }
    judge_past(finding, whole, dispersion, static_cast<double>(singles_.size()));
    if (!was_worse(finding, options_.q_max)) continue;
    finding.share_of_bad = finding.counted.after.bad / options_.baseline.whole.after.bad;
    finding.became_worse = false;
    always_.push_back(std::move(finding));
  }
}

double WhoSearch::unexplained_share() const {
  const double bad = options_.baseline.whole.after.bad;
  double explained = 0;
  for (const Finding& finding : findings_) explained += finding.counted.after.bad;
  return bad <= 0 ? 0 : 1 - explained / bad;
}

}  // namespace culprit
