#include "repo/worktrees.h"

#include <signal.h>
#include <sys/wait.h>

#include <fstream>

#include "repo/ancestry.h"
#include "repo/scratch_test.h"
#include "repo/worktree_owner.h"

namespace culprit {
namespace {

namespace fs = std::filesystem;

std::string read_file(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

class Scratch {
 public:
  Scratch() {
    fs::create_directories(repository.path("trees"));
    fs::create_directories(repository.path("repo"));
  }
  std::string head(const std::string& name = "HEAD") const {
    return git.text({"rev-parse", name}, repository.path()).value().substr(0, 40);
  }
  std::string said(const std::vector<std::string>& words) const {
    return git.text(words, repository.path()).value();
  }
  // All that may be seen of the user's repository, and the bytes of its index.
  std::string state() const {
    return said({"status", "--porcelain=v2", "--ignored"}) + said({"worktree", "list"}) +
           said({"for-each-ref"}) + said({"config", "--list", "--local"}) +
           read_file(repository.path() + "/.git/index") +
           read_file(repository.path() + "/.git/HEAD");
  }
  WorktreesOptions options() const { return {repository.path(), repository.path("trees")}; }
  std::vector<std::string> left() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(repository.path("trees"))) {
      names.push_back(entry.path().filename());
    }
    return names;
  }

