// How one request of a load is written down: an Event, as a line of NDJSON that `investigate`
// reads.
#pragma once

#include <string>

#include "experiment/load/load_script.h"
#include "experiment/load/load_tally.h"

namespace culprit {

// `clock`: what has to be added to a time of monotonic_now() for one of the day.
std::string event_line(const EndedRequest& request, const LoadScript& script, const TraceId& trace,
                       Duration clock);

// The same fields, for an EXPR that says what is bad.
bool says_bad(const Expr& bad, const EndedRequest& request, const LoadScript& script);
}  // namespace culprit
