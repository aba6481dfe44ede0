// A load is run: threads, connections, requests, until its time is over or it is told to stop.
#pragma once

#include <functional>
#include <string>

#include "base/world.h"
#include "experiment/load_plan.h"
#include "experiment/load_result.h"

namespace culprit {

struct LoadProgress {
  Duration passed{};
  std::uint64_t requests = 0;  // that ended
  std::uint64_t bad = 0;
};

struct LoadOptions {
  std::string record;  // a file that gets each request as an Event; empty: none
  // Called on the caller's thread ten times a second; may be empty.
  std::function<void(const LoadProgress&)> progress;
};

// Interrupted (world.h), it stops at once with what it has. Errors: usage, where the plan does not
// fit together; unavailable, where no connection can be made at all; those of the record.
Result<LoadResult> run_load(World& world, const LoadPlan& plan, const LoadOptions& options);

}  // namespace culprit
