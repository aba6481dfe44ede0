// Bits counts members of sets that are kept as words of 64 bits each.
//
// Where the machine has an instruction for that (nearly all since 2008) it is used, found out at
// run time; elsewhere the bits are added up in words, with the same result.
#pragma once

#include <cstdint>
#include <span>

namespace culprit {

std::uint64_t ones_in(std::span<const std::uint64_t> set);
// Of equally long sets.
std::uint64_t ones_in_both(std::span<const std::uint64_t> a, std::span<const std::uint64_t> b);

// The ways behind them, for tests.
std::uint64_t ones_in_both_plainly(std::span<const std::uint64_t> a,
                                   std::span<const std::uint64_t> b);

}  // namespace culprit
