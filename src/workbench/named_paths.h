// The named paths are those of a tree that the words of a command speak of.
//
// A word is a path as a shell would take it in `here`, also behind `=` and before `::`
// (`--file=a.py`, `a.py::test_b`). What a script inside of a word names is not read.
#pragma once

#include <set>
#include <string>
#include <vector>

namespace culprit {

// As from `root`, without "./": "./a" in ROOT/sub is "sub/a". They need not be there.
std::set<std::string> named_paths(const std::vector<std::string>& command, const std::string& root,
                                  const std::string& here);

}  // namespace culprit
