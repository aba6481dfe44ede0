#include "workbench/process_room.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <doctest/doctest.h>

namespace culprit {
namespace {

// In a process of its own, of a user whom the limit holds for.
bool scarce_at(rlim_t processes) {
  const pid_t child = ::fork();
  if (child == 0) {
    constexpr uid_t nobody_else = 54321;
    const rlimit limit{processes, processes};
    const bool set = ::setrlimit(RLIMIT_NPROC, &limit) == 0 && ::setuid(nobody_else) == 0;
    ::_exit(!set ? 2 : processes_are_scarce() ? 1 : 0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  REQUIRE(WIFEXITED(status));
  REQUIRE(WEXITSTATUS(status) != 2);
  return WEXITSTATUS(status) == 1;
}

TEST_CASE("processes are scarce where the user's limit is near") {
  if (::getuid() != 0) return;  // who has other processes is near to the limits of the test
  CHECK(scarce_at(1));
  CHECK(!scarce_at(1000));
}

}  // namespace
}  // namespace culprit
