// The function that a line of source stands in, told by indentation, in any language.
//
// Code is indented below the line that opens a block, whether braces or colons mark it. The header
// is the nearest line above with less indentation that looks like the beginning of a function or a
// class and not like a loop or a condition. Source that nobody indented has no functions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace culprit {

// Lines count from 1; `last` is included.
struct LineRange {
  std::size_t first = 0;
  std::size_t last = 0;

  bool operator==(const LineRange&) const = default;
};

// A file's lines, without their ends. Views into `content`.
std::vector<std::string_view> lines_of(std::string_view content);

// The lines of the function around a line, its header included; where none is seen, a few lines
// around it. The line itself may be the header.
LineRange enclosing_function(const std::vector<std::string_view>& lines, std::size_t line);

// The headers that a line stands in, innermost first: "def charge(self):", "class Gateway:".
std::vector<std::string_view> enclosing_headers(const std::vector<std::string_view>& lines,
                                                std::size_t line);

// The last line of the function or class that this line begins; 0: it begins none. A declaration
// without a body begins none.
std::size_t end_of_definition(const std::vector<std::string_view>& lines, std::size_t line);

// The line that begins the function of this name ("charge", also "Gateway.charge"), the nearest to
// `near`; 0: there is none.
std::size_t line_of_function(const std::vector<std::string_view>& lines, std::string_view name,
                             std::size_t near);

}  // namespace culprit
