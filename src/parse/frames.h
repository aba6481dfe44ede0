// A Framer cuts a stream of bytes whose records are not lines into records that are: Frames.
//
// A JSON array on one line, pretty-printed objects, an export whose events stand inside a document
// or the journal's own export become one line each, which the formats of parse/formats.cpp read
// like any other. White space between tokens goes; what a document says about many records (the
// labels of a stream, the resource of spans) is written into each, so that every line stands alone.
// The offset is that of the record's first byte in the source.
//
// Bytes may come in pieces of any size: what is made of them does not depend on where they are
// cut. Memory is bounded by the longest record (64 MB, then it is damaged), never by the document.
// A record that is cut off, broken or too long is given out as damaged, once, and reading goes on
// at the next one that can be recognised.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace culprit {

struct Format;

// Records in the order of the source, as lines that end in '\n'.
struct Frames {
  struct Record {
    std::uint64_t offset = 0;  // in the source
    std::uint64_t line = 0;    // of the source, from 1: on which it begins
    std::size_t begin = 0;     // in `text`
    std::size_t size = 0;      // without the line's end
    bool damaged = false;      // `text` has what there is of it, shortened
  };
  std::string text;
  std::vector<Record> records;

  std::string_view line(const Record& record) const {
    return std::string_view(text).substr(record.begin, record.size);
  }
  // Where a record begins in the source.
  struct Place {
    std::uint64_t offset = 0;
    std::uint64_t line = 1;
  };
  void add(Place place, std::string_view made);
  void add_damaged(Place place, std::string_view what);
  void clear();
};

constexpr std::size_t record_bytes_most = 64 << 20;  // a LineFeed bounds lines alike

// The part of a source whose records are wanted; only lines that were cut into parts (parts.h) can
// be framed in ranges.
struct FrameRange {
  std::uint64_t from = 0;         // offset of the first byte that is fed, which begins a line
  std::uint64_t to = UINT64_MAX;  // records that begin from here on are not wanted
  unsigned open_streams = 0;      // what the bytes before left open
};

// One way of framing: a row of the table in framings.cpp.
struct Framing;

class Framer {
 public:
  explicit Framer(const Framing& framing, const FrameRange& range = {});
  Framer(Framer&&) noexcept;
  Framer& operator=(Framer&&) noexcept;
  ~Framer();

  // The records that these bytes complete; good until the next call.
  const Frames& feed(std::string_view bytes);
  // What the end of the source completes or cuts off.
  const Frames& finish();
  // The lines of the source so far, or of the range.
  std::uint64_t lines() const;
  // Of a range: what is not whole yet, as FrameRange says it to the next one, and whether all is
  // that began in it.
  unsigned open_streams() const;
  bool done() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// How the records of a source are framed, judged from its first bytes; nullptr: they are lines.
// `given`: the format that was asked for, or nullptr.
const Framing* framing_of(std::string_view sample, const Format* given);

// How lines of this format may have been cut into parts; nullptr: they are not.
const Framing* parts_of(const Format& format);

// Whether ranges of a source can be framed by themselves.
bool in_ranges(const Framing& framing);

// The name of the format of its records, as in parse/formats.cpp; empty: any.
std::string_view format_of(const Framing& framing);

// The undamaged records of a sample, as lines.
std::string framed_sample(const Framing& framing, std::string_view sample);

}  // namespace culprit
