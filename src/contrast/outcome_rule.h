// Which fields say what failed: the OutcomeRule that a Schema suggests, and what to ask for when
// nothing does.
//
// A status (HTTP-like numbers) decides where there is one, then words of success, then levels and
// exceptions. A unit that logged an error and ended well is good: it recovered.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "event/query.h"
#include "event/schema.h"

namespace culprit {

// how == unknown when nothing in the evidence says what failure is.
OutcomeRule outcome_rule_of(const Schema& schema);
OutcomeRule given_rule(Expr bad, std::optional<Expr> good);

// "status >= 500, else level = error" for the report.
std::string to_string(const OutcomeRule& rule);

// Ready `--bad` expressions for fields that could tell failure, likeliest first.
std::vector<std::string> could_fail(const Schema& schema);

// Whether a message speaks of failure, for logs in which no field says what failed.
bool tells_failure(std::string_view message);

// The field that times operations, and the one that names them; empty: none.
struct LatencyFields {
  std::string duration;
  std::string operation;
};
LatencyFields latency_fields(const Schema& schema);

// Fields of affected people, best first; empty: none.
std::string person_field(const Schema& schema);

}  // namespace culprit
