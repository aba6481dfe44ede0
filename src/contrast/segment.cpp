#include "contrast/segment.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace culprit {
namespace {

constexpr double past_z = 3.5;        // one in 4,000: fewer parts are compared
constexpr double coverage_min = 0.8;  // another cause, or noise before, may hold the rest

// The share of the failures after the onset that the part was due.
double due_share(const Counted& part, const Baseline& baseline) {
  if (baseline.errors_only) {
    return (part.before.bad + 0.5) / (baseline.whole.before.bad + 1);
  }
  const double mine = part.past * part.after.total;
  const double rest = std::max(0.0, baseline.whole.after.total - part.after.total);
  return mine > 0 ? mine / (mine + rest) : 0;
}

// Errors only: the share of the failures that came on top which the part holds. Without totals a
// narrow part always looks more surprising than the whole cause, so a cause must hold most of them.
double coverage(const Counted& part, const Baseline& baseline) {
  const Counted& whole = baseline.whole;
  const double added = whole.after.bad - whole.before.bad * baseline.time_ratio;
  const double mine = part.after.bad - part.before.bad * baseline.time_ratio;
  return added <= 0 ? 0 : std::clamp(mine / added, 0.0, 1.0);
}

// How much less `count` failures prove, where `due` were, if failures come in clusters of unlike
// sizes, than the likelihood over the dispersion says: many are due to few large clusters then. The
// ratio of the exponents of two tails: that of geometric clusters which come by chance (Polya and
// Aeppli) with the same mean and dispersion, and Poisson's.
double cluster_discount(double count, double due, double dispersion) {
  if (dispersion <= 1 || due <= 0 || count <= due) return 1;
  const double poisson = (count * std::log(count / due) - count + due) / dispersion;
  if (poisson <= 0) return 1;
  const double end = 2 / (1 + dispersion);  // of a cluster, after each failure
  const double on = 1 - end;
  const double clusters = due * end;
  // The tilt x of the sizes at which `count` would be the mean.
  const double half = count * on + clusters * end / 2;
  const double x = (half - std::sqrt(half * half - count * count * on * on)) / (count * on * on);
  const double tail = count * std::log(x) - clusters * (end * x / (1 - on * x) - 1);
  return std::clamp(tail / poisson, 0.0, 1.0);
}

double times_log(double count, double ratio) { return count > 0 ? count * std::log(ratio) : 0; }

}  // namespace

Expr expr_of(const Condition& condition) {
  switch (condition.op) {
    case Condition::Op::is: return equals(condition.field, condition.value);
    case Condition::Op::absent: return absent(condition.field);
    case Condition::Op::above: return compares(condition.field, Comparison::more, condition.number);
    case Condition::Op::at_most:
      return compares(condition.field, Comparison::at_most, condition.number);
  }
  return {};
}

Expr expr_of(const std::vector<Condition>& conditions) {
  std::vector<Condition> sorted = conditions;
  std::sort(sorted.begin(), sorted.end(),
            [](const Condition& a, const Condition& b) { return a.field < b.field; });
  std::vector<Expr> parts;
  for (const Condition& condition : sorted) parts.push_back(expr_of(condition));
  return all_of(std::move(parts));
}

std::string to_string(const Condition& condition) { return to_string(expr_of(condition)); }

// An interval decides, not the estimate: its error, times a thousand failures after the onset,
// would outweigh every real difference between two segments. It is a wide one, because among
// hundreds of parts some have a bad past by chance. A part that was better than the rest and is now
// like it is not what got worse, hence at least 1.
double proven_past(const Counted& part, const Baseline& baseline, double inherited) {
  const Counts& before = baseline.whole.before;
  const double rest = before.total - part.before.total;
  if (!baseline.has_before || part.before.total <= 0 || rest <= 0) return inherited;
  // Failures that cluster prove as little of a past as of anything else.
  const double scale = 1 / baseline.dispersion;
  const double bad = part.before.bad * scale;
  const double rest_bad = std::max(0.0, before.bad * scale - bad);
  const RiskRatio past = risk_ratio(bad, part.before.total * scale, rest_bad, rest * scale);
  const double low = past.ratio * std::pow(past.low / past.ratio, past_z / 1.96);
  const double high = past.ratio * std::pow(past.high / past.ratio, past_z / 1.96);
  if (low <= inherited && inherited <= high) return std::max(1.0, inherited);
  // The quick interval is too sure of parts with a handful of units: the exact one takes 7 us
  // and decides only what the quick one would refute.
  const Interval exact =
      rate_ratio(bad, part.before.total * scale, rest_bad, rest * scale, normal_tail(past_z));
  return std::max(1.0, std::clamp(inherited, exact.low, exact.high));
}

double strength(const Counted& part, const Baseline& baseline) {
  const double bad = baseline.whole.after.bad;
  const double mine = part.after.bad;
  if (bad <= 0 || mine <= 0) return 0;
  double due = due_share(part, baseline);
  if (mine / bad <= due) return 0;
  due = std::clamp(due, 1e-9, 1 - 1e-9);
  const double poisson =
      times_log(mine, mine / (bad * due)) + times_log(bad - mine, (bad - mine) / (bad * (1 - due)));
  if (baseline.errors_only && coverage(part, baseline) < coverage_min) return 0;
  return poisson / baseline.dispersion * cluster_discount(mine, bad * due, baseline.dispersion);
}

