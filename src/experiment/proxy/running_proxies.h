// RunningProxies relay on a thread of their own for as long as the value lives.
//
// For whoever runs trials between them: toxics are changed between two trials, and each trial finds
// connections that know nothing of the one before.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "experiment/proxy/plan.h"

namespace culprit {

class RunningProxies {
 public:
  static Result<RunningProxies> start(const std::vector<ProxyPlan>& plans, std::uint64_t seed);
  RunningProxies(RunningProxies&&) noexcept;
  RunningProxies& operator=(RunningProxies&&) noexcept;
  ~RunningProxies();

  const std::vector<ProxyPlan>& plans() const;  // with the ports that they have
  // Of one proxy; they hold when it returns.
  Status set_toxics(std::string_view name, std::vector<Toxic> toxics);

 private:
  struct State;
  explicit RunningProxies(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace culprit
