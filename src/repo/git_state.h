// The open repository behind a Repository, and the owners of what libgit2 hands out.
//
// For the files of src/repo/git*.cpp only: nothing of libgit2 leaves them.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <git2.h>

#include "repo/git.h"

namespace culprit {

template <auto free_it>
struct Freed {
  template <typename T>
  void operator()(T* pointer) const {
    free_it(pointer);
  }
};

using GitBlob = std::unique_ptr<git_blob, Freed<git_blob_free>>;
using GitCommit = std::unique_ptr<git_commit, Freed<git_commit_free>>;
using GitDiff = std::unique_ptr<git_diff, Freed<git_diff_free>>;
using GitObject = std::unique_ptr<git_object, Freed<git_object_free>>;
using GitPatch = std::unique_ptr<git_patch, Freed<git_patch_free>>;
using GitReference = std::unique_ptr<git_reference, Freed<git_reference_free>>;
using GitTree = std::unique_ptr<git_tree, Freed<git_tree_free>>;
using GitTreeEntry = std::unique_ptr<git_tree_entry, Freed<git_tree_entry_free>>;

struct Repository::State {
  std::string path;
  git_repository* repository = nullptr;
  std::string default_branch = "HEAD";
  bool shallow = false;
  std::optional<std::vector<Tag>> tags;  // read once, when first asked for
  TagNumbers numbers;                    // of those
};

// libgit2's last message as an Error of ours.
Error libgit2_error(const Repository::State& state, std::string_view doing);

Time time_of(git_time_t seconds);  // saturates
std::string sha_of(const git_oid& id);
GitCommit commit_with(const Repository::State& state, const git_oid& id);  // null: not there

Result<std::vector<Tag>> read_tags(const Repository::State& state);

// The commit that a revision means (see Repository::resolve); an Error with advice otherwise.
Result<git_oid> commit_named(Repository::State& state, std::string_view revision);

}  // namespace culprit
