// Widths are how many bytes the values of fields take in memory, told from the sources' samples.
//
// A field of few values takes a byte a value, one of many two to four, and where only some events
// have it, their rows are listed beside. What is kept of a log is decided by it before the log is
// read, and so does not depend on which thread meets what first.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "store/gather.h"

namespace culprit {

class Widths {
 public:
  Widths() = default;
  explicit Widths(const std::vector<Source>& sources);
  // In eighths of a byte.
  std::uint32_t of(std::string_view field) const;

 private:
  std::map<std::string, std::uint32_t, std::less<>> widths_;
};

}  // namespace culprit
