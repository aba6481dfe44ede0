#include "parse/journal_frames.h"

#include <algorithm>
#include <utility>

#include "parse/bytes.h"

namespace culprit {
namespace {

constexpr std::size_t data_bytes_max = 1 << 20;        // of values that are not the message
constexpr std::uint64_t data_bytes_sane = 1ULL << 36;  // more is no length
constexpr std::size_t line_bytes_max = 16 << 20;
constexpr std::string_view first_field = "__CURSOR=";

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_';
  });
}

void append_escaped(std::string& json, std::string_view value) {
  constexpr std::string_view digits = "0123456789abcdef";
  for (const char byte : value) {
    if (byte == '"' || byte == '\\') {
      (json += '\\') += byte;
    } else if (byte == '\n') {
      json += "\\n";
    } else if (byte >= 0 && byte < ' ') {
      json += "\\u00";
      json += digits[static_cast<std::size_t>(byte) / 16];
      json += digits[static_cast<std::size_t>(byte) % 16];
    } else {
      json += byte;
    }
  }
}

}  // namespace

void JournalFramer::feed(std::string_view bytes) {
  frames_.clear();
  while (!bytes.empty()) {
    const std::size_t taken = state_ == State::line ? take_line(bytes) : take_data(bytes);
    fed_ += taken;
    bytes.remove_prefix(taken);
  }
}

void JournalFramer::finish() {
  frames_.clear();
  if (state_ != State::line || !pending_.empty()) {
    if (entry_.empty() && !lost_) begin_entry();
    broken();
  }
  end_entry();
}

std::size_t JournalFramer::take_line(std::string_view bytes) {
  if (pending_.empty()) line_begin_ = fed_;
  const std::size_t end = std::min(bytes.find('\n'), bytes.size());
  if (pending_.size() + end <= line_bytes_max) pending_.append(bytes.substr(0, end));
  if (end == bytes.size()) return end;
  line_done();
  ++line_;
  return end + 1;
}

void JournalFramer::line_done() {
  const std::string line = std::exchange(pending_, {});
  const bool begins = std::string_view(line).starts_with(first_field);
  if (begins) {
    // The empty line before it is missing where an entry was cut off.
    if (!entry_.empty()) broken();
    end_entry();
    lost_ = false;
  }
  if (lost_) return;
  if (line.empty()) return end_entry();
  if (entry_.empty()) begin_entry();
  const std::size_t equals = line.find('=');
  const std::string_view name = std::string_view(line).substr(0, equals);
  if (!is_name(name) || line.size() >= line_bytes_max) {
    if (!broken_) append_escaped(entry_, line);
    return broken();
  }
  if (equals != line.npos) return field(name, std::string_view(line).substr(equals + 1));
  name_ = name;
  state_ = State::size;
}

std::size_t JournalFramer::take_data(std::string_view bytes) {
  if (state_ == State::data_end) {
    state_ = State::line;
    if (bytes.front() != '\n') broken();
    return bytes.front() == '\n' ? 1 : 0;
  }
  if (state_ == State::size) {
    const std::size_t size = std::min(8 - pending_.size(), bytes.size());
    pending_.append(bytes.substr(0, size));
    if (pending_.size() < 8) return size;
    left_ = 0;
    for (std::size_t i = 8; i > 0; --i) {
      left_ = left_ << 8 | static_cast<unsigned char>(pending_[i - 1]);
    }
    pending_.clear();
    kept_ = left_ <= (name_ == "MESSAGE" ? record_bytes_most : data_bytes_max);
    state_ = left_ == 0 ? State::data_end : State::data;
    if (left_ > data_bytes_sane) {
      state_ = State::line;
      broken();
    }
    return size;
  }
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
  if (kept_) pending_.append(bytes.substr(0, size));
  left_ -= size;
  if (left_ > 0) return size;
  state_ = State::data_end;
  if (kept_) field(name_, pending_);
  pending_.clear();
  return size;
}

void JournalFramer::begin_entry() {
  entry_ = "{";
  broken_ = false;
  place_ = {line_begin_, line_};
}

void JournalFramer::field(std::string_view name, std::string_view value) {
  if (entry_.size() + value.size() > record_bytes_most) return broken();
  if (entry_.size() > 1) entry_ += ',';
  entry_.append("\"").append(name).append("\":\"");
  append_escaped(entry_, value);
  entry_ += '"';
}

void JournalFramer::end_entry() {
  if (entry_.empty()) return;
  if (!broken_) frames_.add(place_, entry_ + '}');
  entry_.clear();
}

// The entry is told at once; the rest of it is passed over.
void JournalFramer::broken() {
  if (!entry_.empty() && !broken_) frames_.add_damaged(place_, entry_);
  broken_ = true;
  lost_ = true;
  entry_.clear();
}

}  // namespace culprit
