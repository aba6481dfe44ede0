// Gathering finds the sources that a user named and says how to read them.
//
// A directory is walked (hidden files, sockets and devices left out), a glob expanded, `-` is
// standard input. The same file under two names counts once. What cannot be read is kept in the
// list with its fault, so that the report can name it and go on with the rest.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/stream.h"
#include "base/world.h"
#include "event/expr.h"
#include "event/query.h"
#include "parse/format.h"

namespace culprit {

struct Source {
  std::string name;  // as shown: the path, or "-"
  std::string path;
  Packing packing = Packing::plain;
  // Plain, regular and of lines: several threads may read parts of it.
  bool seekable = false;
  std::uint64_t size = 0;  // 0: not known
  Time changed = no_time;  // its bytes, last: no event can be much newer
  std::string fault;       // empty: readable
  Dialect dialect;
  std::string sample;  // the first bytes, unpacked; what is framed, as lines
  // Standard input, copied to a nameless file; shared by the copies of this value.
  std::shared_ptr<const File> spool;
};

struct GatherOptions {
  std::vector<std::string> sources;
  std::optional<Expr> bad;
  std::optional<Expr> good;
  std::string unit_field;  // empty: found; "line": each event is a unit
  RecogniseOptions recognise;
  Window window;  // events outside are not read
  // Where the window depends on the sources it is told by them; else empty.
  std::function<Result<Window>(World& world, const std::vector<Source>& sources)> window_of;
  std::size_t memory_max = 512ULL << 20;
  unsigned threads = 0;  // 0: one per core
  // What a thread takes at a time: large enough that cutting at line ends costs nothing, small
  // enough to share evenly. Answers do not depend on it.
  std::uint64_t chunk_bytes = 4 << 20;
  std::function<void(std::uint64_t done, std::uint64_t total)> progress;  // may be empty
};

// Errors: missing or denied when there is nothing to read at all; interrupted.
Result<std::vector<Source>> find_sources(World& world, const GatherOptions& options);

// From its first byte, unpacking. What is framed is not yet cut into lines.
Result<Stream> open_source(World& world, const Source& source);
// For reading at any offset; only where `seekable`.
Result<File> open_seekable(World& world, const Source& source);

// Whether a value of the unit's field says which unit; else the event belongs to none.
inline bool names_unit(const Field& field) {
  return field.kind != Kind::null && !field.value.empty() && field.value != "-";
}

// Which fields join events to units, judged from the samples.
UnitRule find_units(const std::vector<Source>& sources, const GatherOptions& options);

}  // namespace culprit