double p_value(const Counted& part, const Baseline& baseline) {
  const double g = 2 * strength(part, baseline);
  if (g <= 0) return 1;
  const double due = due_share(part, baseline);
  const double asymptotic = chi2_tail(g) / 2;
  if (due * baseline.whole.after.bad >= 5 || baseline.errors_only) return asymptotic;
  // The chi-square is too bold where few failures are due; the exact test knows nothing of the
  // past, so the weaker of the two counts.
  const Counts& all = baseline.whole.after;
  const double scale = 1 / baseline.dispersion;
  const double exact =
      fisher_tail(part.after.bad * scale, part.after.total * scale,
                  (all.bad - part.after.bad) * scale, (all.total - part.after.total) * scale);
  return std::max(asymptotic, exact);
}

double excess_share(const Counted& part, const Baseline& baseline) {
  const double bad = baseline.whole.after.bad;
  if (bad <= 0) return 0;
  const double due = due_share(part, baseline);
  const double share = part.after.bad / bad;
  // Of a share s, of which d was due, the excess e satisfies s = e + (1 - e) d.
  return share <= due ? 0 : (share - due) / (1 - due);
}

double risen_share(const Counted& part, const Baseline& baseline) {
  const double bad = baseline.whole.after.bad;
  if (bad <= 0) return 0;
  if (!baseline.has_before || baseline.errors_only || part.before.total <= 0) return 1;
  // The lower bound, as little may be known of the part's past.
  const double rate = wilson(part.before.bad, part.before.total, 0.95, baseline.dispersion).low;
  return std::max(0.0, (part.after.bad - rate * part.after.total) / bad);
}

RiskRatio risk_of(const Counted& part, const Baseline& baseline) {
  const Counted& whole = baseline.whole;
  if (baseline.errors_only) {
    return risk_ratio(part.after.bad, whole.after.bad, part.before.bad,
                      std::max(whole.before.bad, part.before.bad));
  }
  return risk_ratio(part.after.bad, part.after.total, whole.after.bad - part.after.bad,
                    whole.after.total - part.after.total);
}

namespace {

// log(risk ratio) and its variance on counts raised by one half; the part's failures scatter by
// `own`, the others' by `shared`.
std::pair<double, double> log_risk(const Counts& part, const Counts& whole, double own,
                                   double shared) {
  const double bad = part.bad + 0.5;
  const double rest = std::max(0.0, whole.bad - part.bad) + 0.5;
  const double log_ratio = std::log(bad / (part.total + 0.5)) -
                           std::log(rest / (std::max(0.0, whole.total - part.total) + 0.5));
  return {log_ratio, own / bad + shared / rest};
}

}  // namespace

namespace {

// A part's failures among all in one window, given how many units each has.
struct Split {
  double mine = 0;
  double all = 0;
  double odds = 0;  // of the part's units to the others'

  Split(const Counts& part, const Counts& whole)
      : mine(part.bad),
        all(whole.bad),
        odds(part.total / std::max(1e-9, whole.total - part.total)) {}
  // Log likelihood of the part being that many times as bad as the rest.
  double likelihood(double times) const {
    const double share = std::clamp(times * odds / (1 + times * odds), 1e-12, 1 - 1e-12);
    return times_log(mine, share) + times_log(all - mine, 1 - share);
  }
  double likeliest() const { return odds > 0 ? mine / std::max(0.5, all - mine) / odds : 1; }
};

// The one ratio that explains both windows best: where as many failures are due as there were,
// which is a quadratic equation.
double shared_ratio(const Split& a, double weight_a, const Split& b, double weight_b) {
  const double all_a = a.all * weight_a;
  const double all_b = b.all * weight_b;
  const double mine = a.mine * weight_a + b.mine * weight_b;
  const double square = a.odds * b.odds * (all_a + all_b - mine);
  const double linear = all_a * a.odds + all_b * b.odds - mine * (a.odds + b.odds);
  if (square <= 0) return linear > 0 ? mine / linear : 1;
  return (-linear + std::sqrt(linear * linear + 4 * square * mine)) / (2 * square);
}

}  // namespace

RatioOfRatios rise_of(const Counted& part, const Baseline& baseline, const Dispersions& scatter) {
  // Failures that today's risk would have shown before: with fewer, none at all would not be enough
  // to tell. Twice what is asked of `strength`, as half of them may well be there by chance.
  constexpr double told_least = 8;
  RatioOfRatios rise;
  if (!baseline.has_before || baseline.errors_only) return rise;
  const auto [before, variance_before] =
      log_risk(part.before, baseline.whole.before, scatter.before, baseline.dispersion);
  const auto [after, variance_after] =
      log_risk(part.after, baseline.whole.after, scatter.after, baseline.dispersion);
  const double variance = variance_before + variance_after;
  rise.ratio = std::exp(after - before);
  rise.low = rise.ratio * std::exp(-1.959963984540054 * std::sqrt(variance));
  const Split then(part.before, baseline.whole.before);
  const Split since(part.after, baseline.whole.after);
  const double due = std::exp(after) * then.odds;
  rise.told = then.all * due / (1 + due) >= told_least * scatter.before;
  // A part that was better than the rest and is now like it is not what became worse.
  const double past = std::max(1.0, then.likeliest());
  if (since.likeliest() <= past) return rise;
  const double weight_then = 1 / scatter.before;
  const double weight_since = 1 / scatter.after;
  const double one = std::max(1.0, shared_ratio(then, weight_then, since, weight_since));
  const double likelihoods =
      weight_then * (then.likelihood(past) - then.likelihood(one)) +
      weight_since * (since.likelihood(since.likeliest()) - since.likelihood(one));
  // Wald's test knows that only the part's failures cluster, and is the better one where the part
  // had some before; with hardly any it sees little in fifty failures where there were none.
  const double beyond = after - std::max(0.0, before);
  rise.strength = std::max(likelihoods, beyond > 0 ? beyond * beyond / variance / 2 : 0);
  return rise;
}

}  // namespace culprit
