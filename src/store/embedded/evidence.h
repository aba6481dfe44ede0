// Evidence is everything kept of the sources after one pass: columns, units, and what was counted.
//
// It is made once by `read_evidence` and then only read (but for outcomes, which judging writes).
// Numbers of fields, values and skeletons are global and in the order of their texts, so nothing
// in it depends on the number of threads.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/world.h"
#include "event/schema.h"
#include "store/embedded/block.h"
#include "store/embedded/shard.h"
#include "store/gather.h"

namespace culprit {

// A field over all sources.
struct EvidenceField {
  std::string name;
  Role role = Role::none;
  bool slot = true;       // no line names it itself
  bool many = false;      // its texts are kept as hashes only
  bool left_out = false;  // its values are not in the index that the rows come from
  std::uint64_t events = 0;
  std::uint64_t error_events = 0;
  std::uint64_t numbers = 0;
  std::vector<std::string> values;  // of index Codes, sorted; empty where `many`
};

struct EvidenceSkeleton {
  std::uint64_t hash = 0;
  std::string text;
};

// Units as columns. Which rows are a unit's is only kept in the blocks: the few questions that ask
// look through all of them, which takes less time than sorting and less memory than a list.
struct Units {
  std::vector<std::int64_t> starts;   // nanoseconds; no_time's count: no event with a time
  std::vector<std::uint8_t> shifts;   // stands for 2 to that power of units
  std::vector<std::int8_t> outcomes;  // -1: none, 0: good, 1: bad
  std::size_t size() const { return starts.size(); }
};

struct Evidence {
  std::vector<Source> sources;
  std::vector<std::vector<ChunkCount>> chunks;  // per source, by offset
  std::vector<std::uint64_t> indexed_bytes;     // per source: what its index covers
  std::vector<EvidenceField> fields;            // by name
  std::vector<EvidenceSkeleton> skeletons;      // [0]: no message; the rest by text
  std::vector<Block> blocks;                    // by source, then offset
  std::vector<Part> parts;                      // by source, then offset; see Shard::parts
  Units units;
  std::vector<std::uint64_t> unit_ids;      // by unit, where an Index may be made; else empty
  std::vector<IndexedUnits> indexed_units;  // empty after joining
  bool texts_whole = true;                  // of the skeletons: none was shortened
  Sampling sampling;
  std::size_t columns_bytes_max = SIZE_MAX;  // what UnitColumns may take that are kept
  Schema schema;

  // nullptr: no such field.
  const EvidenceField* field(std::string_view name) const;
  FieldId id_of(const EvidenceField& field) const {
    return static_cast<FieldId>(&field - fields.data());
  }
  double weight(std::size_t unit) const { return Sampling::weight_of(units.shifts[unit]); }
  std::size_t rows() const;
};

// Reads all sources with all cores. Errors: interrupted, or nothing could be read.
Result<Evidence> read_evidence(World& world, const GatherOptions& options);
// The same of sources that were found before.
Result<Evidence> read_evidence(World& world, const GatherOptions& options,
                               std::vector<Source> sources);

// The parts of it, for tests and for each other.
Evidence join_shards(std::vector<Source> sources, std::vector<std::unique_ptr<Shard>> shards,
                     UnitRule unit, Sampling sampling);
void join_units(Evidence& evidence);

}  // namespace culprit
