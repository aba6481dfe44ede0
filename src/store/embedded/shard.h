// A Shard is what one reading thread has gathered: blocks of columns with numbers of its own.
//
// Threads share nothing while they read. Field numbers, dictionary entries and skeleton numbers
// are local to the Shard and are made global when Shards are joined (evidence.h), so that the
// result does not depend on which thread read what.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "event/roles.h"
#include "parse/format.h"
#include "parse/skeleton.h"
#include "store/embedded/block.h"
#include "store/embedded/dictionary.h"
#include "store/gather.h"

namespace culprit {

// Which units are kept: all, or those whose mixed id begins with `shift` zero bits.
struct Sampling {
  unsigned shift = 0;
  double weight() const { return static_cast<double>(std::uint64_t{1} << shift); }
  bool keeps(std::uint64_t unit_id) const {
    // Fibonacci hashing, so that sampling does not correlate with the table's slots.
    return shift == 0 || ((unit_id * 0x9E37'79B9'7F4A'7C15ULL) >> (64 - shift)) == 0;
  }
};

// Lines of one chunk of a source.
struct ChunkCount {
  std::uint32_t source = 0;
  std::uint64_t offset = 0;
  std::uint64_t lines = 0;
  std::uint64_t events = 0;
  std::uint64_t untimed = 0;
  std::uint64_t skipped = 0;
  std::uint64_t first_skipped_line = 0;  // within the chunk, from 1
  std::string first_skipped;
  std::int64_t from = INT64_MAX;
  std::int64_t to = INT64_MIN;
  std::uint64_t levels[7] = {};
};

struct ShardField {
  Role role = Role::none;
  bool stored = true;    // false: counted only (times, the message, the correlation id)
  bool unit_id = false;  // one of UnitRule::fields
  int unit_rank = 0;
  bool slot = false;
  bool overflowed = false;  // the dictionary is full: some codes are hashes
  std::uint64_t events = 0;
  std::uint64_t error_events = 0;
  std::uint64_t numbers = 0;
  Dictionary values;
  std::string last_text;
  Code last_code = 0;
  bool last_valid = false;
  std::vector<std::uint16_t> rows;  // of the open block
  std::vector<Code> codes;
};

struct ShardSkeleton {
  std::uint64_t hash = 0;
  std::string text;
  std::vector<FieldId> slots;
};

class Shard {
 public:
  static constexpr std::size_t fields_max = 4096;       // more names than that: the rest is dropped
  static constexpr std::size_t values_max = 65'536;     // dictionary entries of a field
  static constexpr std::size_t value_bytes_max = 256;   // longer values are kept as hashes

  Shard(const GatherOptions& options, const UnitRule& unit);

  // Reads the whole lines in `chunk`, which begins at `offset` of the source.
  void read(const Source& source, std::uint32_t source_index, std::string_view chunk,
            std::uint64_t offset, Sampling sampling);
  // Only rows of these units; for the second look.
  void restrict_to(const std::unordered_set<std::uint64_t>* unit_ids) { only_ = unit_ids; }

  std::vector<Block> take_blocks() { return std::move(blocks_); }

  std::vector<Block>& blocks() { return blocks_; }
  const Dictionary& names() const { return names_; }
  std::vector<ShardField>& fields() { return fields_; }
  std::vector<ShardSkeleton>& skeletons() { return skeletons_; }
  std::vector<ChunkCount>& counts() { return counts_; }
  std::unordered_set<std::uint64_t>& failing() { return failing_; }
  std::size_t dropped_fields() const { return dropped_fields_; }

 private:
  void open_block(std::uint32_t source, std::uint64_t offset);
  void close_block();
  void add(const Event& event, std::uint64_t line_offset, ChunkCount& count, Sampling sampling);
  FieldId field_of(std::string_view name, std::size_t position, bool slot);
  FieldId add_field(std::string_view name, bool slot);
  std::uint32_t skeleton_of_message(std::string_view message);
  void add_value(FieldId id, const Field& field, Level level);
  Code code_of(ShardField& field, std::string_view value);
  void note(const ShardField& field, const Field& value);

  const GatherOptions& options_;
  const UnitRule& unit_;
  const std::unordered_set<std::uint64_t>* only_ = nullptr;

  Dictionary names_;
  std::vector<ShardField> fields_;
  std::vector<FieldId> previous_;  // fields of the line before, by position
  std::vector<ShardSkeleton> skeletons_;
  std::unordered_map<std::uint64_t, std::uint32_t> skeleton_numbers_;
  std::uint64_t last_skeleton_hash_ = 0;
  std::uint32_t last_skeleton_ = 0;
  Scratch scratch_;
  SkeletonScratch skeleton_scratch_;
  std::span<const Field> slots_;  // of the message in hand

  std::vector<Block> blocks_;
  Block open_;
  std::vector<ChunkCount> counts_;
  std::unordered_set<std::uint64_t> failing_;  // units with a suspicious row that were not sampled
  std::size_t dropped_fields_ = 0;

  // Of the row in hand.
  std::uint64_t unit_id_ = 0;
  int unit_rank_ = 0;
  bool suspicious_ = false;
  std::vector<std::pair<FieldId, const Field*>> row_;
};

// Rows of a block for which `keep` is not zero.
Block filtered(const Block& block, const std::vector<std::uint8_t>& keep);
std::size_t bytes_of(const Block& block);
Column packed(FieldId field, std::vector<std::uint16_t> rows, const std::vector<Code>& codes,
              std::size_t block_rows);

}  // namespace culprit
