#include "experiment/load_run.h"

#include <csignal>
#include <deque>
#include <thread>

#include <sys/resource.h>

#include "experiment/load/load_worker.h"

namespace culprit {
namespace {

using namespace std::chrono_literals;

constexpr Duration looking = 20ms;  // how often the threads are looked after
constexpr Duration progress_every = 100ms;
constexpr std::size_t files_kept_free = 64;  // beside the connections

// A thread that a signal never interrupts: the caller's gets it, and tells the others.
void take_no_signals() {
  sigset_t all;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

// One connection is made and let go, so that a wrong address is told before anything is counted.
Status try_to_connect(const LoadPlan& plan, const LoadGround& ground) {
  Poller poller = TRY(Poller::open());
  auto wire = Wire::connect(ground.endpoint, ground.tls);
  if (!wire) return wire.error();
  const Time until = monotonic_now() + plan.timeout;
  poller.add(wire->socket(), 0, Interest::write);
  while (monotonic_now() < until && !interrupted()) {
    if (poller.wait(std::min(until, monotonic_now() + looking)).empty()) continue;
    const Handshake state = (*wire).begin();
    if (state == Handshake::done) return ok();
    if (state == Handshake::failed) {
      return error(Fault::unavailable, "{}", wire->fault());
    }
    poller.change(wire->socket(), 0,
                  state == Handshake::wants_read ? Interest::read : Interest::write);
  }
  if (interrupted()) return interrupted_error();
  return error(Fault::unavailable, "no answer within {}", to_string(plan.timeout));
}

Error unreachable(const LoadPlan& plan, const Error& why) {
  if (why.fault == Fault::interrupted) return why;
  Error made = error(Fault::unavailable, "{} cannot be reached: {}", to_string(plan.target.address),
                     why.what);
  const bool certificate = why.what.find("certificate") != std::string::npos;
  made.advice =
      certificate ? "--insecure takes any certificate" : "start the server, or check host and port";
  return made;
}

// Each connection takes a file descriptor.
Status allow_connections(std::size_t count) {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  const std::size_t wanted = count + files_kept_free;
  if (wanted <= limit.rlim_cur) return ok();
  limit.rlim_cur = std::min<rlim_t>(wanted, limit.rlim_max);
  ::setrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur >= wanted) return ok();
  Error made = error(Fault::usage, "{} connections need {} open files, {} are allowed", count,
                     wanted, static_cast<std::uint64_t>(limit.rlim_max));
  made.advice =
      fmt::format("--connections {}, or raise `ulimit -n`",
                  limit.rlim_max > files_kept_free ? limit.rlim_max - files_kept_free : 1);
  return made;
}

std::size_t threads_of(const LoadPlan& plan) {
  // A burst is released by one thread: two would have to meet first.
  if (plan.pace == LoadPlan::Pace::burst) return 1;
  const std::size_t wanted = plan.threads == 0 ? std::thread::hardware_concurrency() : plan.threads;
  return std::max<std::size_t>(std::min(wanted, plan.connections), 1);
}

void watch(World& world, const LoadOptions& options, LoadGround& ground,
           const std::deque<LoadWorker>& workers, const std::atomic<std::size_t>& running) {
  Time next = ground.start + progress_every;
  while (running.load() > 0) {
    world.sleep(looking);
    if (interrupted()) ground.stop = true;
    if (!options.progress || monotonic_now() < next) continue;
    next += progress_every;
    LoadProgress seen{monotonic_now() - ground.start, 0, 0};
    for (const LoadWorker& worker : workers) {
      seen.requests += worker.live().requests.load(std::memory_order_relaxed);
      seen.bad += worker.live().bad.load(std::memory_order_relaxed);
    }
    options.progress(seen);
  }
}

LoadResult result_of(const LoadGround& ground, const std::deque<LoadWorker>& workers) {
  std::vector<const LoadTally*> tallies;
  for (const LoadWorker& worker : workers) tallies.push_back(&worker.tally());
  LoadResult result = LoadTally::together(tallies, ground.script.routes());
  for (const LoadWorker& worker : workers) {
    result.unfinished += worker.unfinished();
    result.connections += worker.connections();
    result.repeated += worker.repeated();
    result.release = std::max(result.release, worker.release());
  }
  result.began = ground.start + ground.clock;
  result.interrupted = ground.stop;
  return result;
}

}  // namespace

Result<LoadResult> run_load(World& world, const LoadPlan& plan, const LoadOptions& options) {
  const bool recorded = !options.record.empty();
  const LoadScript script =
      TRY(LoadScript::of(plan, recorded ? LoadScript::Tracing::on : LoadScript::Tracing::off));
  TRY(allow_connections(plan.connections));
  const auto endpoint = resolve(plan.target.address);
  if (!endpoint) return unreachable(plan, endpoint.error());
  std::optional<TlsContext> tls;
  if (plan.target.tls) tls = TRY(TlsContext::open(plan.target.address.host, plan.certificates));
  LoadGround ground(plan, script, *endpoint);
  ground.tls = tls ? &*tls : nullptr;
  if (const Status reached = try_to_connect(plan, ground); !reached) {
    return unreachable(plan, reached.error());
  }
  std::optional<EventFile> record;
  if (recorded) record = TRY(EventFile::open(options.record));
  ground.record = record ? &*record : nullptr;
  ground.traces = world.random_seed();
  ground.start = monotonic_now();
  ground.clock = world.now() - ground.start;

  const std::size_t count = threads_of(plan);
  std::deque<LoadWorker> workers;
  for (std::size_t number = 0; number < count; ++number) {
    Poller poller = TRY(Poller::open());
    workers.emplace_back(ground, ArrivalTimes::Part{count, number}, std::move(poller));
  }
  std::atomic<std::size_t> running{count};
  std::vector<std::thread> threads;
  for (LoadWorker& worker : workers) {
    threads.emplace_back([&worker, &running] {
      take_no_signals();
      worker.run();
      --running;
    });
  }
  watch(world, options, ground, workers, running);
  for (std::thread& thread : threads) thread.join();
  LoadResult result = result_of(ground, workers);
  if (record) {
    const Status written = record->finish();
    if (!written) result.record_fault = written.error().what;
  }
  return result;
}

}  // namespace culprit
