// WorktreeExtras are files and folders of the user's that worktrees get, though no commit has them.
//
// Links come first: what lies below one is the user's own. Copies are as they were when the search
// began, with one time for all, so that a build sees no change where none is. A build may make
// itself what lies here because it was built here, too: such copies come after it, where it left
// no file; and what it made of another copy stays.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "repo/git_program.h"

namespace culprit {

// Its path within a worktree, and where it comes from.
struct WorktreeExtra {
  std::string path;
  std::string source;
  enum class Needed : std::uint8_t { at_once, after_build };
  Needed needed = Needed::at_once;  // of copies
  bool expected = false;            // the user named just that: no note says that it was copied
};

class WorktreeExtras {
 public:
  WorktreeExtras(std::vector<WorktreeExtra> links, std::vector<WorktreeExtra> copies)
      : links_(std::move(links)), copies_(std::move(copies)) {}

  // Takes the copies, into `folder`: the user may go on editing.
  Status keep(const std::filesystem::path& folder);
  // What is needed at once, in what was just checked out. `git`: of that worktree.
  Status give(const std::string& worktree, const GitProgram& git);
  // The others, after a build, and links that it cleaned away.
  Status complete(const std::string& worktree, const GitProgram& git);
  // Copies that it had are the user's again, whatever ran there.
  Status give_again(const std::string& worktree, const GitProgram& git);

  std::vector<std::string> notes() const;

 private:
  Status give_links(const std::filesystem::path& worktree, const GitProgram& git);
  Status give_copy(const std::filesystem::path& worktree, const WorktreeExtra& one);
  using Wanted = std::function<bool(const WorktreeExtra&)>;
  Status give_where(const std::string& worktree, const Wanted& wanted);

  std::vector<WorktreeExtra> links_;
  std::vector<WorktreeExtra> copies_;
  mutable std::mutex mutex_;                            // of what follows
  std::map<std::string, std::set<std::string>> given_;  // copies that a worktree has
  std::set<std::string> copied_;                        // into any
  std::set<std::string> tracked_links_;
};

}  // namespace culprit
