#include "store/seek.h"

#include <doctest/doctest.h>

#include "store/log_files_test.h"

namespace culprit {
namespace {

using log_files::Line;
using log_files::LogFile;
using std::chrono::minutes;
using Seconds = std::chrono::seconds;

ByteRange found_range(const LogFile& file, const Window& window) {
  SimWorld world;
  const std::vector<Source> sources = log_files::sources_of(world, {file});
  const auto range = range_of(world, sources[0], window);
  REQUIRE(range);
  return *range;
}

// The linear scan that seeking has to agree with.
std::size_t missed(const LogFile& file, const Window& window, ByteRange range) {
  return static_cast<std::size_t>(
      std::count_if(file.lines.begin(), file.lines.end(), [&](const Line& line) {
        return line.time != no_time && !line.wrong && window.contains(line.time) &&
               (line.offset < range.from || line.offset >= range.to);
      }));
}

std::uint64_t length(const LogFile& file, ByteRange range) {
  return std::min<std::uint64_t>(range.to, file.bytes.size()) - range.from;
}

Window random_window(std::mt19937_64& dice, const LogFile& file) {
  const auto at = [&] { return file.lines[dice() % file.lines.size()].time; };
  Time time = at();
  while (time == no_time) time = at();
  return {time - Seconds(dice() % 60), time + Seconds(dice() % 60 + 1)};
}

}  // namespace

TEST_CASE("no event of the window lies outside the range, however the lines are out of order") {
  std::mt19937_64 dice(2);
  for (const Duration disorder : {Seconds(0), Seconds(1), Seconds(5), Seconds(40)}) {
    for (int round = 0; round < 6; ++round) {
      const LogFile file = log_files::random_file(
          dice, {.lines = 8'000, .disorder = disorder, .untimed = round % 2 == 0 ? 0.0 : 0.5});
      for (int asked = 0; asked < 5; ++asked) {
        const Window window = random_window(dice, file);
        CHECK(missed(file, window, found_range(file, window)) == 0);
      }
    }
  }
}

TEST_CASE("a few lines with a wrong time do not mislead") {
  std::mt19937_64 dice(3);
  for (int round = 0; round < 10; ++round) {
    const LogFile file =
        log_files::random_file(dice, {.lines = 8'000, .disorder = Seconds(1), .wrong = 0.02});
    const Window window = random_window(dice, file);
    CHECK(missed(file, window, found_range(file, window)) == 0);
  }
}

TEST_CASE("the range is a small part of a long file") {
  std::mt19937_64 dice(4);
  const LogFile file = log_files::random_file(dice, {.lines = 50'000, .disorder = Seconds(1)});
  const Time middle = log_files::start + minutes(40);
  const ByteRange range = found_range(file, {middle, middle + Seconds(10)});
  CHECK(missed(file, {middle, middle + Seconds(10)}, range) == 0);
  CHECK(length(file, range) < file.bytes.size() / 20);
  CHECK(length(file, range) > 0);
}

TEST_CASE("a window before or behind the file is an empty end of it") {
  std::mt19937_64 dice(5);
  const LogFile file = log_files::random_file(dice, {.lines = 20'000});
  const Time before = log_files::start - minutes(60);
  const Time behind = log_files::start + minutes(600);
  CHECK(length(file, found_range(file, {before, before + minutes(1)})) < 64 << 10);
  CHECK(length(file, found_range(file, {behind, behind + minutes(1)})) < 64 << 10);
}

TEST_CASE("a window that is open on one side keeps that side of the file") {
  std::mt19937_64 dice(6);
  const LogFile file = log_files::random_file(dice, {.lines = 20'000});
  const Time middle = log_files::start + minutes(15);
  CHECK(found_range(file, {Time::min(), middle}).from == 0);
  CHECK(found_range(file, {middle, Time::max()}).to == UINT64_MAX);
  CHECK(found_range(file, {}) == ByteRange{});
}

TEST_CASE("two logs in one file are read whole") {
  std::mt19937_64 dice(7);
  const LogFile first = log_files::random_file(dice, {.lines = 10'000});
  LogFile both = first;
  for (const Line& line : first.lines) both.add(line.time, 100);
  const Time middle = log_files::start + minutes(8);
  const Window window{middle, middle + Seconds(5)};
  CHECK(missed(both, window, found_range(both, window)) == 0);
}

TEST_CASE("a file without a single time is read whole") {
  std::mt19937_64 dice(8);
  const LogFile file = log_files::random_file(dice, {.lines = 5'000, .untimed = 1});
  CHECK(found_range(file, {log_files::start, log_files::start + minutes(1)}) == ByteRange{});
}

TEST_CASE("the newest time is found at the end, behind lines that have none") {
  std::mt19937_64 dice(9);
  LogFile file = log_files::random_file(dice, {.lines = 5'000});
  const Time newest = file.lines.back().time;
  for (int i = 0; i < 5'000; ++i) file.add(no_time, 200);
  SimWorld world;
  const std::vector<Source> sources = log_files::sources_of(world, {file});
  const auto found = newest_time(world, sources[0]);
  REQUIRE(found);
  CHECK(*found == newest);
}

TEST_CASE("the first time is the least of the first events, or none") {
  LogFile file;
  file.add(no_time, 1);
  file.add(log_files::start + Seconds(2), 1);
  file.add(log_files::start, 1);
  SimWorld world;
  CHECK(first_time(log_files::sources_of(world, {file})[0]) == log_files::start);
  CHECK(first_time(Source{}) == no_time);
}

}  // namespace culprit
