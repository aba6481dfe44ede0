// A WorkTree is a checkout as the git program sees it, and what copies of it need to be checkouts
// too.
//
// A copy gets a repository of its own: HEAD, branches, tags, settings, index and whatever else
// lies in git's folder (keys of filters, say) as they are, the objects borrowed. Whatever git does
// in the copy, nothing reaches the user's repository; hooks are left behind, and so are the
// repositories of submodules, whose files are plain files then. Nothing here writes to the user's
// repository (see lent_objects.h).
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/world.h"
#include "repo/tree_nodes.h"

namespace culprit {

class WorkTree {
 public:
  // Of any folder in a checkout. Errors: usage (no repository, a bare one, none with a working
  // tree).
  static Result<WorkTree> open(World& world, const std::string& folder);

  const std::string& root() const { return root_; }
  const std::string& index() const { return index_; }  // its file
  const std::string& head() const { return head_; }    // a sha; empty: no commit yet
  Result<std::string> head_now() const;                // the same, by now
  // What git has begun and not finished: "merge", "rebase"; empty: nothing.
  std::string under_way() const;

  // Paths that differ from HEAD: staged or not, deleted, added. `untracked`: files, not folders;
  // what is ignored is not among them.
  struct Differences {
    std::vector<std::string> changed;
    std::vector<std::string> untracked;
    std::vector<std::string> unmerged;
    std::vector<std::string> submodules;  // those of them that are submodules
  };
  Result<Differences> differences() const;
  Result<std::set<std::string>> tracked() const;                              // paths in the index
  Result<std::set<std::string>> tracked_at(const std::string& commit) const;  // empty: none
  Result<std::set<std::string>> unmerged() const;  // of these, in conflict
  // Git remembers the files as they are, so that plumbing which trusts it says what is there. Best
  // effort.
  void refresh_index() const;

  // What an index file says, without what git only remembers of the files: equal for equal indexes.
  Result<std::string> index_text(const std::string& index_file) const;

  const std::string& repository() const { return common_; }     // of git, for all checkouts
  std::string objects() const { return common_ + "/objects"; }  // their folder
  std::string large_files() const { return common_ + "/lfs"; }  // git-lfs's folder, if any

  // Folders in it, by name, that are too large to be copied lightly: copy_repository() leaves them
  // out, and a copy has them by a mount where that can be.
  Result<std::vector<std::string>> large_parts() const;

  // A repository in `folder`, which holds a copy of the tree. The index is copied as it is; objects
  // are looked for where they lie and at `objects_seen`, where a copy that hides the original has
  // them, and those of git-lfs beside them.
  Status copy_repository(const std::string& folder, const std::string& objects_seen) const;

  // What is staged in that index and not in HEAD is kept in `kept`, as lent_objects.h has it: once
  // another index is in its place, `git gc` deletes it.
  Status keep_staged(const std::string& index_file, const std::string& kept) const;

  // In the copy: what names its commits.
  struct References {
    std::map<std::string, std::string> commits;  // by name: branches, tags, the newest stash
    std::string branch;                          // that is checked out; empty: none
    std::set<std::string> stashes;
  };
  static Result<References> references(World& world, const std::string& folder);

  // In the copy: HEAD's files and index, whatever stood there, as git would make them in the tree:
  // by the settings that hold there (includeIf). Untracked files stay.
  Status reset_copy(const std::string& folder) const;
  // The difference between the files below two folders as text that `git apply` takes.
  static Result<std::string> patch(World& world, const std::string& without,
                                   const std::string& with, const std::string& scratch);

 private:
  explicit WorkTree(World& world) : world_(&world) {}

  Result<std::vector<std::string>> parts() const;
  Status copy_checkout(const std::string& made) const;
  Result<std::vector<std::string>> settings() const;
  Result<std::string> asked(const std::vector<std::string>& words) const;

  World* world_;
  std::string root_;
  std::string folder_;  // of git, for this checkout
  std::string common_;  // of git, for all checkouts of the repository
  std::string index_;
  std::string head_;
};

}  // namespace culprit
