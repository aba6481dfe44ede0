// Keeping is what every verb does last: its result goes into the case, or a warning says why not.
#pragma once

#include <string>

#include "base/world.h"
#include "case/case.h"
#include "store/embedded/embedded.h"

namespace culprit {

struct KeepOptions {
  std::string case_id;    // empty: the open case, made where there is none
  std::string directory;  // where to look for the case; empty: the working directory
};

// `entry` without its number and time. What cannot be kept is a warning, never a failure of the
// verb: the returned text says it in one line; empty: the entry is kept.
std::string keep(World& world, const KeepOptions& options, Entry entry);

// Where indexes of sources are kept: beside the cases of the working directory.
std::string index_folder_here(World& world);

// Keeps what was read for the next run. As keep(): empty, or in one line why not.
std::string keep_indexes(World& world, const Embedded& evidence, const GatherOptions& options);

}  // namespace culprit
