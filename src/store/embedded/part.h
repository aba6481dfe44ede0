// A Part is one or more chunks of a source, one behind the other, whose rows lie in blocks of their
// own: what can be kept in an Index, and read again, by itself.
#pragma once

#include <cstdint>
#include <vector>

#include "store/embedded/block.h"

namespace culprit {

// How often a field stands in a Part; the same as in EvidenceField.
struct FieldCount {
  FieldId field = 0;
  std::uint64_t events = 0;
  std::uint64_t error_events = 0;
  std::uint64_t numbers = 0;
};

struct Part {
  std::uint32_t source = 0;
  std::uint64_t from = 0;  // byte of the source; a line begins there
  std::uint64_t to = 0;
  std::uint64_t content = 0;  // XXH3 of these bytes
  std::vector<FieldCount> fields;
};

}  // namespace culprit
