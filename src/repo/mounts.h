// Mounts are what hangs in a tree and is no part of it.
//
// A test that runs as root may leave one in its worktree. Whoever cleans there would delete through
// it, so it is taken off before; where that is not allowed, nothing may be removed there.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace culprit {

// The places below a folder (given without links) at which something is mounted, the innermost
// first.
std::vector<std::string> mounts_below(const std::string& folder);

// Takes them off. Errors: denied.
Status take_off_mounts(const std::string& folder);

}  // namespace culprit
