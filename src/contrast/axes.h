// Axes are the fields along which good and bad units are compared.
//
// A field is a candidate if it could have been known before the unit failed: not its status, level
// or error text, not its id or duration, and not one that is mostly found on error lines. Those go
// to "what it looks like". Numeric fields are cut at their own values.
#pragma once

#include <string>
#include <vector>

#include "event/query.h"
#include "event/schema.h"

namespace culprit {

struct FieldPlan {
  std::vector<std::string> candidates;  // compared
  std::vector<std::string> symptoms;    // shown as "looks like"
};
FieldPlan plan_fields(const Schema& schema, const OutcomeRule& rule);

// Whether thresholds make sense on it: numbers, many of them, and not names in disguise.
bool numeric(const FieldSummary& field);

// Cuts from the distinct values seen (few) or from quantiles of a sketch (many).
Axis numeric_axis(const std::string& field, const FacetTally& values, const Sketch& sketch);

}  // namespace culprit
