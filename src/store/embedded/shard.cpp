#include "store/embedded/shard.h"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "event/outcome.h"

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

bool same_view(std::string_view value, std::string_view message) {
  return !message.empty() && value.data() == message.data() && value.size() == message.size();
}

// Text that spells a number too large, too long or too odd for a Code still is one.
bool spells_number(Code code, std::string_view value) {
  if (code::is_number(code)) return true;
  const char first = value.empty() ? '\0' : value.front();
  const bool may = (first >= '0' && first <= '9') || first == '-' || first == '+' || first == '.';
  return may && number_in(value).has_value();
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

Shard::Shard(const GatherOptions& options, const UnitRule& unit)
    : options_(options),
      unit_(unit),
      values_max_(std::clamp(options.memory_max / memory_a_value, values_least, values_most)) {}

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
  }
  for (std::size_t at = 0; at < chunk.size();) {
    const std::size_t end = line_end(chunk, at);
    const std::string_view line = chunk.substr(at, end - at);
    ++count.lines;
    next_row(offset);
    read_one(source, {offset + at, line}, count.lines, count, sampling);
    at = end + 1;
  }
  read_to_ = offset + chunk.size();
  counts_.push_back(std::move(count));
}

bool Shard::read(const Source& source, std::uint32_t source_index, LineFeed& feed,
                 Sampling sampling) {
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
// `offset`: where the next block begins, if it does.
void Shard::next_row(std::uint64_t offset) {
  const bool far = offset < open_.offset || offset - open_.offset > UINT32_MAX;
  if (++lines_in_block_ <= block_lines_max && !far) return;
  const std::uint32_t source = open_.source;
  close_block();
  open_block(source, offset);
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

  ++event_number_;
  gather_fields(event);
  gather_slots(event.message);
  judge(event);
  const bool alone = row_.id == 0;  // a unit of its own, or of none
  row_.sampled_by = alone ? id_of_line(open_.source, offset) : row_.id;
  row_.kept = keep(sampling);
  code_fields(event);
  if (!row_.kept) return;
  open_.times.push_back(time);
  open_.unit_ids.push_back(unit_.fields.empty() ? row_.sampled_by : row_.id);
  open_.offsets.push_back(static_cast<std::uint32_t>(offset - open_.offset));
  open_.skeletons.push_back(row_.skeleton);
  open_.flags.push_back(row_.flags);
}

bool Shard::outside(const Event& event) const {
  if (event.time == no_time) return options_.window != Window{};
  return !options_.window.contains(event.time);
}

void Shard::gather_fields(const Event& event) {
  row_.id = 0;
  row_.id_rank = INT32_MAX;
  row_.suspicious = event.level >= Level::error;
  row_.fields.clear();
  FieldId previous = no_field;
  for (const Field& field : event.fields) {
    const FieldId id = field_of(field.name, previous);
    if (id == no_field) continue;
    ShardField& known = fields_[id];
    known.last_named = event_number_;
    row_.fields.emplace_back(id, &field);
    note(known, field);
    previous = id;
  }
  row_.named = row_.fields.size();
}

// What the message says beside its words are fields too, but what the line itself names counts.
void Shard::gather_slots(std::string_view message) {
  row_.skeleton = 0;
  if (message.empty()) return;
  const Skeleton found = skeleton_of(message, skeleton_scratch_);
  row_.skeleton = skeleton_number(found);
  const std::vector<FieldId>& known = skeletons_[row_.skeleton].slots;
  for (std::size_t i = 0; i < found.slots.size(); ++i) {
    const Field& slot = found.slots[i];
    // A message that holds "<*>" itself has the skeleton of another with more slots.
    const FieldId id = known.size() == found.slots.size() ? known[i] : slot_field(slot.name);
    if (id == no_field || fields_[id].last_named == event_number_) continue;
    row_.fields.emplace_back(id, &slot);
    note(fields_[id], slot);
  }
}

void Shard::judge(const Event& event) {
  row_.flags = static_cast<std::uint8_t>(event.level);
  if (options_.bad || options_.good) {
    all_fields_.assign(event.fields.begin(), event.fields.end());
    for (std::size_t i = row_.named; i < row_.fields.size(); ++i) {
      all_fields_.push_back(*row_.fields[i].second);
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
bool Shard::keep(Sampling sampling) {
  const std::uint64_t id = row_.sampled_by;
  if (only_ != nullptr && !only_->contains(id)) return false;
  std::uint64_t bytes = RowBytes::row;
  for (const auto& [field, value] : row_.fields) {
    bytes += fields_[field].stored ? RowBytes::value : 0;
  }
  const bool failing = only_ != nullptr || row_.suspicious;
  (failing ? row_bytes_.failing : row_bytes_.plain)[Sampling::level(id)] += bytes;
  if (only_ != nullptr) return sampling.keeps_failing(id);
  const bool alone = row_.id == 0;
  if (alone && failing ? sampling.keeps_failing(id) : sampling.keeps(id)) return true;
  if (failing && sampling.keeps_failing(id)) failing_.insert(id);
  return false;
}

// Counts the fields of the row in hand and, where it is kept, stores their values. Values of rows
// that are not kept go into the dictionaries as well: which fields overflow them must not depend
// on the sampling in force.
void Shard::code_fields(const Event& event) {
  const auto row = static_cast<std::uint16_t>(open_.times.size());
  const bool first_look = only_ == nullptr;
  if (!first_look && !row_.kept) return;
  for (const auto& [id, field] : row_.fields) {
    ShardField& known = fields_[id];
    if (first_look && known.last_event != event_number_) {
      known.last_event = event_number_;
      ++known.events;
      known.error_events += event.level >= Level::error ? 1 : 0;
    }
    if (!known.stored || same_view(field->value, event.message)) continue;
    const auto [code, number] = code_of(known, field->value);
    if (first_look && number && known.last_number != event_number_) {
      known.last_number = event_number_;
      ++known.numbers;
    }
    if (!row_.kept) continue;
    known.rows.push_back(row);
    known.codes.push_back(code);
  }
}

// Fields nearly always follow each other as they did before.
FieldId Shard::field_of(std::string_view name, FieldId previous) {
  const auto& guesses = previous == no_field ? first_ : fields_[previous].next;
  for (const FieldId guess : guesses) {
    if (guess != no_field && same_text(fields_[guess].name, name)) return guess;
  }
  const FieldId id = slot_field(name);
  if (id == no_field) return id;
  fields_[id].slot = false;
  // add_field() may have moved the fields, so the guesses are looked up again.
  auto& learnt = previous == no_field ? first_ : fields_[previous].next;
  learnt[learnt[0] == no_field ? 0 : 1] = id;
  return id;
}

FieldId Shard::slot_field(std::string_view name) {
  const std::uint32_t found = names_.find(name);
  return found != Dictionary::none ? static_cast<FieldId>(found) : add_field(name);
}

FieldId Shard::add_field(std::string_view name) {
  if (fields_.size() >= fields_max) return no_field;
  const auto id = static_cast<FieldId>(names_.add(name));
  ShardField field;
  field.name = names_[id];
  field.role = role_of(name);
  const auto unit = std::find(unit_.fields.begin(), unit_.fields.end(), name);
  if (unit != unit_.fields.end()) {
    field.unit_id = true;
    field.unit_rank = static_cast<int>(unit - unit_.fields.begin());
  }
  field.stored = field.role != Role::time && !field.unit_id;
  fields_.push_back(std::move(field));
  return id;
}

// Whether this value tells the row's unit, or makes it suspicious.
void Shard::note(const ShardField& field, const Field& value) {
  if (field.unit_id && field.unit_rank < row_.id_rank && names_unit(value)) {
    row_.id_rank = field.unit_rank;
    row_.id = hash_of(value.value) | 1;  // 0 is "none"
  }
  switch (field.role) {
    case Role::status: row_.suspicious |= fails_by_status(value.value); break;
    case Role::success: row_.suspicious |= says_failed(value.value); break;
    case Role::exception:
      row_.suspicious |= value.kind != Kind::null && !value.value.empty();
      break;
    default: break;
  }
}

std::uint32_t Shard::skeleton_number(const Skeleton& skeleton) {
  const SkeletonTable::Added added = skeletons_.add(skeleton.hash, skeleton.text);
  if (added.fresh) {
    std::vector<FieldId> slots;
    for (const Field& slot : skeleton.slots) slots.push_back(slot_field(slot.name));
    skeletons_[added.number].slots = std::move(slots);
  }
  if (!skeletons_.too_large()) return added.number;
  while (skeletons_.too_large()) coarsen_skeletons(skeletons_.coarseness() + 1);
  return skeletons_.add(skeleton.hash, skeleton.text).number;
}

void Shard::coarsen_skeletons(unsigned coarseness) {
  while (skeletons_.coarseness() < coarseness) {
    const std::vector<std::uint32_t> coarser = skeletons_.coarsen();
    const auto renumber = [&](Block& block) {
      for (std::uint32_t& skeleton : block.skeletons) skeleton = coarser[skeleton];
    };
    std::for_each(blocks_.begin(), blocks_.end(), renumber);
    renumber(open_);
  }
}

Shard::Coded Shard::code_of(ShardField& field, std::string_view value) {
  // Reading a number is cheaper than remembering it.
  const auto first = value.empty() ? '\0' : value.front();
  if ((first >= '0' && first <= '9') || first == '-') {
    if (const auto number = code::of_text(value)) return {*number, true};
  }
  if (value.size() > ShortText::bytes_max || field.overflowed) {
    const Code code = text_code(field, value);
    return {code, spells_number(code, value)};
  }
  const ShortText text = ShortText::of(value);
  ValueMemo::Entry& entry = field.memo.at(text, value.size());
  if (ValueMemo::holds(entry, text, value.size())) return {entry.code, entry.number};
  const Code code = text_code(field, value);
  const bool number = spells_number(code, value);
  // What overflowed just so has no memo any more.
  if (!field.overflowed) entry = {text, static_cast<std::uint32_t>(value.size()), code, number};
  return {code, number};
}

// Of a value that is no number, or none that fits a Code.
Code Shard::text_code(ShardField& field, std::string_view value) {
  const std::uint64_t hash = hash_of(value);
  if (value.size() > value_bytes_max) return code::of_hash(hash);
  if (field.overflowed) return code::without_text(value, hash);
  const std::uint32_t entry = field.values.add(value, hash, values_max_);
  if (entry != Dictionary::none) return entry;
  // All values of such a field are known by their hashes, so the texts need not be kept.
  field.overflowed = true;
  for (std::uint32_t i = 0; i < field.values.size(); ++i) {
    field.lost.push_back(code::without_text(field.values[i], hash_of(field.values[i])));
  }
  field.values.clear();
  field.memo.clear();
  return code::without_text(value, hash);
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
  const std::size_t rows = open_.rows();
  for (std::size_t id = 0; id < fields_.size(); ++id) {
    ShardField& field = fields_[id];
    if (field.codes.empty()) continue;
    open_.columns.push_back(
        packed(static_cast<FieldId>(id), std::move(field.rows), field.codes, rows));
    field.rows = {};
    field.codes.clear();
  }
  // What grew by doubling takes up to twice its size.
  open_.times.shrink_to_fit();
  open_.unit_ids.shrink_to_fit();
  open_.offsets.shrink_to_fit();
  open_.skeletons.shrink_to_fit();
  open_.flags.shrink_to_fit();
  open_.columns.shrink_to_fit();
  if (rows > 0) blocks_.push_back(std::move(open_));
  open_ = Block{};
  lines_in_block_ = 0;
}

}  // namespace culprit
