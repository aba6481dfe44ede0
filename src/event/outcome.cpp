#include "event/outcome.h"

#include <algorithm>
#include <array>

namespace culprit {
namespace {

constexpr std::array<std::string_view, 12> failure = {"false",   "failed",  "failure", "fail",
                                                      "error",   "ko",      "no",      "0",
                                                      "aborted", "timeout", "crash",   "rejected"};
constexpr std::array<std::string_view, 9> success = {
    "true", "ok", "success", "succeeded", "yes", "1", "completed", "done", "passed"};

bool same_word(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return (x >= 'A' && x <= 'Z' ? static_cast<char>(x + 32) : x) == y;
  });
}

bool is_one_of(std::string_view value, std::span<const std::string_view> words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return same_word(value, word); });
}

}  // namespace

std::span<const std::string_view> words_of_failure() { return failure; }
std::span<const std::string_view> words_of_success() { return success; }

bool says_failed(std::string_view value) { return is_one_of(value, failure); }
bool says_succeeded(std::string_view value) { return is_one_of(value, success); }

}  // namespace culprit
