// Worktrees are checkouts of a repository for a while, apart from the user's own.
//
// They are git worktrees with a detached head in a folder of their own, so objects are shared and
// nothing is cloned. The user's checkout, index, head, references, stash and hooks are never
// touched: git is told which checkout is meant, since a test may remove `.git`, and git then takes
// the user's repository above for it. A worktree is switched so that nothing of the commit before
// stays in it, but for paths that are kept on purpose; submodules come from the user's own copies
// where they are there. What a test mounted is taken off before anything is removed.
//
// All of them are gone when this value is. What a killed culprit left is removed by the next one
// that opens the same repository: each folder holds a lock that only a living owner has. Worktrees
// of others, also abandoned ones, stay as they are.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/result.h"
#include "repo/git_program.h"
#include "repo/worktree_extras.h"

namespace culprit {

struct WorktreesOptions {
  std::string repository;                  // any folder inside it
  std::string folder;                      // where theirs is made; has to exist
  std::vector<std::string> kept = {};      // paths that a switch leaves alone: build folders
  std::vector<WorktreeExtra> links = {};   // as symbolic links
  std::vector<WorktreeExtra> copies = {};  // copied at once, as they are at the beginning
};

class Worktrees {
 public:
  // Errors: missing (no repository, no folder), denied, unavailable.
  static Result<Worktrees> open(GitProgram git, WorktreesOptions options);
  Worktrees(Worktrees&&) noexcept;
  Worktrees& operator=(Worktrees&&) noexcept;
  ~Worktrees();

  // A worktree at that commit; its folder. Safe from several threads, as all of these are.
  Result<std::string> add(const std::string& sha);
  // Makes it the commit's. After an Error it is in no state that could be used.
  Status switch_to(const std::string& worktree, const std::string& sha);
  // The same, but what lies there untracked stays: a build that is good for that commit too.
  Status move_to(const std::string& worktree, const std::string& sha);
  // What tracked files hold is what the commit has, whatever ran there meanwhile; copies and links
  // of the user's are theirs again.
  Status restore(const std::string& worktree, const std::string& sha);
  // After a build: copies of the user's that it may have made itself, and links that it took.
  Status complete(const std::string& worktree);
  void remove(const std::string& worktree);

  // While a test runs, now and then: what the user stashes meanwhile is known.
  void look_at_stashes();
  // After a test: stashes of the user's that it took are theirs again.
  void keep_stashes();

  const std::string& root() const;  // of all of them, with room for files beside them
  // git in that worktree, and nowhere else, whatever became of its `.git`.
  GitProgram git_in(const std::string& worktree) const;
  const std::string& common() const;  // the repository's own folder, that of objects
  // What was found when a commit was checked out (pointers in place of large files), and what was
  // noted otherwise; each told once.
  std::vector<std::string> notes() const;
  void note(const std::string& text);

  // Where the user's checkout begins; empty: a bare repository.
  const std::string& checkout() const;

 private:
  struct State;
  explicit Worktrees(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace culprit
