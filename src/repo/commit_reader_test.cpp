#include "repo/commit_reader.h"

#include <memory>

#include <doctest/doctest.h>

#include "base/world.h"
#include "repo/ancestry.h"
#include "repo/scratch_test.h"

namespace culprit {
namespace {

constexpr const char* history =
    "echo 'int a;' > a.c; echo r > README.md; printf '\\0\\1' > b; commit 1 base\n"
    "git tag -a -m x payments-v1.9.0; git tag 20251120\n"
    "git checkout -qb side; echo s > side.c; chmod +x side.c; commit 2 side\n"
    "git checkout -q main; echo s > README.md; commit 3 document\n"
    "echo 'int a; // why' > a.c; commit 4 comment\necho 'int b;' > a.c; commit 5 code\n"
    "at 6; git merge -q --no-ff -m merge side\ncommit 7 nothing\n"
    "git checkout -q main~4 -- a.c; commit 8 back\n"
    "git rm -q side.c; printf '\\0\\2' > b; git mv README.md 'a b.md'; commit 9 gone\n";

// The same history in both formats, read by libgit2 and by git.
struct Both {
  Both() {
    usual.run(std::string("git init -q -b main\n") + history);
    wide.run(std::string("git init -q -b main --object-format=sha256\n") + history);
  }
  CommitReader reader(const ScratchRepository& scratch) {
    Result<CommitReader> made = CommitReader::open(git, scratch.path());
    REQUIRE(made.has_value());
    return std::move(made).value();
  }
  struct Read {
    Ancestry range;
    std::vector<CommitTouch> touches;
  };
  Read read(const ScratchRepository& scratch, const char* good, const PathFilter& filter) {
    const CommitReader commits = reader(scratch);
    const auto range = ancestry_between(git, scratch.path(), commits.resolve(good).value_or(""),
                                        commits.resolve("main").value_or(""), Follow::all_parents);
    REQUIRE(range.has_value());
    const auto touches = commits.touches(range->shas, range->parents, range->base, filter);
    REQUIRE(touches.has_value());
    return {*range, *touches};
  }

  ScratchRepository usual;
  ScratchRepository wide;
  std::unique_ptr<World> world = real_world();
  GitProgram git = GitProgram::of_world(*world);
};

TEST_CASE("a history of long names reads as the same one of usual names") {
  Both both;
  CHECK(!Repository::open(both.wide.path()).has_value());
  for (const char* good : {"main~6", "main~4", "side"}) {
    for (const PathFilter& filter : {PathFilter(), PathFilter({"*.c"}), PathFilter({"side.c"})}) {
      CAPTURE(good);
      const Both::Read usual = both.read(both.usual, good, filter);
      const Both::Read wide = both.read(both.wide, good, filter);
      REQUIRE(usual.touches.size() == wide.touches.size());
      CHECK(wide.range.shas.back().size() == 64);
      CHECK(wide.range.parents == usual.range.parents);
      for (std::size_t i = 0; i < usual.touches.size(); ++i) {
        using What = CommitTouch::What;
        const What seen = usual.touches[i].what;
        CHECK(wide.touches[i].what == (seen == What::comments ? What::code : seen));
        CHECK(wide.touches[i].files == usual.touches[i].files);
        CHECK((wide.touches[i].mark == TreeMark()) == (usual.touches[i].mark == TreeMark()));
        for (std::size_t j = 0; j < i; ++j) {
          CHECK((wide.touches[i].mark == wide.touches[j].mark) ==
                (usual.touches[i].mark == usual.touches[j].mark));
        }
      }
    }
  }
}

TEST_CASE("what a commit changed is counted alike in both formats") {
  Both both;
  for (const char* revision : {"main", "main~1", "main~2", "main~3", "side"}) {
    CAPTURE(revision);
    const CommitReader usual = both.reader(both.usual);
    const CommitReader wide = both.reader(both.wide);
    const auto expected = usual.size_of(usual.resolve(revision).value_or(""));
    const auto found = wide.size_of(wide.resolve(revision).value_or(""));
    REQUIRE(expected.has_value());
    REQUIRE(found.has_value());
    CHECK(found->files == expected->files);
    CHECK(found->insertions == expected->insertions);
    CHECK(found->deletions == expected->deletions);
  }
}

TEST_CASE("versions, tags, branches and beginnings of names mean commits in both formats") {
  Both both;
  for (const ScratchRepository* scratch : {&both.usual, &both.wide}) {
    const CommitReader reader = both.reader(*scratch);
    const auto base = reader.resolve("main~7");
    REQUIRE(base.has_value());
    for (const char* name : {"1.9.0", "payments-v1.9.0", "shop:1.9.0", "20251120"})
      CHECK(reader.resolve(name) == base);
    CHECK(reader.resolve(base->substr(0, 12)) == base);
    CHECK(reader.resolve(*base) == base);
    for (const char* name : {"", "none", "2.0", "--all", "main:a.c"})
      CHECK(!reader.resolve(name).has_value());
    CHECK(!reader.shallow());
  }
}

TEST_CASE("what git cannot read either is refused with libgit2's reason") {
  ScratchRepository scratch;
  scratch.run("mkdir empty");
  std::unique_ptr<World> world = real_world();
  const auto none = CommitReader::open(GitProgram::of_world(*world), scratch.path("absent"));
  REQUIRE(!none.has_value());
  CHECK(none.error().fault == Fault::missing);
}

}  // namespace
}  // namespace culprit
