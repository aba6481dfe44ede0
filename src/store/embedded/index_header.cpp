#include "store/embedded/index_header.h"

#include <algorithm>
#include <limits>

#include <xxhash.h>

namespace culprit {
namespace {

// As many as are told, one by one, so that a wrong number takes no memory.
template <typename One, typename Read>
void read_all(IndexReader& in, std::vector<One>& all, Read read) {
  for (std::size_t left = in.count(); left > 0 && in.ok(); --left) all.push_back(read());
}

void write_chunk(IndexWriter& out, const ChunkCount& chunk) {
  out.number(chunk.offset);
  for (const std::uint64_t count : {chunk.lines, chunk.events, chunk.untimed, chunk.whole_seconds})
    out.number(count);
  for (const ChunkCount::Skipped* skipped : {&chunk.skipped, &chunk.leading}) {
    out.number(skipped->lines);
    out.number(skipped->first_line);
    out.text(skipped->first);
  }
  out.byte(chunk.any_event ? 1 : 0);
  out.fixed(static_cast<std::uint64_t>(chunk.from));
  out.fixed(static_cast<std::uint64_t>(chunk.to));
  for (const std::uint64_t level : chunk.levels) out.number(level);
}

ChunkCount read_chunk(IndexReader& in) {
  ChunkCount chunk;
  chunk.offset = in.number();
  for (std::uint64_t* count : {&chunk.lines, &chunk.events, &chunk.untimed, &chunk.whole_seconds})
    *count = in.number();
  for (ChunkCount::Skipped* skipped : {&chunk.skipped, &chunk.leading}) {
    skipped->lines = in.number();
    skipped->first_line = in.number();
    skipped->first = in.text();
  }
  chunk.any_event = in.byte() != 0;
  chunk.from = static_cast<std::int64_t>(in.fixed());
  chunk.to = static_cast<std::int64_t>(in.fixed());
  for (std::uint64_t& level : chunk.levels) level = in.number();
  return chunk;
}

void write_part(IndexWriter& out, const IndexedPart& indexed) {
  const Part& part = indexed.part;
  for (const std::uint64_t number : {part.from, part.to}) out.number(number);
  out.fixed(part.content);
  out.number(part.fields.size());
  for (const FieldCount& count : part.fields) {
    out.number(count.field);
    for (const std::uint64_t number : {count.events, count.error_events, count.numbers})
      out.number(number);
  }
  out.number(indexed.chunks.size());
  for (const ChunkCount& chunk : indexed.chunks) write_chunk(out, chunk);
  out.number(indexed.units);
  out.number(indexed.size);
  out.fixed(indexed.check);
}

IndexedPart read_part(IndexReader& in, std::size_t fields) {
  IndexedPart indexed;
  Part& part = indexed.part;
  part.from = in.number();
  part.to = in.number();
  part.content = in.fixed();
  read_all(in, part.fields, [&] {
    FieldCount count;
    count.field = static_cast<FieldId>(in.bounded(fields == 0 ? 0 : fields - 1));
    count.events = in.number();
    count.error_events = in.number();
    count.numbers = in.number();
    return count;
  });
  read_all(in, indexed.chunks, [&] { return read_chunk(in); });
  indexed.units = static_cast<std::uint32_t>(in.bounded(no_unit - 1));
  indexed.size = in.number();
  indexed.check = in.fixed();
  return indexed;
}

void write_field(IndexWriter& out, const IndexedField& field) {
  out.text(field.name);
  out.byte(static_cast<std::uint8_t>((field.slot ? 1 : 0) | (field.many ? 2 : 0) |
                                     (field.kept ? 4 : 0) | (field.exact ? 8 : 0)));
  out.number(field.values.size());
  for (const std::string& value : field.values) out.text(value);
}

IndexedField read_field(IndexReader& in) {
  IndexedField field;
  field.name = in.text();
  const std::uint8_t flags = in.byte();
  field.slot = (flags & 1) != 0;
  field.many = (flags & 2) != 0;
  field.kept = (flags & 4) != 0;
  field.exact = (flags & 8) != 0;
  read_all(in, field.values, [&] { return std::string(in.text()); });
  return field;
}

void write_source(IndexWriter& out, const IndexedSource& source) {
  out.text(source.reading);
  for (const std::uint64_t number : {source.size, source.identity, source.covered})
    out.fixed(number);
  out.fixed(static_cast<std::uint64_t>(nanoseconds(source.changed)));
  out.fixed(static_cast<std::uint64_t>(nanoseconds(source.indexed)));
}

IndexedSource read_source(IndexReader& in) {
  IndexedSource source;
  source.reading = in.text();
  for (std::uint64_t* number : {&source.size, &source.identity, &source.covered})
    *number = in.fixed();
  source.changed = from_nanoseconds(static_cast<std::int64_t>(in.fixed()));
  source.indexed = from_nanoseconds(static_cast<std::int64_t>(in.fixed()));
  return source;
}

// Parts follow each other without a gap, in the source and in the file.
bool place_parts(Index& index, std::uint64_t at) {
  std::uint64_t reached = 0;
  std::uint64_t units = 0;
  for (IndexedPart& indexed : index.parts) {
    if (indexed.part.from != reached || indexed.part.to < reached) return false;
    reached = indexed.part.to;
    indexed.units_before = static_cast<std::uint32_t>(units);
    units += indexed.units;
    indexed.at = at;
    if (indexed.size > index.file.size() - at) return false;
    indexed.ids_at = at += indexed.size;
    const std::uint64_t ids = std::uint64_t{index.id_bytes} * indexed.units;
    if (ids > index.file.size() - at) return false;
    at += ids;
  }
  return at == index.file.size() && reached == index.source.covered && units < no_unit;
}

Error damaged(std::string_view where) {
  return error(Fault::malformed, "the index is damaged: {}", where);
}

}  // namespace

std::string header_bytes(const Index& index) {
  IndexWriter out;
  write_source(out, index.source);
  out.byte(static_cast<std::uint8_t>(index.id_bytes));
  out.number(index.fields.size());
  for (const IndexedField& field : index.fields) write_field(out, field);
  out.number(index.skeletons.size());
  for (const EvidenceSkeleton& skeleton : index.skeletons) {
    out.fixed(skeleton.hash);
    out.text(skeleton.text);
  }
  out.number(index.parts.size());
  for (const IndexedPart& part : index.parts) write_part(out, part);
  const std::string header = out.take();
  IndexWriter whole;
  whole.raw(index_magic);
  whole.fixed(header.size());
  whole.fixed(XXH3_64bits(header.data(), header.size()));
  whole.raw(header);
  return whole.take();
}

Result<Index> open_index(std::string file) {
  Index index;
  index.file = std::move(file);
  IndexReader head{index.file};
  if (head.raw(index_magic.size()) != index_magic) return damaged("it does not begin as one");
  const std::uint64_t size = head.fixed();
  const std::uint64_t check = head.fixed();
  const std::string_view header =
      head.raw(static_cast<std::size_t>(std::min<std::uint64_t>(size, SIZE_MAX)));
  if (!head.ok() || XXH3_64bits(header.data(), header.size()) != check) {
    return damaged("the checksum of its header differs");
  }
  IndexReader in(header);
  index.source = read_source(in);
  index.id_bytes = in.byte();
  if (index.id_bytes != 0 && index.id_bytes != 6 && index.id_bytes != 8) in.fail();
  read_all(in, index.fields, [&] { return read_field(in); });
  read_all(in, index.skeletons, [&] {
    const std::uint64_t hash = in.fixed();
    return EvidenceSkeleton{hash, std::string(in.text())};
  });
  read_all(in, index.parts, [&] { return read_part(in, index.fields.size()); });
  if (index.fields.size() >= no_field || index.skeletons.empty()) in.fail();
  if (!in.ok() || in.at() != header.size()) return damaged("its header contradicts itself");
  if (!place_parts(index, index_head_bytes + size)) return damaged("its parts do not fit");
  return index;
}

const IndexedField* Index::field(std::string_view name) const {
  const auto found = std::find_if(fields.begin(), fields.end(),
                                  [name](const IndexedField& field) { return field.name == name; });
  return found == fields.end() ? nullptr : &*found;
}

}  // namespace culprit
