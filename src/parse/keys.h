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

#include "parse/simd.h"

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

  static constexpr std::size_t head_bytes = 32;

  struct Key;
  // Keys that followed at a place, most telling first.
  using Guesses = std::array<Key*, 2>;

  struct Key {
    std::array<char, 32> head{};  // the first bytes as written, `"name":`
    std::uint32_t head_mask = 0;  // a bit for each of them that counts
    std::string_view written;     // all of them, with the mark
    std::string_view name;        // dotted, unescaped
    std::uint64_t hash = 0;       // of the name
    const Key* parent = nullptr;  // of the root: nullptr
    mutable Guesses next{};       // keys that followed in the same object
    mutable Guesses first{};      // keys that the object below it began with
    Promise promise;
  };

  Keys() { forget(); }

  // The object itself, parent of the top-level keys.
  const Key& root() const { return keys_.front(); }

  // By the name's role.
  static Promise promise_of(std::string_view name);

  // The hash of one name more (Event::names); `names` is that of those before, 0 of none.
  static std::uint64_t joined(std::uint64_t names, std::uint64_t name) {
    return (names ^ name) * 0x9E37'79B9'7F4A'7C15ULL;  // the golden ratio, as splitmix64 has it
  }

  static std::uint64_t hash_of(std::string_view name);

  // The same for a name that is known when the program is compiled: 64-bit FNV-1a (Fowler, Noll,
  // Vo).
  static constexpr std::uint64_t mark_of(std::string_view name) {
    std::uint64_t mark = 0xCBF2'9CE4'8422'2325ULL;
    for (const char byte : name) {
      mark = (mark ^ static_cast<unsigned char>(byte)) * 0x0000'0100'0000'01B3ULL;
    }
    return mark;
  }
  // A name that a format gives itself.
  struct FixedName {
    std::string_view text;
    std::uint64_t mark;
    constexpr explicit FixedName(std::string_view name) : text(name), mark(mark_of(name)) {}
  };

  // To be called before each line.
  void begin_line() {
    if (keys_.size() > keys_max) forget();
  }

  // The key whose bytes stand at [from, end), guessed from what stood before it: the previous key
  // of the same object, or none (nullptr) at its beginning. nullptr: neither guess holds.
  static const Key* guess(const Key& parent, const Key* previous, const char* from,
                          const char* end) {
    const Guesses& guesses = previous == nullptr ? parent.first : previous->next;
    for (const Key* const key : guesses) {
      if (key != nullptr && stands_at(*key, from, end)) return key;
    }
    return nullptr;
  }

  // The same where head_bytes can be read from `from`, and keys of up to as many only. What it
  // yields may be longer than what is left of the line: the caller looks.
  template <typename Bytes>
  [[gnu::always_inline]] static inline const Key* guess_head(const Key& parent, const Key* previous,
                                                             const char* from) {
    const Guesses& guesses = previous == nullptr ? parent.first : previous->next;
    for (const Key* const key : guesses) {
      if (key == nullptr) return nullptr;
      if (begins_with<Bytes>(from, *key)) return key;
    }
    return nullptr;
  }

  // Whether a key of up to head_bytes stands at `from`, behind which there are as many. A longer
  // one never seems to.
  template <typename Bytes>
  [[gnu::always_inline]] static inline bool begins_with(const char* from, const Key& key) {
    const std::uint32_t same = Bytes::same_of_32(from, key.head.data());
    return (key.head_mask & ~same) == 0 && key.head_mask != 0;
  }

  // A key as it stands in a line: `"na\u006de"`, ':' and `name` in JSON.
  struct Spelling {
    std::string_view written;
    char mark;  // what has to follow for a guess to hold
    std::string_view plain;
  };

  // The key of that name below `parent`, remembered from here on.
  const Key& learn(const Key& parent, const Key* previous, const Spelling& spelling);

 private:
  // More than the distinct keys of any log seen; keys that are ids or counters pass it.
  static constexpr std::size_t keys_max = 4096;

  static bool stands_at(const Key& key, const char* from, const char* end) {
    const std::size_t size = key.written.size();
    if (static_cast<std::size_t>(end - from) < size) return false;
    if (size <= head_bytes && can_read(from, end, head_bytes))
      return begins_with<BaseBytes>(from, key);
    return std::memcmp(from, key.written.data(), size) == 0;
  }
  void forget();
  Key* find(std::size_t hash, const Key& parent, std::string_view written) const;
  Key& add(std::size_t hash, const Key& parent, const Spelling& spelling);
  void place(std::size_t hash, Key& key);
  void rehash();
  std::string_view keep(std::string text);

  std::deque<Key> keys_;           // a deque, because keys in it do not move
  std::vector<Key*> slots_;        // open addressing, a power of two
  std::deque<std::string> texts_;  // as keys_
};

}  // namespace culprit
