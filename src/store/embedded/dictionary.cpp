#include "store/embedded/dictionary.h"

#include <utility>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "store/embedded/memo.h"

namespace culprit {
namespace {

constexpr std::size_t chunk_bytes = 1 << 16;

}  // namespace

std::uint64_t hash_of(std::string_view text) { return XXH3_64bits(text.data(), text.size()); }

std::string_view Dictionary::keep(std::string_view text) {
  if (arena_.empty() || arena_.back().capacity() - arena_.back().size() < text.size()) {
    arena_.emplace_back();
    arena_.back().reserve(std::max(arena_.size() < 2 ? 1024 : chunk_bytes, text.size()));
    arena_bytes_ += arena_.back().capacity();
  }
  std::string& chunk = arena_.back();
  const std::size_t at = chunk.size();
  chunk.append(text);
  return std::string_view(chunk).substr(at, text.size());
}

void Dictionary::grow() {
  const std::vector<Slot> old = std::exchange(slots_, {});
  slots_.resize(std::max<std::size_t>(16, old.size() * 2));
  for (const Slot& slot : old) {
    if (slot.number != none) place(slot);
  }
}

void Dictionary::place(Slot slot) {
  std::size_t at = slot.tag & (slots_.size() - 1);
  while (slots_[at].number != none) at = (at + 1) & (slots_.size() - 1);
  slots_[at] = slot;
}

std::uint32_t Dictionary::find(std::string_view text, std::uint64_t hash) const {
  if (slots_.empty()) return none;
  const std::uint32_t tag = tag_of(hash);
  for (std::size_t at = tag & (slots_.size() - 1);; at = (at + 1) & (slots_.size() - 1)) {
    const Slot slot = slots_[at];
    if (slot.number == none) return none;
    if (slot.tag == tag && same_text(texts_[slot.number], text)) return slot.number;
  }
}

std::uint32_t Dictionary::add(std::string_view text, std::uint64_t hash, std::size_t entries_max) {
  const std::uint32_t found = find(text, hash);
  if (found != none || texts_.size() >= entries_max) return found;
  if (texts_.size() * 2 >= slots_.size()) grow();
  const auto number = static_cast<std::uint32_t>(texts_.size());
  texts_.push_back(keep(text));
  place({tag_of(hash), number});
  return number;
}

void Dictionary::clear() { *this = Dictionary(); }

}  // namespace culprit
