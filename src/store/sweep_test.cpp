#include "store/sweep.h"

#include <doctest/doctest.h>

#include <atomic>

#include "store/log_files_test.h"

namespace culprit {
namespace {

using log_files::Line;
using log_files::LogFile;

// Number of events and the sum of their times, which does not depend on the order.
struct Sums {
  std::uint64_t events = 0;
  std::uint64_t times = 0;
  bool operator==(const Sums&) const = default;
};

Sums swept(SimWorld& world, const std::vector<Source>& sources, const SweepOptions& options) {
  std::vector<Sums> threads(threads_of(options));
  const Status done =
      sweep(world, sources, options, [&](unsigned thread, const Source&, const Event& event) {
        ++threads[thread].events;
        threads[thread].times += static_cast<std::uint64_t>(nanoseconds(event.time));
      });
  REQUIRE(done);
  Sums all;
  for (const Sums& one : threads) all = {all.events + one.events, all.times + one.times};
  return all;
}

Sums expected(const std::vector<LogFile>& files, const Window& window) {
  Sums all;
  for (const LogFile& file : files) {
    for (const Line& line : file.lines) {
      if (!window.contains(line.time)) continue;
      ++all.events;
      all.times += static_cast<std::uint64_t>(nanoseconds(line.time));
    }
  }
  return all;
}

}  // namespace

TEST_CASE("a sweep shows every event of the window once, with any number of threads") {
  std::mt19937_64 dice(21);
  std::vector<LogFile> files;
  for (const std::size_t lines : std::vector<std::size_t>{0, 1, 500, 60'000}) {
    files.push_back(
        log_files::random_file(dice, {.lines = lines, .disorder = std::chrono::seconds(1)}));
  }
  SimWorld world;
  const std::vector<Source> sources = log_files::sources_of(world, files);
  const Window part{log_files::start + std::chrono::minutes(20),
                    log_files::start + std::chrono::minutes(30)};
  for (const unsigned threads : {1U, 2U, 5U}) {
    CHECK(swept(world, sources, {{}, threads, {}}) == expected(files, {}));
    CHECK(swept(world, sources, {part, threads, {}}) == expected(files, part));
  }
}

TEST_CASE("progress comes to its end") {
  std::mt19937_64 dice(22);
  SimWorld world;
  const std::vector<Source> sources =
      log_files::sources_of(world, {log_files::random_file(dice, {.lines = 1'000})});
  std::uint64_t last = 0;
  std::uint64_t total = 1;
  swept(world, sources, {{}, 1, [&](std::uint64_t done, std::uint64_t all) {
                           last = done;
                           total = all;
                         }});
  CHECK(last == total);
}

}  // namespace culprit
