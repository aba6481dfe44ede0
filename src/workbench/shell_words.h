// A line as a shell would take it apart: words between spaces, quotes and backslashes heeded.
//
// Nothing is expanded: no variables, no globs, no commands.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace culprit {

std::vector<std::string> shell_words(std::string_view line);

// Those of the text that a command hands to a shell (`sh -c TEXT`), without a `;` or bracket at
// their ends; else none.
std::vector<std::string> shell_text_words(const std::vector<std::string>& command);

}  // namespace culprit
