#include "store/sweep.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "store/seek.h"

namespace culprit {
namespace {

constexpr std::uint64_t task_bytes = 8 << 20;  // large enough that cutting at lines costs nothing
constexpr unsigned threads_max = 64;
constexpr std::size_t lines_between_looks = 4096;  // at interrupts and progress

struct Task {
  const Source* source = nullptr;
  ByteRange range;
};

class Sweep {
 public:
  Sweep(World& world, const SweepOptions& options, const Visitor& visit)
      : world_(world), options_(options), visit_(visit) {}

  Status plan(std::span<const Source> sources) {
    for (const Source& source : sources) {
      if (interrupted()) return interrupted_error();
      if (!source.counts()) continue;
      const auto found = range_of(world_, source, options_.window);
      if (found) add(source, *found);
    }
    // A packed source is one task, so the longest ones are begun first.
    std::stable_sort(tasks_.begin(), tasks_.end(), [](const Task& a, const Task& b) {
      return !a.source->seekable && b.source->seekable;
    });
    return ok();
  }

  Status run(unsigned threads) {
    std::vector<std::thread> working;
    running_ = threads;
    for (unsigned i = 0; i < threads; ++i) working.emplace_back([this, i] { work(i); });
    {
      std::unique_lock lock(mutex_);
      while (running_ > 0) {
        finished_.wait_for(lock, std::chrono::milliseconds(100));
        if (options_.progress) options_.progress(bytes_done_, bytes_total_);
      }
    }
    for (std::thread& one : working) one.join();
    if (interrupted()) return interrupted_error();
    // All may have been over before the first look.
    if (options_.progress) options_.progress(bytes_done_, bytes_total_);
    return ok();
  }

 private:
  void add(const Source& source, ByteRange range) {
    const std::uint64_t end = std::min(range.to, source.size);
    if (!source.seekable) {
      tasks_.push_back({&source, {}});
      bytes_total_ += source.size;
      return;
    }
    for (std::uint64_t at = range.from; at < end; at += task_bytes) {
      const std::uint64_t to = std::min(end, at + task_bytes);
      tasks_.push_back({&source, {at, to}});
      bytes_total_ += to - at;
    }
  }

  void work(unsigned thread) {
    Scratch scratch;
    for (;;) {
      const std::size_t next = next_task_++;
      if (next >= tasks_.size() || interrupted()) break;
      read(tasks_[next], thread, scratch);
    }
    const std::scoped_lock lock(mutex_);
    --running_;
    finished_.notify_one();
  }

  void read(const Task& task, unsigned thread, Scratch& scratch) {
    auto opened = LineFeed::open(world_, *task.source, task.range);
    if (!opened) return;
    LineFeed feed = std::move(opened).value();
    const bool whole = options_.window == Window{};
    Event event;
    std::size_t lines = 0;
    while (const std::optional<FedLine> line = feed.next()) {
      if (++lines % lines_between_looks == 0 && interrupted()) return;
      if (read_line(task.source->dialect, *line, scratch, event) != Reading::event) continue;
      if (whole || (event.time != no_time && options_.window.contains(event.time))) {
        visit_(thread, *task.source, event);
      }
    }
    bytes_done_ += task.source->seekable ? task.range.to - task.range.from : task.source->size;
  }

  World& world_;
  const SweepOptions& options_;
  const Visitor& visit_;
  std::vector<Task> tasks_;
  std::uint64_t bytes_total_ = 0;
  std::mutex mutex_;  // guards running_
  std::condition_variable finished_;
  unsigned running_ = 0;
  std::atomic<std::size_t> next_task_{0};
  std::atomic<std::uint64_t> bytes_done_{0};
};

}  // namespace

unsigned threads_of(const SweepOptions& options) {
  const unsigned asked =
      options.threads == 0 ? std::thread::hardware_concurrency() : options.threads;
  return std::clamp(asked, 1U, threads_max);
}

Status sweep(World& world, std::span<const Source> sources, const SweepOptions& options,
             const Visitor& visit) {
  Sweep one(world, options, visit);
  TRY(one.plan(sources));
  return one.run(threads_of(options));
}

}  // namespace culprit
