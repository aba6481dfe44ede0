#include "repo/tree_copy.h"

#include <sys/stat.h>

#include <atomic>
#include <thread>

#include <doctest/doctest.h>

#include "repo/random_tree_test.h"

namespace culprit {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t large = std::uint64_t{3} << 30;

std::string told(const Status& status) { return status ? "" : status.error().what; }

// Bytes at some places of a file that is a hole otherwise.
void write_at(const std::string& path, const std::vector<std::uint64_t>& places,
              std::uint64_t size) {
  std::ofstream(path, std::ios::binary).flush();
  fs::resize_file(path, size);
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  for (const std::uint64_t place : places) {
    file.seekp(static_cast<std::streamoff>(place));
    file << "x";
  }
}

std::uint64_t bytes_on_disk(const std::string& path) {
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return static_cast<std::uint64_t>(status.st_blocks) * 512;
}

}  // namespace

TEST_CASE("holes are copied as holes, count for nothing, and are compared without being read") {
  const std::vector<std::vector<std::uint64_t>> cases = {
      {}, {0}, {large - 1}, {0, large / 2, large - 1}, {4095, 4096, 1 << 20}};
  for (const auto& places : cases) {
    CAPTURE(places.size());
    const TreeFolder scratch;
    const std::string from = scratch.made("from");
    const std::string to = scratch.made("to");
    write_at(from + "/file", places, large);
    const auto listing = list_tree(from, {});
    REQUIRE(listing.has_value());
    CHECK(listing->bytes == bytes_on_disk(from + "/file"));
    CHECK(listing->nodes.at("file").size == large);
    REQUIRE(told(copy_tree(from, *listing, to)) == "");
    CHECK(fs::file_size(to + "/file") == large);
    CHECK(bytes_on_disk(to + "/file") < (1 << 20));
    CHECK(same_bytes(from + "/file", to + "/file").value());
    write_at(scratch.path("other"), {large / 4}, large);
    CHECK_FALSE(same_bytes(from + "/file", scratch.path("other")).value());
    write_at(scratch.path("longer"), places, large + 1);
    CHECK_FALSE(same_bytes(from + "/file", scratch.path("longer")).value());
    CHECK_FALSE(same_bytes(scratch.path("longer"), from + "/file").value());
  }
}

TEST_CASE("a copy has the bytes of a file, whatever its holes: by reading all of both") {
  Dice dice(7);
  for (int round = 0; round < 60; ++round) {
    CAPTURE(round);
    const TreeFolder scratch;
    std::vector<std::uint64_t> places;
    const std::uint64_t size = dice.below(1 << 20);
    for (std::size_t i = 0, count = dice.below(6); i < count && size > 0; ++i)
      places.push_back(dice.below(size));
    write_at(scratch.path("a"), places, size);
    const auto node = node_at(scratch.path("a"));
    REQUIRE(told(copy_node(scratch.path("a"), *node, scratch.path("b"))) == "");
    const auto all = [&](const std::string& name) {
      std::ifstream file(scratch.path(name), std::ios::binary);
      return std::string(std::istreambuf_iterator<char>(file), {});
    };
    CHECK(all("a") == all("b"));
    if (size == 0) continue;
    std::string changed = all("a");
    changed[dice.below(size)] ^= 1;
    std::ofstream(scratch.path("c"), std::ios::binary) << changed;
    CHECK(same_bytes(scratch.path("a"), scratch.path("b")).value());
    CHECK_FALSE(same_bytes(scratch.path("a"), scratch.path("c")).value());
  }
}

TEST_CASE("folders that come and go while a tree is listed and copied are there or are not") {
  const TreeFolder scratch;
  const std::string root = scratch.made("tree");
  std::ofstream(root + "/stays") << "x";
  std::atomic<bool> over = false;
  std::thread watcher([&] {
    std::error_code ignored;
    for (int i = 0; !over; i = (i + 1) % 5) {
      const std::string folder = root + "/d" + std::to_string(i);
      fs::remove_all(folder, ignored);
      fs::create_directories(folder + "/x", ignored);
      for (const char* name : {"/x/1", "/x/2", "/x/3"}) std::ofstream(folder + name) << "y";
    }
  });
  std::string failed;
  for (int round = 0; round < 300 && failed.empty(); ++round) {
    const std::string into = scratch.made("copy");
    const auto listing = list_tree(root, {});
    failed = listing ? told(copy_tree(root, *listing, into)) : listing.error().what;
    if (listing) CHECK(listing->unusual.empty());
    if (failed.empty() && !fs::exists(into + "/stays")) failed = "what stays was not copied";
    remove_tree(into);
  }
  over = true;
  watcher.join();
  CHECK(failed == "");
  fs::remove_all(root);
  CHECK(list_tree(root, {}).error().fault == Fault::missing);
}

}  // namespace culprit
