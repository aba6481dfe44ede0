#include "store/embedded/layout.h"

#include <utility>

#include "base/verify.h"

namespace culprit {

std::size_t Layouts::slot_of(std::uint64_t names, std::uint32_t skeleton) {
  // Fibonacci hashing: the upper bits of the product.
  return ((names ^ std::uint64_t{skeleton} << 32) * 0x9E37'79B9'7F4A'7C15ULL >> 40) % slots_max;
}

bool Layouts::is(std::size_t number, std::uint64_t names, std::uint32_t skeleton) const {
  return layouts_[number].names == names && layouts_[number].skeleton == skeleton;
}

Layout* Layouts::find(std::uint64_t names, std::uint32_t skeleton) {
  if (layouts_.empty()) return nullptr;
  if (is(last_, names, skeleton)) return &layouts_[last_];
  for (std::size_t at = slot_of(names, skeleton);; at = (at + 1) % slots_max) {
    if (slots_[at] == 0) return nullptr;
    if (!is(slots_[at] - 1U, names, skeleton)) continue;
    last_ = slots_[at] - 1U;
    return &layouts_[last_];
  }
}

Layout* Layouts::add(Layout layout) {
  VERIFY(layout.names != 0 && !full());
  if (slots_.empty()) slots_.resize(slots_max);
  std::size_t at = slot_of(layout.names, layout.skeleton);
  while (slots_[at] != 0) at = (at + 1) % slots_max;
  layouts_.push_back(std::move(layout));
  slots_[at] = static_cast<std::uint16_t>(layouts_.size());
  return &layouts_.back();
}

void Layouts::clear() { *this = Layouts(); }

}  // namespace culprit
