// UserStashes are the stashes that a repository has before tests run in worktrees of it.
//
// All worktrees share one list. A test that stashes what is not there, and pops, pops the user's:
// its text would be in a worktree only, which is about to be removed. What is missing of the list
// is put back; what tests add to it is theirs. Looking costs two small files, unless one changed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "repo/git_program.h"

namespace culprit {

class UserStashes {
 public:
  // `common`: the repository's own folder.
  UserStashes(GitProgram git, std::filesystem::path common);

  // From any thread. What cannot be put back stays missing, and is tried again the next time.
  void put_back();
  std::vector<std::string> notes() const;

 private:
  struct Stash {
    std::string sha;
    std::string text;
  };
  std::vector<Stash> listed() const;  // the newest first
  bool untouched() const;

  GitProgram git_;
  std::filesystem::path common_;
  std::vector<Stash> begun_with_;
  std::uintmax_t log_bytes_ = 0;
  mutable std::mutex mutex_;
  std::set<std::string> returned_;
};

}  // namespace culprit