  ScratchRepository repository;
  std::unique_ptr<World> world = real_world();
  GitProgram git = GitProgram::of_world(*world);
};

Worktrees opened_trees(const Scratch& scratch, const WorktreesOptions& options) {
  auto worktrees = Worktrees::open(scratch.git, options);
  REQUIRE_MESSAGE(worktrees.has_value(), (worktrees ? "" : worktrees.error().what));
  return std::move(worktrees).value();
}

TEST_CASE("a worktree is switched cleanly, and nothing of the user's is touched") {
  Scratch scratch;
  scratch.repository.run(
      "git init -q\nprintf 'out/\\n' > .gitignore\necho 1 > a; echo x > gone; commit 1 one\n"
      "echo 2 > a; git rm -q gone; commit 2 two\n"
      "mkdir -p .git/hooks; printf '#!/bin/sh\\ntouch %s/hooked\\n' $PWD > "
      ".git/hooks/post-checkout\n"
      "chmod +x .git/hooks/post-checkout; echo mine > a; echo new > untracked; mkdir out; echo o > "
      "out/o");
  const std::string before = scratch.state();
  {
    auto options = scratch.options();
    options.kept = {"keep"};
    options.links = {{"out", scratch.repository.path() + "/out"}};
    options.copies = {{"test.sh", scratch.repository.path() + "/untracked"}};
    Worktrees worktrees = opened_trees(scratch, options);
    const auto tree = worktrees.add(scratch.head("HEAD~1"));
    REQUIRE(tree.has_value());
    CHECK(read_file(*tree + "/a") == "1\n");
    CHECK(read_file(*tree + "/out/o") == "o\n");
    CHECK(read_file(*tree + "/test.sh") == "new\n");
    fs::create_directories(*tree + "/keep");
    std::ofstream(*tree + "/keep/built") << "b";
    std::ofstream(*tree + "/left") << "l";
    std::ofstream(*tree + "/a") << "changed";
    REQUIRE(worktrees.switch_to(*tree, scratch.head()).has_value());
    CHECK(read_file(*tree + "/a") == "2\n");
    CHECK(!fs::exists(*tree + "/left"));
    CHECK(!fs::exists(*tree + "/gone"));
    CHECK(fs::exists(*tree + "/keep/built"));
    CHECK(fs::exists(*tree + "/out/o"));
  }
  CHECK(scratch.state() == before);
  CHECK(scratch.left().empty());
  CHECK(fs::exists(scratch.repository.path() + "/out/o"));
  CHECK(!fs::exists(scratch.repository.path() + "/hooked"));
}

TEST_CASE("no copy and no link is written through a symbolic link that a commit has") {
  Scratch scratch;
  const std::string outside = scratch.repository.path("outside");
  fs::create_directories(outside);
  std::ofstream(outside + "/mine") << "precious";
  scratch.repository.run("git init -q\nln -s " + outside + "/mine test.sh; ln -s " + outside +
                         " dir; commit 1 one\ngit rm -q test.sh dir; commit 2 two\n"
                         "echo copy > untracked");
  auto options = scratch.options();
  const std::string source = scratch.repository.path() + "/untracked";
  options.copies = {{"test.sh", source}, {"dir/mine", source}};
  options.links = {{"dir/link", source}};
  Worktrees worktrees = opened_trees(scratch, options);
  const auto tree = worktrees.add(scratch.head());
  REQUIRE(tree.has_value());
  for (const char* revision : {"HEAD~1", "HEAD", "HEAD~1", "HEAD~1"}) {
    const Status switched = worktrees.switch_to(*tree, scratch.head(revision));
    REQUIRE_MESSAGE(switched.has_value(), (switched ? "" : switched.error().what));
    CHECK(read_file(*tree + "/test.sh") == "copy\n");
    CHECK(read_file(*tree + "/dir/mine") == "copy\n");
    CHECK(fs::is_symlink(*tree + "/dir/link"));
    CHECK(read_file(outside + "/mine") == "precious");
    CHECK(!fs::is_symlink(outside + "/link"));
  }
}

TEST_CASE("what git keeps of a worktree is not written through links that a test made there") {
  Scratch scratch;
  scratch.repository.run("git init -q\necho 1 > a; commit 1 one");
  const std::string mine = scratch.repository.path("mine");
  std::ofstream(mine) << "precious";
  Worktrees worktrees = opened_trees(scratch, scratch.options());
  const auto tree = worktrees.add(scratch.head());
  REQUIRE(tree.has_value());
  const std::string folder = read_file(*tree + "/.git").substr(8);
  const fs::path registration = folder.substr(0, folder.find('\n'));
  for (const char* name : {"gitdir", "commondir", "HEAD", "index", "locked"}) {
    fs::remove(registration / name);
    fs::create_symlink(mine, registration / name);
    std::ofstream(*tree + "/a") << "changed";
    const Status restored = worktrees.restore(*tree, scratch.head());
    REQUIRE_MESSAGE(restored.has_value(), name << (restored ? "" : restored.error().what));
    CHECK(read_file(mine) == "precious");
    CHECK(!fs::is_symlink(registration / name));
    CHECK(read_file(*tree + "/a") == "1\n");
  }
}

TEST_CASE("worktrees that a test adds within its own are gone with it, others are not") {
  Scratch scratch;
  scratch.repository.run("git init -q\necho 1 > a; commit 1 one");
  {
    Worktrees worktrees = opened_trees(scratch, scratch.options());
    const auto tree = worktrees.add(scratch.head());
    REQUIRE(tree.has_value());
    const std::string outside = scratch.repository.path("outside");
    for (const std::string& path : {*tree + "/within", worktrees.root() + "/beside", outside})
      REQUIRE(scratch.git.done({"worktree", "add", "--quiet", "--detach", path}, *tree));
  }
  const std::string listed = scratch.said({"worktree", "list", "--porcelain"});
  CHECK(listed.find("/within") == listed.npos);
  CHECK(listed.find("/beside") == listed.npos);
  CHECK(listed.find("/outside") != listed.npos);
}

TEST_CASE("a copy of the user's stays where a commit has a file of that name") {
  Scratch scratch;
  scratch.repository.run("git init -q\necho old > test.sh; commit 1 one; echo mine > untracked");
  auto options = scratch.options();
  options.copies = {{"test.sh", scratch.repository.path() + "/untracked"}};
  Worktrees worktrees = opened_trees(scratch, options);
  const auto tree = worktrees.add(scratch.head());
  REQUIRE(tree.has_value());
  CHECK(read_file(*tree + "/test.sh") == "mine\n");
  std::ofstream(*tree + "/test.sh") << "changed by a test";
  REQUIRE(worktrees.restore(*tree, scratch.head()).has_value());
  CHECK(read_file(*tree + "/test.sh") == "mine\n");
}

TEST_CASE("what a killed one left is removed by the next, what others made is not") {
  Scratch scratch;
  scratch.repository.run(
      "git init -q\necho 1 > a; commit 1 one\ngit worktree add -q --detach ../mine");
  fs::remove_all(scratch.repository.path("mine"));  // abandoned by its user: not ours to prune
  const std::string before = scratch.state();
  const pid_t child = ::fork();
  if (child == 0) {
    Worktrees worktrees = opened_trees(scratch, scratch.options());
    if (worktrees.add("HEAD")) ::kill(::getpid(), SIGKILL);
    ::_exit(1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  REQUIRE(WIFSIGNALED(status));
  CHECK(scratch.state() != before);
  Worktrees living = opened_trees(scratch, scratch.options());
  CHECK(scratch.state() == before);
  const auto kept = living.add("HEAD");
  REQUIRE(kept.has_value());
  CHECK(Worktrees::open(scratch.git, scratch.options()).has_value());
  CHECK(fs::exists(*kept + "/a"));
}

TEST_CASE("what another host or container registered stays until nobody touched it for a week") {
  Scratch scratch;
  scratch.repository.run(
      "git init -q\necho 1 > a; commit 1 one\n"
      "for i in theirs ours old; do git worktree add -q --detach "
      "../trees/culprit-bisect-$i/culprit-$i; done\n"
      "rm -r ../trees/culprit-bisect-*");
  const std::string worktrees = scratch.repository.path() + "/.git/worktrees/";
  const auto reason = [&](const std::string& name, const std::string& text) {
    std::ofstream(worktrees + name + "/locked") << text << "\n";
  };
  reason("culprit-theirs", "culprit bisect on elsewhere, boot x, mnt:[1]");
  reason("culprit-old", "culprit bisect on elsewhere, boot x, mnt:[1]");
  reason("culprit-ours", owner_text());
  const auto long_ago = fs::file_time_type::clock::now() - std::chrono::hours(8 * 24);
  fs::last_write_time(worktrees + "culprit-old/HEAD", long_ago);
  fs::last_write_time(worktrees + "culprit-old", long_ago);
  opened_trees(scratch, scratch.options());
  CHECK(fs::exists(worktrees + "culprit-theirs"));
  CHECK(!fs::exists(worktrees + "culprit-ours"));
  CHECK(!fs::exists(worktrees + "culprit-old"));
}

TEST_CASE("a worktree that a test made unwritable or broke is still removed") {
  Scratch scratch;
  scratch.repository.run("git init -q\necho 1 > a; commit 1 one");
  {
    Worktrees worktrees = opened_trees(scratch, scratch.options());
    const auto tree = worktrees.add("HEAD");
    REQUIRE(tree.has_value());
    fs::create_directories(*tree + "/locked/in");
    fs::permissions(*tree + "/locked", fs::perms::none);
    fs::remove(*tree + "/.git");
  }
  CHECK(scratch.left().empty());
  CHECK(!fs::exists(scratch.repository.path() + "/.git/worktrees"));
}

TEST_CASE("submodules come from the user's own copies, at the commit that is asked for") {
  Scratch scratch;
  scratch.repository.run(
      "(mkdir ../lib; cd ../lib; git init -q; echo 1 > l; git add l; git commit -qm 1)\n"
      "git init -q; git -c protocol.file.allow=always submodule --quiet add ../lib sub/lib\n"
      "commit 1 one\n(cd sub/lib; echo 2 > l; git commit -qam 2)\ncommit 2 two\n"
      "git rm -qf sub/lib; commit 3 three\nrm -rf ../lib");
  const std::string before = scratch.state();
  {
    Worktrees worktrees = opened_trees(scratch, scratch.options());
    const auto tree = worktrees.add(scratch.head("HEAD~1"));
    REQUIRE_MESSAGE(tree.has_value(), (tree ? "" : tree.error().what));
    CHECK(read_file(*tree + "/sub/lib/l") == "2\n");
    REQUIRE(worktrees.switch_to(*tree, scratch.head("HEAD~2")).has_value());
    CHECK(read_file(*tree + "/sub/lib/l") == "1\n");
    REQUIRE(worktrees.switch_to(*tree, scratch.head()).has_value());
    CHECK(!fs::exists(*tree + "/sub/lib"));
  }
  CHECK(scratch.state() == before);
}

TEST_CASE("an ancestry is what BAD has and GOOD has not, parents first") {
  Scratch scratch;
  scratch.repository.run(
      "git init -q -b main\ncommit 9 base\ngit checkout -qb side; commit 5 s1; commit 4 s2\n"
      "git checkout -q main; commit 3 m1; at 2; git merge -q --no-ff -m merge side; commit 1 tip\n"
      "git checkout -qb other main~2; commit 6 o1");
  const auto between = [&](const char* good, const char* bad, Follow follow) {
    return ancestry_between(scratch.git, scratch.repository.path(), scratch.head(good),
                            scratch.head(bad), follow);
  };
  const auto all = between("main~3", "main", Follow::all_parents);
  REQUIRE(all.has_value());
  CHECK(all->shas.size() == 5);
  CHECK(all->shas.back() == scratch.head("main"));
  for (std::size_t i = 0; i < all->shas.size(); ++i) {
    for (const std::uint32_t parent : all->parents[i]) CHECK(parent < i);
  }
  CHECK(all->base == scratch.head("main~3"));
  const auto first = between("main~3", "main", Follow::first_parents);
  REQUIRE(first.has_value());
  CHECK(first->shas.size() == 3);
  CHECK(first->parents[1] == std::vector<std::uint32_t>{0});
  const auto beside = between("other", "main", Follow::all_parents);
  REQUIRE(beside.has_value());
  CHECK(beside->good == Ancestry::Relation::beside);
  CHECK(beside->base == scratch.head("main~2"));
  CHECK(!between("main", "main~1", Follow::all_parents).has_value());
  CHECK(!between("main", "main", Follow::all_parents).has_value());
}

TEST_CASE("commits that change documents or comments are known, and equal trees have one mark") {
  Scratch scratch;
  scratch.repository.run(
      "git init -q\necho 'int a;' > a.c; echo r > README.md; commit 1 base\n"
      "echo s > README.md; commit 2 document\necho 'int a; // why' > a.c; commit 3 comment\n"
      "echo 'int b;' > a.c; commit 4 code\ncommit 5 nothing\ngit checkout -q HEAD~3 -- a.c; commit "
      "6 back");
  const auto line = ancestry_between(scratch.git, scratch.repository.path(), scratch.head("HEAD~5"),
                                     scratch.head(), Follow::all_parents);
  REQUIRE(line.has_value());
  const auto touches = opened(scratch.repository.path())
                           .touches(line->shas, line->parents, line->base, PathFilter());
  REQUIRE(touches.has_value());
  using What = CommitTouch::What;
  const What expected[] = {What::beside, What::comments, What::code, What::nothing, What::code};
  for (std::size_t i = 0; i < 5; ++i) CHECK((*touches)[i].what == expected[i]);
  CHECK((*touches)[0].mark != TreeMark());  // a test may read documents
  CHECK((*touches)[1].mark != (*touches)[2].mark);
  CHECK((*touches)[3].mark == (*touches)[2].mark);
  const auto by_paths = opened(scratch.repository.path())
                            .touches(line->shas, line->parents, line->base, PathFilter({"*.c"}));
  REQUIRE(by_paths.has_value());
  CHECK((*by_paths)[0].mark == TreeMark());
  CHECK((*by_paths)[4].mark == TreeMark());
}

TEST_CASE("a merge has the mark of its whole tree, whichever of its parents are in question") {
  Scratch scratch;
  scratch.repository.run(
      "git init -q -b main\necho 1 > a; commit 1 base\ngit checkout -qb side; echo 1 > s; commit 2 "
      "side\n"
      "git checkout -q main; echo 2 > a; commit 3 good\nat 4; git merge -q --no-ff -m merge side\n"
      "git rm -q s; commit 5 without");
  // GOOD is the first parent of the merge: only `side` and the merge are in question.
  const auto range = ancestry_between(scratch.git, scratch.repository.path(),
                                      scratch.head("main~2"), scratch.head(), Follow::all_parents);
  REQUIRE(range.has_value());
  REQUIRE(range->shas.size() == 3);
  const auto touches = opened(scratch.repository.path())
                           .touches(range->shas, range->parents, range->base, PathFilter());
  REQUIRE(touches.has_value());
  CHECK((*touches)[2].mark == TreeMark());
  CHECK((*touches)[1].mark != TreeMark());
  CHECK((*touches)[0].mark != (*touches)[1].mark);
}

}  // namespace
}  // namespace culprit
