// A Dictionary gives each distinct text a small number, in order of first sight.
//
// Open addressing. A text of up to sixteen bytes stands in its slot, as nearly all values of a log
// do, so that looking for it touches one cache line and compares two words; of a longer one the
// slot has the hash, and the text stands elsewhere. It stops growing at `entries_max` and says so;
// the caller then works with hashes.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "event/event.h"
#include "store/embedded/short_text.h"

namespace culprit {

std::uint64_t hash_of(std::string_view text);

class Dictionary {
 public:
  static constexpr std::uint32_t none = 0xFFFF'FFFFU;

  // What is known of a text.
  struct Entry {
    std::uint32_t number = none;
    bool numeric = false;  // it spells a number
  };

 private:
  struct Slot {
    ShortText text;           // of a longer one: its hash, and its place in long_texts_
    std::uint32_t size = 0;   // of the text
    std::uint32_t entry = 0;  // twice its number + 1, and whether it is numeric; 0: free
  };
  static Entry entry_of(const Slot& slot) { return {(slot.entry >> 1) - 1, (slot.entry & 1) != 0}; }
  // Where a text's slot is looked for first. The factors are odd and spread bits upwards (from the
  // golden ratio and MurmurHash3's mixer).
  static std::size_t place_of(ShortText text, std::size_t size, unsigned shift) {
    const std::uint64_t mixed = (text.head + size) * 0x9E37'79B9'7F4A'7C15ULL ^
                                (text.tail ^ text.head >> 32) * 0xC4CE'B9FE'1A85'EC53ULL;
    return static_cast<std::size_t>(mixed >> shift);
  }

 public:
  // Looks for many texts of up to ShortText::bytes_max bytes, as long as none is added: what it
  // knows of the dictionary stays in registers, whatever else the loop writes.
  class Finder {
   public:
    explicit Finder(const Dictionary& in)
        : slots_(in.slots_.data()), mask_(in.mask_), shift_(in.shift_) {}
    // Whether there is anything to look at.
    explicit operator bool() const { return slots_ != nullptr; }
    Entry find(ShortText text, std::size_t size) const {
      for (std::size_t at = place_of(text, size, shift_);; at = (at + 1) & mask_) {
        const Slot& slot = slots_[at];
        if (slot.text == text && slot.size == size && slot.entry != 0) return entry_of(slot);
        if (slot.entry == 0) return {};
      }
    }

   private:
    const Slot* slots_;
    std::size_t mask_;
    unsigned shift_;
  };

  // The entry of a text that is there; else none.
  Entry find(std::string_view text) const {
    if (slots_.empty()) return {};
    if (text.size() > ShortText::bytes_max) return find_long(text, hash_of(text));
    return Finder(*this).find(ShortText::of(text), text.size());
  }
  // Fetches what find() of this text will look at, of a dictionary too large for the first cache.
  void prepare(std::string_view text) const {
    if (text.size() > ShortText::bytes_max) return;
    __builtin_prefetch(&slots_[place_of(ShortText::of(text), text.size())]);
  }
  bool is_large() const { return slots_.size() > slots_small; }
  // Of a text that is not there: its new number; none: there is no room. Kind::number: it spells
  // one.
  std::uint32_t add(std::string_view text, Kind kind, std::size_t entries_max);

  // Valid until the next add().
  std::string_view operator[](std::uint32_t number) const;
  std::size_t size() const { return places_.size(); }
  void clear() { *this = Dictionary(); }

 private:
  static constexpr std::size_t slots_small = 512;  // 16 KB

  Entry find_long(std::string_view text, std::uint64_t hash) const;

  std::size_t place_of(ShortText text, std::size_t size) const {
    return place_of(text, size, shift_);
  }
  std::size_t place_of(const Slot& slot) const {
    const bool is_short = slot.size <= ShortText::bytes_max;
    return place_of(is_short ? slot.text : ShortText{slot.text.head, 0}, slot.size);
  }

  void grow();
  void put(const Slot& slot);

  std::vector<Slot> slots_;            // size a power of two, a quarter or more of them free
  std::size_t mask_ = 0;               // their number less one
  unsigned shift_ = 64;                // leaves as many bits as number the slots
  std::vector<std::uint32_t> places_;  // the slot of each number
  std::deque<std::string> long_texts_;
};

}  // namespace culprit
