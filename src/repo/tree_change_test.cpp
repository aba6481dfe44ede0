#include "repo/tree_change.h"

#include <sys/stat.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include "repo/random_tree_test.h"
#include "repo/tree_parts.h"

namespace culprit {
namespace {

using State = TreeChange::State;

void write(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

std::string read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Thrown in place of a kill: nothing after it happens.
struct Killed {};

// Two states of a tree from a seed, their change, and a tree that is in the second one.
struct Story {
  TreeFolder scratch;
  std::string without = scratch.made("without");
  std::string with = scratch.made("with");
  std::string tree = scratch.made("tree");
  std::string folder = scratch.made("kept");
  std::string index = scratch.path("index");

  explicit Story(std::uint64_t seed) {
    RandomTree random(seed);
    random.fill(without);
    copy_whole(without, with);
    random.disturb(with);
    copy_whole(with, tree);
    write(scratch.path("index-without"), "before" + std::to_string(seed));
    write(scratch.path("index-with"), "after" + std::to_string(seed));
    write(index, read(scratch.path("index-with")));
  }
  TreeChange change() const {
    auto saved = TreeChange::save(
        {without, with, {}, scratch.path("index-without"), scratch.path("index-with"), "1f"},
        folder);
    REQUIRE(saved.has_value());
    auto opened = TreeChange::open(folder);
    REQUIRE(opened.has_value());
    return std::move(opened).value();
  }
};

std::string told(const Status& status) { return status ? "" : status.error().what; }

void check_without(const Story& story) {
  CHECK(difference_of(story.without, story.tree) == "");
  CHECK(read(story.index) == read(story.scratch.path("index-without")));
  CHECK(!std::filesystem::exists(story.index + ".lock"));
  CHECK(!std::filesystem::exists(story.index + ".culprit-try-1f"));
}

}  // namespace

TEST_CASE("a random change of a random tree goes and comes back byte for byte") {
  for (std::uint64_t seed = 1; seed <= 120; ++seed) {
    CAPTURE(seed);
    const Story story(seed);
    const TreeChange change = story.change();
    REQUIRE(told(change.bring({story.tree, story.index, State::without})) == "");
    check_without(story);
    REQUIRE(told(change.bring({story.tree, story.index, State::with})) == "");
    CHECK(difference_of(story.with, story.tree) == "");
    CHECK(read(story.index) == read(story.scratch.path("index-with")));
  }
}

TEST_CASE("killed before any of its steps, it is completed by the next") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    for (int kill_at = 0;; ++kill_at) {
      CAPTURE(kill_at);
      const Story story(seed);
      const TreeChange change = story.change();
      int steps = 0;
      const auto step = [&] {
        if (steps++ == kill_at) throw Killed{};
      };
      bool killed = false;
      // On its way in or on its way out: what is owed is the same.
      const State to = seed % 2 == 0 ? State::without : State::with;
      if (to == State::with)
        REQUIRE(told(change.bring({story.tree, story.index, State::without})) == "");
      try {
        const Status brought = change.bring({story.tree, story.index, to, step});
        REQUIRE(told(brought) == "");
      } catch (const Killed&) {
        killed = true;
      }
      const auto again = TreeChange::open(story.folder);
      REQUIRE(again.has_value());
      REQUIRE(told(again->bring({story.tree, story.index, State::without})) == "");
      check_without(story);
      if (!killed) break;
    }
  }
}

TEST_CASE("what somebody else changed stays, and nothing is touched") {
  const TreeFolder scratch;
  const std::string without = scratch.made("without");
  const std::string with = scratch.made("with");
  const std::string tree = scratch.made("tree");
  for (const char* name : {"a", "b"}) {
    write(without + "/" + name, "old");
    write(with + "/" + name, "new");
    write(tree + "/" + name, "new");
  }
  const auto change = TreeChange::save({without, with, {}}, scratch.made("kept"));
  REQUIRE(change.has_value());
  write(tree + "/b", "mine");
  const Status brought = change->bring({tree, "", State::without});
  REQUIRE(!brought.has_value());
  CHECK(brought.error().fault == Fault::usage);
  CHECK(brought.error().what.find("b was changed since") == 0);
  CHECK(read(tree + "/a") == "new");
  CHECK(read(tree + "/b") == "mine");
}

