#include "store/embedded/matching.h"

#include <algorithm>
#include <numeric>

#include "store/embedded/parallel.h"
#include "store/embedded/row_question.h"
#include "store/seek.h"

namespace culprit {
namespace {

// In the blocks of this question only.
constexpr std::uint8_t row_matches = row_bad;
constexpr std::size_t events_before_tail = 2;  // whose times a reader has in mind

// Whether reading all of it would give nothing but its events, each with a time.
bool events_only(const Index& index, Window window) {
  for (const IndexedPart& part : index.parts) {
    for (const ChunkCount& chunk : part.chunks) {
      const bool first = &part == &index.parts.front() && &chunk == &part.chunks.front();
      // Lines that continue an event of the part before: that one may not be read here.
      const bool apart = chunk.leading.lines > 0 && (first || window != Window{});
      if (chunk.skipped.lines > 0 || chunk.untimed > 0 || apart) return false;
    }
  }
  return true;
}

// Those that have events of the window; and the last, behind which a tail goes on.
std::vector<std::size_t> parts_in(const Index& index, Window window, bool tail) {
  std::vector<std::size_t> parts;
  for (std::size_t i = 0; i < index.parts.size(); ++i) {
    const bool last = tail && i + 1 == index.parts.size();
    if (last || !outside(times_of(index.parts[i]), window)) parts.push_back(i);
  }
  return parts;
}

// Times that follow each other as far as a merge puts them right. Later ones it shows where they
// are read, marked as late, and where that is depends on what else is read.
class Order {
 public:
  bool keeps(Time time) {
    if (newest_ != no_time && newest_ - time >= reorder_least) return false;
    newest_ = std::max(newest_, time);
    return true;
  }

