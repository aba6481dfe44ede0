// A Format is one way of writing events as bytes; the table of them is parse/formats.cpp.
//
// Recognition looks at a source's first lines once and yields a Dialect, a value with all that
// is needed to read the rest: the format, a CSV's columns, the shape and zone of its timestamps,
// the formats of what an envelope holds and of a mixed source's other lines.
// After that every line is read alone, in any order, by any thread:
//
//     Dialect dialect = recognise(sample, options);
//     Scratch scratch;                       // one per thread; owns what unescaping produced
//     Event event;
//     switch (read_line(dialect, line, scratch, event)) ...
//
// Nothing here opens a file or keeps what it has read, so every format can be fuzzed.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "base/zone.h"
#include "event/event.h"
#include "parse/header.h"
#include "parse/keys.h"
#include "parse/simd.h"
#include "parse/timestamp.h"

namespace culprit {

// What became of one line.
enum class Reading : std::uint8_t {
  event,         // `event` is filled
  continuation,  // belongs to the event before it (a stack trace's lines)
  blank,         // empty, a CSV header, a comment: nothing to count
  unreadable,    // counted as skipped
};

struct Format;
struct Framing;

// How one source is written.
struct Dialect {
  const Format* format = nullptr;       // never null after recognise()
  const Framing* framing = nullptr;     // cuts records into lines (frames.h); null: they are lines
  std::vector<std::string> columns;     // CSV: names in order
  std::vector<Keys::Promise> promises;  // CSV: what each name promises
  char separator = ',';                 // CSV: , ; tab |
  Zone zone;                            // for times that name no zone
  Duration clock_correction{0};         // added to its times (--fix-clocks)
  bool zone_assumed = false;            // the sample's times name no zone and none was given
  TimeShape time_shape;                 // text: where and how the time is written
  LoggerNames loggers = LoggerNames::by_shape;  // text: how their names are known
  Simd simd = best_simd();                      // how many bytes are looked at in one step
  std::vector<Dialect> inside;  // an envelope's: how the lines in it are written; one
  std::vector<Dialect> others;  // of a mixed source, for lines that `format` cannot read
};

// Working memory of one reading thread; what an Event points to lives here or in the line.
struct Scratch {
  std::vector<Field> fields;
  std::string text;                // a buffer for unescaped values
  TimeCache time_cache;            // the last date seen, since most lines share it
  Keys keys;                       // JSON, logfmt: the keys of earlier lines
  std::unique_ptr<Scratch> outer;  // an envelope's own, beside that of its inside
  std::vector<Field> joined;       // fields of both
};

// One row of the table. `score` says from 0 to 1 how well the sample's lines fit; the best row
// wins, the first of equals. Plain text fits everything a little.
struct Format {
  std::string_view name;  // "ndjson", as `inputs` shows it
  double (*score)(std::string_view sample, const Zone& zone);
  void (*prepare)(std::string_view sample, Dialect& dialect);  // may be null
  Reading (*read)(const Dialect& dialect, std::string_view line, Scratch& scratch, Event& event);
};

std::span<const Format> formats();
const Format* format_named(std::string_view name);  // nullptr: none

struct RecogniseOptions {
  const Format* format = nullptr;  // overrules recognition
  Zone zone;                       // for times without one
  bool zone_given = false;
  Simd simd = best_simd();
};

// `sample`: the first bytes of the source (64 KiB do), cut at a line's end where possible.
Dialect recognise(std::string_view sample, const RecogniseOptions& options);

// "ndjson", "docker(logfmt)", "ndjson+text": how a source is written, for people.
std::string format_text(const Dialect& dialect);

// What some editors and exporters put at the beginning of a file.
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

// What a line is that a source's first format could not read: another format's event in a mixed
// source, a part of a stack trace, or unreadable indeed.
Reading read_as_other(const Dialect& dialect, Reading first, std::string_view line,
                      Scratch& scratch, Event& event);

// `line`: without its end ('\r' and a byte order mark are dropped here).
inline Reading read_line(const Dialect& dialect, std::string_view line, Scratch& scratch,
                         Event& event) {
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  if (line.starts_with(byte_order_mark)) line.remove_prefix(byte_order_mark.size());
  Reading reading = dialect.format->read(dialect, line, scratch, event);
  if (reading == Reading::unreadable) {
    reading = read_as_other(dialect, reading, line, scratch, event);
  }
  if (dialect.clock_correction != Duration{0} && reading == Reading::event &&
      event.time != no_time) {
    event.time += dialect.clock_correction;
  }
  return reading;
}

}  // namespace culprit
