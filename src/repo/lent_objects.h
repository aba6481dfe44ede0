// Lent objects are those that a copy's repository made and the user's has not got.
//
// `git add` in a copy writes objects there, git-lfs large files. Where the copy's index comes to
// the user's tree they have to come, too, and before it. Kept in a folder of their own until then,
// so that the copy may go; what the user's repository has by then is left alone.
#pragma once

#include <string>

#include "base/result.h"

namespace culprit {

// Repositories are git's own folders. `kept` is made.
Status keep_made_objects(const std::string& copied_repository, const std::string& repository,
                         const std::string& kept);
Status lend_kept_objects(const std::string& kept, const std::string& repository);

}  // namespace culprit
