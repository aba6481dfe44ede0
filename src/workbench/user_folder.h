// A UserFolder is where the user stands in a checkout, and what of it a worktree has to get.
//
// A command that git does not know is in no commit: each worktree gets a copy of it, at the same
// place, but for what lies in a folder that is linked. What lies outside of the checkout is called
// by its whole name instead, and what git tracks is each commit's own, also where it was edited
// here (a note says so). What a build makes at each commit may lie here, too, built by the user:
// it is not taken for what the build needs.
#pragma once

#include <cstdint>
#include <filesystem>
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

  // A folder that all worktrees share. Errors: usage (outside, not there).
  Status add_link(const std::string& path);

  // Whose words they are: a command's without a build, one's that a build precedes, or the build's.
  // Changes the words that lie outside. Links come before.
  enum class Words : std::uint8_t { command, built_command, build };
  void add_copies(std::vector<std::string>& words, Words whose);

  // Variables by which programs find code, where they name folders of the checkout that git tracks:
  // a test would see the user's own there, at every commit. By name; the values as they are.
  std::map<std::string, std::string> search_paths();

  // Whether a program that is named by a relative path is there at all: here, or at one of these
  // commits.
  bool holds(const std::string& program, const std::vector<std::string>& commits) const;

  // The topmost folder that git ignores of one of these words, where that is a file here; else
  // empty.
  std::string ignored_folder(const std::vector<std::string>& words) const;

  // A path of the user's, as it is called in a worktree. Errors: usage (outside).
  Result<std::string> inside(const std::string& path) const;

  const std::string& checkout() const { return checkout_; }
  const std::string& subfolder() const { return subfolder_; }  // of the checkout
  const std::vector<WorktreeExtra>& links() const { return links_; }
  const std::vector<WorktreeExtra>& copies() const { return copies_; }
  const std::vector<std::string>& notes() const { return notes_; }

 private:
  bool untracked(const std::string& path) const;
  bool ignored(const std::string& path, const std::string& folder) const;  // as called from there
  bool changed_here(const std::string& path) const;
  bool comes_from_here(const std::string& path, std::size_t word, Words whose) const;
  bool shared(const std::string& path) const;
  std::string within(const std::filesystem::path& path) const;
  void note_own_path(const std::string& word);

  World& world_;
  const GitProgram& git_;
  std::string checkout_;  // empty: a bare repository, or elsewhere
  std::string repository_;
  std::string commit_;
  std::string subfolder_;
  std::string called_;  // the checkout, as the user's shell calls it: by symbolic links
  std::vector<WorktreeExtra> links_;
  std::vector<WorktreeExtra> copies_;
  std::vector<std::string> notes_;
};

}  // namespace culprit
