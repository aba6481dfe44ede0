#include "store/records.h"

#include <algorithm>

namespace culprit {
namespace {

constexpr std::size_t record_bytes_max = 1 << 20;  // then the rest is a Record of its own
// So many events in a row behind the window, in a source without steps back of more than a
// minute: the window is over. Between flushes, shippers hold lines back for seconds.
constexpr std::size_t beyond_max = 1000;
constexpr Duration step_back_max = std::chrono::minutes(1);

}  // namespace

RecordReader::RecordReader(LineFeed feed, std::uint32_t index, const Source& source,
                           const Selection& selection, ByteRange range)
    : feed_(std::move(feed)),
      index_(index),
      source_(&source),
      selection_(&selection),
      from_start_(range.from == 0) {}

std::optional<Record> RecordReader::next(std::size_t lines_max) {
  for (std::size_t i = 0; i < lines_max && !ended_; ++i) {
    const std::optional<FedLine> line = feed_.next();
    ended_ = !line || (ordered_ && beyond_ >= beyond_max);
    if (ended_) break;
    if (std::optional<Record> complete = take(*line)) return complete;
  }
  if (!ended_) return std::nullopt;
  return std::exchange(open_, std::nullopt);
}

// What this line completes: the Record before it.
std::optional<Record> RecordReader::take(const FedLine& line) {
  const Reading reading = read_line(source_->dialect, line, scratch_, event_);
  if (reading == Reading::blank) return std::nullopt;
  if (reading == Reading::continuation && any_event_) {
    if (!open_) return std::nullopt;
    const bool framed = source_->dialect.framing != nullptr;
    const std::uint64_t begin = framed ? open_->text.size() + 1 : line.offset - open_->offset;
    if (begin + line.text.size() <= record_bytes_max) {
      open_->text.resize(begin, '\n');
      open_->text += line.text;
      return std::nullopt;
    }
  }
  std::optional<Record> complete = std::exchange(open_, std::nullopt);
  if (reading == Reading::event) {
    any_event_ = true;
    note_time(event_.time);
    if (within_window() && (!selection_->keep || selection_->keep(*source_, event_))) {
      start(line, reading);
    }
    return complete;
  }
  // A continuation at the start of a range belongs to an event before it.
  const bool of_none = !any_event_ && from_start_;
  const bool unreadable = reading == Reading::unreadable || of_none;
  unreadable_ += unreadable ? 1 : 0;
  const bool shown = unreadable || any_event_;
  if (shown && selection_->unreadable && within_window()) start(line, reading);
  return complete;
}

void RecordReader::start(const FedLine& line, Reading reading) {
  Record& record = open_.emplace();
  record.time = last_time_;
  record.timed = reading == Reading::event && event_.time != no_time;
  record.reading = reading;
  record.level = reading == Reading::event ? event_.level : Level::none;
  record.source = index_;
  record.offset = line.offset;
  record.text = line.text;
}

void RecordReader::note_time(Time time) {
  if (time == no_time) return;
  time_before_ = last_time_ == no_time ? time : last_time_;
  last_time_ = time;
  ordered_ &= newest_ == no_time || newest_ - time < step_back_max;
  newest_ = std::max(newest_, time);
  beyond_ = time >= selection_->window.to ? beyond_ + 1 : 0;
}

bool RecordReader::within_window() {
  if (selection_->window == Window{}) return true;
  if (last_time_ != no_time) return selection_->window.contains(last_time_);
  untimed_ += from_start_ ? 1 : 0;
  return false;
}

}  // namespace culprit
