// Bisected is what a bisection found, told of the commits themselves: who wrote the culprit, when,
// and how much it changes.
//
// It shows nothing: the command line makes a page or JSON of it. The same as a log that git reads
// is text_of_log(), which leaves out how sure it is, since git knows no such thing.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "repo/commit_reader.h"
#include "repo/git_program.h"
#include "workbench/bisect.h"
#include "workbench/revert_check.h"

namespace culprit {

struct CommitSummary {
  std::string sha;
  std::string subject;
  std::string author;
  std::string date;  // as committed
  std::size_t parents = 0;
  std::size_t files = 0;
  std::size_t insertions = 0;
  std::size_t deletions = 0;
  double probability = 0;
};

struct Bisected {
  Bisection made;
  std::string good;  // as named
  std::string bad;
  std::string good_sha;
  std::string bad_sha;
  std::string base;  // where it is not GOOD: where the two parted
  std::size_t suspects = 0;
  std::vector<CommitSummary> credible;  // likeliest first, at most credible_max
  std::optional<RevertCheck> revert;    // where a commit was found
  std::string revert_patch;             // its file, as seen from `elsewhere`; empty: none
  std::string elsewhere;                // where git has to stand for that; empty: here
  std::vector<std::string> notes;
  std::string folder;     // of its history; empty: nothing was kept
  std::string put_aside;  // the folder of the same search before this one; empty: there was none

  static constexpr std::size_t credible_max = 20;
};

// Of those that hold the confidence, likeliest first. Errors: as of git.
Result<std::vector<CommitSummary>> credible_commits(const Bisection& made, const BisectRange& range,
                                                    const CommitReader& commits,
                                                    const GitProgram& git,
                                                    const std::string& repository);

// As `git bisect log` writes it.
std::string text_of_log(const Bisected& done, const BisectRange& range);

// Where a command answers otherwise when it runs again in the same folder; else empty.
std::string note_of_second_runs(const std::vector<BisectRow>& rows, const std::string& build);

// Where GOOD passed at first only, and nothing did since; too few runs for a LastingBreak. Else
// empty.
std::string note_of_first_passes(const std::vector<BisectRow>& rows);

}  // namespace culprit
