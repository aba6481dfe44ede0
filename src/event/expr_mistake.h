// A Mistake is what is wrong with an EXPR, where, and how it is put right.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace culprit {

// Replaces `length` bytes from `at` on.
struct Fix {
  std::size_t at = 0;
  std::size_t length = 0;
  std::string replacement;

  std::string applied_to(std::string_view text) const;
};

struct Mistake {
  std::string what;
  std::size_t at = 0;      // byte in the text
  std::string hint;        // what to write instead, in general
  std::optional<Fix> fix;  // in particular, where it can be known
};

// The text on a line with a caret under byte `at` on the next, both indented by four. A long text
// is cut around the place; control bytes are shown as spaces.
std::string pointed_at(std::string_view text, std::size_t at);

// `corrected`: the whole text put right, which then is the advice; empty: the hint is.
Error error_of(const Mistake& mistake, std::string_view text, std::string_view corrected);

}  // namespace culprit
