// Checks of what a user asks of `bisect`, before anything is made for it.
//
// Each says what is wrong in the user's own words, and what to write instead: minutes of builds and
// runs are too dear to find a slip of the pen with.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "base/world.h"
#include "repo/git_program.h"
#include "workbench/bisect_request.h"
#include "workbench/user_folder.h"

namespace culprit {

// What is missing or contradicts itself. Errors: usage.
Status check_words(const BisectRequest& request);

// "./src" and "." are meant from where the user stands, all others from the top. Nothing: all
// files. Errors: usage (outside).
Result<std::vector<std::string>> paths_from_top(const UserFolder& here,
                                                std::vector<std::string> paths);

// A pattern that matches nothing would make all commits look alike. `commits`: the two ends.
// Errors: usage.
Status check_paths(const GitProgram& git, const BisectRequest& request,
                   const std::vector<std::string>& commits);
// What a build makes, or lies in a folder that is shared, is not there yet. Errors: usage.
Status check_program(const UserFolder& here, const BisectRequest& request,
                     const std::vector<std::string>& commits);

// Which one is meant, of that of a folder and that of the environment, as a hook has it; and
// whether git can write its path down. Errors: usage.
Status check_repository(World& world, const GitProgram& git, const std::string& repository);

// A worktree is written down in the repository. Errors: denied.
Status check_writable(const GitProgram& git, const std::string& repository);

}  // namespace culprit
