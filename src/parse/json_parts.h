// The parts of a compact JSON text that is known to be well formed, as they are written: for
// putting records together out of pieces of their documents (framings.h).
#pragma once

#include <string>
#include <string_view>

#include "parse/bytes.h"

namespace culprit {

// The length of the value that `json` begins with.
std::size_t json_value_size(std::string_view json);

// Calls visit(key, value) for each member of an object: both as written, the key in its quotes.
// Nothing happens for what is no object.
template <typename Visit>
void each_member(std::string_view object, Visit visit) {
  if (!object.starts_with('{')) return;
  object.remove_prefix(1);
  while (object.starts_with('"')) {
    const std::string_view key = object.substr(0, json_value_size(object));
    object.remove_prefix(std::min(key.size() + 1, object.size()));
    const std::string_view value = object.substr(0, json_value_size(object));
    visit(key, value);
    object.remove_prefix(std::min(value.size() + 1, object.size()));
  }
}

// Calls visit(value) for each element of an array.
template <typename Visit>
void each_element(std::string_view array, Visit visit) {
  if (!array.starts_with('[')) return;
  array.remove_prefix(1);
  while (!array.empty() && array.front() != ']') {
    const std::string_view value = array.substr(0, json_value_size(array));
    visit(value);
    array.remove_prefix(std::min(value.size() + 1, array.size()));
  }
}

// The value of the first member of that name, as written; empty: there is none.
std::string_view json_member(std::string_view object, std::string_view name);

// What stands between the quotes of a string, escaped as it is; other values are themselves.
std::string_view json_bare(std::string_view value);

// Members written one after the other, into one object.
class JsonLineWriter {
 public:
  // `value`: as written.
  void add(std::string_view name, std::string_view value);
  void add_text(std::string_view name, std::string_view escaped);
  // `key`: in its quotes.
  void add_member(std::string_view key, std::string_view value);
  // All members of an object, as they are.
  void add_all(std::string_view object);
  std::string take();

 private:
  std::string line_ = "{";
};

}  // namespace culprit
