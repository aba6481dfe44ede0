// Load put on a server: what the command line asks for, made into a plan, run, and told.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/world.h"
#include "experiment/load_plan.h"
#include "experiment/load_result.h"
#include "experiment/load_run.h"

namespace culprit {

// What was given; what was not stays as the spec or the plan has it.
struct LoadAsked {
  enum class Pace : std::uint8_t { as_planned, burst };
  std::string url;   // empty: the spec's target
  std::string spec;  // path; empty: one request to `url`
  std::optional<double> rate;
  std::optional<std::size_t> connections;
  std::optional<Duration> duration;
  std::optional<Duration> timeout;
  std::optional<std::size_t> threads;
  std::optional<std::uint64_t> seed;
  Pace pace = Pace::as_planned;
  LoadPlan::Arrivals arrivals = LoadPlan::Arrivals::constant;
  LoadPlan::Certificates certificates = LoadPlan::Certificates::verified;
  std::string method;                // empty: GET, or POST with a body
  std::string body;                  // "@FILE": what the file holds
  std::vector<std::string> headers;  // "Name: value"; for the requests of a spec too
  std::string bad;                   // EXPR; empty: status >= 500
};

// Errors: usage, for what does not fit together and for mistakes in a spec; missing, denied.
Result<LoadPlan> load_plan(World& world, const LoadAsked& asked);

struct LoadReport {
  LoadPlan plan;
  LoadResult result;
  std::string record;  // where the events are; empty: nowhere
};
// Errors: those of run_load().
Result<LoadReport> put_load(World& world, LoadPlan plan, const LoadOptions& options);

}  // namespace culprit
