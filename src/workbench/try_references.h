// What a command did to the branches, tags and stashes of its copy: they do not come to the tree.
//
// A copy's repository goes with the copy; of what was done there only files and the index come. A
// stash is the worst of these: what it put away would be gone from the tree and from the stash. So
// a command that leaves one is refused. Branches and tags are commits that nobody misses until he
// looks: a note names them.
#pragma once

#include <string>

#include "base/result.h"
#include "base/world.h"
#include "repo/work_tree.h"

namespace culprit {

// Of two copies, as the tree was and after the command. The note; empty: there is nothing to say.
// Errors: usage (a stash).
// A merge that is under way in the copy after the command and not in the tree: so many lines of
// history would be lost. Errors: usage (what is in conflict there, and not in the tree).
Result<std::string> merge_left(const WorkTree& tree, const WorkTree& copy,
                               const std::string& command);

Result<std::string> references_left(World& world, const std::string& before,
                                    const std::string& after, const std::string& command);

}  // namespace culprit
