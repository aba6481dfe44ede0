#include "event/outcome.h"

#include <algorithm>
#include <array>

namespace culprit {
namespace {

bool same_word(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return (x >= 'A' && x <= 'Z' ? static_cast<char>(x + 32) : x) == y;
  });
}

template <std::size_t n>
bool is_one_of(std::string_view value, const std::array<std::string_view, n>& words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return same_word(value, word); });
}

}  // namespace

bool says_failed(std::string_view value) {
  static constexpr std::array<std::string_view, 12> words = {
      "false", "failed", "failure", "fail",    "error", "ko",
      "no",    "0",      "aborted", "timeout", "crash", "rejected"};
  return is_one_of(value, words);
}

bool says_succeeded(std::string_view value) {
  static constexpr std::array<std::string_view, 9> words = {
      "true", "ok", "success", "succeeded", "yes", "1", "completed", "done", "passed"};
  return is_one_of(value, words);
}

}  // namespace culprit
