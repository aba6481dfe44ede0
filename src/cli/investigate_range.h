// `investigate --range GOOD..BAD --symptom TEXT-OR-FILE`: commits ranked without any logs.
#pragma once

#include "cli/command.h"

namespace culprit {

bool asks_for_range(const Arguments& arguments);
Result<Exit> run_range(const Arguments& arguments, Session& session);

}  // namespace culprit
