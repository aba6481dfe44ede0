#include "workbench/side_by_side.h"

#include <vector>

#include <doctest/doctest.h>

namespace culprit {

TEST_CASE("each thing is done once, few or many") {
  for (const std::size_t count : {0U, 1U, 10U, 1000U}) {
    std::vector<int> done(count, 0);
    side_by_side(count, [&](std::size_t i) { ++done[i]; });
    CHECK(done == std::vector<int>(count, 1));
  }
}

}  // namespace culprit
