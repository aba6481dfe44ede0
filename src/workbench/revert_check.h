// A RevertCheck tries whether a commit can be taken back at the end of a branch. Nothing is
// applied.
//
// It happens in a worktree, and what git writes of it goes to a place of its own: not even an
// object is added to the user's repository.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "base/world.h"
#include "repo/worktrees.h"

namespace culprit {

struct RevertCheck {
  bool clean = false;
  bool needless = false;               // the revert changes nothing: it is taken back already
  std::vector<std::string> conflicts;  // paths
  std::string patch;                   // where it is clean
};

struct Revert {
  std::string sha;
  std::size_t parents = 1;  // of it; a merge is taken back to its first parent
  std::string at;           // the commit after which it would stand
  std::string worktree;     // that may be used up; empty: a new one is made, which costs a checkout
};
Result<RevertCheck> check_revert(World& world, Worktrees& worktrees, const Revert& revert);

}  // namespace culprit
