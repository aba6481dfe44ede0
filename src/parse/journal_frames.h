// A JournalFramer makes lines of the journal's export format: one JSON object an entry, the very
// one that `journalctl -o json` writes, so that journal.cpp reads both.
//
// An entry is a block of `NAME=value` lines that ends with an empty one; a value that is not plain
// text has its length, eight bytes, little-endian, in the place of the `=`. What is no field breaks
// its entry, which then goes on to the next `__CURSOR=`. Values of more than 1 MB that are not the
// message (a core dump) are left out.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "parse/frames.h"

namespace culprit {

class JournalFramer {
 public:
  void feed(std::string_view bytes);
  void finish();
  const Frames& frames() const { return frames_; }
  std::uint64_t lines() const { return line_ - 1; }

 private:
  enum class State : std::uint8_t { line, size, data, data_end };

  std::size_t take_line(std::string_view bytes);
  std::size_t take_data(std::string_view bytes);
  void line_done();
  void field(std::string_view name, std::string_view value);
  void begin_entry();
  void end_entry();
  void broken();

  Frames frames_;
  std::uint64_t fed_ = 0;
  std::uint64_t line_ = 1;
  State state_ = State::line;
  std::string pending_;     // of a line, or of the eight bytes of a length
  std::string name_;        // of the value that follows
  std::uint64_t left_ = 0;  // bytes of it
  bool kept_ = false;
  std::string entry_;  // JSON so far; empty: none is open
  bool broken_ = false;
  bool lost_ = false;    // up to the next entry's first line
  Frames::Place place_;  // of the entry
  std::uint64_t line_begin_ = 0;
};

}  // namespace culprit
