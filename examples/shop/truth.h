// The truth is what was planted, as one JSON object: what an investigation must find, in the words
// of the logs, and how much of it there is.
#pragma once

#include <string>

#include "plan.h"

namespace shop {

struct Counts {
  uint64_t requests = 0;
  uint64_t planted = 0;     // requests that the incident failed, slowed or falsified
  uint64_t background = 0;  // failures that have nothing to do with it
  uint64_t recovered = 0;
  std::optional<Instant> planted_first;  // when the first of them ended
};

std::string truth_json(const Plan& plan, const Population& population, const Options& options,
                       const RepoInfo& repo, const Counts& counts);

}  // namespace shop
