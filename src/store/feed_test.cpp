#include "store/feed.h"

#include <doctest/doctest.h>

#include <random>
#include <vector>

#include "base/sim_world.h"

namespace culprit {
namespace {

Source source_of(SimWorld& world, const std::string& bytes) {
  world.put("a.log", bytes);
  Source source;
  source.name = source.path = "a.log";
  source.seekable = true;
  source.size = bytes.size();
  return source;
}

using Lines = std::vector<std::pair<std::uint64_t, std::string>>;

Lines lines_in(SimWorld& world, const Source& source, ByteRange range,
               LineFeed::Descriptor descriptor = LineFeed::Descriptor::held) {
  auto opened = LineFeed::open(world, source, range, descriptor);
  REQUIRE(opened);
  LineFeed feed = std::move(opened).value();
  Lines lines;
  while (const auto line = feed.next()) lines.emplace_back(line->offset, line->text);
  CHECK_FALSE(feed.fault());
  return lines;
}

}  // namespace

TEST_CASE("every line is fed with its offset, the last one without a line end too") {
  SimWorld world;
  const Source source = source_of(world, "one\n\ntwo\nthree");
  const Lines expected = {{0, "one"}, {4, ""}, {5, "two"}, {9, "three"}};
  CHECK(lines_in(world, source, {}) == expected);
  CHECK(lines_in(world, source, {}, LineFeed::Descriptor::reopened) == expected);
  CHECK(lines_in(world, source_of(world, ""), {}).empty());
}

TEST_CASE("ranges that share a file share its lines, none twice and none left out") {
  std::mt19937_64 dice(1);
  SimWorld world;
  for (int round = 0; round < 50; ++round) {
    std::string bytes;
    const std::size_t length = dice() % 3000;
    // Some lines are longer than a range.
    while (bytes.size() < length) bytes += std::string(dice() % 200, 'x') + '\n';
    if (dice() % 2 == 0) bytes += "cut";
    const Source source = source_of(world, bytes);
    const Lines whole = lines_in(world, source, {});
    Lines joined;
    for (std::uint64_t at = 0; at < bytes.size();) {
      const std::uint64_t to = at + 1 + dice() % 100;
      const Lines part = lines_in(world, source, {at, to});
      joined.insert(joined.end(), part.begin(), part.end());
      at = to;
    }
    CHECK(joined == whole);
  }
}

TEST_CASE("lines longer than what is read at once are whole") {
  SimWorld world;
  const std::string one(300'000, 'a');
  const std::string other(3'000'000, 'b');
  const Source source = source_of(world, one + '\n' + other + "\nend\n");
  const Lines lines = lines_in(world, source, {});
  REQUIRE(lines.size() == 3);
  CHECK(lines[0].second == one);
  CHECK(lines[1].second == other);
  CHECK(lines[2].second == "end");
}

TEST_CASE("a line that is too long is cut and said, and the lines behind it are read") {
  SimWorld world;
  const Source source = source_of(world, "one\n" + std::string(200 << 20, 'a') + "\ntwo\n");
  auto opened = LineFeed::open(world, source);
  REQUIRE(opened);
  LineFeed feed = std::move(opened).value();
  REQUIRE(feed.next());
  const auto cut = feed.next();
  REQUIRE(cut);
  CHECK(cut->offset == 4);
  CHECK(cut->text == std::string(64 << 20, 'a'));
  const auto behind = feed.next();
  REQUIRE(behind);
  CHECK(behind->offset == 5 + (200 << 20));
  CHECK(behind->text == "two");
  CHECK_FALSE(feed.next());
  REQUIRE(feed.fault());
  CHECK(feed.fault()->what == "a.log: the line at byte 4 is longer than 64 MB and was cut there");
}

}  // namespace culprit
