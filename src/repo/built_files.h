// BuiltFiles are what lies in a worktree after its build; what runs do to it since is undone.
//
// What is neither a commit's nor the build's goes, files and folders. What of the build's was
// changed or deleted is put back, where a copy was taken of it; else it is named, and only another
// build brings it back. A change is told by size and time, as make does: to read it all would cost
// more than many a test. Permissions are put back. What is not readable counts as it is, without
// what is in it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "repo/git_program.h"

namespace culprit {

class BuiltFiles {
 public:
  BuiltFiles() = default;
  // As they are, where `sha` is checked out. Copies of those of `unsteady` go into the folder
  // `aside`, up to a bound. Errors: unavailable.
  static Result<BuiltFiles> of(const std::string& worktree, const std::string& sha,
                               const std::string& aside, const std::set<std::string>& unsteady);

  // Keeps what the build wrote into tracked files, or deleted of them: a checkout takes that away,
  // and undo() puts it back, but where the commit that is checked out by then has another one. What
  // git tracks in submodules is theirs. Whether all could be kept, up to a bound.
  Result<bool> keep_tracked(const GitProgram& git);

  // What cannot be put back. `git`: of that worktree. Errors: unavailable.
  Result<std::vector<std::string>> undo(const GitProgram& git) const;

 private:
  struct Stamp {
    std::filesystem::file_type type = std::filesystem::file_type::none;
    std::int64_t seconds = 0;  // of the last change; of a link, what it names; of a folder nothing
    std::int64_t nanoseconds = 0;
    std::int64_t size = 0;
    unsigned mode = 0;  // of files and folders, its permissions
    bool operator==(const Stamp&) const = default;
  };
  using Listing = std::map<std::string, Stamp>;

  static Stamp stamp_of(const std::string& path);
  static Result<Listing> listed(const std::string& worktree);
  void keep_aside(const std::string& aside, const std::set<std::string>& unsteady);
  static bool only_mode_differs(const Stamp& one, Stamp other);
  void restore_modes() const;
  static std::vector<std::string> differing(const Listing& all, const Listing& other);
  Result<std::set<std::string>> tracked(const GitProgram& git, const Listing& of_them,
                                        std::vector<std::string> paths) const;
  bool keep_one_tracked(const std::string& path);
  Status put_back_tracked(const GitProgram& git) const;
  bool put_back(const std::string& path) const;

  std::string worktree_;
  std::string sha_;
  Listing files_;
  std::string aside_folder_;
  std::map<std::string, std::string> tracked_;  // that the build changed: copies; empty: deleted
  std::map<std::string, std::string> aside_;    // where copies lie, by their paths
};

}  // namespace culprit
