// Keys remembers the keys of earlier lines (JSON, logfmt) and guesses which one comes next.
//
// Lines of one source repeat the same keys in nearly the same order. Each key remembers which two
// keys followed it, so that the next one is confirmed by comparing its bytes, and its dotted name
// and its role cost nothing. A wrong guess falls back to a hash table. Names stay where they are
// until `begin_line` finds the table full and forgets everything, so they are good for one line.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace culprit {

class Keys {
 public:
  // What a key's value is used for, beside being a field.
  enum class Use : std::uint8_t { plain, time, level, message, short_message, version, journal };

  // What a name is used for, and how well it ranks among others for the same.
  struct Promise {
    Use use = Use::plain;
    int rank = 0;
  };

  using Id = std::uint32_t;
  static constexpr Id root = 0;  // the object itself, parent of the top-level keys
  static constexpr Id none = ~Id{0};

  struct Key {
    std::array<char, 32> head{};  // the first bytes as written, `"name":`
    std::string_view written;     // all of them, with the mark
    std::string_view name;        // dotted, unescaped
    Id parent = none;
    std::array<Id, 2> next{none, none};   // keys that followed in the same object
    std::array<Id, 2> first{none, none};  // keys that the object below it began with
    Promise promise;
  };

  Keys() { forget(); }

  // By the name's role.
  static Promise promise_of(std::string_view name);

  // To be called before each line.
  void begin_line() {
    if (keys_.size() > keys_max) forget();
  }

  // The key whose bytes stand at [from, end), guessed from what stood before it: the previous key
  // of the same object, or none at its beginning. Yields `none` where neither guess holds.
  Id guess(Id parent, Id previous, const char* from, const char* end) const {
    const auto& guesses = previous == none ? keys_[parent].first : keys_[previous].next;
    for (const Id id : guesses) {
      if (id != none && stands_at(keys_[id], from, end)) return id;
    }
    return none;
  }

  // A key as it stands in a line: `"na\u006de"`, ':' and `name` in JSON.
  struct Spelling {
    std::string_view written;
    char mark;  // what has to follow for a guess to hold
    std::string_view plain;
  };

  // The key of that name below `parent`, remembered from here on.
  Id learn(Id parent, Id previous, const Spelling& spelling);

  const Key& operator[](Id id) const { return keys_[id]; }

 private:
  // More than the distinct keys of any log seen; keys that are ids or counters pass it.
  static constexpr std::size_t keys_max = 4096;

  // Half of the time of reading a line is spent here and in the search for quotes, so it is inline.
  static bool stands_at(const Key& key, const char* from, const char* end) {
    const std::size_t size = key.written.size();
#ifdef __SSE2__
    if (size <= key.head.size() && end - from >= 32) {
      const auto* there = reinterpret_cast<const __m128i*>(from);
      const auto* known = reinterpret_cast<const __m128i*>(key.head.data());
      const __m128i low = _mm_cmpeq_epi8(_mm_loadu_si128(there), _mm_loadu_si128(known));
      const __m128i high = _mm_cmpeq_epi8(_mm_loadu_si128(there + 1), _mm_loadu_si128(known + 1));
      const std::uint32_t equal = static_cast<std::uint32_t>(_mm_movemask_epi8(low)) |
                                  static_cast<std::uint32_t>(_mm_movemask_epi8(high)) << 16;
      // The number of equal bytes from the first on.
      return static_cast<std::size_t>(std::countr_one(equal)) >= size;
    }
#endif
    return static_cast<std::size_t>(end - from) >= size &&
           std::memcmp(from, key.written.data(), size) == 0;
  }
  void forget();
  Id find(std::size_t hash, Id parent, std::string_view written) const;
  Id add(std::size_t hash, Id parent, const Spelling& spelling);
  void rehash();
  std::string_view keep(std::string text);

  std::vector<Key> keys_;
  std::vector<Id> slots_;          // open addressing, a power of two
  std::deque<std::string> texts_;  // a deque, because strings in it do not move
};

}  // namespace culprit
