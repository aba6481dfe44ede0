// JSON text, written piece by piece: for rows by the million, where building a tree would cost more
// than all else.
#pragma once

#include <string>
#include <string_view>

namespace culprit {

// With its quotes. Bytes that are not UTF-8 become U+FFFD, so that the result always is.
std::string json_string(std::string_view text);

// Whether a number may stand in JSON as it is spelled: no leading zeros, no '+', no "1.".
bool is_json_number(std::string_view text);

}  // namespace culprit
