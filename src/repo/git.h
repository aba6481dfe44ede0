// A Repository reads a git history: tags, commits, diffs and files; it never writes or fetches.
//
// It wraps libgit2 and gives values only. Bare, empty and shallow repositories, worktrees,
// detached heads and submodules are all repositories; a history that a shallow clone cut off
// simply ends there, and `shallow()` says so. Everything read is bounded by a named limit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "contrast/commits.h"
#include "contrast/enclosing.h"
#include "repo/commit_touch.h"
#include "repo/path_filter.h"
#include "repo/tag_numbers.h"

namespace culprit {

struct Commit {
  std::string sha;
  std::string subject;
  std::string message;     // whole, with the subject
  std::string author;      // name and address
  Time at = no_time;       // committed
  Time reached = no_time;  // when it came onto the branch: its own time, or its merge's
  std::size_t parents = 0;
  std::vector<std::string> parent_shas = {};
};

struct Diff {
  std::vector<FileDiff> files;  // binary files and submodules with their path only
  std::size_t insertions = 0;
  std::size_t deletions = 0;
  std::size_t files_total = 0;  // changed; more than `files` where the text was cut
};

// Which commits: those that `to` has and `from` has not, and that reached the branch within the
// time. Empty: `to` is the default branch, `from` the beginning.
struct CommitRange {
  std::string from = {};
  std::string to = {};
  std::optional<Time> since = {};
  std::optional<Time> until = {};
  std::size_t commits_max = 10'000;  // the latest are kept
};

struct DiffLimits {
  std::size_t bytes_max = 64 * 1024;  // of text, per commit
  std::size_t files_max = 500;
};

// Where to look in the history of lines: a place in a file as it is at a revision.
struct LinePlace {
  std::string revision;
  std::string path;
  LineRange range;
  std::size_t line = 0;  // the one that matters most; 0: none
};

struct LineHistoryHints {
  std::set<std::string> ignored = {};  // full shas of commits that pass their lines on
  // By index of the commits given: 0 where the commit is known not to have changed the file. Empty:
  // nothing is known, and each commit's tree is looked at.
  std::span<const char> may_touch = {};
};

// What one commit did to those lines.
struct LineTouch {
  std::string sha;
  std::size_t written = 0;   // lines that stand there still
  std::size_t removed = 0;   // lines that stood among them before
  std::size_t distance = 0;  // from the line that matters most, in lines; 0: that line itself
};

class Repository {
 public:
  // `path`: a working tree, any folder inside one, or a bare repository.
  static Result<Repository> open(const std::string& path);

  // By time, oldest first. Tags that name no commit are left out.
  Result<std::vector<Tag>> tags() const;

  // Latest first; those that came by one merge stand together, behind their merge.
  Result<std::vector<Commit>> commits(const CommitRange& range) const;

  // Against the first parent; the first commit against nothing. `merged` leaves of a merge only
  // what none of its parents has: nothing, where git could merge by itself.
  Result<Diff> diff(const std::string& revision, const DiffLimits& limits = {}) const;
  Result<Diff> merged(const std::string& revision, const DiffLimits& limits = {}) const;

  // Of each commit against its first parent; `parents` are indices below its own, and a commit
  // without one stands on `base`. Marks count from there.
  Result<std::vector<CommitTouch>> touches(const std::vector<std::string>& shas,
                                           const std::vector<std::vector<std::uint32_t>>& parents,
                                           const std::string& base, const PathFilter& filter) const;

  // The commits among `commits` that wrote or removed lines of a place, latest first. White space
  // does not count.
  Result<std::vector<LineTouch>> line_history(const LinePlace& place,
                                              std::span<const Commit> commits,
                                              const LineHistoryHints& hints = {}) const;

  Result<std::vector<std::string>> files_at(const std::string& revision,
                                            std::size_t files_max = 100'000) const;
  Result<std::string> content_at(const std::string& revision, const std::string& path,
                                 std::size_t bytes_max = 1024 * 1024) const;

  // The commit that a sha (also short), branch, tag or version means: `1.9.0` finds the tags
  // `1.9.0`, `v1.9.0`, `release-1.9.0`, `payments-v1.9.0` where no other tag ends like it.
  std::optional<std::string> resolve(std::string_view revision) const;

  const std::string& default_branch() const;  // "origin/main"; "HEAD" where no branch is known
  bool shallow() const;
  bool empty() const;  // no commit yet

  struct State;  // known to this folder's .cpp files only

 private:
  struct Closer {
    void operator()(State* state) const;
  };
  explicit Repository(std::unique_ptr<State, Closer> state);

  std::unique_ptr<State, Closer> state_;
};

}  // namespace culprit
