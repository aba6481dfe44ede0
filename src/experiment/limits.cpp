#include "experiment/limits.h"

#include <cerrno>

#include <sched.h>
#include <sys/resource.h>

namespace culprit {
namespace {

int limit(__rlimit_resource resource, const std::optional<std::uint64_t>& most) {
  if (!most) return 0;
  rlimit wanted{};
  if (::getrlimit(resource, &wanted) != 0) return errno;
  wanted.rlim_cur = *most < wanted.rlim_max ? *most : wanted.rlim_max;
  wanted.rlim_max = wanted.rlim_cur;
  return ::setrlimit(resource, &wanted) == 0 ? 0 : errno;
}

// On the first so many of the processors that it may use already.
int pin(const std::optional<std::uint32_t>& processors) {
  if (!processors) return 0;
  cpu_set_t allowed;
  if (::sched_getaffinity(0, sizeof allowed, &allowed) != 0) return errno;
  cpu_set_t chosen;
  CPU_ZERO(&chosen);
  std::uint32_t left = *processors;
  for (std::size_t i = 0; i < CPU_SETSIZE && left > 0; ++i) {
    if (!CPU_ISSET(i, &allowed)) continue;
    CPU_SET(i, &chosen);
    --left;
  }
  return ::sched_setaffinity(0, sizeof chosen, &chosen) == 0 ? 0 : errno;
}

int idle() {
  const sched_param none{};
  return ::sched_setscheduler(0, SCHED_IDLE, &none) == 0 ? 0 : errno;
}

}  // namespace

int apply_limits(const Limits& limits) {
  if (const int failed = pin(limits.processors)) return failed;
  if (const int failed = limits.idle ? idle() : 0) return failed;
  if (const int failed = limit(RLIMIT_AS, limits.memory_bytes_max)) return failed;
  if (const int failed = limit(RLIMIT_FSIZE, limits.file_bytes_max)) return failed;
  return limit(RLIMIT_NOFILE, limits.descriptors_max);
}

}  // namespace culprit
