// A ProxyServer relays connections of many proxies on one thread, through their toxics.
//
// Without toxics a byte costs one read and one write, as in a relay that can do nothing else; a
// connection at rest costs some hundred bytes. Everything happens on the thread that calls turn():
// what changes proxies while they run is called between two turns. Errors are for whoever manages
// it (a port in use); what connections suffer (peers that vanish, upstreams that refuse) ends just
// them.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "experiment/poller.h"
#include "experiment/proxy/plan.h"

namespace culprit {

class ProxyServer {
 public:
  struct Options {
    std::uint64_t seed = 1;
    Time wall = no_time;  // the world's time now, for records
    // Lines without their end; null: nobody wants them.
    std::function<void(std::string_view)> record;
    std::function<void(std::string_view)> journal;
  };
  static Result<ProxyServer> open(Options options);
  ProxyServer(ProxyServer&&) noexcept;
  ProxyServer& operator=(ProxyServer&&) noexcept;
  ~ProxyServer();

  // The HTTP API, on a port of its own.
  Status serve_api(const Address& address);

  // Handles what is ready, or waits for it until then (monotonic_now(); no_time: for ever).
  void turn(Time until);
  // Ends a turn() that waits, from any thread: the only thing that may be called from another one.
  void wake() const;

  std::vector<ProxyPlan> plans() const;
  const ProxyPlan* plan(std::string_view name) const;
  // Errors: `missing` of none with that name, `usage` of what cannot be, `unavailable` of a port
  // in use; the proxy is then as it was.
  Result<ProxyPlan> create(ProxyPlan plan);
  Result<ProxyPlan> update(std::string_view name, ProxyPlan plan);
  Status remove(std::string_view name);
  Status set_toxics(std::string_view name, std::vector<Toxic> toxics);
  Status reset();  // all enabled, no toxics

  std::size_t connections() const;

 private:
  struct State;
  explicit ProxyServer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace culprit
