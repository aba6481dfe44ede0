// Dice are the only source of chance in the shop: xoshiro256** seeded through splitmix64.
//
// The same (seed, stream) gives the same numbers on every machine. Streams are independent, so that
// drawing one number more in the plan does not change the traffic. Not std::mt19937 with
// std::distributions: their sequences are not the same in every standard library.
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

namespace shop {

class Dice {
 public:
  Dice(uint64_t seed, uint64_t stream) {
    uint64_t state = seed * 0x9E3779B97F4A7C15u + stream * 0xD1B54A32D192ED03u;
    for (auto& word : words_) word = split(state);
  }

  uint64_t next() {
    const uint64_t result = rotated(words_[1] * 5, 7) * 9;
    const uint64_t carried = words_[1] << 17;
    words_[2] ^= words_[0];
    words_[3] ^= words_[1];
    words_[1] ^= words_[2];
    words_[0] ^= words_[3];
    words_[2] ^= carried;
    words_[3] = rotated(words_[3], 45);
    return result;
  }

  // In [0, 1).
  double unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
  double between(double low, double high) { return low + (high - low) * unit(); }
  bool chance(double probability) { return unit() < probability; }
  double exponential(double mean) { return -mean * std::log1p(-unit()); }

  // In [0, bound); the bias of the multiplication is below bound / 2^32.
  uint32_t below(uint32_t bound) { return static_cast<uint32_t>(((next() >> 32) * bound) >> 32); }
  int whole(int low, int high) {
    return low + static_cast<int>(below(static_cast<uint32_t>(high - low + 1)));
  }

 private:
  static uint64_t rotated(uint64_t x, int by) { return (x << by) | (x >> (64 - by)); }
  static uint64_t split(uint64_t& state) {
    uint64_t z = (state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }

  uint64_t words_[4];
};

// A Fortune draws an index with probability proportional to its weight, in constant time
// (Vose's alias method).
class Fortune {
 public:
  Fortune() = default;
  explicit Fortune(const std::vector<double>& weights);
  uint32_t draw(Dice& dice) const {
    const uint32_t slot = dice.below(static_cast<uint32_t>(keep_.size()));
    return dice.unit() < keep_[slot] ? slot : other_[slot];
  }

 private:
  std::vector<double> keep_;
  std::vector<uint32_t> other_;
};

// Multiples of the median of a lognormal distribution, looked up instead of computed: exp and cos
// for every line would cost more than the line.
class Spread {
 public:
  explicit Spread(double sigma);
  double draw(Dice& dice) const { return factors_[dice.next() >> 52]; }

 private:
  std::vector<double> factors_;
};

}  // namespace shop
