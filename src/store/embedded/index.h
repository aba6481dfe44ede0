// An Index is what is kept of one source between runs, so that the next one need not read it again.
//
// It holds the rows of a source's Parts with the columns that fit into a fiftieth of the source's
// size. Fields of up to a thousand texts or a hundred numbers have to fit, else there is no Index:
// an answer that overlooks one of them would be another than that of the first run. Ids hardly ever
// do. A Part can be read without the others, so a question about a window reads only what it needs,
// and what is not in the Index is read from the source, Part by Part.
//
// The file is one header with a checksum of its own, and the Parts behind it with one each. What
// is damaged is an Error, never a wrong answer; whoever meets it reads the source instead.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "store/embedded/evidence.h"

namespace culprit {

struct IndexedField {
  std::string name;
  bool slot = false;
  bool many = false;
  bool kept = false;                // its column is in the Index
  bool exact = false;               // and all its values as they were written
  std::vector<std::string> values;  // those that index Codes point to
};

struct IndexedPart {
  Part part;                       // its `source` is 0
  std::vector<ChunkCount> chunks;  // theirs too
  std::uint32_t units_before = 0;  // units of the source that begin before the Part
  std::uint32_t units = 0;         // that begin in it
  std::uint64_t at = 0;            // of its rows and columns in the file
  std::uint64_t size = 0;
  std::uint64_t check = 0;   // XXH3 of them
  std::uint64_t ids_at = 0;  // of the ids of the units that begin in it
};

// What the source was when it was read.
struct IndexedSource {
  std::string reading;  // format, zone, units: all that decides how lines become rows
  std::uint64_t size = 0;
  std::uint64_t identity = 0;
  Time changed = no_time;
  Time indexed = no_time;  // when that was
  std::uint64_t covered = 0;
};

struct Index {
  IndexedSource source;
  // Of a unit's id: 0 where each line is a unit. Six tell a million units apart, if they do: two of
  // them agree once in five hundred logs, and eight are kept then.
  unsigned id_bytes = 0;
  std::vector<IndexedField> fields;
  std::vector<EvidenceSkeleton> skeletons;  // [0]: no message
  std::vector<IndexedPart> parts;           // one behind the other, from the source's first byte
  std::string file;                         // the whole of it

  const IndexedField* field(std::string_view name) const;  // nullptr: none
  std::uint32_t units() const {
    return parts.empty() ? 0 : parts.back().units_before + parts.back().units;
  }
};

// How a source is read, as IndexedSource::reading has it.
std::string reading_of(const Source& source, const UnitRule& unit);

// The file's bytes, at most that share of what is covered. Empty: nothing can be indexed, or what
// must be kept does not fit.
std::string write_index(const Evidence& evidence, std::uint32_t source, IndexedSource of,
                        double share_max);

// Reads the header. Errors: malformed.
Result<Index> open_index(std::string file);

// The rows of some Parts (ascending numbers), and the ids of units by their number in the source
// where `ids` asks for them. Errors: malformed.
struct IndexedRows {
  std::vector<Block> blocks;  // `units` are the source's; fields, Codes and skeletons the Index's
  std::vector<std::uint64_t> ids;  // their first `id_bytes` bytes, in which they are looked for
};
enum class WantedIds : std::uint8_t { none, all };
Result<IndexedRows> read_parts(const Index& index, std::span<const std::size_t> parts,
                               WantedIds ids);
// The rows with the columns of some fields only: the others are passed over.
Result<std::vector<Block>> read_columns(const Index& index, std::span<const std::size_t> parts,
                                        const std::set<FieldId>& fields);

}  // namespace culprit
