#include "experiment/trials.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include "experiment/worker_place.h"

namespace culprit {
namespace {

class Workshop {
 public:
  explicit Workshop(const TrialsOptions& options) : options_(options) {}

  Status run() {
    std::vector<std::thread> threads;
    start(threads);
    work(0);
    for (std::thread& thread : threads) thread.join();
    if (failed_) return *failed_;
    return interrupted() ? Status(interrupted_error()) : ok();
  }

 private:
  // Where the machine gives no more threads, those that it gave do the work.
  void start(std::vector<std::thread>& threads) {
    try {
      for (std::size_t worker = 1; worker < options_.workers; ++worker) {
        threads.emplace_back([this, worker] { work(worker); });
      }
    } catch (const std::system_error&) {
      return;
    }
  }

  void work(std::size_t worker) {
    while (const auto planned = next()) {
      auto trial = tried(worker, *planned);
      finish(planned->id, std::move(trial));
    }
  }

  // Waits while there is nothing to do before others come back.
  std::optional<PlannedTrial> next() {
    std::unique_lock locked(lock_);
    for (;;) {
      if (stopped_ || interrupted()) return std::nullopt;
      auto planned = options_.next(running_);
      if (!planned) {
        fail(std::move(planned).error());
        return std::nullopt;
      }
      if (*planned) {
        ++running_;
        return std::move(planned).value();
      }
      if (running_ == 0) {
        came_back_.notify_all();
        return std::nullopt;
      }
      came_back_.wait(locked);
    }
  }

  Result<Trial> tried(std::size_t worker, const PlannedTrial& planned) {
    const WorkerPlace place = TRY(WorkerPlace::make(worker, options_.temporary));
    TrialSetup setup = planned.setup;
    setup.output_bytes_max = output_bytes_for(options_.signature);
    place.write_into(setup);
    TrialWatch watch;
    watch.stop = [this] { return stopped_ || interrupted(); };
    return options_.run(setup, watch);
  }

  void finish(std::size_t id, Result<Trial> trial) {
    const std::lock_guard locked(lock_);
    --running_;
    came_back_.notify_all();
    if (stopped_) return;
    if (!trial) {
      if (trial.error().fault == Fault::interrupted && interrupted()) return;
      return fail(std::move(trial).error());
    }
    const Judgement judgement = judge(*trial, options_.signature);
    shorten_output(*trial);
    if (options_.done({id, std::move(trial).value(), judgement}) == AfterTrial::stop) {
      stopped_ = true;
    }
  }

  void fail(Error why) {
    if (!failed_) failed_ = std::move(why);
    stopped_ = true;
  }

  const TrialsOptions& options_;
  std::mutex lock_;
  std::condition_variable came_back_;
  std::size_t running_ = 0;
  std::atomic<bool> stopped_ = false;
  std::optional<Error> failed_;
};

}  // namespace

Status run_trials(const TrialsOptions& options) { return Workshop(options).run(); }

}  // namespace culprit
