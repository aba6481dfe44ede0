#include "experiment/proxy/running_proxies.h"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "experiment/proxy/server.h"

namespace culprit {

struct RunningProxies::State {
  explicit State(ProxyServer made) : server(std::move(made)) {}

  ProxyServer server;
  std::vector<ProxyPlan> plans;
  std::mutex mutex;
  std::condition_variable answered;
  std::function<Status()> asked;  // what the thread is to do between two turns
  std::optional<Status> answer;
  bool over = false;
  std::thread thread;

  void run();
};

void RunningProxies::State::run() {
  for (;;) {
    server.turn(no_time);
    const std::lock_guard lock(mutex);
    if (over) return;
    if (!asked) continue;
    answer = std::exchange(asked, nullptr)();
    answered.notify_all();
  }
}

Result<RunningProxies> RunningProxies::start(const std::vector<ProxyPlan>& plans,
                                             std::uint64_t seed) {
  ProxyServer::Options options;
  options.seed = seed;
  ProxyServer server = TRY(ProxyServer::open(std::move(options)));
  for (const ProxyPlan& plan : plans) {
    TRY(server.create(plan).during("setting up {}", plan.name));
  }
  auto state = std::make_unique<State>(std::move(server));
  state->plans = state->server.plans();
  state->thread = std::thread([running = state.get()] { running->run(); });
  return RunningProxies(std::move(state));
}

RunningProxies::RunningProxies(std::unique_ptr<State> state) : state_(std::move(state)) {}
RunningProxies::RunningProxies(RunningProxies&&) noexcept = default;
RunningProxies& RunningProxies::operator=(RunningProxies&&) noexcept = default;

RunningProxies::~RunningProxies() {
  if (!state_) return;
  {
    const std::lock_guard lock(state_->mutex);
    state_->over = true;
  }
  state_->server.wake();
  state_->thread.join();
}

const std::vector<ProxyPlan>& RunningProxies::plans() const { return state_->plans; }

Status RunningProxies::set_toxics(std::string_view name, std::vector<Toxic> toxics) {
  std::unique_lock lock(state_->mutex);
  state_->answer.reset();
  state_->asked = [this, name = std::string(name), toxics = std::move(toxics)] {
    return state_->server.set_toxics(name, toxics);
  };
  state_->server.wake();
  state_->answered.wait(lock, [this] { return state_->answer.has_value(); });
  return *state_->answer;
}

}  // namespace culprit
