// A Dictionary gives each distinct text a small number, in order of first sight.
//
// Open addressing, texts in one arena. It stops growing at `entries_max` and
// says so; the caller then works with hashes.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace culprit {

std::uint64_t hash_of(std::string_view text);

class Dictionary {
 public:
  static constexpr std::uint32_t none = 0xFFFF'FFFFU;

  // Moved, never copied: the views in texts_ point into arena_. Without these a growing vector of
  // Dictionaries would copy, because a deque's move may throw.
  Dictionary() = default;
  Dictionary(Dictionary&&) = default;
  Dictionary& operator=(Dictionary&&) = default;

  // The number of a text, added if there is room; none: there is no room.
  std::uint32_t add(std::string_view text, std::uint64_t hash, std::size_t entries_max);
  std::uint32_t add(std::string_view text) { return add(text, hash_of(text), none); }
  std::uint32_t find(std::string_view text, std::uint64_t hash) const;
  std::uint32_t find(std::string_view text) const { return find(text, hash_of(text)); }

  std::string_view operator[](std::uint32_t number) const { return texts_[number]; }
  std::size_t size() const { return texts_.size(); }
  std::size_t bytes() const { return arena_bytes_ + texts_.size() * 16 + slots_.size() * 8; }
  void clear();

 private:
  // Half of a hash: it says where to begin, and spares most looks at texts that are others.
  struct Slot {
    std::uint32_t tag = 0;
    std::uint32_t number = none;  // none: free
  };
  static std::uint32_t tag_of(std::uint64_t hash) { return static_cast<std::uint32_t>(hash); }

  void grow();
  void place(Slot slot);
  std::string_view keep(std::string_view text);

  std::vector<Slot> slots_;  // size a power of two
  std::vector<std::string_view> texts_;
  std::deque<std::string> arena_;  // chunks; a deque never moves them
  std::size_t arena_bytes_ = 0;
};

}  // namespace culprit
