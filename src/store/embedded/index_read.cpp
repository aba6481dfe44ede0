// Parts of an Index become rows again.
#include <algorithm>
#include <atomic>
#include <cstring>
#include <optional>

#include <xxhash.h>

#include "store/embedded/index.h"
#include "store/embedded/index_block.h"
#include "store/embedded/parallel.h"

namespace culprit {
namespace {

constexpr std::size_t blocks_max = 4096;  // of a part, which has one or two

// `fields`: null, where all are wanted. Nothing: the part contradicts itself.
std::optional<std::vector<Block>> read_part(const Index& index, const IndexedPart& indexed,
                                            const std::set<FieldId>* fields) {
  const std::string_view bytes = std::string_view(index.file).substr(indexed.at, indexed.size);
  if (XXH3_64bits(bytes.data(), bytes.size()) != indexed.check) return std::nullopt;
  IndexReader in(bytes);
  std::vector<Block> blocks;
  std::uint32_t units = indexed.units_before;
  const std::size_t count = in.bounded(blocks_max);
  for (std::size_t b = 0; b < count && in.ok(); ++b) {
    Block block;
    const std::uint32_t units_before = units;
    read_rows(in, block, units, index.skeletons.size());
    if (block.offset < indexed.part.from || block.offset >= indexed.part.to) in.fail();
    if (!in.ok()) break;
    const RowUnits row_units(block.units, units_before);
    for (std::size_t id = 0; id < index.fields.size() && in.ok(); ++id) {
      const IndexedField& field = index.fields[id];
      const auto number = static_cast<FieldId>(id);
      if (!field.kept) continue;
      fields == nullptr || fields->contains(number)
          ? read_column(in, block, number, field.values.size(), row_units)
          : skip_column(in, row_units);
    }
    blocks.push_back(std::move(block));
  }
  const bool right =
      in.ok() && in.at() == bytes.size() && units == indexed.units_before + indexed.units;
  if (!right) return std::nullopt;
  return blocks;
}

std::vector<std::uint64_t> ids_of(const Index& index) {
  std::vector<std::uint64_t> ids;
  for (const IndexedPart& part : index.parts) {
    const char* bytes = index.file.data() + part.ids_at;
    for (std::uint32_t unit = 0; unit < part.units; ++unit, bytes += index.id_bytes) {
      std::uint64_t id = 0;
      std::memcpy(&id, bytes, index.id_bytes);
      ids.push_back(id);
    }
  }
  return ids;
}

Result<std::vector<Block>> read_blocks(const Index& index, std::span<const std::size_t> parts,
                                       const std::set<FieldId>* fields) {
  std::vector<std::vector<Block>> blocks(parts.size());
  std::atomic<bool> right = true;
  in_parallel(parts.size(), SIZE_MAX, [&](std::size_t i) {
    auto read = read_part(index, index.parts[parts[i]], fields);
    if (read) blocks[i] = std::move(*read);
    if (!read) right = false;
  });
  if (!right)
    return error(Fault::malformed, "the index is damaged: a part of it contradicts itself");
  std::vector<Block> all;
  for (std::vector<Block>& some : blocks) {
    std::move(some.begin(), some.end(), std::back_inserter(all));
  }
  return all;
}

}  // namespace

Result<std::vector<Block>> read_columns(const Index& index, std::span<const std::size_t> parts,
                                        const std::set<FieldId>& fields) {
  return read_blocks(index, parts, &fields);
}

Result<IndexedRows> read_parts(const Index& index, std::span<const std::size_t> parts,
                               WantedIds ids) {
  IndexedRows rows;
  rows.blocks = TRY(read_blocks(index, parts, nullptr));
  if (ids == WantedIds::all && index.id_bytes > 0) rows.ids = ids_of(index);
  return rows;
}

}  // namespace culprit
