// The proxy as a verb: relays until it is told to stop, with records and a journal in files.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/world.h"
#include "experiment/proxy/plan.h"

namespace culprit {

struct ProxyOptions {
  std::vector<ProxyPlan> proxies;
  std::string api;          // an address; empty: none
  bool api_wanted = false;  // by name: a port in use is an error then, else it does without
  std::uint64_t seed = 1;
  std::string record;  // a file, "-" for standard output; empty: none
  std::string journal;
  std::string replay;  // a journal whose first proxies, toxics and seed are taken
};

struct ProxyStarted {
  std::vector<ProxyPlan> proxies;  // with the ports that they have
  std::string api;                 // empty: none
  std::string api_missing;         // why there is none though it is usual
  std::uint64_t seed = 0;
};

// As one JSON object each; the API's documents of proxies and toxics.
std::string json_of_started(const ProxyStarted& started);
std::string json_of_toxic(const Toxic& toxic);

// Until a signal asks it to stop. `started` is called once everything listens.
Status run_proxy(World& world, ProxyOptions options,
                 const std::function<Status(const ProxyStarted&)>& started);

}  // namespace culprit