 private:
  Time newest_ = no_time;
};

// Whether rows follow each other in the source, too.
bool in_order(const std::vector<Block>& blocks, Order& order) {
  std::uint64_t reached = 0;
  for (const Block& block : blocks) {
    for (std::size_t row = 0; row < block.rows(); ++row) {
      const std::uint64_t offset = block.place(row).offset;
      if (offset < reached || !order.keeps(from_nanoseconds(block.times[row]))) return false;
      reached = offset + 1;
    }
  }
  return true;
}

bool tail_in_order(World& world, const Source& source, std::uint64_t from, Order& order) {
  auto feed = LineFeed::open(world, source, ByteRange{from, std::min(source.size, source.read_to)});
  if (!feed) return false;
  LineFeed lines = std::move(feed).value();
  Scratch scratch;
  Event event;
  while (const std::optional<FedLine> line = lines.next()) {
    if (interrupted()) return false;
    const bool timed =
        read_line(source.dialect, *line, scratch, event) == Reading::event && event.time != no_time;
    if (timed && !order.keeps(event.time)) return false;
  }
  return !lines.fault();
}

FieldId number_of(const Index& index, std::string_view name) {
  const IndexedField* field = index.field(name);
  return field == nullptr ? no_field : static_cast<FieldId>(field - index.fields.data());
}

std::set<FieldId> fields_in(const Index& index, const EventQuestion& question) {
  std::set<FieldId> fields;
  if (!question.where) return fields;
  for (const std::string& name : fields_of(*question.where)) fields.insert(number_of(index, name));
  fields.erase(no_field);
  return fields;
}

void mark_matches(const Index& index, const EventQuestion& question, std::vector<Block>& blocks) {
  const auto text_of_code = [&](FieldId field, Code code) {
    return code::is_index(code) ? index.fields[field].values[code] : code::text(code);
  };
  const Expr where = question.where.value_or(Expr());
  const RowQuestion asked(
      where, [&](std::string_view name) { return number_of(index, name); }, text_of_code);
  in_parallel(blocks.size(), SIZE_MAX, [&](std::size_t b) {
    Block& block = blocks[b];
    asked.mark(block, row_matches);
    for (std::size_t row = 0; row < block.rows(); ++row) {
      const bool fits = block.level(row) >= question.level &&
                        question.window.contains(from_nanoseconds(block.times[row]));
      if (!fits) block.flags[row] &= static_cast<std::uint8_t>(~row_matches);
    }
  });
}

// What is appended is read whole. It may begin with lines that continue the last event, and has its
// place in time behind the last ones.
void add_tail(const Index& index, const Source& source, const std::vector<Block>& blocks,
              std::vector<ByteRange>& ranges) {
  const std::uint64_t end = std::min(source.size, source.read_to);
  if (end <= index.source.covered) return;
  std::uint64_t from = index.source.covered;
  if (!blocks.empty()) {
    const Block& last = blocks.back();
    from = last.place(last.rows() - std::min(last.rows(), events_before_tail)).offset;
  }
  while (!ranges.empty() && ranges.back().to > from) {
    from = std::min(from, ranges.back().from);
    ranges.pop_back();
  }
  add_range(ranges, {from, end});
}

// `end`: of what the last block was made of.
std::vector<ByteRange> ranges_of(const std::vector<Block>& blocks, std::uint64_t end) {
  std::vector<ByteRange> ranges;
  constexpr std::uint64_t none = UINT64_MAX;
  std::uint64_t open = none;  // of a match: it ends where the next event begins
  for (const Block& block : blocks) {
    for (std::size_t row = 0; row < block.rows(); ++row) {
      const std::uint64_t offset = block.place(row).offset;
      if (open != none) add_range(ranges, {open, offset});
      open = (block.flags[row] & row_matches) != 0 ? offset : none;
    }
  }
  if (open != none) add_range(ranges, {open, end});
  return ranges;
}

bool any_in(const Block& block, FieldId field, Window window) {
  const Column* column = block.column(field);
  for (std::size_t i = 0; column != nullptr && i < column->size(); ++i) {
    if (window.contains(from_nanoseconds(block.times[column->row(i)]))) return true;
  }
  return false;
}

bool any_level_in(const Block& block, Window window) {
  for (std::size_t row = 0; row < block.rows(); ++row) {
    const bool inside = window.contains(from_nanoseconds(block.times[row]));
    if (inside && block.level(row) != Level::none) return true;
  }
  return false;
}

// Those that an event of the window has.
std::set<std::string> occurring(const Index& index, const EventQuestion& question,
                                const std::vector<Block>& blocks) {
  std::set<std::string> fields;
  if (!question.where) return fields;
  for (const std::string& name : fields_of(*question.where)) {
    const FieldId field = number_of(index, name);
    const bool occurs = std::any_of(blocks.begin(), blocks.end(), [&](const Block& block) {
      return (field != no_field && any_in(block, field, question.window)) ||
             (name == "level" && any_level_in(block, question.window));
    });
    if (occurs) fields.insert(name);
  }
  return fields;
}

}  // namespace

std::optional<Matching> matching_ranges(World& world, const GatherOptions& options,
                                        const UnitRule& unit, Source& source,
                                        const EventQuestion& question) {
  if (options.index.folder.empty() || !source.seekable) return std::nullopt;
  const auto range = range_of(world, source, question.window);
  if (!range || std::min(range->to, source.size) - std::min(range->from, source.size) <
                    options.index.bytes_min) {
    return std::nullopt;  // it is read in less time than its index
  }
  const std::optional<Index> index = trusted_index(world, options, unit, source);
  if (!index || !events_only(*index, question.window)) return std::nullopt;
  if (source.read_to < index->source.covered) return std::nullopt;
  if (question.where && !missing_fields(*index, *question.where).empty()) return std::nullopt;
  const bool tail = source.size > index->source.covered;
  const std::vector<std::size_t> parts = parts_in(*index, question.window, tail);
  auto blocks = read_columns(*index, parts, fields_in(*index, question));
  Order order;
  if (!blocks || !in_order(*blocks, order)) return std::nullopt;
  if (tail && !tail_in_order(world, source, index->source.covered, order)) return std::nullopt;
  mark_matches(*index, question, *blocks);
  Matching found;
  found.ranges = ranges_of(*blocks, parts.empty() ? 0 : index->parts[parts.back()].part.to);
  add_tail(*index, source, *blocks, found.ranges);
  found.fields = occurring(*index, question, *blocks);
  return found;
}

}  // namespace culprit
