// A folder of worktrees has an owner, who holds a lock on it for as long as he lives.
//
// So whoever comes later can tell what a killed one left. Another host, or a container with its own
// /tmp, shares a repository without seeing the folders of ours: what is registered there by another
// one is left alone until nobody has touched it for a week.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace culprit {

class OwnedFolder {
 public:
  // In `folder`, for worktrees of the repository whose own folder is `common`. Errors: denied,
  // unavailable.
  static Result<OwnedFolder> make(const std::string& folder, const std::filesystem::path& common);
  OwnedFolder(OwnedFolder&& other) noexcept;
  OwnedFolder& operator=(OwnedFolder&& other) noexcept;
  ~OwnedFolder();

  std::string name_of_worktree(std::size_t number) const;

  std::filesystem::path root;

 private:
  OwnedFolder() = default;
  int lock_ = -1;
};

// Stands in git's own lock of a worktree, so that no pruning takes it: this program, here.
std::string owner_text();

// What culprit made of a repository: git's own folder of a worktree, and the checkout it names.
struct RegisteredWorktree {
  std::filesystem::path registration;
  std::filesystem::path worktree;
};
std::vector<RegisteredWorktree> registered_worktrees(const std::filesystem::path& common);
void remove_registration(const std::filesystem::path& common,
                         const std::filesystem::path& registration);

// Of worktrees that a test added within `root`, which is gone.
void remove_registrations_below(const std::filesystem::path& common,
                                const std::filesystem::path& root);

// What a killed culprit left of this repository, in `folder` or wherever its own was.
void remove_abandoned(const std::filesystem::path& common, const std::filesystem::path& folder);

std::string first_line(const std::filesystem::path& path);

}  // namespace culprit
