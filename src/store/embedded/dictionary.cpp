#include "store/embedded/dictionary.h"

#include <bit>
#include <utility>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace culprit {

std::uint64_t hash_of(std::string_view text) { return XXH3_64bits(text.data(), text.size()); }

Dictionary::Entry Dictionary::find_long(std::string_view text, std::uint64_t hash) const {
  for (std::size_t at = place_of({hash, 0}, text.size());; at = (at + 1) & mask_) {
    const Slot& slot = slots_[at];
    if (slot.entry == 0) return {};
    if (slot.text.head == hash && slot.size == text.size() && long_texts_[slot.text.tail] == text) {
      return entry_of(slot);
    }
  }
}

void Dictionary::grow() {
  constexpr std::size_t least = 16;
  const std::vector<Slot> old = std::exchange(slots_, {});
  slots_.resize(std::max(least, old.size() * 2));
  mask_ = slots_.size() - 1;
  shift_ = 64 - static_cast<unsigned>(std::countr_zero(slots_.size()));
  for (const Slot& slot : old) {
    if (slot.entry != 0) put(slot);
  }
}

void Dictionary::put(const Slot& slot) {
  std::size_t at = place_of(slot);
  while (slots_[at].entry != 0) at = (at + 1) & mask_;
  slots_[at] = slot;
  places_[entry_of(slot).number] = static_cast<std::uint32_t>(at);
}

std::uint32_t Dictionary::add(std::string_view text, Kind kind, std::size_t entries_max) {
  if (size() >= entries_max) return none;
  // Half empty, so that hardly any look takes a second one; large ones less, since there are many.
  const bool large = slots_.size() >= 8192;
  if (large ? (size() + 1) * 4 > slots_.size() * 3 : (size() + 1) * 2 > slots_.size()) grow();
  Slot slot;
  slot.size = static_cast<std::uint32_t>(text.size());
  if (text.size() <= ShortText::bytes_max) {
    slot.text = ShortText::of(text);
  } else {
    slot.text = {hash_of(text), long_texts_.size()};
    long_texts_.emplace_back(text);
  }
  places_.push_back(0);
  slot.entry = static_cast<std::uint32_t>(size() << 1) | (kind == Kind::number ? 1 : 0);
  put(slot);
  return static_cast<std::uint32_t>(size() - 1);
}

std::string_view Dictionary::operator[](std::uint32_t number) const {
  const Slot& slot = slots_[places_[number]];
  if (slot.size > ShortText::bytes_max) return long_texts_[slot.text.tail];
  return {reinterpret_cast<const char*>(&slot.text), slot.size};
}

}  // namespace culprit
