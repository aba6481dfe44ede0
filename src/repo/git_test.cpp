#include "repo/git.h"

#include <algorithm>
#include <chrono>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "repo/git_program.h"
#include "repo/scratch_test.h"

namespace culprit {
namespace {

std::string subjects(const std::vector<Commit>& commits) {
  std::string text;
  for (const Commit& commit : commits) text += (text.empty() ? "" : " ") + commit.subject;
  return text;
}

Time at(std::int64_t seconds) { return from_nanoseconds(seconds * 1'000'000'000); }

// main: a b m(merge of s1 s2) c; tags on a, b and c.
constexpr const char* history = R"(
git init -q -b main .
printf 'int add(int a)\n{\n  return a + 1;\n}\n' > add.c; commit 1000 a
git tag v1.0.0
echo two > two; commit 2000 b
at 2500; git tag -a v1.1.0 -m 'second'
git checkout -q -b side HEAD~1
echo s > s1; commit 1500 s1
echo s > s2; commit 1600 s2
git checkout -q main
at 3000; git merge -q --no-ff -m m side
printf 'int add(int a)\n{\n  return a + 2;\n}\n' > add.c; commit 4000 c
git tag payments-v1.2.0
)";

TEST_CASE("what is no repository is refused with advice") {
  ScratchRepository scratch;
  const auto missing = Repository::open(scratch.path("nowhere"));
  REQUIRE_FALSE(missing.has_value());
  CHECK(missing.error().what.find("no such folder") == 0);
  const auto plain = Repository::open(scratch.path("."));
  REQUIRE_FALSE(plain.has_value());
  CHECK(plain.error().what.find("no git repository at") == 0);
  CHECK_FALSE(plain.error().advice.empty());
}

TEST_CASE("a folder inside a working tree opens it") {
  ScratchRepository scratch;
  scratch.run(std::string(history) + "mkdir deep");
  CHECK(opened(scratch.path("repo/deep")).default_branch() == "main");
}

TEST_CASE("an empty repository has no commits, tags or files, and says so") {
  ScratchRepository scratch;
  scratch.run("git init -q -b main .");
  const Repository repository = opened(scratch.path());
  CHECK(repository.empty());
  CHECK(repository.tags()->empty());
  CHECK(repository.commits({})->empty());
  CHECK(repository.files_at("").error().advice == "the repository has no commit yet");
}

TEST_CASE("tags have the instant they were made, or that of their commit") {
  ScratchRepository scratch;
  scratch.run(history);
  const auto tags = opened(scratch.path()).tags();
  REQUIRE(tags.has_value());
  REQUIRE(tags->size() == 3);
  CHECK((*tags)[0].name == "v1.0.0");
  CHECK((*tags)[0].at == at(1000));
  CHECK((*tags)[1].name == "v1.1.0");
  CHECK((*tags)[1].at == at(2500));
  CHECK((*tags)[2].name == "payments-v1.2.0");
}

TEST_CASE("commits of a merge reach the branch when the merge does") {
  ScratchRepository scratch;
  scratch.run(history);
  const auto commits = opened(scratch.path()).commits({});
  REQUIRE(commits.has_value());
  CHECK(subjects(*commits) == "c m s2 s1 b a");
  CHECK((*commits)[1].parents == 2);
  CHECK((*commits)[2].at == at(1600));
  CHECK((*commits)[2].reached == at(3000));
  CHECK((*commits)[0].author == "Ada <ada@example.com>");
}

TEST_CASE("a range is what one end has and the other has not") {
  ScratchRepository scratch;
  scratch.run(history);
  const Repository repository = opened(scratch.path());
  struct Row {
    CommitRange range;
    std::string subjects;
  };
  const std::vector<Row> rows = {
      {{.from = "v1.0.0", .to = "v1.1.0"}, "b"},
      {{.from = "v1.1.0", .to = "1.2.0"}, "c m s2 s1"},
      {{.from = "v1.1.0", .to = "v1.0.0"}, ""},
      {{.from = "side", .to = "v1.2.0"}, "c m b"},
      {{.since = at(2900)}, "c m s2 s1"},
      {{.since = at(1500), .until = at(3500)}, "m s2 s1 b"},
      {{.until = at(2000)}, "b a"},
      {{.until = at(999)}, ""},
      {{.since = at(9000)}, ""},
      {{.commits_max = 1}, "c"},
  };
  for (const Row& row : rows) {
    const auto commits = repository.commits(row.range);
    REQUIRE(commits.has_value());
    CHECK(subjects(*commits) == row.subjects);
  }
}

TEST_CASE("a branch much older than what is hidden is still found") {
  ScratchRepository scratch;
  scratch.run(R"(
git init -q -b main .
commit 1000 root
git checkout -q -b old; commit 1100 o1; git checkout -q main
for i in $(seq 1 300); do
  printf 'commit refs/heads/main\ncommitter Ada <a@b> %d +0000\ndata 1\nh\n' $((2000 + i))
  test $i = 1 && printf 'from refs/heads/main^0\n'
done > ../stream || true
git fast-import --quiet < ../stream
git tag base; at 5000; git merge -q --no-ff -m m old
)");
  const auto commits = opened(scratch.path()).commits({.from = "base", .to = "main"});
  REQUIRE(commits.has_value());
  CHECK(subjects(*commits) == "m o1");
}

// A history of merges at random; one clock in ten is wrong by up to a day.
std::string random_history(std::mt19937& dice, int commits) {
  std::string stream;
  for (int i = 1; i <= commits; ++i) {
    const int time =
        1'000'000 + 600 * i + (dice() % 10 == 0 ? static_cast<int>(dice() % 86400) : 0);
    stream += fmt::format("commit refs/tags/t{}\nmark :{}\n", i, i);
    stream += fmt::format("committer Ada <a@b> {} +0000\ndata 1\nx\n", time);
    const auto earlier = [&] { return std::max(1, i - 1 - static_cast<int>(dice() % 6)); };
    const int first = earlier();
    const int second = earlier();
    if (i > 1) stream += fmt::format("from :{}\n", first);
    if (i > 1 && dice() % 3 == 0 && second != first) stream += fmt::format("merge :{}\n", second);
  }
  return stream;
}

TEST_CASE("ranges are those of git rev-list, whatever the merges and clocks") {
  ScratchRepository scratch;
  std::mt19937 dice(1);
  constexpr int commits = 150;
  constexpr int pairs = 60;
  scratch.run("git init -q -b main .");
  std::ofstream(scratch.path("stream")) << random_history(dice, commits);
  std::string script = "git fast-import --quiet < ../stream\n";
  std::vector<std::pair<std::string, std::string>> ranges;
  for (int i = 0; i < pairs; ++i) {
    ranges.emplace_back(fmt::format("t{}", 1 + dice() % commits),
                        fmt::format("t{}", 1 + dice() % commits));
    script += fmt::format("git rev-list {}..{} | sort > ../range{}\n", ranges.back().first,
                          ranges.back().second, i);
  }
  scratch.run(script);
  const Repository repository = opened(scratch.path());
  for (int i = 0; i < pairs; ++i) {
    CommitRange range;
    range.from = ranges[static_cast<std::size_t>(i)].first;
    range.to = ranges[static_cast<std::size_t>(i)].second;
    const auto found = repository.commits(range);
    REQUIRE(found.has_value());
    std::set<std::string> shas;
    for (const Commit& commit : *found) shas.insert(commit.sha);
    CHECK(shas.size() == found->size());
    std::set<std::string> expected;
    std::ifstream file(scratch.path(fmt::format("range{}", i)));
    for (std::string line; std::getline(file, line);) expected.insert(line);
    CHECK(shas == expected);
  }
}

TEST_CASE("one commit with a wrong clock does not end the history") {
  ScratchRepository scratch;
  scratch.run("git init -q -b main .\ncommit 100000 a\ncommit 1000 wrong\ncommit 100200 b");
  const auto commits = opened(scratch.path()).commits({.since = at(99000)});
  REQUIRE(commits.has_value());
  CHECK(subjects(*commits) == "b a");
}

TEST_CASE("versions are resolved to the tags they mean") {
  ScratchRepository scratch;
  scratch.run(R"(
git init -q -b main .
commit 1000 a; git tag v1.9.0; git tag payments-v1.9.0 -m x
commit 2000 b; git tag auth/1.9.0; git tag release-2.0; git tag k8s-3.1
commit 3000 c; git tag 20251120
)");
  const Repository repository = opened(scratch.path());
  const auto commits = repository.commits({});
  REQUIRE(commits.has_value());
  const auto subject_of = [&](const std::string& revision) -> std::string {
    const auto sha = repository.resolve(revision);
    for (const Commit& commit : *commits) {
      if (sha && commit.sha == *sha) return commit.subject;
    }
    return "none";
  };
  CHECK(subject_of("1.9.0") == "a");
  CHECK(subject_of("v1.9.0") == "a");
  CHECK(subject_of("release-1.9.0") == "a");
  CHECK(subject_of("auth-v1.9.0") == "a");
  CHECK(subject_of("auth/1.9.0") == "b");
  CHECK(subject_of("v2.0") == "b");
  CHECK(subject_of("3.1") == "b");
  CHECK(subject_of("registry.example:5000/shop:2.0") == "b");
  CHECK(subject_of("20251120") == "c");
  CHECK(subject_of("main") == "c");
  CHECK(subject_of((*commits)[0].sha.substr(0, 9)) == "c");
  CHECK(subject_of("4.0") == "none");
  CHECK(subject_of("") == "none");
  CHECK(subject_of("no such thing ^{") == "none");
}

TEST_CASE("a diff tells lines and the function they stand in") {
  ScratchRepository scratch;
  scratch.run(history);
  const auto diff = opened(scratch.path()).diff("main");
  REQUIRE(diff.has_value());
  REQUIRE(diff->files.size() == 1);
  CHECK(diff->files[0].path == "add.c");
  CHECK(diff->files[0].added == "  return a + 2;\n");
  CHECK(diff->files[0].removed == "  return a + 1;\n");
  CHECK(diff->files[0].context.find("int add(int a)") != std::string::npos);
  CHECK(diff->insertions == 1);
  CHECK(diff->deletions == 1);
}

TEST_CASE("a merge is compared with its first parent, the first commit with nothing") {
  ScratchRepository scratch;
  scratch.run(history);
  const Repository repository = opened(scratch.path());
  const auto merge = repository.diff("main~1");
  REQUIRE(merge.has_value());
  CHECK(merge->files_total == 2);
  const auto first = repository.diff("v1.0.0");
  REQUIRE(first.has_value());
  CHECK(first->insertions == 4);
}

TEST_CASE("binary files, moved files and submodules have a path and no text") {
  ScratchRepository scratch;
  scratch.run(R"(
git init -q -b main .
seq 1 200 > numbers; commit 1000 a
printf 'a\000b' > picture; mkdir deep; git mv numbers deep/numbers
git add -A
git update-index --add --cacheinfo 160000,1234567890123456789012345678901234567890,vendor
at 2000; git commit -q -m b
)");
  const auto diff = opened(scratch.path()).diff("main");
  REQUIRE(diff.has_value());
  REQUIRE(diff->files.size() == 3);
  std::string paths;
  for (const FileDiff& file : diff->files) {
    paths += file.path + " ";
    CHECK(file.added.empty());
    CHECK(file.removed.empty());
  }
  CHECK(paths.find("deep/numbers") != std::string::npos);
  CHECK(paths.find("picture") != std::string::npos);
  CHECK(paths.find("vendor") != std::string::npos);
}

TEST_CASE("the text of a diff is bounded, and one large file leaves room for the others") {
  ScratchRepository scratch;
  scratch.run(R"(
git init -q -b main .
seq 1 100000 > a.lock; echo 'the one line' > z.c
for i in 1 2 3 4 5; do echo $i > f$i; done; commit 1000 a
)");
  const Repository repository = opened(scratch.path());
  const auto diff = repository.diff("main", {.bytes_max = 4096, .files_max = 7});
  REQUIRE(diff.has_value());
  std::size_t bytes = 0;
  for (const FileDiff& file : diff->files) bytes += file.added.size();
  CHECK(bytes <= 4096);
  CHECK(diff->files.back().path == "z.c");
  CHECK(diff->files.back().added == "the one line\n");
  const auto few = repository.diff("main", {.files_max = 2});
  REQUIRE(few.has_value());
  CHECK(few->files.size() == 2);
  CHECK(few->files_total == 7);
}

TEST_CASE("files and their content are those of the commit, not of the working tree") {
  ScratchRepository scratch;
  scratch.run(std::string(history) + "echo other > two; rm s1");
  const Repository repository = opened(scratch.path());
  const auto files = repository.files_at("v1.1.0");
  REQUIRE(files.has_value());
  CHECK(*files == std::vector<std::string>{"add.c", "two"});
  CHECK(*repository.content_at("main", "two") == "two\n");
  CHECK(*repository.content_at("main", "two", 2) == "tw");
  CHECK(repository.content_at("v1.0.0", "two").error().fault == Fault::missing);
  CHECK(repository.files_at("main", 2)->size() == 2);
}

TEST_CASE("the remote's default branch goes before main, and a detached head is no branch") {
  ScratchRepository scratch;
  scratch.run(history);
  scratch.run("git checkout -q -b trunk; commit 9000 t; git clone -q . ../clone");
  CHECK(opened(scratch.path("clone")).default_branch() == "origin/trunk");
  CHECK(opened(scratch.path()).default_branch() == "main");
  scratch.run("git checkout -q --detach; git branch -q -D main trunk side");
  const Repository detached = opened(scratch.path());
  CHECK(detached.default_branch() == "HEAD");
  CHECK(subjects(*detached.commits({})) == "t c m s2 s1 b a");
}

TEST_CASE("bare and shallow clones are read as far as they go") {
  ScratchRepository scratch;
  scratch.run(history);
  scratch.run("git clone -q --bare . ../bare.git; git clone -q --depth 2 file://$PWD ../shallow");
  CHECK(subjects(*opened(scratch.path("bare.git")).commits({})) == "c m s2 s1 b a");
  const Repository shallow = opened(scratch.path("shallow"));
  CHECK(shallow.shallow());
  const auto commits = shallow.commits({});
  REQUIRE(commits.has_value());
  CHECK(subjects(*commits) == "c m");
  CHECK(shallow.diff("HEAD").has_value());
  const auto cut = shallow.diff("HEAD~1");
  REQUIRE_FALSE(cut.has_value());
  CHECK(cut.error().advice.find("--unshallow") != std::string::npos);
}

TEST_CASE("a linked worktree and a sparse checkout are repositories") {
  ScratchRepository scratch;
  scratch.run(history);
  scratch.run("git worktree add -q ../tree side; git sparse-checkout set --cone deep");
  CHECK(opened(scratch.path("tree")).default_branch() == "main");
  CHECK(opened(scratch.path()).commits({})->size() == 6);
}

// 0.09 s on 2 shared cores; the limit leaves room for sanitizers and a busy machine.
TEST_CASE("the diffs of 1,000 commits take seconds at most") {
  ScratchRepository scratch;
  scratch.run(R"(
git init -q -b main .
awk 'BEGIN { for (i = 1; i <= 1000; i++) { m = "c" i; body = "";
  for (j = 0; j < 40; j++) body = body "line " j " of " (j % 5 == 0 ? i : 0) "\n";
  printf "commit refs/heads/main\ncommitter Ada <a@b> %d +0000\n", 1000 + i;
  printf "data %d\n%s\n", length(m), m;
  printf "M 100644 inline src/%d/file%d.c\ndata %d\n%s\n", i % 10, i % 50, length(body), body } }' \
  | git fast-import --quiet
)");
  const Repository repository = opened(scratch.path());
  const auto start = std::chrono::steady_clock::now();
  const auto commits = repository.commits({});
  REQUIRE(commits.has_value());
  REQUIRE(commits->size() == 1000);
  std::size_t lines = 0;
  for (const Commit& commit : *commits) {
    const auto diff = repository.diff(commit.sha);
    REQUIRE(diff.has_value());
    lines += diff->insertions;
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  CHECK(lines == 8 * 950 + 40 * 50);
  CHECK(took.count() < 5);
}

TEST_CASE("a refusal names what of git was called, not the settings before it") {
  ScratchRepository scratch;
  scratch.run("git init -q");
  const std::unique_ptr<World> world = real_world();
  const Status refused = GitProgram::of_world(*world).done(
      {"--literal-pathspecs", "-c", "checkout.workers=0", "checkout", "nowhere"}, scratch.path());
  REQUIRE(!refused);
  CHECK(refused.error().what.starts_with("git checkout: "));
}

}  // namespace
}  // namespace culprit
