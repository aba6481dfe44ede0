// A BoundedText keeps the beginning and the end of any amount of text.
//
// A test says at the beginning what it is, and at the end why it failed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace culprit {

class BoundedText {
 public:
  explicit BoundedText(std::size_t bytes_max) : half_(bytes_max / 2) {}

  void append(std::string_view bytes);

  // With a line between both parts where something was left out.
  std::string text() const;
  std::uint64_t discarded() const;

  static constexpr std::size_t line_bytes_max = 64;  // of the line between both parts

 private:
  std::size_t half_;
  std::string head_;
  std::string tail_;             // at most twice a half, of which the last half counts
  std::uint64_t past_head_ = 0;  // bytes that came after it
};

// Keeps less of a text of which so many bytes are left out already. How many are now.
std::uint64_t shorten(std::string& text, std::uint64_t discarded, std::size_t bytes_max);

}  // namespace culprit
