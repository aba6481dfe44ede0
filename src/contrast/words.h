// Words are what texts of different kinds are compared by: messages, names, paths, diffs.
//
// An identifier gives its parts, split at underscores, hyphens and case, and itself as one word
// without them: `paymentTimeout` and `payment_timeout` both give payment, timeout and
// paymenttimeout. Words are in lower case, 3 to 48 bytes, and no plain numbers; a plural loses
// its s. Letters beyond ASCII are letters.
#pragma once

#include <functional>
#include <string_view>

namespace culprit {

// Calls `each` for every word, in order; the view lives only during the call.
void each_word(std::string_view text, const std::function<void(std::string_view word)>& each);

// Whether a word says nothing about a program: "the", "after", "return", "string".
bool is_stop_word(std::string_view word);

}  // namespace culprit
