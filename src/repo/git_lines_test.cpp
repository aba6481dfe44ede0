#include <doctest/doctest.h>

#include <map>
#include <string>

#include "repo/git.h"
#include "repo/scratch_test.h"

namespace culprit {
namespace {

// Subjects of the commits that touched a place, latest first, each with what it did to it:
// "+2" lines written that are there still, "-1" removed, "!" the line that matters most.
std::string touches(const std::string& repository, const LinePlace& place,
                    const std::set<std::string>& ignored_subjects = {}) {
  const Repository git = opened(repository);
  const auto commits = git.commits({});
  REQUIRE(commits.has_value());
  std::map<std::string, std::string> subjects;
  std::set<std::string> ignored;
  for (const Commit& commit : *commits) {
    subjects[commit.sha] = commit.subject;
    if (ignored_subjects.count(commit.subject) > 0) ignored.insert(commit.sha);
  }
  const auto found = git.line_history(place, *commits, {ignored, {}});
  REQUIRE(found.has_value());
  std::string text;
  for (const LineTouch& touch : *found) {
    text += (text.empty() ? "" : ", ") + subjects[touch.sha];
    if (touch.written > 0) text += " +" + std::to_string(touch.written);
    if (touch.removed > 0) text += " -" + std::to_string(touch.removed);
    if (touch.distance == 0) text += "!";
  }
  return text;
}

constexpr const char* straight = R"(
git init -q -b main .
printf 'one\nint f() {\n  a();\n  check();\n  b();\n}\nint g() {\n  c();\n}\n' > f.c; commit 1 begin
sed -i 's/c();/c2();/' f.c; commit 2 other
sed -i '/check/d' f.c; commit 3 unchecked
printf 'zero\n' | cat - f.c > t; mv t f.c; commit 4 above
sed -i 's/  a();/  a(1);/' f.c; commit 5 argument
sed -i 's/^  /    /' f.c; commit 6 indented
)";

}  // namespace

TEST_CASE("the history of a function knows what was removed from it, and not the white space") {
  ScratchRepository scratch;
  scratch.run(straight);
  // zero, one, int f() {, a(1);, b();, }
  CHECK(touches(scratch.path(), {"main", "f.c", {3, 6}, 5}) ==
        "argument +1 -1, unchecked -1!, begin +3!");
  CHECK(touches(scratch.path(), {"main", "f.c", {3, 6}, 4}) ==
        "argument +1 -1!, unchecked -1, begin +3");
  CHECK(touches(scratch.path(), {"main", "f.c", {7, 9}, 8}) == "other +1 -1!, begin +2");
}

TEST_CASE("an ignored commit passes its lines on") {
  ScratchRepository scratch;
  scratch.run(straight);
  CHECK(touches(scratch.path(), {"main", "f.c", {3, 6}, 4}, {"argument"}) ==
        "unchecked -1!, begin +4!");
}

TEST_CASE("commits that are known not to touch the file are passed over") {
  ScratchRepository scratch;
  scratch.run(straight);
  const Repository git = opened(scratch.path());
  const auto commits = git.commits({});
  REQUIRE(commits.has_value());
  const LinePlace place{"main", "f.c", {3, 6}, 4};
  const auto all = git.line_history(place, *commits);
  std::vector<char> may_touch(commits->size(), 1);
  may_touch[0] = may_touch[4] = 0;  // "indented" and "other" change other lines anyway
  const auto some = git.line_history(place, *commits, {{}, may_touch});
  REQUIRE(all.has_value());
  REQUIRE(some.has_value());
  REQUIRE(some->size() == all->size());
  for (std::size_t i = 0; i < all->size(); ++i) CHECK((*some)[i].sha == (*all)[i].sha);
  may_touch.assign(commits->size(), 0);
  const auto none = git.line_history(place, *commits, {{}, may_touch});
  REQUIRE(none.has_value());
  CHECK(none->size() == 1);  // the first commit has no parent to pass them to
}

TEST_CASE("a merge passes lines to the side they came from") {
  ScratchRepository scratch;
  scratch.run(R"(
git init -q -b main .
printf 'f() {\n  a\n  b\n  c\n  d\n  e\n}\n' > f; commit 1 begin
git checkout -q -b side; sed -i 's/  e/  e2/' f; commit 2 side
git checkout -q main; sed -i 's/  a/  a2/' f; commit 3 main
at 4; git merge -q --no-ff -m merged side
)");
  CHECK(touches(scratch.path(), {"main", "f", {1, 7}, 6}) == "main +1 -1, side +1 -1!, begin +5");
  const Repository git = opened(scratch.path());
  const auto merged = git.merged("main");
  REQUIRE(merged.has_value());
  CHECK(merged->files.empty());
}

TEST_CASE("what a merge has and none of its parents is its own") {
  ScratchRepository scratch;
  scratch.run(R"(
git init -q -b main .
printf 'a\nb\nc\n' > f; commit 1 begin
git checkout -q -b side; sed -i 's/b/side/' f; commit 2 side
git checkout -q main; sed -i 's/b/main/' f; commit 3 main
at 4; git merge -q --no-ff side || true
printf 'a\nneither of the two\nc\n' > f; commit 4 merged
)");
  const Repository git = opened(scratch.path());
  const auto merged = git.merged("main");
  REQUIRE(merged.has_value());
  REQUIRE(merged->files.size() == 1);
  CHECK(merged->files[0].added == "neither of the two\n");
}

TEST_CASE("places that are not there have no history") {
  ScratchRepository scratch;
  scratch.run(straight);
  CHECK(touches(scratch.path(), {"main", "absent.c", {1, 9}, 1}).empty());
  CHECK(touches(scratch.path(), {"main", "f.c", {0, 0}, 0}).empty());
  CHECK(!opened(scratch.path()).line_history({"absent", "f.c", {1, 2}, 1}, {}).has_value());
}

}  // namespace culprit
