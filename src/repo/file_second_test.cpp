#include "repo/file_second.h"

#include <doctest/doctest.h>

#include "repo/random_tree_test.h"

namespace culprit {

TEST_CASE("what is written once a second is over is of a later one") {
  const TreeFolder scratch;
  const std::string path = scratch.path("file");
  CHECK(second_of(path) == never_written);
  std::ofstream(path) << "x";
  const FileSecond first = second_of(path);
  outlast(first);
  std::ofstream(path) << "y";
  CHECK(second_of(path) > first);
  const FileSecond second = second_of(path);
  outlast(second);
  CHECK(touch(path).has_value());
  CHECK(second_of(path) > second);
  outlast(second + 3600);  // ahead of the clock
  CHECK_FALSE(touch(scratch.path("none")).has_value());
}

}  // namespace culprit
