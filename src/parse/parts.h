// A PartJoiner puts lines together again that a container's runtime cut into parts.
//
//     2025-11-20T14:03:12.5Z stdout P the first 16 KiB of a long line,
//     2025-11-20T14:03:12.5Z stdout F and its end
//
// CRI says so with `P`; docker by a `log` that does not end in a newline. The parts of one stream
// follow each other, with lines of the other one between them. The whole line has the place and the
// time of its first part; all lines keep their order. At most 16 MB are held back for it, then a
// line is given out as far as it goes.
//
// Part of a source can be joined alone: who knows which streams are in the middle of a line before
// it (`open_streams` of a PartJoiner for what lies there) says so, and their parts are passed over;
// at its end, bytes beyond are fed until the lines that began within are whole.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "parse/frames.h"

namespace culprit {

class PartJoiner {
 public:
  enum class Runtime : std::uint8_t { docker, cri };

  PartJoiner(Runtime runtime, const FrameRange& range);

  void feed(std::string_view bytes);
  void finish();
  const Frames& frames() const { return frames_; }
  std::uint64_t lines() const { return lines_; }
  // A bit for each stream that is in the middle of a line.
  unsigned open_streams() const;
  // All lines that began in the range are whole.
  bool done() const { return offset_ >= range_.to && open_streams() == 0; }

 private:
  static constexpr std::size_t streams_max = 2;  // standard output and error

  // One line of the source, and what it is a part of.
  struct Part {
    std::size_t stream = streams_max;  // no stream: a line like any other
    bool last = true;                  // of its line
    std::string_view head;             // what stands before the content,
    std::string_view content;
    std::string_view tail;  // and behind it
    std::size_t tag = 0;    // of CRI: where the head has its P or F
  };
  struct Held {
    Frames::Place place;
    std::string text;
    std::string tail;  // what ends it
    bool whole = false;
  };

  Part part_of(std::string_view line) const;
  Part part_of_docker(std::string_view line) const;
  Part part_of_cri(std::string_view line) const;
  void take(std::string_view line);
  void hold(std::string_view line, const Part& part, Frames::Place place);
  void close(std::size_t stream);
  void give_out();

  Runtime runtime_;
  FrameRange range_;
  Frames frames_;
  std::uint64_t offset_;  // of the line at hand
  std::uint64_t lines_ = 0;
  std::string pending_;    // a line that has not ended yet
  std::deque<Held> held_;  // in order; a deque, because pointers into it are kept
  std::size_t held_bytes_ = 0;
  std::array<Held*, streams_max> open_{};
  std::array<bool, streams_max> passed_over_{};
};

}  // namespace culprit
