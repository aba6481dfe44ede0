// A line as a shell would take it apart: words between spaces, quotes and backslashes heeded.
//
// Nothing is expanded: no variables, no globs, no commands.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace culprit {

std::vector<std::string> shell_words(std::string_view line);

}  // namespace culprit
