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

// Whether people say it of any failure: "users", "sometimes", "broken", "since", "expected".
bool is_report_word(std::string_view word);

// The beginning that forms of a word share: "cached", "caching" and "cache" give "cach". A part of
// `word`; not always a root, but the same for the forms that programs and reports mix.
std::string_view stem_of(std::string_view word);

}  // namespace culprit
