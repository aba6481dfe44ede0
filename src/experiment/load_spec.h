// A load spec is a LoadPlan written as TOML: scenarios of requests, what is expected of replies,
// what is captured from them. docs/load.md shows one.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "experiment/load_plan.h"

namespace culprit {

// Reads a file of data that the spec names.
using ReadData = std::function<Result<std::string>(const std::string& path)>;

// `target` overrules the spec's and is needed where it names none. Errors: usage, with line,
// column and the nearest known word; those of `read`.
Result<LoadPlan> parse_load_spec(std::string_view toml, const std::optional<LoadTarget>& target,
                                 const ReadData& read);

}  // namespace culprit
