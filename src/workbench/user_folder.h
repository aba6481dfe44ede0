// A UserFolder is where the user stands in a checkout, and what of it a worktree has to get.
//
// A command that git does not know is in no commit: each worktree gets a copy of it, at the same
// place. What lies outside of the checkout is called by its whole name instead, and what git
// tracks is each commit's own, also where it was edited here (a note says so).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/world.h"
#include "repo/git_program.h"
#include "repo/worktrees.h"

namespace culprit {

class UserFolder {
 public:
  UserFolder(World& world, const GitProgram& git) : world_(world), git_(git) {}

  // `checkout`: its top, or empty: a bare repository. Standing elsewhere is no error: then what
  // `commit` of the repository holds is each commit's own.
  void find(const std::string& checkout, const std::string& repository, const std::string& commit);

  // Whether a command is built at each commit: then what git ignores was built here, too, and does
  // not come from here. Changes the words that lie outside.
  enum class Built : std::uint8_t { here, at_each_commit };
  void add_copies(std::vector<std::string>& words, Built built);

  // Variables by which programs find code, where they name folders of the checkout that git tracks:
  // a test would see the user's own there, at every commit. By name; the values as they are.
  std::map<std::string, std::string> search_paths();

  // Whether a program that is named by a relative path is there at all: here, or at one of these
  // commits.
  bool holds(const std::string& program, const std::vector<std::string>& commits) const;

  // A path of the user's, as it is called in a worktree. Errors: usage (outside).
  Result<std::string> inside(const std::string& path) const;

  const std::string& checkout() const { return checkout_; }
  const std::string& subfolder() const { return subfolder_; }  // of the checkout
  const std::vector<WorktreeExtra>& copies() const { return copies_; }
  const std::vector<std::string>& notes() const { return notes_; }

 private:
  bool untracked(const std::string& path) const;
  bool changed_here(const std::string& path) const;
  bool comes_from_here(const std::string& path, std::size_t word, Built built) const;

  World& world_;
  const GitProgram& git_;
  std::string checkout_;  // empty: a bare repository, or elsewhere
  std::string repository_;
  std::string commit_;
  std::string subfolder_;
  std::vector<WorktreeExtra> copies_;
  std::vector<std::string> notes_;
};

}  // namespace culprit
