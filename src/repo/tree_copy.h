// Copies of working trees, as like the original as a build can tell: bytes, modes, links, times.
//
// The system shares the blocks where the file system can (a copy is then as cheap as its names) and
// copies them itself where not. Owners, access lists and hard links are not kept. Times of files
// are, so that what was built before counts as built.
#pragma once

#include <string>

#include "base/result.h"
#include "repo/tree_nodes.h"

namespace culprit {

// `listing` is of `root`; `into` exists and is empty. A file that vanishes meanwhile is no error.
Status copy_tree(const std::string& root, const TreeListing& listing, const std::string& into);

enum class CopiedTime : std::uint8_t { kept, now };

// One node to a path that does not exist yet, in a folder that does; a folder without its contents,
// and writable for its owner whatever its mode.
Status copy_node(const std::string& from, const TreeNode& node, const std::string& to,
                 CopiedTime time = CopiedTime::kept);

// As root: what was made belongs to whom `like` does; where nothing stands there, to whom the
// folder of `like` does, or its own. Best effort, here and below.
void give_owner_of(const std::string& like, const std::string& made);
// The same for a copy and all in it.
void give_owners(const std::string& root, const TreeListing& listing, const std::string& copy);

// Folders on the way to a path, those that are not there yet.
Status make_folders(const std::string& path);

// All of it, also what its modes protect. Best effort; links are not followed.
void remove_tree(const std::string& path);

}  // namespace culprit
