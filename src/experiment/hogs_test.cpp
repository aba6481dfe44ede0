#include "experiment/hogs.h"

#include <chrono>
#include <thread>

#include <doctest/doctest.h>

#include "experiment/process_test.h"

namespace culprit {
namespace {

// Processor seconds that a fixed wall time of spinning on one processor yields.
double share_of_processor() {
  const std::string spin =
      "import time\nend=time.monotonic()+.6\nwhile time.monotonic()<end: pass\n"
      "print(time.process_time()/.6)";
  return std::stod(run_test_process({"python3", "-c", spin}, {.processors = 1}).out);
}

bool ends_soon(int process) {
  for (int round = 0; round < 200; ++round) {
    if (status_row(process, "State").empty() || status_row(process, "State")[0] == 'Z') return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

}  // namespace

TEST_CASE("three hogs leave a command about a quarter of its processor") {
  const Result<Hogs> hogs = Hogs::start(3, {.processors = 1});
  REQUIRE(hogs);
  CHECK(hogs->processes().size() == 3);
  CHECK(share_of_processor() < 0.45);  // a quarter, and what the clock adds at both ends
}

TEST_CASE("there are so many on each processor that the command may use") {
  const auto all = static_cast<std::size_t>(ProcessorSet::allowed().count());
  const Result<Hogs> hogs = Hogs::start(2, {});
  REQUIRE(hogs);
  CHECK(hogs->processes().size() == 2 * all);
  for (const int process : hogs->processes()) {
    CHECK(status_row(process, "Cpus_allowed_list").find_first_of(",-") == std::string::npos);
  }
}

TEST_CASE("hogs are gone with their value") {
  std::vector<int> processes;
  {
    const Result<Hogs> hogs = Hogs::start(1, {});
    REQUIRE(hogs);
    processes = hogs->processes();
  }
  for (const int process : processes) CHECK(status_row(process, "State").empty());
}

TEST_CASE("hogs are gone when their owner is killed, and hold none of its pipes") {
  int pipe[2] = {-1, -1};
  REQUIRE(::pipe2(pipe, O_CLOEXEC) == 0);
  const pid_t owner = ::fork();
  if (owner == 0) {
    const Result<Hogs> hogs = Hogs::start(1, {});
    const int first = hogs ? hogs->processes().front() : 0;
    if (::write(pipe[1], &first, sizeof first) != sizeof first) ::_exit(1);
    for (;;) ::pause();
  }
  ::close(pipe[1]);
  int hog = 0;
  REQUIRE(::read(pipe[0], &hog, sizeof hog) == sizeof hog);
  REQUIRE(hog > 0);
  ::kill(owner, SIGKILL);
  ::waitpid(owner, nullptr, 0);
  char none = 0;
  CHECK(::read(pipe[0], &none, 1) == 0);
  ::close(pipe[0]);
  CHECK(ends_soon(hog));
}

TEST_CASE("more hogs than a machine bears are refused") {
  const Result<Hogs> hogs = Hogs::start(1'000'000, {});
  REQUIRE_FALSE(hogs);
  CHECK(hogs.error().fault == Fault::usage);
}

}  // namespace culprit
