// A Refusal says why the generator cannot do what was asked, and what would help. Only main
// catches it.
#pragma once

#include <string>

namespace shop {

enum class Fault { usage = 2, missing = 3, denied = 4 };  // the values are exit codes

struct Refusal {
  Fault fault;
  std::string what;
  std::string advice;
};

}  // namespace shop
