// An Effect is what a diff does to a program that worked: nothing, news, or another behaviour.
//
// What ran yesterday and fails today was altered by somebody. Commits that only reword comments
// and log lines, or add functions that nobody called before, are most of a range and seldom
// guilty. Lines are told apart by how they begin, in any language; a string or a comment over
// several lines may be taken for code, never the other way round.
#pragma once

#include <cstdint>
#include <string_view>

#include "contrast/commits.h"

namespace culprit {

enum class Effect : std::uint8_t {
  silent,    // comments, log lines, blanks
  fresh,     // whole new functions and files
  inserted,  // lines more in code that was there; what it imports
  altered,   // code that was there is gone or another
};

// Whether the program does the same without this line, but for what it says.
bool is_silent_line(std::string_view line);

Effect effect_of(const FileDiff& file);

// The gravest of its files of code and settings; a dependency's next major version alters.
Effect effect_of(const CommitText& commit);

// How likely it breaks what worked, against `inserted`.
double weight_of(Effect effect);

}  // namespace culprit
