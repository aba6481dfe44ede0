// Seeking finds where in a source the events of a window lie, without reading what is before them.
//
// Plain files are searched by halving: a probe reads a few dozen events at an offset and takes
// their median time, so that neither lines without a time nor a few wrong ones mislead it. Lines of
// a log are only roughly in order; how roughly is measured at the probes, and the range found is
// wider by twice that. A file whose probes show that it is not in order at all (two logs in one) is
// read whole: slow, but nothing is missed. So is what cannot be read at an offset.
#pragma once

#include <optional>

#include "event/query.h"
#include "store/feed.h"

namespace culprit {

// What a source's events may be out of order by before anything else is known.
constexpr Duration reorder_least = std::chrono::seconds(2);

// Every event of the window begins in this range, as far as probes can tell.
Result<ByteRange> range_of(World& world, const Source& source, const Window& window);

// The least time among the first events of the source's sample; no_time: none has one.
Time first_time(const Source& source);

// The latest time in the last part of a seekable source that has times; no_time: none has one.
Result<Time> newest_time(World& world, const Source& source);

}  // namespace culprit
