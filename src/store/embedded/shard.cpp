#include "store/embedded/shard.h"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "event/outcome.h"
#include "parse/bytes.h"

namespace culprit {
namespace {

// Between two looks at the memory that rows take; blocks end there too.
constexpr std::size_t framed_records_max = Block::rows_max;

// The end of the line that begins at `at`; chunk.size() if it has none.
std::size_t line_end(std::string_view chunk, std::size_t at) {
  const void* found = std::memchr(chunk.data() + at, '\n', chunk.size() - at);
  return found == nullptr
             ? chunk.size()
             : static_cast<std::size_t>(static_cast<const char*>(found) - chunk.data());
}

// Event::names, of an event whose reader does not give it. Never 0.
std::uint64_t names_of(std::span<const Field> fields) {
  std::uint64_t names = fields.size() + 1;
  for (const Field& field : fields) {
    if (field.name.size() > ShortText::bytes_max) {
      names ^= hash_of(field.name);
    } else {
      const ShortText name = ShortText::of(field.name);
      names ^= name.head ^ std::rotl(name.tail, 29) ^ field.name.size() << 58;
    }
    names *= 0x9E37'79B9'7F4A'7C15ULL;  // the golden ratio, as splitmix64 has it
    names ^= names >> 32;
  }
  return names | 1;
}

// Whether judging could call it a failure; more may be called one here than is.
bool fails_by_status(std::string_view value) {
  if (value.size() < 3) return false;
  if (value.size() == 3) return value[0] >= '5' && value[0] <= '9';
  const std::optional<double> number = number_in(value);
  return number && is_status(*number) && *number >= status_bad_min;
}

}  // namespace

RowBytes& RowBytes::operator+=(const RowBytes& other) {
  for (std::size_t level = 0; level < plain.size(); ++level) {
    plain[level] += other.plain[level];
    failing[level] += other.failing[level];
  }
  return *this;
}

std::uint64_t RowBytes::kept(const ByLevel& bytes, unsigned shift) {
  return std::accumulate(bytes.begin() + shift, bytes.end(), std::uint64_t{0});
}

void ChunkCount::Skipped::add(std::string_view text, std::uint64_t number) {
  if (++lines > 1) return;
  first_line = number;
  first = std::string(text.substr(0, 200));
}

unsigned fitting_shift(const RowBytes::ByLevel& rows, std::uint64_t bytes_max, unsigned least) {
  unsigned shift = least;
  while (shift < Sampling::shift_max && RowBytes::kept(rows, shift) > bytes_max) ++shift;
  return shift;
}

Shard::Shard(const GatherOptions& options, const UnitRule& unit, const Widths& widths)
    : options_(options),
      unit_(unit),
      widths_(widths),
      values_max_(values_within(options.memory_max)) {}

void Shard::open_block(std::uint32_t source, std::uint64_t offset) {
  open_ = Block{};
  open_.source = source;
  open_.offset = offset;
  lines_in_block_ = 0;
}

void Shard::read(const Source& source, std::uint32_t source_index, std::string_view chunk,
                 std::uint64_t offset, Sampling sampling) {
  ChunkCount count;
  count.source = source_index;
  count.offset = offset;
  const bool goes_on = lines_in_block_ > 0 && open_.source == source_index && read_to_ == offset;
  if (!goes_on) {
    close_block();
    open_block(source_index, offset);
    close_part();
    if (source.seekable) open_part(source_index, offset);
  }
  chunk_ = chunk;
  for (std::size_t at = 0; at < chunk.size();) {
    const std::size_t end = line_end(chunk, at);
    const std::string_view line = chunk.substr(at, end - at);
    ++count.lines;
    next_row(offset);
    read_one(source, {offset + at, line}, count.lines, count, sampling);
    at = end + 1;
  }
  code_waiting();
  chunk_ = {};
  read_to_ = offset + chunk.size();
  counts_.push_back(std::move(count));
  if (open_part_) content_.add(chunk);
  part_whole_ = chunk.ends_with('\n');
  if (lines_in_block_ >= part_lines_min) close_block();
}

void Shard::open_part(std::uint32_t source, std::uint64_t offset) {
  if (options_.index.folder.empty() || options_.window != Window{} || only_ != nullptr) return;
  open_part_ = Part{source, offset, offset, 0, {}};
  content_.restart();
  counted_ = counts_so_far();
}

std::vector<FieldCount> Shard::counts_so_far() {
  hand_on_all();
  std::vector<FieldCount> counts;
  for (FieldId id = 0; id < fields_.size(); ++id) {
    const ShardField& field = fields_[id];
    counts.push_back({id, field.events, field.error_events, field.numbers});
  }
  return counts;
}

// What was counted since the Part began is its own.
void Shard::close_part() {
  if (!open_part_) return;
  open_part_->to = read_to_;
  open_part_->content = content_.value();
  for (FieldCount count : counts_so_far()) {
    const FieldCount before = count.field < counted_.size() ? counted_[count.field] : FieldCount{};
    count.events -= before.events;
    count.error_events -= before.error_events;
    count.numbers -= before.numbers;
    if (count.events > 0) open_part_->fields.push_back(count);
  }
  if (part_whole_) parts_.push_back(std::move(*open_part_));
  open_part_.reset();
}

bool Shard::read(const Source& source, std::uint32_t source_index, LineFeed& feed,
                 Sampling sampling) {
  close_part();
  ChunkCount count;
  count.source = source_index;
  const std::uint64_t lines_before = feed.lines();
  std::size_t records = 0;
  while (records < framed_records_max) {
    const std::optional<FedLine> line = feed.next();
    if (!line) break;
    if (++records == 1) {
      count.offset = line->offset;
      close_block();
      open_block(source_index, line->offset);
    }
    // What is cut off or broken may be told before records that waited for their context.
    if (!line->damaged) next_row(line->offset);
    read_one(source, *line, line->number - lines_before, count, sampling);
  }
  if (records > 0) close_block();
  if (records == 0) count.offset = feed.reached();
  count.lines = feed.lines() - lines_before;
  counts_.push_back(std::move(count));
  return records > 0;
}

void Shard::read_one(const Source& source, const FedLine& line, std::uint64_t number,
                     ChunkCount& count, Sampling sampling) {
  Event event;
  const Reading reading = read_line(source.dialect, line, scratch_, event);
  if (reading == Reading::event) {
    count.any_event = true;
    add(event, line.offset, count, sampling);
  } else if (reading == Reading::unreadable) {
    count.skipped.add(line.text, number);
  } else if (reading == Reading::continuation && !count.any_event) {
    count.leading.add(line.text, number);
  }
}

// Blocks are cut by lines, kept or not, so that they do not depend on the sampling in force.
// `offset`: where the next block begins if that is too far from where this one does.
void Shard::next_row(std::uint64_t offset) {
  const bool far = offset < open_.offset || offset - open_.offset > UINT32_MAX;
  if (++lines_in_block_ <= block_lines_max && !far) return;
  const std::uint32_t source = open_.source;
  const std::uint64_t begin = far ? offset : open_.offset;
  close_block();
  open_block(source, begin);
  lines_in_block_ = 1;
}

void Shard::add(const Event& event, std::uint64_t offset, ChunkCount& count, Sampling sampling) {
  if (outside(event)) return;
  const std::int64_t time = nanoseconds(event.time);
  ++count.events;
  ++count.levels[static_cast<std::size_t>(event.level)];
  if (event.time == no_time) {
    ++count.untimed;
  } else {
    if (time % 1'000'000'000 == 0) ++count.whole_seconds;
    count.from = std::min(count.from, time);
    count.to = std::max(count.to, time);
  }

  read_message(event.message);
  Layout& layout = layout_of(event);
  ++layout.events;
  layout.error_events += event.level >= Level::error ? 1 : 0;
  identify(layout, event);
  judge(layout, event);
  const bool alone = row_.id == 0;  // a unit of its own, or of none
  row_.sampled_by = alone ? id_of_line(open_.source, offset) : row_.id;
  row_.kept = keep(layout, sampling);
  if (row_.kept || only_ == nullptr) take_values(layout, event);
  if (!row_.kept) return;
  open_rows_.times.push_back(time);
  open_rows_.unit_ids.push_back(unit_.fields.empty() ? row_.sampled_by : row_.id);
  open_rows_.offsets.push_back(static_cast<std::uint32_t>(offset - open_.offset));
  open_rows_.skeletons.push_back(row_.skeleton);
  open_rows_.flags.push_back(row_.flags);
}

bool Shard::outside(const Event& event) const {
  if (event.time == no_time) return options_.window != Window{};
  return !options_.window.contains(event.time);
}

// What the message says beside its words are fields too.
void Shard::read_message(std::string_view message) {
  row_.skeleton = 0;
  row_.slots = {};
  if (message.empty()) return;
  const std::uint64_t hash = hash_of(message);
  if ((row_.skeleton = skeletons_.number_of_plain(hash)) != 0) return;
  const Skeleton found = skeleton_of(message, skeleton_scratch_);
  row_.skeleton = skeleton_number(found);
  row_.slots = found.slots;
  if (row_.slots.empty()) skeletons_.remember_plain(hash, row_.skeleton);
}

Layout& Shard::layout_of(const Event& event) {
  // Messages of a shortened skeleton have any slots.
  if (skeletons_.coarseness() == 0) {
    const std::uint64_t names = event.names != 0 ? event.names : names_of(event.fields);
    Layout* const known = layouts_.find(names, row_.skeleton);
    // A message that holds "<*>" itself has the skeleton of another with more slots.
    const bool fits = known != nullptr && known->named == event.fields.size() &&
                      known->slots == row_.slots.size();
    if (fits) {
      ++layout_hits_;
      return *known;
    }
    if (known == nullptr && remembers_layouts()) {
      Layout layout;
      lay_out(event, layout);
      layout.names = names;
      return *layouts_.add(std::move(layout));
    }
  }
  hand_on(passing_);
  lay_out(event, passing_);
  return passing_;
}

// Where hardly any line has the shape of an earlier one (keys in any order), remembering shapes
// costs more than laying each out: for some time it is left, then tried again.
bool Shard::remembers_layouts() {
  constexpr std::uint32_t left_alone = 1 << 17;  // lines
  if (layouts_left_alone_ > 0) {
    --layouts_left_alone_;
    return false;
  }
  if (!layouts_.full()) return true;
  if (layout_hits_ < layouts_.all().size()) layouts_left_alone_ = left_alone;
  layout_hits_ = 0;
  hand_on_counts();
  return layouts_left_alone_ == 0;
}

void Shard::lay_out(const Event& event, Layout& layout) {
  layout.restart();
  ++layout_serial_;
  layout.skeleton = row_.skeleton;
  layout.named = event.fields.size();
  layout.slots = row_.slots.size();
  for (std::size_t at = 0; at < layout.named; ++at) {
    const FieldId id = field_of(event.fields[at].name);
    if (id == no_field) continue;
    fields_[id].slot = false;
    add_part(layout, fields_[id], at);
  }
  layout.kept_named = layout.kept.size();
  lay_out_slots(layout);
  std::uint64_t eighths = 0;
  for (const Layout::Part& part : layout.kept) eighths += part.field->width;
  layout.bytes = RowBytes::row + (eighths + 7) / 8;
}

// What the line itself names counts, whatever its message says.
void Shard::lay_out_slots(Layout& layout) {
  if (layout.slots == 0) return;
  const std::vector<FieldId>& known = skeletons_[layout.skeleton].slots;
  const std::vector<ShardField*> named = layout.carried;
  for (std::size_t i = 0; i < layout.slots; ++i) {
    const FieldId id = known.size() == layout.slots ? known[i] : field_of(row_.slots[i].name);
    if (id == no_field) continue;
    ShardField& field = fields_[id];
    if (std::find(named.begin(), named.end(), &field) != named.end()) continue;
    add_part(layout, field, layout.named + i);
    layout.from_message.push_back({&field, static_cast<std::uint32_t>(layout.named + i)});
  }
}

void Shard::add_part(Layout& layout, ShardField& field, std::size_t at) const {
  const Layout::Part part{&field, static_cast<std::uint32_t>(at)};
  if (field.laid_out != layout_serial_) layout.carried.push_back(&field);
  field.laid_out = layout_serial_;
  if (field.unit_id) layout.told_by.push_back(part);
  if (field.role == Role::status || field.role == Role::success || field.role == Role::exception) {
    layout.judged.push_back(part);
  }
  if (field.stored) layout.kept.push_back(part);
}

// Which unit the row is of: by the best of the fields that say so.
void Shard::identify(const Layout& layout, const Event& event) {
  row_.id = 0;
  int best = INT32_MAX;
  for (const Layout::Part part : layout.told_by) {
    const Field& value = value_at(layout, event, part);
    if (part.field->unit_rank >= best || !names_unit(value)) continue;
    best = part.field->unit_rank;
    row_.id = hash_of(value.value) | 1;  // 0 is "none"
  }
}

void Shard::judge(const Layout& layout, const Event& event) {
  row_.flags = static_cast<std::uint8_t>(event.level);
  row_.suspicious = event.level >= Level::error;
  for (const Layout::Part part : layout.judged) {
    const Field& value = value_at(layout, event, part);
    switch (part.field->role) {
      case Role::status: row_.suspicious |= fails_by_status(value.value); break;
      case Role::success: row_.suspicious |= says_failed(value.value); break;
      default: row_.suspicious |= value.kind != Kind::null && !value.value.empty(); break;
    }
  }
  if (options_.bad || options_.good) {
    all_fields_.assign(event.fields.begin(), event.fields.end());
    for (const Layout::Part part : layout.from_message) {
      all_fields_.push_back(value_at(layout, event, part));
    }
    Event whole = event;
    whole.fields = all_fields_;
    if (options_.good && holds(*options_.good, whole)) row_.flags |= row_good;
    if (options_.bad && holds(*options_.bad, whole)) {
      row_.flags |= row_bad;
      row_.suspicious = true;
    }
  }
  if (row_.suspicious) row_.flags |= row_suspicious;
}

// Whether the row in hand is kept; remembers what must be fetched by a second look.
bool Shard::keep(const Layout& layout, Sampling sampling) {
  const std::uint64_t id = row_.sampled_by;
  if (only_ != nullptr && !only_->contains(id)) return false;
  const bool failing = only_ != nullptr || row_.suspicious;
  (failing ? row_bytes_.failing : row_bytes_.plain)[Sampling::level(id)] += layout.bytes;
  if (only_ != nullptr) return sampling.keeps_failing(id);
  const bool alone = row_.id == 0;
  if (alone && failing ? sampling.keeps_failing(id) : sampling.keeps(id)) return true;
  if (failing && sampling.keeps_failing(id)) failing_.insert(id);
  return false;
}

// A second look counts nothing again.
void Shard::hand_on(Layout& layout) const {
  for (ShardField* const field : layout.carried) {
    field->events += only_ == nullptr ? layout.events : 0;
    field->error_events += only_ == nullptr ? layout.error_events : 0;
  }
  layout.events = layout.error_events = 0;
}

void Shard::hand_on_all() {
  hand_on(passing_);
  for (Layout& layout : layouts_.all()) hand_on(layout);
}

void Shard::hand_on_counts() {
  hand_on_all();
  layouts_.clear();
}

FieldId Shard::field_of(std::string_view name) {
  const std::uint32_t found = names_.find(name).number;
  return found != Dictionary::none ? static_cast<FieldId>(found) : add_field(name);
}

FieldId Shard::add_field(std::string_view name) {
  if (fields_.size() >= fields_max) return no_field;
  const auto id = static_cast<FieldId>(names_.add(name, Kind::text, Dictionary::none));
  ShardField field;
  field.role = role_of(name);
  const auto unit = std::find(unit_.fields.begin(), unit_.fields.end(), name);
  if (unit != unit_.fields.end()) {
    field.unit_id = true;
    field.unit_rank = static_cast<int>(unit - unit_.fields.begin());
  }
  field.stored = field.role != Role::time && !field.unit_id;
  field.width = widths_.of(name);
  fields_.push_back(std::move(field));
  return id;
}

std::uint32_t Shard::skeleton_number(const Skeleton& skeleton) {
  const SkeletonTable::Added added = skeletons_.add(skeleton.hash, skeleton.text);
  if (added.fresh) {
    std::vector<FieldId> slots;
    for (const Field& slot : skeleton.slots) slots.push_back(field_of(slot.name));
    skeletons_[added.number].slots = std::move(slots);
  }
  if (!skeletons_.too_large()) return added.number;
  while (skeletons_.too_large()) coarsen_skeletons(skeletons_.coarseness() + 1);
  return skeletons_.add(skeleton.hash, skeleton.text).number;
}

void Shard::coarsen_skeletons(unsigned coarseness) {
  hand_on_counts();  // what layouts are known by changes
  while (skeletons_.coarseness() < coarseness) {
    const std::vector<std::uint32_t> coarser = skeletons_.coarsen();
    for (Block& block : blocks_) block.skeletons.renumber(coarser);
    for (std::uint32_t& skeleton : open_rows_.skeletons) skeleton = coarser[skeleton];
  }
}

// The Code of a text that is not in the field's dictionary, which takes it where there is room.

void Shard::finish() {
  close_block();
  close_part();
  hand_on_counts();
}

void Shard::thin_out(Sampling sampling) {
  if (sampling == thinned_to_) return;
  thinned_to_ = sampling;
  close_block();
  std::erase_if(failing_, [&](std::uint64_t id) { return !sampling.keeps_failing(id); });
  for (Block& block : blocks_) {
    std::vector<std::uint8_t> keep(block.rows(), 1);
    for (std::size_t row = 0; row < block.rows(); ++row) {
      keep[row] = keeps_row(block, row, sampling) ? 1 : 0;
    }
    if (std::find(keep.begin(), keep.end(), 0) != keep.end()) block = filtered(block, keep);
  }
  std::erase_if(blocks_, [](const Block& block) { return block.rows() == 0; });
}

bool Shard::keeps_row(const Block& block, std::size_t row, Sampling sampling) {
  const bool suspicious = (block.flags[row] & row_suspicious) != 0;
  const bool alone = unit_.fields.empty() || block.unit_ids[row] == 0;
  const std::uint64_t id =
      alone ? id_of_line(block.source, block.offset + block.offsets[row]) : block.unit_ids[row];
  // Of the second look come rows of failing units alone.
  const bool failing = alone ? suspicious : only_ != nullptr && only_->contains(id);
  if (failing ? sampling.keeps_failing(id) : sampling.keeps(id)) return true;
  if (suspicious && only_ == nullptr && sampling.keeps_failing(id)) failing_.insert(id);
  return false;
}

void Shard::close_block() {
  code_waiting();
  const std::size_t rows = open_rows_.size();
  for (std::size_t id = 0; id < fields_.size(); ++id) {
    if (fields_[id].column.empty()) continue;
    open_.columns.push_back(fields_[id].column.close(static_cast<FieldId>(id), rows));
  }
  open_.columns.shrink_to_fit();
  open_rows_.close(open_);
  if (rows > 0) blocks_.push_back(std::move(open_));
  open_ = Block{};
  lines_in_block_ = 0;
}

}  // namespace culprit
