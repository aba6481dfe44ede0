#include "workbench/trial_room.h"

#include <doctest/doctest.h>

namespace culprit {
namespace {

Trial said(std::optional<int> exit_code, std::string text) {
  Trial made;
  made.exit_code = exit_code;
  made.error.text = std::move(text);
  return made;
}

constexpr const char* no_space = "head: error writing: No space left on device\n";

}  // namespace

TEST_CASE("no space is trouble where there is none, and words of a test elsewhere") {
  CHECK(trouble_of(said(1, no_space), "/proc", RanAt::here) ==
        "no space left");  // which has no room at all
  CHECK(trouble_of(said(1, no_space), "/no/such/folder", RanAt::here).empty());
  CHECK(trouble_of(said(1, "expected 3, got 2\n"), "/proc", RanAt::here).empty());
  CHECK(trouble_of(said(0, no_space), "/proc", RanAt::here).empty());
}

TEST_CASE("without processes nothing can be said") {
  const std::string text = "sh: 1: fork: Resource temporarily unavailable\n";
  CHECK(trouble_of(said(2, text), "/tmp", RanAt::runner) == "no more processes can be started");
  CHECK(trouble_of(said(2, text), "/tmp", RanAt::here).empty());  // the test only says so
}

}  // namespace culprit
