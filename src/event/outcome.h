// How values spell an outcome: the words and numbers by which sources say that something failed.
#pragma once

#include <span>
#include <string_view>

namespace culprit {

// HTTP-like status at or above which a request failed through the server's fault (RFC 9110, 15.6).
constexpr double status_bad_min = 500;
constexpr bool is_status(double number) { return number >= 100 && number < 600; }

// "false", "failed", "failure", "error", "ko", "no", "0", any case: of a success field.
bool says_failed(std::string_view value);
// "true", "ok", "success", "succeeded", "yes", "1", "completed"...
bool says_succeeded(std::string_view value);

// Those words, in lower case.
std::span<const std::string_view> words_of_failure();
std::span<const std::string_view> words_of_success();

}  // namespace culprit