TEST_CASE("a file of somebody else keeps its folder, the rest goes") {
  const TreeFolder scratch;
  const std::string without = scratch.made("without");
  const std::string with = scratch.made("with");
  const std::string tree = scratch.made("tree");
  for (const std::string& root : {with, tree}) {
    std::filesystem::create_directory(root + "/d");
    write(root + "/d/made", "x");
  }
  const auto change = TreeChange::save({without, with, {}}, scratch.made("kept"));
  REQUIRE(change.has_value());
  write(tree + "/d/mine", "y");
  REQUIRE(told(change->bring({tree, "", State::without})) == "");
  CHECK(!std::filesystem::exists(tree + "/d/made"));
  CHECK(read(tree + "/d/mine") == "y");
}

TEST_CASE("an index that git holds is not replaced") {
  const Story story(3);
  const TreeChange change = story.change();
  write(story.index + ".lock", "of a git that runs");
  const Status brought = change.bring({story.tree, story.index, State::without});
  REQUIRE(!brought.has_value());
  CHECK(brought.error().what.find("cannot lock the index") == 0);
  CHECK(read(story.index) == "after3");
  CHECK(difference_of(story.with, story.tree) == "");
  std::filesystem::remove(story.index + ".lock");
  REQUIRE(told(change.bring({story.tree, story.index, State::without})) == "");
  check_without(story);
}

namespace {

// Of `changed` there are two states, `goes` is there with the change only, `comes` without only.
TreeChange change_of_three(const TreeFolder& scratch, const std::string& tree) {
  const std::string without = scratch.made("without");
  const std::string with = scratch.made("with");
  write(without + "/changed", "old");
  write(without + "/comes", "old too");
  for (const std::string& root : {with, tree}) {
    write(root + "/changed", "new");
    write(root + "/goes", "new too");
  }
  auto change = TreeChange::save({without, with, {}, "", "", "2e"}, scratch.made("kept"));
  REQUIRE(change.has_value());
  return std::move(change).value();
}

bool is_there(const std::string& path, const std::string& bytes) {
  return std::filesystem::is_regular_file(path) && read(path) == bytes;
}

bool is_in(const std::string& folder, const std::string& bytes) {
  if (!std::filesystem::exists(folder)) return false;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (is_there(entry.path(), bytes)) return true;
  }
  return false;
}

// An editor saves `name` before that step; with `killed`, all ends before the one after it.
void check_saved_at(int at, const std::string& name, bool killed) {
  const TreeFolder scratch;
  const std::string tree = scratch.made("tree");
  const TreeChange change = change_of_three(scratch, tree);
  int steps = 0;
  const auto step = [&] {
    if (steps == at) {
      write(scratch.path("saved"), "mine");
      std::filesystem::rename(scratch.path("saved"), tree + "/" + name);
    }
    if (steps++ == at + 1 && killed) throw Killed{};
  };
  bool undone = false;
  try {
    const Status brought =
        change.bring({tree, "", State::without, step, nullptr, [&] { undone = true; }});
    if (!brought) {
      CHECK(brought.error().what.find(name) == 0);
      CHECK(undone);
      if (name != "changed") CHECK(read(tree + "/changed") == "new");
      if (name != "goes") CHECK(read(tree + "/goes") == "new too");
      if (name != "comes") CHECK(!std::filesystem::exists(tree + "/comes"));
    }
  } catch (const Killed&) {
    static_cast<void>(change.bring({tree, "", State::without}));
  }
  if (steps <= at) return;
  CHECK((is_there(tree + "/" + name, "mine") || is_in(change.found(), "mine")));
}

}  // namespace

TEST_CASE("what an editor saves while a state is being brought is never lost") {
  constexpr int steps_max = 14;
  for (const std::string name : {"changed", "goes", "comes"}) {
    for (int at = 0; at < steps_max; ++at) {
      for (const bool killed : {false, true}) {
        CAPTURE(name);
        CAPTURE(at);
        CAPTURE(killed);
        check_saved_at(at, name, killed);
      }
    }
  }
}

TEST_CASE("where neither state can be had it does not say that it was undone") {
  const TreeFolder scratch;
  const std::string tree = scratch.made("tree");
  const TreeChange change = change_of_three(scratch, tree);
  bool undone = false;
  const auto lose = [&] {
    std::filesystem::remove_all(change.folder_of(State::without));
    std::filesystem::remove_all(change.folder_of(State::with));
  };
  const auto undo = [&] { undone = true; };
  CHECK(!change.bring({tree, "", State::without, lose, nullptr, undo}).has_value());
  CHECK(!undone);
}

