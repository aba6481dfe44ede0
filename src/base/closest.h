// The word nearest to a misspelt one, by edit distance (Levenshtein); empty if none is near.
#pragma once

#include <span>
#include <string_view>

namespace culprit {

std::string_view closest(std::string_view word, std::span<const std::string_view> names);

}  // namespace culprit
