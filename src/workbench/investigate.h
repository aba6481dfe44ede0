// The verb `investigate`: sources in, an Investigation out.
//
// It reads everything once, decides what failure is, finds when it began, who is hit, what the
// logs say and what changed; each step is a mind asked through an Engine.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/world.h"
#include "repo/deploys.h"
#include "store/embedded/embedded.h"
#include "store/gather.h"
#include "workbench/investigation.h"

namespace culprit {

struct InvestigateOptions {
  GatherOptions gather;
  std::string repository;                 // path; empty: none
  std::string deploys;                    // file; empty: none
  std::vector<std::string> metrics = {};  // files, folders, globs, Prometheus servers
  Duration changed_within = std::chrono::hours(24 * 14);
  std::uint64_t seed = 1;
  // How the sources were asked to be read: "--tz", "+02:00". The commands to run next say it too.
  std::vector<std::string> reading = {};
};

// Errors: nothing readable (missing, denied), interrupted, a bad repository or deploy list.
Result<Investigation> investigate(World& world, const InvestigateOptions& options);

// The same, and the evidence it was made from, for what is to be done once the report is shown.
struct Investigated {
  Investigation made;
  std::unique_ptr<Embedded> evidence;
};
Result<Investigated> investigated(World& world, const InvestigateOptions& options);

// The same on an engine that has its evidence: for tests and other engines.
Result<Investigation> investigate(World& world, Engine& engine, const InvestigateOptions& options);

}  // namespace culprit
