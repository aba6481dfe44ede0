// Submodules of a worktree, filled without a word to the user's repository.
//
// `git submodule` would write into the configuration that all worktrees share. So each submodule is
// a clone of its own: of the user's copy (.git/modules, objects shared) where that is there, else
// of its address. An address comes out of the history, which may be anybody's: git's own rule for
// submodules holds, local paths are refused unless the user set protocol.file.allow. What a test
// leaves in such a clone's git folder (a rebase, a stash, a setting) goes: it is cloned again.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "repo/git_program.h"

namespace culprit {

// What a build left in them: a switch to another commit removes it, a move (worktrees.h) does not.
enum class Leftovers : std::uint8_t { removed, kept };

struct SubmoduleHost {
  std::string worktree;
  std::string git_folder;  // of that worktree
  std::string common;      // what holds the modules: the user's repository's, or the module's own
};
// Errors: unavailable, where a submodule cannot be had.
Status fill_submodules(const GitProgram& git, const SubmoduleHost& host, Leftovers leftovers);

}  // namespace culprit
