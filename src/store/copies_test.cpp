#include "store/copies.h"

#include <doctest/doctest.h>
#include <fmt/ranges.h>

#include "base/sim_world.h"

namespace culprit {
namespace {

std::string lines(std::size_t from, std::size_t to) {
  std::string text;
  for (std::size_t i = from; i < to; ++i) {
    text +=
        fmt::format("2025-11-20T14:{:02}:{:02}Z INFO request {} served\n", i / 60 % 60, i % 60, i);
  }
  return text;
}

std::string untimed(std::size_t from, std::size_t to) {
  std::string text;
  for (std::size_t i = from; i < to; ++i) text += fmt::format("worker {} is ready\n", i);
  return text;
}

// "copy of whole" for each copy among what was put into `files`.
std::string copies(const std::vector<std::pair<std::string, std::string>>& files) {
  SimWorld world;
  GatherOptions options;
  for (const auto& [path, bytes] : files) {
    world.put(path, bytes);
    options.sources.push_back(path);
  }
  const auto sources = find_sources(world, options);
  REQUIRE(sources);
  std::vector<std::string> found;
  for (const Source& source : *sources) {
    if (source.copy_of.empty()) continue;
    found.push_back(source.name + " of " + source.copy_of);
    REQUIRE(source.notes.size() == 1);
    CHECK(source.notes.front().code == "duplicate_source");
  }
  return fmt::format("{}", fmt::join(found, "; "));
}

}  // namespace

TEST_CASE("what holds all lines of another source, or its first ones, is a copy of it") {
  const std::string day = lines(0, 200);
  CHECK(copies({{"app.log", day}, {"app.log.1", day}}) == "app.log.1 of app.log");
  CHECK(copies({{"a/x.log", day}, {"b/copy of x", day}}) == "b/copy of x of a/x.log");
  // copytruncate: copied, then written on, not yet cut; and the other way round.
  CHECK(copies({{"app.log", lines(0, 300)}, {"app.log.1", day}}) == "app.log.1 of app.log");
  CHECK(copies({{"app.log", day}, {"app.log.1", lines(0, 300)}}) == "app.log of app.log.1");
  // Cut in the middle of a line.
  CHECK(copies({{"app.log", day}, {"app.log.1", day.substr(0, 5000)}}) == "app.log.1 of app.log");
  CHECK(copies({{"a.log", day}, {"b.log", lines(0, 300)}, {"c.log", day}}) ==
        "a.log of b.log; c.log of b.log");
}

TEST_CASE("logs that only begin alike, or say the same without times, are no copies") {
  const std::string day = lines(0, 200);
  CHECK(copies({{"app.log", day + lines(200, 300)}, {"app.log.1", day + lines(400, 500)}}) == "");
  CHECK(copies({{"web-1.log", untimed(0, 200)}, {"web-2.log", untimed(0, 200)}}) == "");
  CHECK(copies({{"app.log", untimed(0, 200)}, {"app.log.1", untimed(0, 20)}}) == "");
  CHECK(copies({{"app.log", untimed(0, 200)}, {"app.log.1", untimed(0, 200)}}) ==
        "app.log.1 of app.log");
  CHECK(copies({{"a.log", lines(0, 1)}, {"b.log", lines(0, 1)}}) == "");
  CHECK(copies({{"a.log", ""}, {"b.log", ""}}) == "");
}

TEST_CASE("sources longer than a sample are compared to their ends") {
  const std::string day = lines(0, 12'000);  // 550 kB; a sample has 256 KiB
  REQUIRE(day.size() > 500'000);
  std::string other = day;
  other[other.size() - 2] = 'X';
  CHECK(copies({{"app.log", day}, {"app.log.1", day}}) == "app.log.1 of app.log");
  CHECK(copies({{"app.log", day}, {"app.log.1", other}}) == "");
  CHECK(copies({{"app.log", day}, {"app.log.1", other}, {"b", day + lines(0, 5)}, {"c", other}}) ==
        "app.log of b; app.log.1 of c");
}

TEST_CASE("rotated names go by one name") {
  for (const char* name : {"app.log", "a/b/app.log.1", "app.log.12.gz", "app.log-20251120.zst",
                           "app.log.2025-11-20", "app.log.old", "app.log.1.bak", "app.log~"}) {
    CHECK(rotation_of(name) == "app.log");
  }
  CHECK(rotation_of("web-1.log") == "web-1.log");
  CHECK(rotation_of("2025-11-20") == "2025-11-20");
}

}  // namespace culprit
