// A sweep shows every event of some sources to a visitor once, with all cores and in no order.
//
// It keeps nothing: what is learnt belongs to the visitor, who is told which thread calls, so that
// each thread can have a state of its own.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "event/query.h"
#include "store/feed.h"

namespace culprit {

struct SweepOptions {
  Window window;         // events outside are not shown
  unsigned threads = 0;  // 0: one per core
  std::function<void(std::uint64_t done, std::uint64_t total)> progress;  // may be empty
};

unsigned threads_of(const SweepOptions& options);  // at least 1

using Visitor = std::function<void(unsigned thread, const Source& source, const Event& event)>;

// Sources that cannot be read on are left where that happens. Errors: interrupted.
Status sweep(World& world, std::span<const Source> sources, const SweepOptions& options,
             const Visitor& visit);

}  // namespace culprit
