// A ValueMemo remembers the Codes of a field's latest short values by their bytes.
//
// Most values of a log were seen a few lines earlier. A value of up to sixteen bytes is told apart
// by its length and two words, without hashing it or following a pointer; each place keeps the
// latest value that fell there.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "store/embedded/code.h"

namespace culprit {

// A text of up to sixteen bytes as two words; texts of one length are equal if these are.
struct ShortText {
  static constexpr std::size_t bytes_max = 16;
  std::uint64_t head = 0;
  std::uint64_t tail = 0;

  static ShortText of(std::string_view text) {
    const char* const begin = text.data();
    const char* const end = begin + text.size();
    if (text.size() >= 8) return {load<std::uint64_t>(begin), load<std::uint64_t>(end - 8)};
    if (text.size() >= 4) return {load<std::uint32_t>(begin), load<std::uint32_t>(end - 4)};
    if (text.empty()) return {};
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(begin[i]); };
    const unsigned ends = byte(0) | static_cast<unsigned>(byte(text.size() - 1)) << 8;
    return {ends | static_cast<unsigned>(byte(text.size() / 2)) << 16, 0};
  }
  bool operator==(const ShortText&) const = default;

 private:
  template <typename Word>
  static std::uint64_t load(const char* from) {
    Word word;
    std::memcpy(&word, from, sizeof(Word));
    return word;
  }
};

// Of names, which are short: no call and no loop.
inline bool same_text(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  if (a.size() <= ShortText::bytes_max) return ShortText::of(a) == ShortText::of(b);
  return std::memcmp(a.data(), b.data(), a.size()) == 0;
}

class ValueMemo {
 public:
  struct Entry {
    ShortText text;
    std::uint32_t size = size_none;
    Code code = 0;
    bool number = false;  // the value spells a number
  };

  // Where a value of up to sixteen bytes is remembered, whether it is there or another.
  Entry& at(ShortText text, std::size_t size) {
    if (entries_.empty()) entries_.resize(entries_max);
    // Odd constants that spread bits upwards (from the golden ratio and MurmurHash3's mixer).
    const std::uint64_t mixed =
        (text.head + size) * 0x9E37'79B9'7F4A'7C15ULL ^ text.tail * 0xC4CE'B9FE'1A85'EC53ULL;
    return entries_[mixed >> (64 - entries_bits)];
  }
  static bool holds(const Entry& entry, ShortText text, std::size_t size) {
    return entry.size == size && entry.text == text;
  }
  void clear() { entries_ = {}; }

 private:
  // Values of the shop's fields are few, or so many that no table helps; among 512 places 36 hosts
  // hardly ever meet, and only the places in use take up cache.
  static constexpr unsigned entries_bits = 9;
  static constexpr std::size_t entries_max = std::size_t{1} << entries_bits;
  static constexpr std::uint32_t size_none = 0xFFFF'FFFFU;

  std::vector<Entry> entries_;
};

}  // namespace culprit
