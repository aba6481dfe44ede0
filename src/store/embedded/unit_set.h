// A UnitSet is some of all units, each once, numbered in their order.
//
// A bit a unit, so that asking about each row of all blocks stays in the cache.
#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <vector>

namespace culprit {

class UnitSet {
 public:
  // `all`: how many units there are; each of `units` is below it.
  UnitSet(std::span<const std::uint32_t> units, std::size_t all)
      : bits_((all + 63) / 64), before_(bits_.size()) {
    for (const std::uint32_t unit : units) bits_[unit / 64] |= 1ULL << (unit % 64);
    for (std::size_t word = 0; word < bits_.size(); ++word) {
      before_[word] = size_;
      size_ += static_cast<std::uint32_t>(std::popcount(bits_[word]));
    }
  }
  bool has(std::uint32_t unit) const { return (bits_[unit / 64] >> (unit % 64) & 1) != 0; }
  // How many of it stand before a unit.
  std::uint32_t of(std::uint32_t unit) const {
    const std::uint64_t lower = bits_[unit / 64] & ((1ULL << (unit % 64)) - 1);
    return before_[unit / 64] + static_cast<std::uint32_t>(std::popcount(lower));
  }
  std::size_t size() const { return size_; }
  // Whether it has any from `least` to below `to`.
  bool any_in(std::uint32_t least, std::uint32_t to) const {
    return least < to && (of(least) < of(to - 1) || has(to - 1));
  }

 private:
  std::vector<std::uint64_t> bits_;
  std::vector<std::uint32_t> before_;  // units in front of each word
  std::uint32_t size_ = 0;
};

}  // namespace culprit
