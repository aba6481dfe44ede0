// TreeDeltas are the files by which two trees differ, told by their ids alone.
//
// Folders of the same id are not opened, so that a commit costs the trees on the way to what it
// changed. For the files of src/repo/git*.cpp only.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "repo/git_state.h"

namespace culprit {

struct TreeSide {
  git_oid id = {};
  git_filemode_t mode = GIT_FILEMODE_UNREADABLE;
};

// At least one side is there. A file that moved has both, and its new path.
struct TreeDelta {
  std::string path;
  std::optional<TreeSide> before = {};
  std::optional<TreeSide> after = {};
};

// By path. `before` null: everything came.
std::vector<TreeDelta> tree_deltas(const Repository::State& state, const git_tree* before,
                                   const git_tree* after);

// The same, with a file that went and one like it that came as one that moved.
std::vector<TreeDelta> tree_deltas_with_moves(const Repository::State& state, git_tree* before,
                                              git_tree* after);

}  // namespace culprit
