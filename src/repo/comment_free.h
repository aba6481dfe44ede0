// A comment-free text is what a compiler or interpreter reads of it: equal before and after, a
// commit changed comments or blank lines only.
//
// It knows three ways to write comments, by the ending of the file's name: // and /* */ (C and what
// looks like it), # (Python, shell). Strings are kept whole, raw ones and those over lines too, and
// so is indentation. Where it is in doubt text is kept, so that two that differ in code never come
// out equal; a line's number (assert, __LINE__) counts as a comment.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace culprit {

// Nothing: its language is not known.
std::optional<std::string> comment_free(std::string_view text, std::string_view path);

}  // namespace culprit
