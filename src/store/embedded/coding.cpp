// The values of a Shard's rows become Codes, some hundred rows at a time.
#include "event/outcome.h"
#include "parse/bytes.h"
#include "store/embedded/shard.h"

namespace culprit {
namespace {

bool same_view(std::string_view value, std::string_view message) {
  return value.data() == message.data() && value.size() == message.size() && !message.empty();
}

// Text that spells a number too large, too long or too odd for a Code still is one.
bool spells_number(Code code, std::string_view value) {
  if (code::is_number(code)) return true;
  const char first = value.empty() ? '\0' : value.front();
  const bool may = is_digit(first) || first == '-' || first == '+' || first == '.';
  return may && number_in(value).has_value();
}

}  // namespace

// Puts the values of the row in hand aside. Values of rows that are not kept go into the
// dictionaries as well: which fields overflow them must not depend on the sampling in force.
void Shard::take_values(const Layout& layout, const Event& event) {
  const auto row =
      row_.kept ? static_cast<std::uint16_t>(open_rows_.size()) : WaitingValue::not_kept;
  ++waiting_events_;
  const Layout::Part* part = layout.kept.data();
  const Layout::Part* const named_end = part + layout.kept_named;
  const Layout::Part* const end = part + layout.kept.size();
  const Field* const fields = event.fields.data();
  for (; part != named_end; ++part) wait(*part->field, fields[part->at], event, row);
  const Field* const slots = row_.slots.data();
  for (; part != end; ++part) wait(*part->field, slots[part->at - layout.named], event, row);
  if (waiting_events_ == waiting_events_max || waiting_bytes_ > waiting_bytes_max) code_waiting();
}

inline void Shard::wait(ShardField& field, const Field& value, const Event& event,
                        std::uint16_t row) {
  const char* data = value.value.data();
  // The message itself is no field.
  if (data == event.message.data() && same_view(value.value, event.message)) [[unlikely]]
    return;
  if (static_cast<std::size_t>(data - chunk_.data()) >= chunk_.size()) [[unlikely]] {
    waiting_bytes_ += value.value.size();
    data = waiting_texts_.emplace_back(value.value).data();
  }
  field.waiting.add(data, value.value.size(), row, waiting_events_);
}

void Shard::code_waiting() {
  for (ShardField& field : fields_) {
    if (!field.waiting.empty()) code_waiting(field);
  }
  waiting_events_ = 0;
  waiting_bytes_ = 0;
  waiting_texts_.clear();
}

void Shard::code_waiting(ShardField& field) {
  if (field.values.is_large()) {
    for (const WaitingValue& value : field.waiting.all()) field.values.prepare(value.view());
  }
  std::uint16_t last = 0;  // event that had a number
  std::uint64_t numbers = 0;
  bool numeric = true;  // what began with a digit was a number, the last time
  Dictionary::Finder known(field.values);
  OpenColumn::Room room = field.column.room(field.waiting.all().size());
  for (const WaitingValue& value : field.waiting.all()) {
    const std::string_view text = value.view();
    const char first = text.empty() ? '\0' : text.front();
    const bool may_be_number = is_digit(first) || first == '-';
    Dictionary::Entry entry;
    // Reading a number is cheaper than remembering it.
    if (may_be_number && numeric) entry = entry_of_number(text);
    if (entry.number == Dictionary::none && known && text.size() <= ShortText::bytes_max) {
      entry = known.find(ShortText::of(text), text.size());
    }
    if (entry.number == Dictionary::none) [[unlikely]] {
      entry = other_entry(field, text);
      known = Dictionary::Finder(field.values);
    }
    if (may_be_number) numeric = entry.numeric;
    if (entry.numeric && value.event != last) {
      last = value.event;
      ++numbers;
    }
    if (value.row != WaitingValue::not_kept) room.add(value.row, entry.number);
  }
  field.column.take(room);
  if (only_ == nullptr) field.numbers += numbers;  // a second look counts nothing again
  field.waiting.clear();
}

// Of a number that is one by its Code; none: it is a text.
inline Dictionary::Entry Shard::entry_of_number(std::string_view text) {
  const Code code = code::of_digits(text);
  if (code == code::no_number) return {};
  return {code, true};
}

// Of what is not among the short texts known.
Dictionary::Entry Shard::other_entry(ShardField& field, std::string_view text) {
  Dictionary::Entry entry;
  const char first = text.empty() ? '\0' : text.front();
  if (is_digit(first) || first == '-') entry = entry_of_number(text);
  if (entry.number == Dictionary::none) entry = field.values.find(text);
  if (entry.number == Dictionary::none) entry = learn(field, text);
  return entry;
}

Dictionary::Entry Shard::learn(ShardField& field, std::string_view value) {
  if (value.size() > value_bytes_max) {
    const Code code = code::of_hash(hash_of(value));
    return {code, spells_number(code, value)};
  }
  if (!field.overflowed) {
    const bool numeric = spells_number(code::index_tag, value);
    const Kind kind = numeric ? Kind::number : Kind::text;
    const std::uint32_t number = field.values.add(value, kind, values_max_);
    if (number != Dictionary::none) return {number, numeric};
    // All values of such a field are known by their hashes, so the texts need not be kept.
    field.overflowed = true;
    for (std::uint32_t i = 0; i < field.values.size(); ++i) {
      field.lost.push_back(code::without_text(field.values[i], hash_of(field.values[i])));
    }
    field.values.clear();
  }
  const Code code = code::without_text(value, hash_of(value));
  return {code, spells_number(code, value)};
}

}  // namespace culprit
