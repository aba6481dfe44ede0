// A WorktreeRegistration is git's own folder of a worktree, in the repository that has it.
//
// There git keeps what goes on in a worktree: a rebase, a bisection, a sparse checkout, references
// of its own. A test that leaves such a thing would speak in the next one's place, through every
// checkout. So what was there at first stays, as it was, and all else goes. Bits of the index that
// hide files from a checkout are looked for where something wrote the index since ours.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <string>

#include "base/result.h"
#include "repo/git_program.h"

namespace culprit {

class WorktreeRegistration {
 public:
  WorktreeRegistration() = default;
  // As git just made it.
  explicit WorktreeRegistration(std::filesystem::path folder);

  const std::filesystem::path& folder() const { return folder_; }  // empty: there is none

  // Before a checkout. `git`: of that worktree.
  Status clear(const GitProgram& git, const std::string& worktree);
  // After one of `sha`.
  Status checked_out(const GitProgram& git, const std::string& worktree, const std::string& sha);

 private:
  struct Stamp {
    std::filesystem::file_time_type time;
    std::uintmax_t size = 0;
    bool operator==(const Stamp&) const = default;
  };
  Stamp index() const;
  void remove_links_of_ours() const;
  Result<std::string> unseen(const GitProgram& git, const std::string& worktree) const;

  std::filesystem::path folder_;
  std::map<std::string, std::string> files_;  // their texts, by their paths within it
  std::set<std::string> folders_;             // which of these are
  std::string sha_;                           // that the index is of
  Stamp index_;
  std::string unseen_ = "4294967295 0\n";  // cksum(1) of nothing
};

}  // namespace culprit