TEST_CASE("a file on another file system is replaced, and names like ours are left alone") {
  const std::string elsewhere = "/dev/shm/culprit-tree-" + std::to_string(::getpid());
  if (::mkdir(elsewhere.c_str(), 0700) != 0) return;  // this system has none
  const TreeFolder scratch;
  const TreeChange change = change_of_three(scratch, elsewhere);
  write(elsewhere + "/changed.culprit-try", "mine");
  CHECK(told(change.bring({elsewhere, "", State::without})) == "");
  CHECK(read(elsewhere + "/changed") == "old");
  CHECK(read(elsewhere + "/comes") == "old too");
  CHECK(!std::filesystem::exists(elsewhere + "/goes"));
  CHECK(read(elsewhere + "/changed.culprit-try") == "mine");
  std::filesystem::remove_all(elsewhere);
}

TEST_CASE("the index is locked before anything is looked at, and free after it") {
  const Story story(3);
  const TreeChange change = story.change();
  bool locked = false;
  const auto begins = [&]() -> Status {
    locked = std::filesystem::exists(story.index + ".lock");
    return error(Fault::usage, "not now");
  };
  const Status brought = change.bring({story.tree, story.index, State::without, nullptr, begins});
  CHECK(told(brought) == "not now");
  CHECK(locked);
  CHECK(!std::filesystem::exists(story.index + ".lock"));
  CHECK(difference_of(story.with, story.tree) == "");
}

TEST_CASE("the mode that somebody gave a folder meanwhile stays") {
  const TreeFolder scratch;
  const std::string without = scratch.made("without");
  const std::string with = scratch.made("with");
  const std::string tree = scratch.made("tree");
  for (const std::string& root : {without, with, tree}) {
    std::filesystem::create_directory(root + "/d");
    ::chmod((root + "/d").c_str(), 0755);
    write(root + "/d/file", root == without ? "old" : "new");
  }
  const auto change = TreeChange::save({without, with, {}}, scratch.made("kept"));
  REQUIRE(change.has_value());
  for (const unsigned mode : {0710U, 0510U}) {
    ::chmod((tree + "/d").c_str(), mode);
    REQUIRE(told(change->bring({tree, "", State::without})) == "");
    CHECK(node_at(tree + "/d")->mode == mode);
    REQUIRE(told(change->bring({tree, "", State::with})) == "");
  }
}

TEST_CASE("parts survive being text, whatever their bytes") {
  TreeChange::Part part;
  part.path = "with space\nand line\\ \xff";
  part.without = {TreeNode::Kind::link, 0, 0, "to \x7f there"};
  part.with = {TreeNode::Kind::file, 0755, 12, ""};
  const auto read_back = read_parts(text_of({part}));
  REQUIRE(read_back.has_value());
  REQUIRE(read_back->size() == 1);
  CHECK(read_back->front().path == part.path);
  CHECK(read_back->front().without == part.without);
  CHECK(read_back->front().with == part.with);
}

TEST_CASE("a text of parts that was cut off or leads out of the tree is refused") {
  for (const std::string text :
       {"", "a f 644 1 . - 0 0 .\n", "a f 644 1 . - 0 0 .", "../a f 644 1 . - 0 0 .\nend\n",
        "/a f 644 1 . - 0 0 .\nend\n", "a/../../b f 644 1 . - 0 0 .\nend\n",
        "a f 9 1 . - 0 0 .\nend\n", "a f 644 1 .\nend\n", "\\4 f 644 1 . - 0 0 .\nend\n"}) {
    CAPTURE(text);
    const auto parts = read_parts(text);
    REQUIRE(!parts.has_value());
    CHECK(parts.error().fault == Fault::malformed);
  }
}

TEST_CASE("a tree beyond its bounds is refused with the name of its largest part") {
  const TreeFolder scratch;
  const std::string tree = scratch.made("tree");
  std::filesystem::create_directory(tree + "/build");
  write(tree + "/build/large", std::string(5000, 'x'));
  write(tree + "/small", "x");
  TreeLimits limits;
  limits.bytes_max = 1000;
  const auto listing = list_tree(tree, limits);
  REQUIRE(!listing.has_value());
  CHECK(listing.error().advice.find("--link build") == 0);
  limits.left_out = {"build"};
  CHECK(list_tree(tree, limits).has_value());
}

}  // namespace culprit
