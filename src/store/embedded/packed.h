// Packed holds unsigned integers in the fewest whole bytes that fit them all: 0, 1, 2 or 4.
//
// Width 0 is a column whose values are all zero. Reading is one predictable branch.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <span>
#include <utility>
#include <vector>

#include "base/verify.h"

namespace culprit {

class Packed {
 public:
  Packed() = default;

  static Packed of(std::span<const std::uint32_t> values) {
    std::uint32_t most = 0;
    for (const std::uint32_t value : values) most |= value;
    return less(values, 0, most);
  }
  // Each less `least`; `most` is the largest.
  static Packed less(std::span<const std::uint32_t> values, std::uint32_t least,
                     std::uint32_t most) {
    Packed packed(values.size(), most - least);
    switch (packed.width_) {
      case 1: packed.fill<std::uint8_t>(values, least); break;
      case 2: packed.fill<std::uint16_t>(values, least); break;
      case 4: packed.fill<std::uint32_t>(values, least); break;
      default: break;
    }
    return packed;
  }
  static Packed of_bytes(std::vector<std::uint8_t> values) {
    Packed packed;
    packed.size_ = values.size();
    const auto any = [](std::uint8_t value) { return value != 0; };
    if (std::none_of(values.begin(), values.end(), any)) return packed;
    packed.width_ = 1;
    packed.bytes_ = std::move(values);
    return packed;
  }

  // `size` zeros that can take values up to `most`.
  Packed(std::size_t size, std::uint32_t most)
      : size_(size),
        width_(most == 0      ? 0
               : most < 256   ? 1
               : most < 65536 ? 2
                              : 4) {
    bytes_.resize(size_ * width_);
  }

  std::uint32_t operator[](std::size_t i) const {
    switch (width_) {
      case 0: return 0;
      case 1: return bytes_[i];
      case 2: {
        std::uint16_t value;
        std::memcpy(&value, bytes_.data() + i * 2, 2);
        return value;
      }
      default: {
        std::uint32_t value;
        std::memcpy(&value, bytes_.data() + i * 4, 4);
        return value;
      }
    }
  }
  void set(std::size_t i, std::uint32_t value) {
    if (width_ == 1) bytes_[i] = static_cast<std::uint8_t>(value);
    if (width_ == 2) {
      const auto narrow = static_cast<std::uint16_t>(value);
      std::memcpy(bytes_.data() + i * 2, &narrow, 2);
    }
    if (width_ == 4) std::memcpy(bytes_.data() + i * 4, &value, 4);
  }
  std::size_t size() const { return size_; }
  // For loops that choose their width once.
  std::size_t width() const { return width_; }
  const std::uint8_t* data() const { return bytes_.data(); }
  template <typename Number>
  const Number* as() const {
    return reinterpret_cast<const Number*>(bytes_.data());
  }
  template <typename Number>
  Number* as() {
    return reinterpret_cast<Number*>(bytes_.data());
  }
  std::uint32_t most() const {
    switch (width_) {
      case 0: return 0;
      case 1: return most_of(as<std::uint8_t>());
      case 2: return most_of(as<std::uint16_t>());
      default: return most_of(as<std::uint32_t>());
    }
  }
  std::size_t bytes() const { return bytes_.size(); }

 private:
  template <typename Number>
  std::uint32_t most_of(const Number* numbers) const {
    Number most = 0;
    for (std::size_t i = 0; i < size_; ++i) most = std::max(most, numbers[i]);
    return most;
  }
  template <typename Number>
  void fill(std::span<const std::uint32_t> values, std::uint32_t least) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      const auto narrow = static_cast<Number>(values[i] - least);
      std::memcpy(bytes_.data() + i * sizeof(Number), &narrow, sizeof(Number));
    }
  }

  std::size_t size_ = 0;
  std::size_t width_ = 0;
  std::vector<std::uint8_t> bytes_;
};

}  // namespace culprit
