// A RecordReader turns the lines of one source into Records: events with the lines that continue
// them.
//
// Lines that cannot be read as events are Records too, so that a reader of logs sees all there is.
// A Record without a time of its own has the place in time of the one before it in its source.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "event/query.h"
#include "store/feed.h"

namespace culprit {

struct Record {
  Time time = no_time;               // where it stands among others; no_time: before all of them
  bool timed = false;                // `time` is its own
  bool late = false;                 // it came after one with a later time had been given out
  Reading reading = Reading::event;  // or unreadable, or continuation of what was not read
  Level level = Level::none;
  std::uint32_t source = 0;  // index
  // Of text's first byte; every byte of text stands at its own offset, but for what is framed.
  std::uint64_t offset = 0;
  std::string text;  // the line and those that continue it, '\n' between them
};

// Which Records are wanted. `keep` is asked about each event within the window.
struct Selection {
  Window window;
  std::function<bool(const Source& source, const Event& event)> keep;  // empty: every one
  bool unreadable = true;  // lines that are no events, too
};

class RecordReader {
 public:
  RecordReader(LineFeed feed, std::uint32_t index, const Source& source, const Selection& selection,
               ByteRange range);

  // Reads lines until a wanted Record is complete, at most `lines_max`.
  std::optional<Record> next(std::size_t lines_max);
  bool ended() const { return ended_ && !open_; }
  // How far it has read in time; no_time: nothing with a time yet. One line with a wrong time does
  // not move it.
  Time clock() const { return std::min(last_time_, time_before_); }

  std::uint64_t untimed() const { return untimed_; }        // events left out of a window
  std::uint64_t unreadable() const { return unreadable_; }  // lines that were no events
  const std::optional<Error>& fault() const { return feed_.fault(); }

 private:
  std::optional<Record> take(const FedLine& line);
  void start(const FedLine& line, Reading reading);
  void note_time(Time time);
  bool within_window();

  LineFeed feed_;
  std::uint32_t index_;
  const Source* source_;
  const Selection* selection_;
  bool from_start_;
  Scratch scratch_;
  Event event_;
  std::optional<Record> open_;  // may be continued by the next line
  bool any_event_ = false;
  bool ended_ = false;
  Time last_time_ = no_time;
  Time time_before_ = no_time;
  Time newest_ = no_time;
  bool ordered_ = true;     // no step back in time that would make an early end unsafe
  std::size_t beyond_ = 0;  // events in a row that lie behind the window
  std::uint64_t untimed_ = 0;
  std::uint64_t unreadable_ = 0;
};

}  // namespace culprit
