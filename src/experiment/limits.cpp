#include "experiment/limits.h"

#include <cerrno>

#include <sys/resource.h>

#include <algorithm>

namespace culprit {
namespace {

int lower(__rlimit_resource resource, const std::optional<std::uint64_t>& wanted) {
  if (!wanted) return 0;
  rlimit limit{};
  if (::getrlimit(resource, &limit) != 0) return errno;
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_cur, *wanted);
  limit.rlim_max = std::min<rlim_t>(limit.rlim_max, *wanted);  // else a program takes it all back
  return ::setrlimit(resource, &limit) == 0 ? 0 : errno;
}

int bind_to_first(const std::optional<std::uint32_t>& processors) {
  return processors ? ProcessorSet::allowed().first(*processors).bind() : 0;
}

int turn_idle() {
  const sched_param none{};
  return ::sched_setscheduler(0, SCHED_IDLE, &none) == 0 ? 0 : errno;
}

}  // namespace

ProcessorSet ProcessorSet::allowed() {
  ProcessorSet set;
  CPU_ZERO_S(sizeof set.words, set.words);
  if (::sched_getaffinity(0, sizeof set.words, set.words) != 0) {
    CPU_ZERO_S(sizeof set.words, set.words);
  }
  return set;
}

ProcessorSet ProcessorSet::first(std::uint32_t count) const {
  ProcessorSet chosen;
  CPU_ZERO_S(sizeof chosen.words, chosen.words);
  for (std::size_t processor = 0; processor < processors_max && count > 0; ++processor) {
    if (!CPU_ISSET_S(processor, sizeof words, words)) continue;
    CPU_SET_S(processor, sizeof chosen.words, chosen.words);
    --count;
  }
  return chosen;
}

ProcessorSet ProcessorSet::only(int index) const {
  ProcessorSet chosen;
  CPU_ZERO_S(sizeof chosen.words, chosen.words);
  const int all = count();
  int left = all == 0 ? -1 : index % all;
  for (std::size_t processor = 0; processor < processors_max && left >= 0; ++processor) {
    if (!CPU_ISSET_S(processor, sizeof words, words)) continue;
    if (left-- == 0) CPU_SET_S(processor, sizeof chosen.words, chosen.words);
  }
  return chosen;
}

int ProcessorSet::count() const { return CPU_COUNT_S(sizeof words, words); }

int ProcessorSet::bind(int thread) const {
  return ::sched_setaffinity(thread, sizeof words, words) == 0 ? 0 : errno;
}

int apply_limits(const Limits& limits) {
  if (const int failed = bind_to_first(limits.processors)) return failed;
  if (limits.idle) {
    if (const int failed = turn_idle()) return failed;
  }
  if (const int failed = lower(RLIMIT_NOFILE, limits.descriptors_max)) return failed;
  if (const int failed = lower(RLIMIT_FSIZE, limits.file_bytes_max)) return failed;
  // The last, since what follows it may lack the memory.
  return lower(RLIMIT_AS, limits.memory_bytes_max);
}

}  // namespace culprit
