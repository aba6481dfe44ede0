#include "parse/json_frames.h"

#include <algorithm>
#include <utility>

#include "parse/bytes.h"

namespace culprit {
namespace {

constexpr std::size_t depth_max = 1000;            // readers flatten 32 levels; no log nests deeper
constexpr std::size_t key_bytes_max = 200;         // of a key on the way to records
constexpr std::size_t held_bytes_most = 64 << 20;  // of records that wait for their context
constexpr std::size_t garbage_bytes_max = 200;     // that are shown

bool is_white(char byte) { return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t'; }

// A byte order mark and the record separator of RFC 7464 stand between documents only.
bool is_between_documents(char byte) {
  return byte == ',' || byte == ']' || byte == '}' || byte == '\x1e' || byte == '\xEF' ||
         byte == '\xBB' || byte == '\xBF';
}

// What stands between the elements of an array, and how the next one begins.
constexpr std::array behind_an_object{'}', ','};
constexpr std::string_view any_object = "{\"";

bool is_scalar(char byte) {
  return is_digit(byte) || is_letter(byte) || byte == '-' || byte == '+' || byte == '.';
}

}  // namespace

void JsonFramer::feed(std::string_view bytes) {
  frames_.clear();
  consume(bytes, fed_);
  fed_ += bytes.size();
}

void JsonFramer::finish() {
  frames_.clear();
  end_garbage();
  if (target_ != Target::none) {
    frames_.add_damaged(target_place_, target_ == Target::ignored ? key_ : text_);
  } else if (!between_records() && state_ != State::lost && state_ != State::comma_or_end) {
    frames_.add_damaged({fed_, line_}, key_);
  }
  release();
  state_ = State::value;
  target_ = Target::none;
}

// Called by itself for the few bytes that turned out to begin a record behind damage.
void JsonFramer::consume(std::string_view bytes, std::uint64_t offset) {
  const std::uint64_t base = std::exchange(base_, offset);
  const char* const begin = std::exchange(begin_, bytes.data());
  const char* const end = bytes.data() + bytes.size();
  for (const char* at = bytes.data(); at < end;) at = step(at, end);
  base_ = base;
  begin_ = begin;
}

const char* JsonFramer::step(const char* at, const char* end) {
  const std::uint64_t offset = base_ + static_cast<std::uint64_t>(at - begin_);
  if (text_.size() > record_bytes_most) {
    const bool in_string = state_ == State::string || state_ == State::escape;
    broken(offset, ' ');
    lost_in_string_ = in_string;
    return at;
  }
  if (kinds_.size() > levels_.size()) return target_part(at, end);
  switch (state_) {
    case State::string: return string_part(at, end);
    case State::scalar: return scalar_part(at, end);
    case State::garbage: return garbage_part(at, end);
    case State::escape:
      state_ = State::string;
      if (*at == '\n') {
        broken(offset, *at);
      } else {
        store(*at);
      }
      return at + 1;
    case State::lost: lost_byte(*at, offset); return at + 1;
    default: structure(*at, offset); return at + 1;
  }
}

// Inside of a record, where nearly all bytes are: they are stored in runs between white space.
const char* JsonFramer::target_part(const char* at, const char* end) {
  const char* run = at;
  while (at < end) {
    const char* const begin = at;
    switch (state_) {
      case State::string:
        at = find_any(at, end, '"', '\\', '\n');
        if (at == end) break;
        if (*at == '"') state_ = string_is_key_ ? State::colon : State::comma_or_end;
        if (*at == '\\') state_ = State::escape;
        at += *at == '\n' ? 0 : 1;
        break;
      case State::escape:
        state_ = State::string;
        at += *at == '\n' ? 0 : 1;
        break;
      case State::scalar:
        while (at < end && is_scalar(*at)) ++at;
        if (at < end) state_ = State::comma_or_end;
        continue;
      default:
        if (is_white(*at)) {
          store(run, at);
          for (; at < end && is_white(*at); ++at) line_ += *at == '\n' ? 1 : 0;
          line_start_ = at[-1] == '\n';
          run = at;
          continue;
        }
        at = token_in_target(at);
        if (at != begin) line_start_ = false;
    }
    const bool stuck = at == begin;
    if (stuck || at == end || kinds_.size() == levels_.size()) {
      store(run, at);
      if (stuck) broken(base_ + static_cast<std::uint64_t>(at - begin_), *at);
      if (!stuck && kinds_.size() == levels_.size()) value_done();
      return stuck ? at + 1 : at;
    }
  }
  store(run, end);
  return end;
}

// Behind the token that stands at `at`; `at` itself where it cannot stand there.
const char* JsonFramer::token_in_target(const char* at) {
  const bool begins = state_ == State::value || state_ == State::value_or_end;
  switch (*at) {
    case '"':
      string_is_key_ = state_ == State::key || state_ == State::key_or_end;
      if (!begins && !string_is_key_) return at;
      state_ = State::string;
      return at + 1;
    case ',':
      if (state_ != State::comma_or_end) return at;
      state_ = kinds_.back() == '{' ? State::key : State::value;
      return at + 1;
    case ':':
      if (state_ != State::colon) return at;
      state_ = State::value;
      return at + 1;
    case '{':
    case '[':
      if (!begins || kinds_.size() >= depth_max) return at;
      kinds_.push_back(*at);
      state_ = *at == '{' ? State::key_or_end : State::value_or_end;
      return at + 1;
    case '}':
    case ']': {
      const bool ends = state_ == State::comma_or_end || state_ == State::key_or_end ||
                        state_ == State::value_or_end;
      if (!ends || kinds_.back() != (*at == '}' ? '{' : '[')) return at;
      kinds_.pop_back();
      state_ = State::comma_or_end;
      return at + 1;
    }
    default:
      if (!begins || !is_scalar(*at)) return at;
      state_ = State::scalar;
      return at + 1;
  }
}

const char* JsonFramer::string_part(const char* at, const char* end) {
  const char* const stop = find_any(at, end, '"', '\\', '\n');
  store(at, stop);
  const std::uint64_t offset = base_ + static_cast<std::uint64_t>(stop - begin_);
  if (stop == end) return end;
  if (*stop == '\n') {
    broken(offset, *stop);
    return stop + 1;
  }
  if (*stop == '\\') {
    store(*stop);
    state_ = State::escape;
    return stop + 1;
  }
  if (target_ != Target::none) store('"');
  string_is_key_ ? key_done() : value_done();
  return stop + 1;
}

const char* JsonFramer::scalar_part(const char* at, const char* end) {
  const char* stop = at;
  while (stop < end && is_scalar(*stop)) ++stop;
  store(at, stop);
  if (stop < end) value_done();
  return stop;
}

const char* JsonFramer::garbage_part(const char* at, const char* end) {
  const char* const stop = find_either(at, end, '\n', '{');
  const auto size = static_cast<std::size_t>(stop - at);
  garbage_.append(at,
                  std::min(size, garbage_bytes_max - std::min(garbage_.size(), garbage_bytes_max)));
  if (stop == end) return end;
  end_garbage();
  state_ = kinds_.empty() ? State::value : State::comma_or_end;
  return stop;
}

void JsonFramer::structure(char byte, std::uint64_t offset) {
  if (!is_white(byte)) {
    if (kinds_.empty() && byte != '{' && byte != '[') {
      if (!is_between_documents(byte)) broken(offset, byte);
    } else {
      token(byte, offset);
    }
  }
  line_start_ = byte == '\n';
  line_ += line_start_ ? 1 : 0;
}

void JsonFramer::token(char byte, std::uint64_t offset) {
  bool begins = state_ == State::value || state_ == State::value_or_end ||
                (state_ == State::comma_or_end && between_records());
  // Among objects a string or a number is what is left of one.
  if (begins && byte != '{' && byte != '[' && among_objects()) begins = false;
  if (byte == '"' && (state_ == State::key || state_ == State::key_or_end)) {
    string_is_key_ = true;
    if (target_ == Target::none) key_.clear();
    if (target_ != Target::none) store(byte);
    state_ = State::string;
  } else if (byte == '"' && begins) {
    begin_value(offset, byte);
    string_is_key_ = false;
    store(byte);
    state_ = State::string;
  } else if ((byte == '{' || byte == '[') && begins) {
    open(byte, offset);
  } else if (byte == '}' || byte == ']') {
    close(byte, offset);
  } else if (byte == ',' && (state_ == State::comma_or_end || between_records())) {
    store(byte);
    state_ = kinds_.back() == '{' ? State::key : State::value;
  } else if (byte == ':' && state_ == State::colon) {
    store(byte);
    state_ = State::value;
  } else if (is_scalar(byte) && begins) {
    begin_value(offset, byte);
    store(byte);
    state_ = State::scalar;
  } else {
    broken(offset, byte);
  }
}

void JsonFramer::open(char byte, std::uint64_t offset) {
  const std::size_t walked = levels_.size();
  begin_value(offset, byte);
  if (levels_.size() > walked) return;
  if (kinds_.size() >= depth_max) return broken(offset, byte);
  kinds_.push_back(byte);
  store(byte);
  state_ = byte == '{' ? State::key_or_end : State::value_or_end;
}

void JsonFramer::close(char byte, std::uint64_t offset) {
  const bool fits = kinds_.back() == (byte == '}' ? '{' : '[');
  const bool expected = state_ == State::comma_or_end || state_ == State::key_or_end ||
                        state_ == State::value_or_end || between_records();
  if (!fits || !expected) return broken(offset, byte);
  kinds_.pop_back();
  if (target_ == Target::none) {
    end_level();
  } else {
    store(byte);
  }
  value_done();
}

void JsonFramer::begin_value(std::uint64_t offset, char byte) {
  if (target_ != Target::none) return;
  const std::size_t parent = path_.size();
  if (layout_->records.empty()) {
    if (byte == '[' && kinds_.size() < depth_max) return descend(byte, parent);
    return take(Target::element, offset);
  }
  if (!levels_.empty() && levels_.back().array) {
    path_ += "[]";
  } else if (!levels_.empty()) {
    if (!path_.empty()) path_ += '.';
    path_ += key_;
  }
  if (leads_further(layout_->records, byte) || leads_further(layout_->context[0], byte) ||
      leads_further(layout_->context[1], byte)) {
    return descend(byte, parent);
  }
  Target target = path_ == layout_->records ? Target::element : Target::ignored;
  for (std::size_t i = 0; i < contexts_max; ++i) {
    if (path_.empty() || path_ != layout_->context[i]) continue;
    target = Target::context;
    context_index_ = i;
  }
  path_.resize(parent);
  take(target, offset);
}

// Whether `path` goes on into the container at path_, which `byte` opens.
bool JsonFramer::leads_further(std::string_view path, char byte) const {
  if (path.size() <= path_.size() || !path.starts_with(path_)) return false;
  const char next = path[path_.size()];
  if (byte == '[') return next == '[';
  return byte == '{' && (path_.empty() ? next != '[' : next == '.');
}

void JsonFramer::take(Target target, std::uint64_t offset) {
  target_ = target;
  target_place_ = {offset, line_};
}

void JsonFramer::descend(char byte, std::size_t parent) {
  levels_.push_back({byte == '[', parent});
  kinds_.push_back(byte);
  state_ = byte == '{' ? State::key_or_end : State::value_or_end;
  for (std::size_t i = 0; i < contexts_max; ++i) {
    if (leads_further(layout_->context[i], '{')) context_[i].clear();
  }
}

void JsonFramer::end_level() {
  if (leads_further(layout_->context[0], '{')) release();
  path_.resize(levels_.back().path_size);
  levels_.pop_back();
}

void JsonFramer::key_done() {
  state_ = State::colon;
  if (target_ != Target::none || layout_->keys.empty() || path_ != layout_->keys_at) return;
  const auto& keys = layout_->keys;
  foreign_ |= std::find(keys.begin(), keys.end(), key_) == keys.end();
}

void JsonFramer::value_done() {
  if (target_ != Target::none && kinds_.size() == levels_.size()) target_done();
  state_ = kinds_.empty() ? State::value : State::comma_or_end;
}

void JsonFramer::target_done() {
  if (text_.size() > record_bytes_most) {
    frames_.add_damaged(target_place_, text_);
  } else if (target_ == Target::element) {
    if (text_.starts_with("{\"") && (first_key_.empty() || !text_.starts_with(first_key_))) {
      const std::size_t quote = std::min(text_.find('"', 2), key_bytes_max);
      first_key_ = text_.substr(0, quote + 1);
    }
    emit(target_place_, text_);
  } else if (target_ == Target::context) {
    context_[context_index_] = text_;
    if (context_index_ == 0) release();
  }
  target_ = Target::none;
  text_.clear();
}

void JsonFramer::emit(Frames::Place place, std::string_view element) {
  if (layout_->line_of == nullptr) {
    frames_.add(place, element);
  } else if (layout_->context[0].empty() || !context_[0].empty()) {
    compose(place, {element, {context_[0], context_[1]}});
  } else {
    held_bytes_ += element.size();
    held_.push_back({place, std::string(element), context_[1]});
    if (held_bytes_ > held_bytes_most) release();
  }
}

void JsonFramer::compose(Frames::Place place, const JsonRecord& record) {
  if (const std::optional<std::string> line = layout_->line_of(record)) {
    frames_.add(place, *line);
  } else {
    frames_.add_damaged(place, record.element);
  }
}

// What they waited for has come, or will not come any more.
void JsonFramer::release() {
  for (const Held& held : held_) {
    compose(held.place, {held.element, {context_[0], held.context}});
  }
  held_.clear();
  held_bytes_ = 0;
}

// `byte` cannot stand where it does; what is broken by it is given out, and left.
void JsonFramer::broken(std::uint64_t offset, char byte) {
  if (target_ == Target::none && between_records()) {
    garbage_place_ = {offset, line_};
    garbage_.assign(1, byte);
    lost_on_line_ = among_objects() && !first_key_.empty();
    state_ = lost_on_line_ ? State::lost : State::garbage;
    lost_last_ = {};
    return;
  }
  std::size_t open = kinds_.size() - levels_.size();
  if (target_ == Target::none) {
    frames_.add_damaged({offset, line_}, key_);
  } else {
    frames_.add_damaged(target_place_, target_ == Target::ignored ? key_ : text_);
  }
  target_ = Target::none;
  text_.clear();
  kinds_.resize(levels_.size());
  if (open == 0 && between_records()) {
    state_ = kinds_.empty() ? State::value : State::comma_or_end;
    line_ += byte == '\n' ? 1 : 0;
    return;
  }
  if (open == 0) {  // the walked object itself is broken
    end_level();
    kinds_.pop_back();
    open = 1;
  }
  state_ = State::lost;
  lost_depth_ = open;
  lost_in_string_ = lost_escape_ = lost_on_line_ = false;
  lost_last_ = {};
  lost_byte(byte, offset);
}

void JsonFramer::end_garbage() {
  if (!garbage_.empty()) frames_.add_damaged(garbage_place_, garbage_);
  garbage_.clear();
  lost_on_line_ = false;
}

void JsonFramer::lost_byte(char byte, std::uint64_t offset) {
  line_ += byte == '\n' ? 1 : 0;
  if (!probe_.empty()) {
    if (probe(byte)) return;
    probe_failed();
    if (state_ != State::lost) {
      line_ -= byte == '\n' ? 1 : 0;  // counted where it is looked at again
      return consume({&byte, 1}, offset);
    }
  }
  if (byte != '{') {
    lost_mark(byte);
    line_start_ = byte == '\n';
    return;
  }
  probe_ = "{";
  probe_place_ = {offset, line_};
  probe_at_line_start_ = std::exchange(line_start_, false);
  if (!may_resume() || (first_key_.empty() && lost_last_ != behind_an_object)) probe_failed();
}

// Whether what stands behind a brace still is the beginning of a record.
bool JsonFramer::probe(char byte) {
  if (is_white(byte) && probe_.size() == 1) return true;
  const std::string_view wanted = first_key_.empty() ? any_object : first_key_;
  if (byte != wanted[probe_.size()]) return false;
  probe_.push_back(byte);
  if (probe_ != wanted) return true;
  const std::string begun = std::exchange(probe_, {});
  end_garbage();
  if (!levels_.empty() && !levels_.back().array) {
    key_ = layout_->records.substr(layout_->records.rfind('.') + 1);
  }
  state_ = State::value;
  consume(begun, probe_place_.offset);
  return true;
}

void JsonFramer::probe_failed() {
  const std::string begun = std::exchange(probe_, {});
  if (!probe_at_line_start_) {
    for (const char byte : begun) lost_mark(byte);
    return;
  }
  // Nothing but a document, or a record on a line of its own, begins with a line.
  end_garbage();
  release();
  kinds_.clear();
  levels_.clear();
  path_.clear();
  state_ = State::value;
  consume(begun, probe_place_.offset);
}

// Whether the containers that are still open are those that records stand in.
bool JsonFramer::may_resume() const {
  const std::string_view records = layout_->records;
  if (records.empty()) return true;
  if (levels_.empty()) return false;
  if (levels_.back().array) return records == path_ + "[]";
  const std::size_t dot = records.rfind('.');
  return dot == records.npos ? path_.empty() : records.substr(0, dot) == path_;
}

void JsonFramer::lost_mark(char byte) {
  if (!is_white(byte)) lost_last_ = {lost_last_[1], byte};
  if (lost_on_line_) {
    if (byte == '\n') {
      end_garbage();
      state_ = State::comma_or_end;
    } else if (garbage_.size() < garbage_bytes_max) {
      garbage_.push_back(byte);
    }
  } else if (byte == '\n') {
    lost_in_string_ = lost_escape_ = false;
  } else if (lost_escape_) {
    lost_escape_ = false;
  } else if (lost_in_string_) {
    lost_escape_ = byte == '\\';
    lost_in_string_ = byte != '"';
  } else if (byte == '"') {
    lost_in_string_ = true;
  } else if (byte == '{' || byte == '[') {
    ++lost_depth_;
  } else if ((byte == '}' || byte == ']') && --lost_depth_ == 0) {
    state_ = kinds_.empty() ? State::value : State::comma_or_end;
  }
}

void JsonFramer::store(const char* from, const char* to) {
  const auto size = static_cast<std::size_t>(to - from);
  if (target_ == Target::element || target_ == Target::context) {
    text_.append(from, size);
  } else if (target_ == Target::none && string_is_key_ && state_ >= State::string) {
    key_.append(from, std::min(size, key_bytes_max - std::min(key_.size(), key_bytes_max)));
  }
}

// In an array whose elements are records and, as far as is known, objects.
bool JsonFramer::among_objects() const {
  if (!between_records() || kinds_.empty() || !may_resume()) return false;
  return layout_->records.empty() || !first_key_.empty();
}

// Directly in a walked array, or outside of all documents.
bool JsonFramer::between_records() const {
  return target_ == Target::none && (kinds_.empty() || kinds_.back() == '[');
}

}  // namespace culprit
