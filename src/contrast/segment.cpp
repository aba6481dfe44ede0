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
  const double rest_bad = std::max(0.0, before.bad - part.before.bad);
  const RiskRatio past = risk_ratio(part.before.bad, part.before.total, rest_bad, rest);
  const double low = past.ratio * std::pow(past.low / past.ratio, past_z / 1.96);
  const double high = past.ratio * std::pow(past.high / past.ratio, past_z / 1.96);
  if (low <= inherited && inherited <= high) return std::max(1.0, inherited);
  // The quick interval is too sure of parts with a handful of units: the exact one takes 7 us
  // and decides only what the quick one would refute.
  const Interval exact =
      rate_ratio(part.before.bad, part.before.total, rest_bad, rest, normal_tail(past_z));
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
  return poisson / baseline.dispersion;
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

}  // namespace culprit
