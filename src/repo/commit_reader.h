// A CommitReader reads what a bisection asks of a history, in any repository that git can read.
//
// libgit2 reads the usual ones, and tells commits of comments apart. What it cannot open and git
// can (names of 64 digits, SHA-256) is read with the git program: all is there but the comments,
// which cost a look at each file's text and save only a little belief. One program for every
// repository would cost the usual ones that look, or many thousand processes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "repo/commit_touch.h"
#include "repo/git.h"
#include "repo/git_program.h"
#include "repo/path_filter.h"

namespace culprit {

// Of a commit against its first parent.
struct ChangeSize {
  std::size_t files = 0;
  std::size_t insertions = 0;  // lines; of binary files none
  std::size_t deletions = 0;
};

class CommitReader {
 public:
  // Errors: as of Repository::open().
  static Result<CommitReader> open(const GitProgram& git, const std::string& path);

  // As Repository's.
  std::optional<std::string> resolve(const std::string& revision) const;
  bool shallow() const { return shallow_; }
  Result<std::vector<CommitTouch>> touches(const std::vector<std::string>& shas,
                                           const std::vector<std::vector<std::uint32_t>>& parents,
                                           const std::string& base, const PathFilter& filter) const;
  Result<ChangeSize> size_of(const std::string& sha) const;

 private:
  CommitReader(const GitProgram& git, std::string path) : git_(git), path_(std::move(path)) {}

  std::optional<std::string> commit_of_reference(const std::string& name) const;
  std::optional<std::string> commit_named(const std::string& name) const;
  std::optional<std::string> commit_of_version(const std::string& version) const;

  GitProgram git_;
  std::string path_;
  std::optional<Repository> repository_;  // nothing: git alone can read it
  bool shallow_ = false;
};

}  // namespace culprit
