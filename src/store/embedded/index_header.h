// The header of an Index as bytes.
#pragma once

#include "store/embedded/index.h"
#include "store/embedded/index_bytes.h"

namespace culprit {

// Before it, in the file: what it is, how long it is, its checksum.
constexpr std::string_view index_magic = "culprit index 4\n";
constexpr std::size_t index_head_bytes = index_magic.size() + 16;

// The head and the header of a file; Parts' places count from its end.
std::string header_bytes(const Index& index);

}  // namespace culprit
