#include "repo/lent_objects.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <map>

#include "repo/tree_copy.h"
#include "repo/tree_nodes.h"

namespace culprit {
namespace {

constexpr std::size_t files_max = 1'000'000;
constexpr std::array<const char*, 2> stores = {"objects", "lfs/objects"};  // git's, git-lfs's

std::string in(const std::string& folder, const char* store) { return folder + "/" + store; }

Result<TreeListing> stored(const std::string& store) {
  const TreeNode there = TRY(node_at(store));
  if (there.kind != TreeNode::Kind::folder) return TreeListing{};
  TreeLimits limits;
  limits.entries_max = files_max;
  return list_tree(store, limits);
}

// Names are of contents: what is there is the same.
Status drop_known(TreeListing& listing, const std::string& store) {
  std::map<std::string, TreeNode> made;
  for (const auto& [path, node] : listing.nodes) {
    const bool folder = node.kind == TreeNode::Kind::folder;
    const TreeNode there = TRY(node_at(store + "/" + path));
    if (folder || there.kind == TreeNode::Kind::absent) made.emplace(path, node);
  }
  listing.nodes = std::move(made);
  return ok();
}

Status lend_one(const std::string& from, const TreeNode& node, const std::string& to) {
  // A name that `git gc` knows for one that was left behind.
  const std::size_t name = to.rfind('/') + 1;
  const std::string whole = to.substr(0, name) + "tmp_obj_" + to.substr(name);
  ::unlink(whole.c_str());
  TRY(copy_node(from, node, whole));
  give_owner_of("", whole);
  if (::rename(whole.c_str(), to.c_str()) != 0) return path_error("cannot write", to, errno);
  return ok();
}

}  // namespace

Status keep_made_objects(const std::string& copied_repository, const std::string& repository,
                         const std::string& kept) {
  for (const char* store : stores) {
    TreeListing listing = TRY(stored(in(copied_repository, store)));
    TRY(drop_known(listing, in(repository, store)));
    TRY(make_folders(in(kept, store)));
    TRY(copy_tree(in(copied_repository, store), listing, in(kept, store)));
  }
  return ok();
}

Status lend_kept_objects(const std::string& kept, const std::string& repository) {
  for (const char* store : stores) {
    const TreeListing listing = TRY(stored(in(kept, store)));
    if (!listing.nodes.empty()) TRY(make_folders(in(repository, store)));
    for (const auto& [path, node] : listing.nodes) {
      if (path.starts_with("info")) continue;
      const std::string to = in(repository, store) + "/" + path;
      const TreeNode there = TRY(node_at(to));
      if (there.kind != TreeNode::Kind::absent) continue;
      if (node.kind == TreeNode::Kind::folder) TRY(copy_node("", node, to));
      if (node.kind == TreeNode::Kind::folder) give_owner_of("", to);
      if (node.kind == TreeNode::Kind::file) TRY(lend_one(in(kept, store) + "/" + path, node, to));
    }
  }
  return ok();
}

}  // namespace culprit
