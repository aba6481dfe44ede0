// The test files are those of a tree that the words of a TEST name: a part of a change is not to be
// judged by itself.
//
// A word is a path as a shell would take it, also behind `=` and before `::` (`--file=a.py`,
// `a.py::test_b`). What a script inside of a word names is not read.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "repo/tree_change.h"

namespace culprit {

// Where a TEST runs: a tree, and the folder in it, as "" or "/sub".
struct TestPlace {
  std::string root;
  std::string below;
};

// As from the root, without "./": "./a" in "/sub" is "sub/a". They need not be there.
std::set<std::string> test_files(const std::vector<std::string>& test, const TestPlace& place);

// What is to be noted of those that the change is made of; empty: nothing. Errors: usage, where
// only one of the two states has one: on the other side the test would fail for want of it, and any
// change would be supported. A TEST that only looks at files (`test -e`, grep) may do that.
Result<std::string> test_files_apart(const TreeChange& change, const std::vector<std::string>& test,
                                     const TestPlace& place);

}  // namespace culprit
