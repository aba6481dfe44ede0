// A usage_error is the user's to mend: what is wrong, and the words that would be right.
#pragma once

#include <string>
#include <utility>

#include "base/result.h"

namespace culprit {

inline Error usage_error(const std::string& what, std::string advice) {
  Error made = error(Fault::usage, "{}", what);
  made.advice = std::move(advice);
  return made;
}

}  // namespace culprit
