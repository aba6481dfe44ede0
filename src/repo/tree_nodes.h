// A TreeNode is what stands at one path of a working tree: a file, a symbolic link or a folder.
//
// A listing holds a whole tree by path, without `.git` at its root, files of that name below it (of
// submodules and linked worktrees), and folders `.culprit`: they are git's and culprit's own.
// Sockets, pipes and devices are named and left out. Symbolic links are never followed. Names are
// bytes: not UTF-8, with spaces or newlines, all the same. Refuses: a tree of more bytes or entries
// than its limits, and what cannot be read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"

namespace culprit {

struct TreeNode {
  enum class Kind : std::uint8_t { absent, file, link, folder };
  Kind kind = Kind::absent;
  unsigned mode = 0;       // the lowest twelve bits; of links: 0
  std::uint64_t size = 0;  // of files
  std::string target;      // of links

  bool operator==(const TreeNode&) const = default;
};

struct TreeLimits {
  std::uint64_t bytes_max = std::uint64_t{2} << 30;
  std::size_t entries_max = 1'000'000;  // a checkout of Linux has 85,000
  std::vector<std::string> left_out;    // paths, with all below them
};

struct TreeListing {
  std::map<std::string, TreeNode> nodes;  // by path from the root; the root itself is not in it
  std::uint64_t bytes = 0;                // that they take on the disk: holes are none
  std::map<std::string, std::uint64_t> bytes_below;  // by the first part of their paths
  std::vector<std::string> unusual;                  // sockets and such
};

// What vanishes meanwhile is not in it. Errors: missing, denied; usage, where it is too large.
Result<TreeListing> list_tree(const std::string& root, const TreeLimits& limits);

// Absent, where nothing is there or something unusual.
Result<TreeNode> node_at(const std::string& path);

// The same for a path below a root, of which no part is a symbolic link: what lies beyond one is
// not in the tree, and absent.
Result<TreeNode> node_in_tree(const std::string& root, const std::string& path);

// Whether two files have the same bytes. What is a hole in both is not read.
Result<bool> same_bytes(const std::string& a, const std::string& b);

// What may not be read at that path of a tree could be shared instead: the advice says how.
Error with_way_around(Error made, const std::string& path);

// A failed call on a path, by errno: missing, denied or unavailable.
Error path_error(std::string_view doing, const std::string& path, int code);

}  // namespace culprit
