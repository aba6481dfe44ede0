// A Segment is a part of the units, named by conditions that all hold: "region = eu-west and
// plan = pro".
//
// Its strength is how much more of the failures it holds than its share of the traffic and its own
// past explain. A part that was always twice as bad and is twice as bad now has strength zero:
// what *became* worse is told from what was always worse.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/statistics.h"
#include "event/expr.h"
#include "event/tally.h"

namespace culprit {

// One condition on one field; `absent` means that units lack the field.
struct Condition {
  enum class Op : std::uint8_t { is, absent, above, at_most };
  std::string field;
  Op op = Op::is;
  std::string value;  // is: the value; above, at_most: the number as printed
  double number = 0;
  bool operator==(const Condition&) const = default;
};

Expr expr_of(const Condition& condition);
Expr expr_of(const std::vector<Condition>& conditions);  // sorted by field, joined by `and`
std::string to_string(const Condition& condition);

using Conditions = std::vector<Condition>;

// Counts of a part and of the whole, before and after the onset.
struct Counted {
  Counts before;
  Counts after;
  double past = 1;  // of a part: how many times as bad as the rest it was before, as far as proven
};

// How before and after are compared.
struct Baseline {
  Counted whole;
  double dispersion = 1;
  bool has_before = true;    // false: the evidence begins inside the incident
  bool errors_only = false;  // nothing but failures was logged: shares of failures are compared
  double time_ratio = 1;     // errors only: length of the time after over that before
};

// A part's `past`. A part of a part with `inherited` past has that too unless its own refutes it:
// a version that did not exist before has no innocent past.
double proven_past(const Counted& part, const Baseline& baseline, double inherited);

// Log likelihood by which the part's share of the failures beats the share it was due; zero where
// it holds fewer than it was due. Divided by the dispersion.
double strength(const Counted& part, const Baseline& baseline);

// One-sided p-value of a strength, with Fisher's exact test where few failures are expected.
double p_value(const Counted& part, const Baseline& baseline);

// Failures in the part beyond those it was due, as a share of all failures after the onset.
double excess_share(const Counted& part, const Baseline& baseline);

// Failures in the part beyond those that its own rate before explains, likewise. A part that fails
// as ever did not become worse, however bad it is. One where that cannot be told: 1.
double risen_share(const Counted& part, const Baseline& baseline);

// After the onset, against all that is not in the part. Errors-only: after against before.
RiskRatio risk_of(const Counted& part, const Baseline& baseline);

// The part's risk against the rest's after the onset, over the same before: what became worse is
// told from what was as much worse always. Ratio and interval are of counts raised by one half, as
// Katz's are; `strength` is the log likelihood by which two ratios beat one, zero where it fell.
struct RatioOfRatios {
  double ratio = 1;
  double low = 0;  // of the 95 % interval
  double strength = 0;
  bool told = false;  // false: there is no before, or too little of it to show today's risk
};
struct Dispersions {
  double before = 1;
  double after = 1;
};
RatioOfRatios rise_of(const Counted& part, const Baseline& baseline, const Dispersions& scatter);

}  // namespace culprit
