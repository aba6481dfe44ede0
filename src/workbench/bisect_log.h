// A BisectLog is what `git bisect log` writes and `git bisect replay` reads.
//
// Read, it gives what somebody found by hand or with git bisect run: each line becomes one
// observation, which weighs as much as one run here. Written, it holds what is sure by now: a
// commit whose runs contradict each other is given as what it is in all probability, or left out.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "workbench/bisect.h"

namespace culprit {

struct BisectLog {
  enum class Said : std::uint8_t { good, bad, skipped };
  struct Line {
    Said said = Said::good;
    std::string revision;
  };
  std::vector<Line> lines;  // in their order; the first bad and good ones begin the search
};

// Errors: malformed, with the line.
Result<BisectLog> read_bisect_log(std::string_view text);

struct LoggedCommit {
  BisectLog::Said said = BisectLog::Said::good;
  std::string sha;
  std::string subject;  // may be empty
};
// Of each commit that was tested, but the ends, what it is in all probability; where nothing is
// sure it is left out.
std::vector<LoggedCommit> logged_commits(const BisectRange& range, const Bisection& made);

// `culprit`: the first bad commit; its sha empty: none was found yet.
std::string bisect_log_text(const LoggedCommit& bad, const LoggedCommit& good,
                            const std::vector<LoggedCommit>& commits, const LoggedCommit& culprit);

}  // namespace culprit
