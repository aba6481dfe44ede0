#include "workbench/source_clock.h"

#include <algorithm>

#include "store/seek.h"
#include "store/sweep.h"

namespace culprit {
namespace {

// The newest event of all; what is packed has to be read for it.
Result<Time> newest_of(World& world, const std::vector<Source>& sources,
                       const GatherOptions& options) {
  Time newest = no_time;
  std::vector<Source> packed;
  for (const Source& source : sources) {
    if (!source.counts()) continue;
    if (!source.seekable) {
      packed.push_back(source);
      continue;
    }
    const auto found = newest_time(world, source);
    if (found) newest = std::max(newest, *found);
  }
  SweepOptions sweeping{{}, options.threads, options.progress};
  std::vector<Time> threads(threads_of(sweeping), no_time);
  TRY(sweep(world, packed, sweeping, [&](unsigned thread, const Source&, const Event& event) {
    threads[thread] = std::max(threads[thread], event.time);
  }));
  return std::max(newest, *std::max_element(threads.begin(), threads.end()));
}

}  // namespace

Status SourceClock::look(const Moment& moment) {
  if (newest_ != no_time || !moment.needs_newest()) return ok();
  newest_ = TRY(newest_of(world_, sources_, options_));
  if (newest_ != no_time) return ok();
  return error(Fault::usage, "no event has a time here, so there is no newest one to count from");
}

Result<Time> SourceClock::reached(const Moment& moment) {
  TRY(look(moment));
  return resolved_before(moment, newest_, options_.recognise.zone);
}

Result<Window> SourceClock::window_between(const std::optional<Moment>& since,
                                           const std::optional<Moment>& until) {
  Window window;
  if (since) window.from = TRY(reached(*since));
  if (!until) return window;
  TRY(look(*until));
  window.to = resolved(*until, newest_, options_.recognise.zone);
  return window;
}

void set_window(GatherOptions& options, const std::optional<Moment>& since,
                const std::optional<Moment>& until) {
  const GatherOptions reading = options;
  options.window_of = [since, until, reading](World& world, const std::vector<Source>& sources) {
    return SourceClock(world, sources, reading).window_between(since, until);
  };
}

}  // namespace culprit
