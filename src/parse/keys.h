// Keys remembers the keys of earlier JSON lines and guesses which one comes next.
//
// Lines of one source repeat the same keys in nearly the same order. Each key remembers which two
// keys followed it, so that the next one is confirmed by comparing its bytes, and its dotted name
// and its role cost nothing. A wrong guess falls back to a hash table. Names stay where they are
// until `begin_line` finds the table full and forgets everything, so they are good for one line.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace culprit {

class Keys {
 public:
  // What a key's value is used for, beside being a field.
  enum class Use : std::uint8_t { plain, time, level, message, short_message, version };

  using Id = std::uint32_t;
  static constexpr Id root = 0;  // the object itself, parent of the top-level keys
  static constexpr Id none = ~Id{0};

  struct Key {
    std::array<char, 32> head{};  // the first bytes as written, `"name":`
    std::string_view written;     // all of them
    std::string_view name;        // dotted, unescaped
    Id parent = none;
    std::array<Id, 2> next{none, none};   // keys that followed in the same object
    std::array<Id, 2> first{none, none};  // keys that the object below it began with
    int rank = 0;
    Use use = Use::plain;
  };

  Keys() { forget(); }

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

  // The key of that name below `parent`, remembered from here on. `quoted`: as written, with its
  // quotes; `plain`: unescaped.
  Id learn(Id parent, Id previous, std::string_view quoted, std::string_view plain);

  const Key& operator[](Id id) const { return keys_[id]; }

 private:
  // More than the distinct keys of any log seen; keys that are ids or counters pass it.
  static constexpr std::size_t keys_max = 4096;

  static bool stands_at(const Key& key, const char* from, const char* end);
  void forget();
  Id find(std::size_t hash, Id parent, std::string_view quoted) const;
  Id add(std::size_t hash, Id parent, std::string_view quoted, std::string_view plain);
  void rehash();
  std::string_view keep(std::string text);

  std::vector<Key> keys_;
  std::vector<Id> slots_;          // open addressing, a power of two
  std::deque<std::string> texts_;  // a deque, because strings in it do not move
};

}  // namespace culprit
