#include "workbench/keep.h"

#include <doctest/doctest.h>

#include <filesystem>

#include "base/sim_world.h"

using namespace culprit;

TEST_CASE("what a verb did is kept, and what cannot be kept is said") {
  std::string folder = (std::filesystem::temp_directory_path() / "culprit-keep-XXXXXX").string();
  REQUIRE(::mkdtemp(folder.data()) != nullptr);
  SimWorld world;
  world.set_environment("SOURCE_DATE_EPOCH", "1763647392");
  Entry entry;
  entry.kind = "note";
  entry.summary = "seen";
  CHECK(keep(world, {"pay", folder}, entry).empty());
  const Result<Case> found = Case::open(world, {folder, "pay", Case::Missing::fails});
  REQUIRE(found);
  CHECK(found->entry(1)->summary == "seen");
  CHECK(to_string(found->entry(1)->time) == "2025-11-20T14:03:12.000Z");
  CHECK(keep(world, {"", "/proc"}, entry).starts_with("not kept in the case: cannot make /proc/"));
  CHECK(keep(world, {"a b", folder}, entry) ==
        "not kept in the case: no case can be named a b (letters, digits, - and _)");
  std::filesystem::remove_all(folder);
}
