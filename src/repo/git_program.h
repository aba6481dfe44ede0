// A GitProgram runs git beside the user: no hook, no question, no setting of a surrounding git.
//
// libgit2 reads (git.h); what writes, and what only git itself gets right (worktrees, sparse and
// filtered checkouts, topological order), goes through here. Variables such as GIT_DIR, which a
// hook or an alias would hand down, are taken away; no automatic collection, no monitor of files
// and no recursion into submodules starts, whatever the user's settings say.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/world.h"

namespace culprit {

class GitProgram {
 public:
  // How a command is run to its end. Whoever has to leave nothing behind gives a supervised one.
  using Run = std::function<Result<Ran>(const std::vector<std::string>& command,
                                        const std::string& directory)>;
  explicit GitProgram(Run run) : run_(std::move(run)) {}
  static GitProgram of_world(World& world);
  // The same, for one checkout only: nothing is looked for around it, and neither core.worktree nor
  // a `.git` that is not there any more leads elsewhere.
  GitProgram at(const std::string& git_folder, const std::string& work_tree) const;

  // What it printed. Errors: missing (no git), denied, unavailable (with git's own words).
  Result<std::string> text(const std::vector<std::string>& words,
                           const std::string& directory) const;
  Status done(const std::vector<std::string>& words, const std::string& directory) const;
  // Of what answers by its exit code: 0 yes, 1 no. Errors: those of text().
  Result<bool> affirmed(const std::vector<std::string>& words, const std::string& directory) const;
  // Whatever its exit code was. Errors: no git.
  Result<Ran> ran(const std::vector<std::string>& words, const std::string& directory) const;
  // With more variables, "NAME=value".
  Result<Ran> ran_with(const std::vector<std::string>& variables,
                       const std::vector<std::string>& words, const std::string& directory) const;

 private:
  Run run_;
  std::vector<std::string> place_;  // variables
};

// Its lines, without their ends; or what ends in another letter (-z: a NUL).
std::vector<std::string> text_lines(const std::string& text, char end = '\n');

// What git hands down to what it calls, and a command in a worktree must not see.
std::vector<std::string> handed_down_variables();

}  // namespace culprit
