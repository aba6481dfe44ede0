#include "experiment/bounded_text.h"

#include <algorithm>

#include <fmt/format.h>

namespace culprit {
namespace {

std::string line_of(std::uint64_t discarded) {
  return fmt::format("\n[{} bytes left out]\n", discarded);
}

}  // namespace

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
  return head_ + line_of(discarded()) + std::string(end);
}

std::uint64_t shorten(std::string& text, std::uint64_t discarded, std::size_t bytes_max) {
  const std::size_t half = bytes_max / 2;
  if (text.size() <= 2 * half) return discarded;
  const std::size_t line = discarded > 0 ? line_of(discarded).size() : 0;
  const std::uint64_t left_out = discarded + text.size() - line - 2 * half;
  text = text.substr(0, half) + line_of(left_out) + text.substr(text.size() - half);
  return left_out;
}

}  // namespace culprit
