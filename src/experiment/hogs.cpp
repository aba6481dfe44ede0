#include "experiment/hogs.h"

#include <cerrno>
#include <csignal>
#include <cstring>

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <utility>

#include "experiment/limits.h"
#include "experiment/offspring.h"

namespace culprit {
namespace {

constexpr std::size_t hogs_max = 1024;  // beyond it the machine itself is under test

// Some milliseconds of work, so that looking for the owner costs nothing.
void burn() {
  for (int round = 0; round < 10'000'000; ++round) __asm__ volatile("");
}

[[noreturn]] void be_a_hog(pid_t owner) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  close_all_but(-1);
  ::setsid();
  while (::getppid() == owner) burn();
  ::_exit(0);
}

}  // namespace

Result<Hogs> Hogs::start(std::uint32_t per_processor, const Limits& limits) {
  Hogs hogs;
  ProcessorSet processors = ProcessorSet::allowed();
  if (limits.processors) processors = processors.first(*limits.processors);
  const std::size_t wanted =
      std::size_t{per_processor} * static_cast<std::size_t>(processors.count());
  if (wanted > hogs_max) {
    return error(Fault::usage, "{} busy processes are too many: {} at most", wanted, hogs_max);
  }
  const pid_t owner = ::getpid();
  for (std::size_t i = 0; i < wanted; ++i) {
    const pid_t child = ::fork();
    if (child == 0) be_a_hog(owner);
    if (child < 0) {
      return error(Fault::unavailable, "cannot start a busy process: {}", std::strerror(errno));
    }
    hogs.processes_.push_back(child);
    processors.only(static_cast<int>(i))
        .bind(child);  // where it is refused, it is busy all the same
  }
  return hogs;
}

Hogs::Hogs(Hogs&& other) noexcept { *this = std::move(other); }

Hogs& Hogs::operator=(Hogs&& other) noexcept {
  std::swap(processes_, other.processes_);
  return *this;
}

Hogs::~Hogs() {
  for (const int process : processes_) ::kill(process, SIGKILL);
  for (const int process : processes_) {
    while (::waitpid(process, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
}

}  // namespace culprit
