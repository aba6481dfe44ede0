// A Shard is what one reading thread has gathered: blocks of columns with numbers of its own.
//
// Threads share nothing while they read. Field numbers, dictionary entries and skeleton numbers
// are local to the Shard and are made global when Shards are joined (evidence.h), so that the
// result does not depend on which thread read what.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "event/roles.h"
#include "parse/format.h"
#include "store/embedded/block.h"
#include "store/embedded/content_hash.h"
#include "store/embedded/dictionary.h"
#include "store/embedded/layout.h"
#include "store/embedded/part.h"
#include "store/embedded/skeleton_table.h"
#include "store/feed.h"
#include "store/gather.h"
#include "store/widths.h"

namespace culprit {

// Which units are kept: all, or those whose mixed id begins with `shift` zero bits. Failing ones
// have a shift of their own, which stays 0 as long as they fit.
struct alignas(8) Sampling {  // as large as it is aligned: an atomic of it needs no lock
  static constexpr unsigned shift_max = 40;
  unsigned shift = 0;
  unsigned failing_shift = 0;  // never more than `shift`
  double weight() const { return weight_of(shift); }
  double failing_weight() const { return weight_of(failing_shift); }
  static double weight_of(unsigned shift) { return static_cast<double>(std::uint64_t{1} << shift); }
  // The largest shift that still keeps the unit.
  static unsigned level(std::uint64_t unit_id) {
    // Fibonacci hashing, so that sampling does not correlate with the table's slots.
    const int zeros = std::countl_zero(unit_id * 0x9E37'79B9'7F4A'7C15ULL);
    return std::min(static_cast<unsigned>(zeros), shift_max);
  }
  bool keeps(std::uint64_t unit_id) const { return level(unit_id) >= shift; }
  bool keeps_failing(std::uint64_t unit_id) const { return level(unit_id) >= failing_shift; }
  bool operator==(const Sampling&) const = default;
};

// The id of a unit that is one line, which has none of its own; never 0.
constexpr std::uint64_t id_of_line(std::uint32_t source, std::uint64_t offset) {
  return ((std::uint64_t{source} << 48 ^ offset) * 0xD6E8'FEB8'6659'FD93ULL) | 1;
}

// Memory that rows take, by what decides how long they are kept. It counts every row that was
// read, kept or not, so that the sampling chosen from it does not depend on who read what when.
struct RowBytes {
  // Of a row without its values: two to four of its time, eight of its unit, four of its place, one
  // or two of its message, one of flags. What values take: Widths.
  static constexpr std::uint64_t row = 19;
  using ByLevel = std::array<std::uint64_t, Sampling::shift_max + 1>;
  ByLevel plain{};
  ByLevel failing{};  // suspicious rows; in the second look, all of failing units

  RowBytes& operator+=(const RowBytes& other);
  static std::uint64_t kept(const ByLevel& bytes, unsigned shift);
};

// The least shift, from `least` on, whose rows fit into `bytes_max`.
unsigned fitting_shift(const RowBytes::ByLevel& rows, std::uint64_t bytes_max, unsigned least);

// What so many bytes of an id hold.
constexpr std::uint64_t id_mask(unsigned bytes) {
  return bytes >= 8 ? UINT64_MAX : (std::uint64_t{1} << 8 * bytes) - 1;
}

// Lines of one chunk of a source.
struct ChunkCount {
  std::uint32_t source = 0;
  std::uint64_t offset = 0;
  std::uint64_t lines = 0;
  std::uint64_t events = 0;
  std::uint64_t untimed = 0;
  std::uint64_t whole_seconds = 0;
  // Lines that could not be read, and those that continue an event which is not in the chunk: they
  // count as skipped where it is in none before either.
  struct Skipped {
    std::uint64_t lines = 0;
    std::uint64_t first_line = 0;  // within the chunk, from 1
    std::string first;
    void add(std::string_view text, std::uint64_t number);
  };
  Skipped skipped;
  Skipped leading;
  bool any_event = false;  // in the window or not
  std::int64_t from = INT64_MAX;
  std::int64_t to = INT64_MIN;
  std::uint64_t levels[7] = {};
};

// A value that waits to be coded.
struct WaitingValue {
  static constexpr std::uint16_t not_kept = 0xFFFF;  // as `row`
  const char* data = nullptr;
  std::uint32_t size = 0;
  std::uint16_t row = 0;
  std::uint16_t event = 0;  // of those that wait, from 1
  std::string_view view() const { return {data, size}; }
};

// Values that wait. Unlike a vector it puts one into its place member by member: g++ 12 puts it
// together on the stack, and the load behind that has to wait for it.
class WaitingValues {
 public:
  void add(const char* data, std::size_t size, std::uint16_t row, std::uint16_t event) {
    if (size_ == values_.size()) [[unlikely]]
      values_.resize(2 * size_ + 64);
    WaitingValue& value = values_[size_++];
    value.data = data;
    value.size = static_cast<std::uint32_t>(size);
    value.row = row;
    value.event = event;
  }
  std::span<const WaitingValue> all() const { return {values_.data(), size_}; }
  bool empty() const { return size_ == 0; }
  void clear() { size_ = 0; }

 private:
  std::size_t size_ = 0;
  std::vector<WaitingValue> values_;
};

struct Index;
struct IndexedPart;
struct IndexedRows;

// Units of rows that come from an Index, by their numbers in the source.
struct IndexedUnits {
  std::uint32_t source = 0;
  std::uint32_t count = 0;
  unsigned id_bytes = 0;           // of each that is known
  std::vector<std::uint64_t> ids;  // empty: no row of theirs can be elsewhere
};

struct ShardField {
  Role role = Role::none;
  bool stored = true;       // false: counted only (times, the message, the correlation id)
  bool left_out = false;    // its values are not in the Index that the rows come from
  bool unit_id = false;     // one of UnitRule::fields
  bool slot = true;         // no line names it itself
  bool overflowed = false;  // the dictionary was full: all texts are lost
  int unit_rank = 0;
  std::uint64_t laid_out = 0;  // the latest layout that carries it
  std::uint32_t width = 0;     // Widths
  std::uint64_t events = 0;
  std::uint64_t error_events = 0;
  std::uint64_t numbers = 0;  // events that have a number for it
  WaitingValues waiting;
  OpenColumn column;  // of the open block
  Dictionary values;
  std::vector<Code> lost;  // where overflowed: the Codes, without text, of what `values` held
};

class Shard {
 public:
  static constexpr std::size_t fields_max = 4096;      // more names than that: the rest is dropped
  static constexpr std::size_t value_bytes_max = 256;  // longer values are kept as hashes

  Shard(const GatherOptions& options, const UnitRule& unit, const Widths& widths);

  // Dictionary entries of a field; beyond them its values are kept as hashes.
  std::size_t values_max() const { return values_max_; }

  // Reads the whole lines in `chunk`, which begins at `offset` of the source. Chunks that follow
  // each other share blocks.
  void read(const Source& source, std::uint32_t source_index, std::string_view chunk,
            std::uint64_t offset, Sampling sampling);
  // Reads some thousand lines more of a framed source; false: there were none.
  bool read(const Source& source, std::uint32_t source_index, LineFeed& feed, Sampling sampling);
  // For the second look: keeps rows of these units only, and counts nothing again.
  void restrict_to(const std::unordered_set<std::uint64_t>* unit_ids) { only_ = unit_ids; }
  // Lets go of what a coarser sampling does not keep.
  void thin_out(Sampling sampling);
  Sampling thinned_to() const { return thinned_to_; }

  // Takes what an Index has of these parts of a source, as if their lines were read here. Of
  // `silent` parts the lines count, but no event of them lies in the window.
  void take_over(const Index& index, std::uint32_t source, std::span<const std::size_t> parts,
                 std::span<const std::size_t> silent, IndexedRows rows);

  // Of rows that were taken over; nothing: there are none.
  std::optional<IndexedUnits>& indexed_units() { return indexed_units_; }

  // The last block is complete.
  void finish();
  std::vector<Block>& blocks() { return blocks_; }
  const Dictionary& names() const { return names_; }
  // What they count is complete after finish().
  std::deque<ShardField>& fields() { return fields_; }
  SkeletonTable& skeletons() { return skeletons_; }
  std::vector<ChunkCount>& counts() { return counts_; }
  // Those of seekable sources that were read, where an Index is to be made of them.
  std::vector<Part>& parts() { return parts_; }
  // Shortens the skeletons' texts to that coarseness, if they are finer.
  void coarsen_skeletons(unsigned coarseness);
  // Units with a suspicious row that was not kept, for a second look.
  std::unordered_set<std::uint64_t> take_failing() { return std::exchange(failing_, {}); }
  // Of all rows read since the last call.
  RowBytes take_row_bytes() { return std::exchange(row_bytes_, {}); }

 private:
  // All values of 65,536 at the default of 512 MB; thirty fields of ids take 90 MB a thread then,
  // until they are found to have more. What the process takes anyway is left out: it weighs more
  // the less memory there is.
  static constexpr std::size_t memory_a_value = 7808;
  static constexpr std::size_t memory_of_process = 24 << 20;
  static std::size_t values_within(std::size_t memory) {
    const std::size_t left = memory - std::min(memory, memory_of_process);
    return std::clamp(left / memory_a_value, values_least, values_most);
  }
  static constexpr std::size_t values_least = 4096;
  static constexpr std::size_t values_most = 65'536;
  // A block of thirty columns takes 6 KB beside its rows, which matters where few of them are kept.
  static constexpr std::size_t block_lines_max = 24'576;
  // Behind that many lines a block ends where its chunk does: Parts are to be short.
  static constexpr std::size_t part_lines_min = 8192;

  // What is known of the row in hand.
  struct RowInHand {
    std::uint64_t id = 0;  // of its unit; 0: none
    std::uint64_t sampled_by = 0;
    std::uint32_t skeleton = 0;
    std::uint8_t flags = 0;
    bool suspicious = false;
    bool kept = false;
    std::span<const Field> slots;  // of its message
  };

  // `number`: of the line, within the chunk.
  void read_one(const Source& source, const FedLine& line, std::uint64_t number, ChunkCount& count,
                Sampling sampling);
  void next_row(std::uint64_t offset);
  void open_block(std::uint32_t source, std::uint64_t offset);
  void close_block();
  std::vector<FieldId> take_fields(const Index& index, std::span<const std::size_t> parts);
  void take_counts(const IndexedPart& indexed, std::uint32_t source,
                   const std::vector<FieldId>& ids);
  void mark_rows(std::span<Block> blocks);
  void open_part(std::uint32_t source, std::uint64_t offset);
  void close_part();
  std::vector<FieldCount> counts_so_far();
  void add(const Event& event, std::uint64_t offset, ChunkCount& count, Sampling sampling);
  bool outside(const Event& event) const;
  void read_message(std::string_view message);
  Layout& layout_of(const Event& event);
  bool remembers_layouts();
  void lay_out(const Event& event, Layout& layout);
  void lay_out_slots(Layout& layout);
  void add_part(Layout& layout, ShardField& field, std::size_t at) const;
  const Field& value_at(const Layout& layout, const Event& event, Layout::Part part) const {
    return part.at < layout.named ? event.fields[part.at] : row_.slots[part.at - layout.named];
  }
  void identify(const Layout& layout, const Event& event);
  void judge(const Layout& layout, const Event& event);
  bool keep(const Layout& layout, Sampling sampling);
  bool keeps_row(const Block& block, std::size_t row, Sampling sampling);
  void take_values(const Layout& layout, const Event& event);
  void wait(ShardField& field, const Field& value, const Event& event, std::uint16_t row);
  void code_waiting();
  void code_waiting(ShardField& field);
  static Dictionary::Entry entry_of_number(std::string_view text);
  Dictionary::Entry other_entry(ShardField& field, std::string_view text);
  void hand_on(Layout& layout) const;
  void hand_on_counts();
  void hand_on_all();
  FieldId field_of(std::string_view name);
  FieldId add_field(std::string_view name);
  std::uint32_t skeleton_number(const Skeleton& skeleton);
  Dictionary::Entry learn(ShardField& field, std::string_view value);

  const GatherOptions& options_;
  const UnitRule& unit_;
  const Widths& widths_;
  std::size_t values_max_;
  const std::unordered_set<std::uint64_t>* only_ = nullptr;

  Dictionary names_;
  std::deque<ShardField> fields_;  // a deque, because Layouts point to them
  Layouts layouts_;
  Layout passing_;                        // of an event whose layout is not remembered
  std::size_t layout_hits_ = 0;           // since the Layouts were empty
  std::uint32_t layouts_left_alone_ = 0;  // lines for which none is remembered
  std::uint64_t layout_serial_ = 0;       // of the one that is being laid out
  SkeletonTable skeletons_;
  Scratch scratch_;
  SkeletonScratch skeleton_scratch_;
  std::vector<Field> all_fields_;  // of an event and its message, where a rule asks about both

  std::vector<Block> blocks_;
  Block open_;
  OpenRows open_rows_;
  std::uint64_t lines_in_block_ = 0;
  std::uint64_t read_to_ = 0;  // offset behind the last chunk of open_
  std::vector<ChunkCount> counts_;
  std::vector<Part> parts_;
  std::optional<IndexedUnits> indexed_units_;
  std::optional<Part> open_part_;
  bool part_whole_ = false;  // its last line has an end, so that nothing can be appended to it
  std::vector<FieldCount> counted_;  // by field, when the open Part began
  ContentHash content_;              // of the open Part
  std::unordered_set<std::uint64_t> failing_;
  RowBytes row_bytes_;
  Sampling thinned_to_;  // by the last thin_out()
  // Values wait until those of some hundred events are there, so that one dictionary after the
  // other is in the cache. What does not stand in the chunk at hand is copied to `waiting_texts_`.
  static constexpr std::size_t waiting_events_max = 256;
  static constexpr std::size_t waiting_bytes_max = 256 << 10;
  std::uint16_t waiting_events_ = 0;
  std::string_view chunk_;
  std::deque<std::string> waiting_texts_;
  std::size_t waiting_bytes_ = 0;
  RowInHand row_;
};

// Rows of a block for which `keep` is not zero.
Block filtered(const Block& block, const std::vector<std::uint8_t>& keep);

}  // namespace culprit
