// Secrets that are known by their shape alone, wherever they stand.
#pragma once

#include <cstddef>
#include <string_view>

namespace culprit {

// The length of the secret at the beginning of `text`, or 0. The caller has made sure that no
// word goes on across that beginning.
std::size_t secret_length(std::string_view text);

// Likewise for the number of a payment card: grouped or not, by its issuer's range and check digit.
std::size_t card_length(std::string_view text);

// A byte of a word: letters, digits and underscores.
bool is_word(char c);

}  // namespace culprit
