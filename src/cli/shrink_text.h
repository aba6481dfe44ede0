// What `shrink` found, as text and as JSON.
#pragma once

#include <string>

#include "workbench/shrink_request.h"

namespace culprit {

std::string text_of(const ShrinkDone& done, const ShrinkRequest& request);
std::string json_of(const ShrinkDone& done);

}  // namespace culprit
