// A Dice is a seeded source of chance: the same seed, the same throws, on every machine.
//
// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014). It is a value that minds may take; the standard
// library's distributions differ from one library to the next, so what is needed is made here.
#pragma once

#include <cstddef>
#include <cstdint>

namespace culprit {

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}

  std::uint64_t bits() {
    std::uint64_t mixed = state_ += 0x9E37'79B9'7F4A'7C15ULL;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58'476D'1CE4'E5B9ULL;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D0'49BB'1331'11EBULL;
    return mixed ^ (mixed >> 31);
  }
  // In [0, 1).
  double uniform() { return static_cast<double>(bits() >> 11) * 0x1p-53; }
  // 0 to count - 1.
  std::size_t below(std::size_t count) {
    return static_cast<std::size_t>(uniform() * static_cast<double>(count));
  }

 private:
  std::uint64_t state_;
};

}  // namespace culprit
