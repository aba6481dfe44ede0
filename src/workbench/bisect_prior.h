// What a bisection believes of each commit before the first test.
//
// All alike, but for those that change nothing that a build reads, which hardly can be it, and
// those of documents and comments, which seldom are. With an investigation's findings four fifths
// of the belief follow them: what it saw outside of the range speaks for "no change in this range".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/world.h"
#include "workbench/bisect.h"

namespace culprit {

struct BisectPrior {
  std::vector<double> weights;  // of each point
  double no_change = 0.01;
};

// `touches` as of Repository::touches().
BisectPrior plain_prior(const BisectRange& range, const std::vector<CommitTouch>& touches);

// `json`: of `investigate --json`. Errors: malformed; usage, where it names no commit of the range.
Result<BisectPrior> prior_of_findings(const BisectPrior& plain, const BisectRange& range,
                                      std::string_view json);

}  // namespace culprit
