// The rows of a CSV file (RFC 4180, its first line names the columns) or of NDJSON (one object a
// line; the first names the columns), as the data of a load.
#pragma once

#include <string_view>

#include "base/result.h"
#include "experiment/load_plan.h"

namespace culprit {

// NDJSON is told by the brace that it begins with. Errors: usage, at the line that is no row.
Result<LoadData> data_rows(std::string_view text);

}  // namespace culprit
