// A LineFeed reads the lines of one source in order, from its start or within a range of bytes.
//
// Where the records of a source are no lines, they are made lines first (parse/frames.h).
// A range owns the lines that begin in it: the one cut at its start belongs to the range before,
// the one cut at its end is read to its end. Only seekable sources have ranges that do not begin
// at 0. An archive that is damaged yields the lines before the damage, then fault() says what was
// wrong. Of a line longer than 64 MB the beginning is given, and fault() says so too.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/stream.h"
#include "parse/frames.h"
#include "store/gather.h"

namespace culprit {

struct ByteRange {
  std::uint64_t from = 0;
  std::uint64_t to = UINT64_MAX;
  bool operator==(const ByteRange&) const = default;
};

struct FedLine {
  std::uint64_t offset = 0;  // of its first byte, after unpacking
  std::string_view text;     // without '\n'; valid until the next line is asked for
  bool damaged = false;      // a record that was cut off or broken: `text` begins like it
  std::uint64_t number = 0;  // of the line on which it begins, in the range, from 1; of framed ones
};

inline Reading read_line(const Dialect& dialect, const FedLine& line, Scratch& scratch,
                         Event& event) {
  if (line.damaged) return Reading::unreadable;
  return read_line(dialect, line.text, scratch, event);
}

class LineFeed {
 public:
  // `reopened`: no descriptor is held between reads; for more sources than a process may open.
  enum class Descriptor : std::uint8_t { held, reopened };

  // `world` and `source` must outlive the feed.
  static Result<LineFeed> open(World& world, const Source& source, ByteRange range = {},
                               Descriptor descriptor = Descriptor::held);

  // Of these ranges alone, which ascend and are cut at the ends of lines; nothing around them is
  // read. Of a seekable source that is not framed.
  static Result<LineFeed> open(World& world, const Source& source, std::vector<ByteRange> ranges,
                               Descriptor descriptor);

  std::optional<FedLine> next();  // nothing: the end, or a fault
  const std::optional<Error>& fault() const { return fault_; }
  // Of framed sources: the lines of the range read so far, and a place in it that they reach.
  std::uint64_t lines() const { return framer_->lines(); }
  std::uint64_t reached() const { return std::min(base_, range_.to - 1); }

 private:
  LineFeed(World& world, const Source& source, ByteRange range);
  Status begin_parts();
  std::optional<FedLine> next_framed();
  FedLine too_long();
  bool next_range();
  std::size_t wanted_bytes(std::uint64_t at) const;
  void refill();
  Result<std::size_t> read_more(std::size_t count);

  World* world_;
  const Source* source_;
  ByteRange range_;
  std::vector<ByteRange> ranges_;  // where there are several: range_ is one of them,
  std::size_t ranges_begun_ = 0;   // of which so many were begun
  std::optional<File> file_;       // seekable and held
  std::optional<Stream> stream_;   // everything that cannot be read at an offset
  std::optional<Framer> framer_;
  const Frames* frames_ = nullptr;  // what the last bytes completed,
  std::size_t framed_ = 0;          // of which so many were given out
  std::string buffer_;
  std::uint64_t base_ = 0;    // offset in the source of buffer_[0]
  std::size_t begin_ = 0;     // of what was not yet given out
  std::size_t end_ = 0;       // of what was read
  std::size_t searched_ = 0;  // no line ends between begin_ and here
  std::size_t chunk_;
  bool cut_ = false;  // the first line began before the range
  bool ended_ = false;
  std::optional<Error> fault_;
};

}  // namespace culprit
