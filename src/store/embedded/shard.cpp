#include "store/embedded/shard.h"

#include <algorithm>
#include <cstring>

#include "event/outcome.h"

namespace culprit {
namespace {

constexpr FieldId no_field = 0xFFFF;

// The end of the line that begins at `at`; chunk.size() if it has none.
std::size_t line_end(std::string_view chunk, std::size_t at) {
  const void* found = std::memchr(chunk.data() + at, '\n', chunk.size() - at);
  return found == nullptr ? chunk.size()
                          : static_cast<std::size_t>(static_cast<const char*>(found) - chunk.data());
}

}  // namespace

Shard::Shard(const GatherOptions& options, const UnitRule& unit) : options_(options), unit_(unit) {
  skeletons_.push_back({});  // 0: no message
}

void Shard::open_block(std::uint32_t source, std::uint64_t offset) {
  open_ = Block{};
  open_.source = source;
  open_.offset = offset;
}

void Shard::read(const Source& source, std::uint32_t source_index, std::string_view chunk,
                 std::uint64_t offset, Sampling sampling) {
  ChunkCount count;
  count.source = source_index;
  count.offset = offset;
  open_block(source_index, offset);
  Event event;
  std::uint64_t lines_in_block = 0;
  for (std::size_t at = 0; at < chunk.size();) {
    const std::size_t end = line_end(chunk, at);
    const std::string_view line = chunk.substr(at, end - at);
    ++count.lines;
    // Blocks are cut by lines, kept or not, so that they do not depend on the sampling in force.
    if (++lines_in_block >= Block::rows_max) {
      close_block();
      open_block(source_index, offset);
      lines_in_block = 1;
    }
    const Reading reading = read_line(source.dialect, line, scratch_, event);
    if (reading == Reading::event) {
      add(event, at, count, sampling);
    } else if (reading == Reading::unreadable && ++count.skipped == 1) {
      count.first_skipped_line = count.lines;
      count.first_skipped = std::string(line.substr(0, 200));
    }
    at = end + 1;
  }
  close_block();
  counts_.push_back(std::move(count));
}

void Shard::add(const Event& event, std::uint64_t line_offset, ChunkCount& count,
                Sampling sampling) {
  if (event.time == no_time ? options_.window != Window{} : !options_.window.contains(event.time)) {
    return;
  }
  const std::int64_t time = nanoseconds(event.time);
  ++count.events;
  ++count.levels[static_cast<std::size_t>(event.level)];
  if (event.time == no_time) {
    ++count.untimed;
  } else {
    count.from = std::min(count.from, time);
    count.to = std::max(count.to, time);
  }

  unit_id_ = 0;
  unit_rank_ = INT32_MAX;
  suspicious_ = event.level >= Level::error;
  row_.clear();
  std::size_t position = 0;
  for (const Field& field : event.fields) {
    const FieldId id = field_of(field.name, position++, false);
    if (id == no_field) continue;
    row_.emplace_back(id, &field);
    note(fields_[id], field);
  }
  const std::uint32_t skeleton = skeleton_of_message(event.message);
  for (std::size_t i = 0; i < slots_.size() && i < skeletons_[skeleton].slots.size(); ++i) {
    const FieldId id = skeletons_[skeleton].slots[i];
    if (id == no_field) continue;
    row_.emplace_back(id, &slots_[i]);
    note(fields_[id], slots_[i]);
  }

  std::uint8_t flags = static_cast<std::uint8_t>(event.level);
  if (options_.bad && holds(*options_.bad, event)) flags |= row_bad, suspicious_ = true;
  if (options_.good && holds(*options_.good, event)) flags |= row_good;
  if (suspicious_) flags |= row_suspicious;

  // A line that is a unit of its own, or of none, has its place for an id.
  const bool alone = unit_.fields.empty() || unit_id_ == 0;
  const std::uint64_t place = (std::uint64_t{open_.source} << 48) ^ (open_.offset + line_offset);
  const std::uint64_t sampled_by = alone ? place * 0xD6E8'FEB8'6659'FD93ULL : unit_id_;
  const bool kept = only_ != nullptr ? only_->contains(sampled_by)
                                     : sampling.keeps(sampled_by) || (alone && suspicious_);
  const bool row_counts = only_ == nullptr;
  if (!kept && suspicious_ && row_counts) failing_.insert(sampled_by);

  const auto row = static_cast<std::uint16_t>(open_.times.size());
  for (const auto& [id, field] : row_) {
    ShardField& known = fields_[id];
    if (row_counts) {
      ++known.events;
      known.error_events += event.level >= Level::error ? 1 : 0;
    }
    if (!kept || !known.stored || field->value.data() == event.message.data()) continue;
    const Code code = code_of(known, field->value);
    if (row_counts && code::is_number(code)) ++known.numbers;
    known.rows.push_back(row);
    known.codes.push_back(code);
  }
  if (!kept) return;
  open_.times.push_back(time);
  open_.unit_ids.push_back(unit_.fields.empty() ? sampled_by | 1 : unit_id_);
  open_.offsets.push_back(static_cast<std::uint32_t>(line_offset));
  open_.skeletons.push_back(skeleton);
  open_.flags.push_back(flags);
}

FieldId Shard::field_of(std::string_view name, std::size_t position, bool slot) {
  if (position < previous_.size() && previous_[position] != no_field &&
      names_[previous_[position]] == name) {
    return previous_[position];
  }
  const std::uint32_t found = names_.find(name);
  const FieldId id =
      found != Dictionary::none ? static_cast<FieldId>(found) : add_field(name, slot);
  if (!slot) {
    if (previous_.size() <= position) previous_.resize(position + 1, no_field);
    previous_[position] = id;
  }
  return id;
}

FieldId Shard::add_field(std::string_view name, bool slot) {
  if (fields_.size() >= fields_max) {
    ++dropped_fields_;
    return no_field;
  }
  const auto id = static_cast<FieldId>(names_.add(name));
  ShardField field;
  field.role = role_of(name);
  field.slot = slot;
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
  if (field.unit_id && field.unit_rank < unit_rank_ && !value.value.empty() && value.value != "-") {
    unit_rank_ = field.unit_rank;
    unit_id_ = hash_of(value.value) | 1;  // 0 is "none"
  }
  switch (field.role) {
    case Role::status:
      suspicious_ |= value.value.size() == 3 && value.value[0] >= '5' && value.value[0] <= '9';
      break;
    case Role::success: suspicious_ |= says_failed(value.value); break;
    case Role::exception: suspicious_ |= value.kind != Kind::null && !value.value.empty(); break;
    default: break;
  }
}

std::uint32_t Shard::skeleton_of_message(std::string_view message) {
  slots_ = {};
  if (message.empty()) return 0;
  const Skeleton skeleton = skeleton_of(message, skeleton_scratch_);
  slots_ = skeleton.slots;
  if (skeleton.hash == last_skeleton_hash_) return last_skeleton_;
  const auto [entry, added] = skeleton_numbers_.try_emplace(
      skeleton.hash, static_cast<std::uint32_t>(skeletons_.size()));
  if (added) {
    ShardSkeleton made{skeleton.hash, skeleton_text(message), {}};
    for (const Field& slot : slots_) made.slots.push_back(field_of(slot.name, 0xFFFF, true));
    skeletons_.push_back(std::move(made));
  }
  last_skeleton_hash_ = skeleton.hash;
  last_skeleton_ = entry->second;
  return last_skeleton_;
}

Code Shard::code_of(ShardField& field, std::string_view value) {
  if (field.last_valid && field.last_text == value) return field.last_code;
  const auto first = value.empty() ? '\0' : value.front();
  if ((first >= '0' && first <= '9') || first == '-') {
    if (const auto number = code::of_text(value)) return *number;
  }
  const std::uint64_t hash = hash_of(value);
  const std::size_t room = value.size() > value_bytes_max ? 0 : values_max;
  const std::uint32_t entry = field.values.add(value, hash, room);
  field.overflowed |= entry == Dictionary::none;
  field.last_text.assign(value);
  field.last_valid = true;
  field.last_code = entry == Dictionary::none ? code::of_hash(hash) : entry;
  return field.last_code;
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
  if (rows > 0) blocks_.push_back(std::move(open_));
  open_ = Block{};
}

}  // namespace culprit
