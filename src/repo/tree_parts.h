// The parts of a TreeChange as text: one a line, whatever bytes their paths have.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "repo/tree_change.h"

namespace culprit {

// Bytes that would break a line or a column are written as \xx.
std::string word_of_bytes(std::string_view bytes);
Result<std::string> bytes_of_word(std::string_view text);

std::string text_of(const std::vector<TreeChange::Part>& parts);
// Errors: malformed, with the line; also a text that ends early.
Result<std::vector<TreeChange::Part>> read_parts(std::string_view text);

}  // namespace culprit
