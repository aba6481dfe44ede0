// Gathering finds the sources that a user named and says how to read them.
//
// A directory is walked (hidden files, sockets and devices left out), a glob expanded, `-` is
// standard input; journald: and docker:NAME are what those programs write (store/programs.h). The
// same file under two names counts once, and so do copies (store/copies.h). What cannot be read is
// kept in the list with its fault, so that the report can name it and go on with the rest.
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
#include "event/schema.h"
#include "parse/format.h"

namespace culprit {

struct Source {
  std::string name;  // as shown: the path, or "-"
  std::string path;
  Packing packing = Packing::plain;
  Encoding encoding = Encoding::utf8;
  // Plain, regular and of lines: several threads may read parts of it.
  bool seekable = false;
  std::uint64_t size = 0;  // 0: not known
  Time changed = no_time;  // its bytes, last: no event can be much newer
  bool live = false;       // a pipe or program that is left to a Follower
  // Lines that begin there or behind it are left to a Follower.
  std::uint64_t read_to = UINT64_MAX;
  std::uint64_t identity = 0;  // of the file, whatever its path names later; 0: not known
  std::string fault;           // empty: readable
  std::string advice;          // of the fault; empty: the usual one
  std::string copy_of;         // a source that holds all of its lines; empty: none
  std::vector<SourceNote> notes;
  std::uint64_t head = 0;  // hash of its first bytes, where seekable
  std::uint64_t lost = 0;  // bytes that were gone when they were to be read
  Dialect dialect;
  std::string sample;         // the first bytes, unpacked; what is framed, as lines
  bool sample_whole = false;  // there is no more than that
  // Standard input, copied to a nameless file; or the file itself, held open so that a rename does
  // not matter. Shared by the copies of this value.
  std::shared_ptr<const File> held;

  bool counts() const { return fault.empty() && copy_of.empty(); }  // its lines are to be read
};

struct GatherOptions {
  std::vector<std::string> sources;
  std::optional<Expr> bad;
  std::optional<Expr> good;
  std::string unit_field;  // empty: found; "line": each event is a unit
  RecogniseOptions recognise;
  Window window;  // events outside are not read
  // What may never end (standard input, pipes, programs) is copied until it does, or left alone.
  enum class Endless : std::uint8_t { spooled, left };
  Endless endless = Endless::spooled;
  // Whether times of sources whose clocks are off are put right, or it is only said.
  enum class Clocks : std::uint8_t { told, fixed };
  Clocks clocks = Clocks::told;
  // Where the window depends on the sources it is told by them; else empty.
  std::function<Result<Window>(World& world, const std::vector<Source>& sources)> window_of;
  std::size_t memory_max = 512ULL << 20;
  unsigned threads = 0;  // 0: one per core
  // What a thread takes at a time: large enough that cutting at line ends costs nothing, small
  // enough to share evenly. Answers do not depend on it.
  std::uint64_t chunk_bytes = 4 << 20;
  // What was read is kept for the next time (store/embedded/index.h).
  struct Indexing {
    std::string folder;       // empty: nowhere
    double share_max = 0.02;  // of a source's size
    // A smaller source is read again in less time than a command takes to start.
    std::uint64_t bytes_min = 32 << 20;
    enum class Known : std::uint8_t { used, ignored };
    Known known = Known::used;  // what an earlier run has kept
  };
  Indexing index;
  std::function<void(std::uint64_t done, std::uint64_t total)> progress;  // may be empty
};

// Errors: missing or denied when there is nothing to read at all; interrupted.
Result<std::vector<Source>> find_sources(World& world, const GatherOptions& options);

// The first half of that: what is named, by the folders' lists alone; nothing is opened.
std::vector<Source> list_sources(World& world, const GatherOptions& options);
// The second half, of one file: its sample and dialect, or its fault. Errors: interrupted.
Status look_into(World& world, const GatherOptions& options, Source& source);

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
