// Words as a shell cuts them, and the assignments of an environment file.
//
// A quote may go over lines: keys and certificates do. A value is what a shell makes of it, with
// three exceptions that env files rely on: without quotes it may hold spaces and backslashes, and a
// value that begins as JSON does keeps its quotes. A quote that is never closed is a letter as any
// other (don't).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace culprit {

// Where the first word ends, quotes considered; the space before it is passed over.
std::size_t word_end(std::string_view text);

// Quotes and backslashes as a shell takes them away.
std::string unquoted_word(std::string_view word);

struct Assignment {
  std::string_view text;   // whole lines, without the last newline
  std::string_view name;   // empty: a comment, or what goes on with the value before it
  std::string_view value;  // as written
};

std::vector<Assignment> assignments_in(std::string_view text);

// Whether a value as written has a $NAME or ${NAME} that a shell would put something for. Here it
// stays: what it stands for depends on who reads the file.
bool refers(std::string_view value);

// What a shell makes of a value as written, but for those.
std::string assigned(std::string_view value);

}  // namespace culprit
