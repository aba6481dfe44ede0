// A Merge reads many sources as one, in the order of time.
//
// Each source is a lane with a small window in which its lines are put in order: two seconds, or
// 10,000 lines, or its share of the memory, whichever is full first. What comes later than that is
// given out as soon as it is read, and flagged. The lane that is furthest behind in time reads
// next, so a Record is given out once no lane can still have an earlier one, however rare the
// wanted ones are. A source is opened only when its first time is reached; one that cannot be read
// on is noted and the others go on.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "store/records.h"
#include "store/seek.h"

namespace culprit {

struct MergeOptions {
  Selection selection;
  // By source: every wanted event begins in these ranges; nothing, or no such place: anywhere.
  std::vector<std::optional<std::vector<ByteRange>>> ranges;
  Duration reorder = reorder_least;
  std::size_t reorder_lines_max = 10'000;
  std::size_t memory_max = 64 << 20;  // of all lanes together, roughly
  std::function<void()> waiting;      // called now and then while nothing is found; may be empty
};

struct MergeCounts {
  std::uint64_t late = 0;
  std::uint64_t untimed = 0;     // left out because a window was asked for
  std::uint64_t unreadable = 0;  // lines that were no events
};

struct SourceFault {
  std::uint32_t source = 0;
  Error error;
};

class Merge {
 public:
  // `world` and `sources` (with their samples) must outlive it.
  Merge(World& world, std::span<const Source> sources, MergeOptions options);
  ~Merge();
  Merge(const Merge&) = delete;
  Merge& operator=(const Merge&) = delete;

  // Nothing: the end. Errors: interrupted.
  Result<std::optional<Record>> next();

  // Complete once next() has come to the end.
  const MergeCounts& counts() const { return counts_; }
  std::span<const SourceFault> faults() const { return faults_; }

 private:
  struct Lane;
  bool later(std::uint32_t a, std::uint32_t b) const;
  bool advance(Lane& lane);
  Status open(Lane& lane);
  void read_by(Lane& lane, LineFeed feed, ByteRange range) const;
  void finish(Lane& lane);
  void requeue(std::uint32_t lane);
  Record given(Record record);

  World& world_;
  std::span<const Source> sources_;
  MergeOptions options_;
  LineFeed::Descriptor descriptor_;
  std::vector<std::unique_ptr<Lane>> lanes_;  // by source; null: over, or never readable
  std::vector<std::uint32_t> queue_;          // heap of lanes, the one furthest behind on top
  std::vector<SourceFault> faults_;
  MergeCounts counts_;
  Time given_until_ = no_time;
  std::size_t advances_ = 0;
};

}  // namespace culprit
