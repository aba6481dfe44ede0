// JSON text, written piece by piece: for rows by the million, where building a tree would cost more
// than all else.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace culprit {

class JsonText {
 public:
  void add(std::string_view json) { text_ += json; }
  // With its quotes. Bytes that are not UTF-8 become U+FFFD, so that the result always is.
  void add_string(std::string_view text);
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

// One string alone.
std::string json_string(std::string_view text);

// Whether a number may stand in JSON as it is spelled: no leading zeros, no '+', no "1.".
bool is_json_number(std::string_view text);

}  // namespace culprit
