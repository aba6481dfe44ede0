// A SourceClock tells Moments by the newest event of some sources, for every command alike.
//
// An end that is still to come leaves nothing out, so `--until 14:03` is on the day of the newest
// event; a begin, or an instant to look at, is one that the newest event has reached: "23:50" said
// at ten past midnight is yesterday's.
#pragma once

#include <optional>
#include <vector>

#include "store/gather.h"
#include "workbench/moment.h"

namespace culprit {

class SourceClock {
 public:
  // All three outlive it. The sources are looked at when a Moment first needs the newest event.
  SourceClock(World& world, const std::vector<Source>& sources, const GatherOptions& options)
      : world_(world), sources_(sources), options_(options) {}

  // Errors: usage where no event has a time; interrupted.
  Result<Time> reached(const Moment& moment);
  Result<Window> window_between(const std::optional<Moment>& since,
                                const std::optional<Moment>& until);

 private:
  Status look(const Moment& moment);

  World& world_;
  const std::vector<Source>& sources_;
  const GatherOptions& options_;
  Time newest_ = no_time;
};

// Has the window of what is gathered found by the clock of its sources.
void set_window(GatherOptions& options, const std::optional<Moment>& since,
                const std::optional<Moment>& until);

}  // namespace culprit
