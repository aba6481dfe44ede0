// ConditionedTrials run a TrialSetup with all that it asks for around it.
//
// run_trial() starts a command and cleans up after it; this puts the conditions in place first:
// busy processes, stalls of single threads, shifted clocks and slow disks, and before each upstream
// a proxy with the toxics of this trial. Each worker has proxies of its own, so trials beside each
// other do not meet in them. The command learns where they listen by CULPRIT_<UPSTREAM> in its
// environment, and where {upstream} stands in its words; CULPRIT_SEED is fresh in each trial.
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/world.h"
#include "experiment/proxy/plan.h"
#include "experiment/proxy/running_proxies.h"
#include "experiment/trial.h"

namespace culprit {

// "db=127.0.0.1:5432", or "db=127.0.0.1:6000>127.0.0.1:5432" where the proxy is to listen at 6000.
Result<ProxyPlan> parse_upstream(std::string_view text);

class ConditionedTrials {
 public:
  ConditionedTrials(World& world, std::vector<ProxyPlan> upstreams, std::uint64_t seed);

  // Of several copies at once: the first that failed, else the first. Safe from several threads.
  Result<Trial> run(const TrialSetup& setup, const TrialWatch& watch);

 private:
  Result<RunningProxies*> proxies_of(const std::string& worker);
  Status set_toxics(RunningProxies& proxies, const TrialSetup& setup);
  Result<Trial> run_copies(const TrialSetup& setup, const TrialWatch& watch);
  Result<Trial> run_one(const TrialSetup& setup, const TrialWatch& watch);

  World& world_;
  std::vector<ProxyPlan> upstreams_;
  std::uint64_t seed_;
  std::atomic<std::uint64_t> begun_ = 0;
  std::mutex mutex_;                               // of the map
  std::map<std::string, RunningProxies> proxies_;  // by worker
};

}  // namespace culprit
