// A ReadingPlan says what of each source is taken from its index, and which bytes have to be read.
//
// An index is taken only where the source's bytes are still those that it was made of: its size
// and its time of change say so, or else the checksums of all its bytes. A line that was appended
// is read; where a question is about fields that the index does not hold, so are the Parts that
// its window reaches.
#pragma once

#include <optional>
#include <vector>

#include "store/embedded/index.h"
#include "store/feed.h"

namespace culprit {

struct SourcePlan {
  std::optional<Index> index;
  std::vector<std::size_t> parts;   // of the index: their rows are taken,
  IndexedRows rows;                 // which are these
  std::vector<std::size_t> silent;  // their lines count, no event of them lies in the window
  std::vector<ByteRange> read;      // what is left; one range of the whole where there is no index
};

struct ReadingPlan {
  std::vector<SourcePlan> sources;  // of each source

  std::uint64_t rows() const;  // that are taken from indexes
};

// Adds notes to sources whose index could not be used, or not for everything.
ReadingPlan plan_reading(World& world, const GatherOptions& options, const UnitRule& unit,
                         std::vector<Source>& sources);

// The source's index, where there is one that can be trusted; a note says why there is none.
std::optional<Index> trusted_index(World& world, const GatherOptions& options, const UnitRule& unit,
                                   Source& source);

// Fields of an Expr that the index cannot answer for.
std::vector<std::string> missing_fields(const Index& index, const Expr& expr);

// Where all events of a Part lie; an empty window: it has none.
struct PartTimes {
  std::int64_t from = INT64_MAX;
  std::int64_t to = INT64_MIN;
  bool untimed = false;
};
PartTimes times_of(const IndexedPart& indexed);
bool outside(const PartTimes& times, Window window);

// Adds a range that begins where the last one ends, or behind it.
void add_range(std::vector<ByteRange>& ranges, ByteRange range);

// Where the index of a source lies.
std::string index_path(World& world, const GatherOptions& options, const Source& source);

// Whether keep_indexes() would make any.
bool worth_indexing(const GatherOptions& options, const Evidence& evidence);

// Makes the indexes that are missing, or behind. Errors: what writing them says; nothing is lost.
Status keep_indexes(World& world, const GatherOptions& options, const Evidence& evidence);

}  // namespace culprit
