// What became of files while they were read is noted: they grew, shrank, were rewritten, removed.
//
// Sources are read as long as they were when they were found, so no line is read twice; what came
// later, and what was gone before it was its turn, is said in bytes.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "store/gather.h"

namespace culprit {

// Of a file's first bytes; a file that only grows keeps it.
std::uint64_t head_of(std::string_view first_bytes);

// Adds notes to the sources that are files. What cannot be looked at any more is left as it is.
void note_changes(World& world, std::span<Source> sources);

}  // namespace culprit
