#include "experiment/conditioned_trials.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <thread>

#include "base/dice.h"
#include "experiment/hogs.h"
#include "experiment/socket.h"
#include "experiment/stalls.h"
#include "experiment/surroundings.h"

namespace culprit {
namespace {

// CULPRIT_DB of "db".
std::string variable_of(std::string_view upstream) {
  std::string name = "CULPRIT_";
  for (const char c : upstream) {
    const auto byte = static_cast<unsigned char>(c);
    name += std::isalnum(byte) != 0 ? static_cast<char>(std::toupper(byte)) : '_';
  }
  return name;
}

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (std::size_t at = text.find(from); at != text.npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

void name_upstreams(const RunningProxies& proxies, TrialSetup& setup) {
  for (const ProxyPlan& plan : proxies.plans()) {
    setup.environment[variable_of(plan.name)] = plan.listen;
    for (std::string& word : setup.command) replace_all(word, "{" + plan.name + "}", plan.listen);
  }
}

bool asks_for(const TrialSetup& setup, std::string_view name) {
  return std::any_of(setup.command.begin(), setup.command.end(),
                     [&](const std::string& word) { return word.find(name) != word.npos; });
}

// A command that makes its own load is told how much.
void name_load(TrialSetup& setup) {
  const bool own = asks_for(setup, "{concurrency}");
  for (std::string& word : setup.command) {
    replace_all(word, "{concurrency}", std::to_string(setup.copies));
    replace_all(word, "{burst}", setup.burst ? "--burst" : "");
  }
  setup.environment["CULPRIT_CONCURRENCY"] = std::to_string(setup.copies);
  if (own) setup.copies = 1;
}

bool failed(const Result<Trial>& trial) {
  return trial && (trial->signal != 0 || trial->exit_code.value_or(0) != 0 || trial->timed_out);
}

}  // namespace

Result<ProxyPlan> parse_upstream(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == text.npos || equals == 0) {
    Error made = error(Fault::usage, "'{}' names no upstream", text);
    made.advice = "NAME=HOST:PORT, for example db=127.0.0.1:5432";
    return made;
  }
  ProxyPlan plan;
  plan.name = text.substr(0, equals);
  std::string_view rest = text.substr(equals + 1);
  const std::size_t arrow = rest.find('>');
  plan.listen = arrow == rest.npos ? "127.0.0.1:0" : rest.substr(0, arrow);
  plan.upstream = arrow == rest.npos ? rest : rest.substr(arrow + 1);
  TRY(parse_address(plan.listen));
  TRY(parse_address(plan.upstream));
  return plan;
}

ConditionedTrials::ConditionedTrials(World& world, std::vector<ProxyPlan> upstreams,
                                     std::uint64_t seed)
    : world_(world), upstreams_(std::move(upstreams)), seed_(seed) {}

Result<RunningProxies*> ConditionedTrials::proxies_of(const std::string& worker) {
  const std::lock_guard lock(mutex_);
  const auto found = proxies_.find(worker);
  if (found != proxies_.end()) return &found->second;
  RunningProxies made = TRY(RunningProxies::start(upstreams_, seed_));
  return &proxies_.emplace(worker, std::move(made)).first->second;
}

Status ConditionedTrials::set_toxics(RunningProxies& proxies, const TrialSetup& setup) {
  for (const ProxyPlan& plan : upstreams_) {
    std::vector<Toxic> toxics;
    const auto asked = setup.toxics.find(plan.name);
    if (asked != setup.toxics.end()) {
      for (const std::string& text : asked->second) {
        Toxic toxic = TRY(parse_toxic(text));
        toxics.push_back(std::move(toxic));
      }
    }
    TRY(proxies.set_toxics(plan.name, {}));  // what they have counted is forgotten
    TRY(proxies.set_toxics(plan.name, std::move(toxics)));
  }
  return ok();
}

Result<Trial> ConditionedTrials::run(const TrialSetup& setup, const TrialWatch& watch) {
  const auto worker = setup.environment.find("CULPRIT_WORKER");
  TrialSetup own = setup;
  if (!upstreams_.empty()) {
    RunningProxies* proxies =
        TRY(proxies_of(worker == setup.environment.end() ? "0" : worker->second));
    TRY(set_toxics(*proxies, setup));
    name_upstreams(*proxies, own);
  }
  name_load(own);
  const Hogs hogs = TRY(Hogs::start(own.hogs, own.limits));
  return own.copies > 1 ? run_copies(own, watch) : run_one(own, watch);
}

Result<Trial> ConditionedTrials::run_copies(const TrialSetup& setup, const TrialWatch& watch) {
  std::vector<std::optional<Result<Trial>>> made(setup.copies);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < made.size(); ++i) {
    threads.emplace_back([&, i] { made[i] = run_one(setup, watch); });
  }
  for (std::thread& thread : threads) thread.join();
  for (auto& one : made) {
    if (!*one) return std::move(*one);
  }
  const auto worst =
      std::find_if(made.begin(), made.end(), [](const auto& one) { return failed(*one); });
  return std::move(**(worst == made.end() ? made.begin() : worst));
}

Result<Trial> ConditionedTrials::run_one(const TrialSetup& setup, const TrialWatch& watch) {
  const std::uint64_t seed = Dice(seed_ + ++begun_).bits();
  TrialSetup own = setup;
  own.stalls.seed = seed;
  own.environment.try_emplace("CULPRIT_SEED", std::to_string(seed >> 32));
  const Surroundings surroundings = TRY(Surroundings::of(own, seed, world_));
  for (const auto& [name, value] : surroundings.environment()) own.environment[name] = value;
  if (own.stalls.share <= 0) return run_trial(own, watch);
  std::optional<Stalling> stalling;
  TrialWatch traced = watch;
  traced.before_exec = [&](int process) -> Status {
    stalling = TRY(Stalling::begin(process, own.stalls));
    return watch.before_exec ? watch.before_exec(process) : ok();
  };
  return run_trial(own, traced);
}

}  // namespace culprit
