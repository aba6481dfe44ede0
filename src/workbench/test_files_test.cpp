#include "workbench/test_files.h"

#include <doctest/doctest.h>

namespace culprit {
namespace {

std::set<std::string> named(const std::string& word, const std::string& below = "/sub") {
  return test_files({word}, {"/tree", below});
}

}  // namespace

TEST_CASE("a word names a path of the tree, however it is spelled") {
  CHECK(named("./new.sh").contains("sub/new.sh"));
  CHECK(named("../new.sh").contains("new.sh"));
  CHECK(named("/tree/a//b").contains("a/b"));
  CHECK(named("a.py::test_b").contains("sub/a.py"));
  CHECK(named("--file=a.py").contains("sub/a.py"));
  CHECK(named("new.sh", "").contains("new.sh"));
}

TEST_CASE("what lies beside the tree is no path of it") {
  CHECK(named("/tree-2/a").empty());
  CHECK(named("../../a").empty());
}

}  // namespace culprit
