// What a reader of an Investigation has to be warned of: what was not read, or had to be assumed.
#pragma once

#include <string>

#include "store/gather.h"
#include "workbench/investigation.h"

namespace culprit {

void warn(Investigation& made, std::string code, std::string source, std::string text);
// Sources and lines that could not be read, zones that were assumed, sampling.
void warn_of_sources(Investigation& made);
// Fields that --unit, --bad or --good names and no event has: with a misspelt field nothing fails,
// which must not pass for good news.
void warn_of_fields(Investigation& made, const GatherOptions& options);

}  // namespace culprit
