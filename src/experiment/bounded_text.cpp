#include "experiment/bounded_text.h"

#include <algorithm>

#include <fmt/format.h>

namespace culprit {

void BoundedText::append(std::string_view bytes) {
  const std::size_t room = std::min(half_ - head_.size(), bytes.size());
  head_.append(bytes.substr(0, room));
  bytes.remove_prefix(room);
  past_head_ += bytes.size();
  if (bytes.size() > half_) bytes.remove_prefix(bytes.size() - half_);
  tail_.append(bytes);
  if (tail_.size() > 2 * half_) tail_.erase(0, tail_.size() - half_);
}

std::uint64_t BoundedText::discarded() const {
  return past_head_ - std::min<std::uint64_t>(past_head_, half_);
}

std::string BoundedText::text() const {
  const std::string_view end =
      std::string_view(tail_).substr(tail_.size() > half_ ? tail_.size() - half_ : 0);
  if (discarded() == 0) return head_ + std::string(end);
  return fmt::format("{}\n[{} bytes left out]\n{}", head_, discarded(), end);
}

}  // namespace culprit
