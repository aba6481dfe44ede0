// A Prometheus server as a source of metrics: `prometheus+http://HOST:PORT`, https too, with a path
// before its API and `?match=SELECTOR` where not all of its series are wanted.
//
// Samples are asked for as they were scraped, with their own times (a range selector): steps of
// query_range would blur when a metric moved. Names are asked for first, then their samples, some
// names at a time; series, points, bytes and seconds are bounded, and what is left out is told.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "event/query.h"
#include "parse/metrics.h"

namespace culprit {

bool is_prometheus(std::string_view source);

// The samples of the window. Errors: usage (no such address), unavailable (the server),
// interrupted.
Status read_prometheus(const std::string& source, const Window& window, MetricBook& book);

}  // namespace culprit
