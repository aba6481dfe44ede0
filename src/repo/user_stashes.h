// UserStashes are the stashes that a repository has while tests run in worktrees of it.
//
// All worktrees share one list. A test that stashes what is not there, and pops, pops the user's:
// its text would be in a worktree only, which is about to be removed. What is missing of the list
// is put back at its place; what tests add to it is theirs. The user may stash meanwhile: that is
// looked for too, and told from what tests stash by its branch, since worktrees have none. A look
// costs one stat(2), unless something changed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "repo/git_program.h"

namespace culprit {

class UserStashes {
 public:
  // `common`: the repository's own folder.
  UserStashes(GitProgram git, std::filesystem::path common);

  // From any thread, often. What the user stashed since is known from then on.
  void look();
  // From any thread. What cannot be put back stays missing, and is tried again the next time.
  void put_back();
  std::vector<std::string> notes() const;

 private:
  struct Stash {
    std::string sha;
    std::string text;
    std::string who;  // and when, as git's log of it has that
  };
  struct Stamp {
    std::uintmax_t file = 0;
    std::int64_t bytes = 0;
    std::int64_t seconds = 0;
    std::int64_t nanoseconds = 0;
    bool operator==(const Stamp&) const = default;
  };
  using Stashes = std::vector<Stash>;  // the oldest first

  Stamp stamp() const;
  Stashes listed() const;
  Stashes listed_by_git() const;
  void learn(const Stashes& now);
  bool missing_some(const Stashes& now) const;
  Stashes completed(Stashes now) const;
  Status write(const Stashes& all) const;
  Status add_in_the_log() const;
  Status add_by_git(const Stashes& now) const;

  GitProgram git_;
  std::filesystem::path common_;
  bool in_a_log_ = true;  // a file of lines; else in a table that only git reads
  Stashes users_;
  Stamp seen_;
  mutable std::mutex mutex_;
  std::set<std::string> returned_;
};

}  // namespace culprit
