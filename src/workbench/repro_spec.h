// repro.toml read back: what repro_toml() (experiment/repro_script.h) wrote, also after somebody
// changed it by hand.
//
// A key that it does not know is an error and names its place in the document, so that a typo does
// not silently drop a condition; what a key holds has to be of its kind.
#pragma once

#include <string_view>

#include "base/result.h"
#include "experiment/repro_script.h"

namespace culprit {

// Errors: usage, with line, column and the nearest word that is known.
Result<ReproRecord> read_repro_toml(std::string_view text, std::string_view name);

}  // namespace culprit
