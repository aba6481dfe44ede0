// What a user can say about SOURCEs, in words: turned into what store/ gathers by.
#pragma once

#include <string>

#include "base/result.h"
#include "store/gather.h"

namespace culprit {

// Errors: usage, naming the formats there are.
Result<RecogniseOptions> with_format(RecogniseOptions options, const std::string& format);

}  // namespace culprit
