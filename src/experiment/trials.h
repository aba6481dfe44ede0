// run_trials() runs one trial after another, or several beside each other, and tells of each.
//
// The caller decides what is tried next and what came of it; this only keeps W workers busy, each
// with a place of its own (worker_place.h). Both callbacks are called from one thread at a time,
// so they need no lock. A Ctrl-C ends the trials that run: they never happened; what was told
// before stays told.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/result.h"
#include "event/expr.h"
#include "experiment/trial.h"
#include "experiment/verdict.h"

namespace culprit {

struct PlannedTrial {
  std::size_t id = 0;  // the caller's, comes back with what came of it
  TrialSetup setup;
};

struct FinishedTrial {
  std::size_t id = 0;
  Trial trial;
  Judgement judgement;
};

enum class AfterTrial : std::uint8_t { go_on, stop };  // stop: those that run are ended, untold

struct TrialsOptions {
  // The next to run while so many run; nothing: none now, and none at all once none runs.
  std::function<Result<std::optional<PlannedTrial>>(std::size_t running)> next;
  std::function<AfterTrial(const FinishedTrial&)> done;
  std::size_t workers = 1;
  std::optional<Expr> signature;
  std::string temporary = "/tmp";  // where each trial gets its folder
  // How a trial is run; whoever needs a proxy, hogs or a load around it puts them here. From
  // several threads.
  std::function<Result<Trial>(const TrialSetup&, const TrialWatch&)> run = run_trial;
};

// Errors: the first that came up; interrupted.
Status run_trials(const TrialsOptions& options);

}  // namespace culprit
