#include "base/bits.h"

#include <cstddef>

namespace culprit {
namespace {

// Hacker's Delight, 5-1.
std::uint64_t ones(std::uint64_t word) {
  word -= word >> 1 & 0x5555'5555'5555'5555ULL;
  word = (word & 0x3333'3333'3333'3333ULL) + (word >> 2 & 0x3333'3333'3333'3333ULL);
  word = (word + (word >> 4)) & 0x0F0F'0F0F'0F0F'0F0FULL;
  return word * 0x0101'0101'0101'0101ULL >> 56;
}

#if defined(__x86_64__)
__attribute__((target("popcnt"))) std::uint64_t counted_by_machine(const std::uint64_t* a,
                                                                   const std::uint64_t* b,
                                                                   std::size_t words) {
  std::uint64_t sum = 0;
  std::uint64_t other = 0;
  std::size_t i = 0;
  for (; i + 2 <= words; i += 2) {
    sum += static_cast<std::uint64_t>(__builtin_popcountll(a[i] & b[i]));
    other += static_cast<std::uint64_t>(__builtin_popcountll(a[i + 1] & b[i + 1]));
  }
  if (i < words) sum += static_cast<std::uint64_t>(__builtin_popcountll(a[i] & b[i]));
  return sum + other;
}
#endif

}  // namespace

std::uint64_t ones_in_both_plainly(std::span<const std::uint64_t> a,
                                   std::span<const std::uint64_t> b) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += ones(a[i] & b[i]);
  return sum;
}

std::uint64_t ones_in_both(std::span<const std::uint64_t> a, std::span<const std::uint64_t> b) {
#if defined(__x86_64__)
  static const bool counts = __builtin_cpu_supports("popcnt") != 0;
  if (counts) return counted_by_machine(a.data(), b.data(), a.size());
#endif
  return ones_in_both_plainly(a, b);
}

std::uint64_t ones_in(std::span<const std::uint64_t> set) { return ones_in_both(set, set); }

}  // namespace culprit
