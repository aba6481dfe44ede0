// A JsonPath finds one value in JSON text, `items[0].id`, without reading the rest into a tree.
//
// What comes before the value is skipped by its brackets and quotes alone, so the depth of a
// reply costs nothing and cannot exhaust the stack. Text that is no JSON holds no value.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace culprit {

class JsonPath {
 public:
  JsonPath() = default;
  // Errors: usage. Empty: the whole. A leading "$." is taken for what it means elsewhere.
  static Result<JsonPath> parse(std::string_view text);

  // A string without its escapes; a number, a truth, an object or a list as it is spelled.
  std::optional<std::string> find(std::string_view json) const;

 private:
  struct Step {
    std::string key;        // of an object
    std::size_t index = 0;  // of a list, where `listed`
    bool listed = false;
  };
  std::vector<Step> steps_;
};

// The members of an object, their values as find() gives them; nothing: it is none.
struct JsonMember {
  std::string name;
  std::string value;
};
std::optional<std::vector<JsonMember>> json_members(std::string_view json);

}  // namespace culprit
