#include "repo/tree_change.h"

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
        {without, with, {}, scratch.path("index-without"), scratch.path("index-with")}, folder);
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
  CHECK(!std::filesystem::exists(story.index + ".culprit-try"));
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
  std::filesystem::remove(story.index + ".lock");
  REQUIRE(told(change.bring({story.tree, story.index, State::without})) == "");
  check_without(story);
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
