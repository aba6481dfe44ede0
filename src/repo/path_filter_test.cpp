#include "repo/path_filter.h"

#include <doctest/doctest.h>

namespace culprit {
namespace {

TEST_CASE("documents are told by their names") {
  for (const char* path : {"README.md", "docs/use.rst", "LICENSE", "CHANGES.txt", "a/Readme"}) {
    CAPTURE(path);
    CHECK(is_document(path));
    CHECK(!PathFilter().reads(path));
  }
  for (const char* path : {"a.c", "CMakeLists.txt", "docs/conf.py", "requirements.txt", "md"}) {
    CAPTURE(path);
    CHECK(!is_document(path));
    CHECK(PathFilter().reads(path));
  }
}

TEST_CASE("a pattern is a folder or a glob") {
  const PathFilter filter({"src", "lib/", "*.mk", "Makefile"});
  for (const char* path : {"src/a/b.c", "lib/x", "a/b.mk", "Makefile"}) CHECK(filter.reads(path));
  for (const char* path : {"srcs/a.c", "src", "a/Makefile", "README.md"}) {
    CHECK(filter.reads(path) == (std::string(path) == "src"));
  }
}

}  // namespace
}  // namespace culprit
