// A WorkTree is a checkout as the git program sees it, and what copies of it need to be checkouts
// too.
//
// A copy gets a repository of its own: HEAD, branches, tags, settings and index as they are, the
// objects borrowed. Whatever git does in the copy, nothing reaches the user's repository; hooks are
// left behind, and so are the repositories of submodules, whose files are plain files then. Nothing
// here writes to the user's repository, but for lend_objects().
#pragma once

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
  // What git has begun and not finished: "a merge", "a rebase"; empty: nothing.
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

  // What an index file says, without what git only remembers of the files: equal for equal indexes.
  Result<std::string> index_text(const std::string& index_file) const;

  std::string objects() const { return common_ + "/objects"; }  // their folder

  std::string large_files() const { return common_ + "/lfs"; }  // git-lfs's folder, if any

  // Where a copy that hides the original sees what it borrows of it.
  struct Borrowed {
    std::string objects;      // looked for here too
    std::string large_files;  // looked for here only
  };
  // A repository in `folder`, which holds a copy of the tree. The index is copied as it is.
  Status copy_repository(const std::string& folder, const Borrowed& seen) const;
  // Objects that such a copy made, to the user's repository, which had not got them.
  Status lend_objects(const std::string& copied_objects) const;

  // In the copy: HEAD's files and index, whatever stood there. Untracked files stay.
  static Status reset(World& world, const std::string& folder);
  // The difference between the files below two folders as text that `git apply` takes.
  static Result<std::string> patch(World& world, const std::string& without,
                                   const std::string& with, const std::string& scratch);

 private:
  explicit WorkTree(World& world) : world_(&world) {}

  Result<std::string> asked(const std::vector<std::string>& words) const;

  World* world_;
  std::string root_;
  std::string folder_;  // of git, for this checkout
  std::string common_;  // of git, for all checkouts of the repository
  std::string index_;
  std::string head_;
};

}  // namespace culprit
