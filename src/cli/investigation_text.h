// An Investigation as one screen of text.
#pragma once

#include <string>

#include "cli/command.h"
#include "workbench/investigation.h"

namespace culprit {

std::string text_of(const Investigation& investigation, const Terminal& terminal);
// Of `contrast`: what separates two populations.
std::string populations_text(const Investigation& investigation, const Terminal& terminal);

}  // namespace culprit
