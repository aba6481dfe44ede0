// A Shard takes over what an Index has kept, as if it had read the lines itself.
#include <algorithm>

#include "store/embedded/columns.h"
#include "store/embedded/index.h"
#include "store/embedded/row_question.h"

namespace culprit {
namespace {

// Of everything that occurs in the rows: its number here. What does not occur is left behind, as
// if it had never been read.
class Occurring {
 public:
  explicit Occurring(std::size_t size) : occurs_(size, 0) {}
  void note(std::size_t at) { occurs_[at] = 1; }
  template <typename Add>
  std::vector<std::uint32_t> numbered(Add add) const {
    std::vector<std::uint32_t> numbers(occurs_.size());
    for (std::uint32_t at = 0; at < occurs_.size(); ++at) {
      if (occurs_[at] != 0) numbers[at] = add(at);
    }
    return numbers;
  }

 private:
  std::vector<std::uint8_t> occurs_;
};

ChunkCount without_events(ChunkCount chunk) {
  ChunkCount made;
  made.source = chunk.source;
  made.offset = chunk.offset;
  made.lines = chunk.lines;
  made.skipped = std::move(chunk.skipped);
  made.leading = std::move(chunk.leading);
  made.any_event = chunk.any_event;
  return made;
}

}  // namespace

void Shard::take_over(const Index& index, std::uint32_t source, std::span<const std::size_t> parts,
                      std::span<const std::size_t> silent, IndexedRows rows) {
  const std::vector<FieldId> ids = take_fields(index, parts);
  std::vector<Occurring> values;
  for (const IndexedField& field : index.fields) values.emplace_back(field.values.size());
  Occurring texts(index.skeletons.size());
  for (const Block& block : rows.blocks) {
    for (const Column& column : block.columns) {
      for (const Code code : column.table) {
        if (code::is_index(code)) values[column.field].note(code);
      }
    }
    for (const std::uint32_t number : block.skeletons.numbers()) texts.note(number);
  }
  std::vector<std::vector<std::uint32_t>> codes;
  for (std::size_t f = 0; f < values.size(); ++f) {
    codes.push_back(values[f].numbered([&](std::uint32_t at) {
      return learn(fields_[ids[f]], index.fields[f].values[at]).number;
    }));
  }
  const std::vector<std::uint32_t> skeletons = texts.numbered([&](std::uint32_t at) {
    const EvidenceSkeleton& skeleton = index.skeletons[at];
    return at == 0 ? 0 : skeletons_.add(skeleton.hash, skeleton.text).number;
  });
  for (Block& block : rows.blocks) {
    block.source = source;
    block.skeletons.renumber(skeletons);
    for (Column& column : block.columns) {
      for (Code& code : column.table) {
        if (code::is_index(code)) code = codes[column.field][code];
      }
      column.field = ids[column.field];
    }
    std::sort(block.columns.begin(), block.columns.end(),
              [](const Column& a, const Column& b) { return a.field < b.field; });
  }
  mark_rows(rows.blocks);
  std::move(rows.blocks.begin(), rows.blocks.end(), std::back_inserter(blocks_));
  for (const std::size_t number : parts) take_counts(index.parts[number], source, ids);
  for (const std::size_t number : silent) {
    for (const ChunkCount& chunk : index.parts[number].chunks) {
      counts_.push_back(without_events(chunk));
      counts_.back().source = source;
    }
  }
  indexed_units_ = IndexedUnits{source, index.units(), index.id_bytes, std::move(rows.ids)};
}

// Those that occur in the parts; the others are no_field.
std::vector<FieldId> Shard::take_fields(const Index& index, std::span<const std::size_t> parts) {
  std::vector<FieldId> ids(index.fields.size(), no_field);
  for (const std::size_t part : parts) {
    for (const FieldCount& count : index.parts[part].part.fields) {
      const IndexedField& field = index.fields[count.field];
      FieldId& id = ids[count.field];
      if (id != no_field) continue;
      id = field_of(field.name);
      ShardField& taken = fields_[id];
      taken.slot = field.slot;
      taken.overflowed = field.many;
      taken.left_out = taken.stored && !field.kept;
    }
  }
  return ids;
}

void Shard::take_counts(const IndexedPart& indexed, std::uint32_t source,
                        const std::vector<FieldId>& ids) {
  for (const ChunkCount& chunk : indexed.chunks) {
    counts_.push_back(chunk);
    counts_.back().source = source;
  }
  parts_.push_back(indexed.part);
  parts_.back().source = source;
  for (FieldCount& count : parts_.back().fields) {
    count.field = ids[count.field];
    ShardField& field = fields_[count.field];
    field.events += count.events;
    field.error_events += count.error_events;
    field.numbers += count.numbers;
  }
}

// Which rows satisfy --bad and --good.
void Shard::mark_rows(std::span<Block> blocks) {
  const auto number_of_field = [&](std::string_view name) -> FieldId {
    const std::uint32_t found = names_.find(name).number;
    return found == Dictionary::none ? no_field : static_cast<FieldId>(found);
  };
  const auto text_of_code = [&](FieldId field, Code code) -> std::string {
    if (code::is_index(code)) return std::string(fields_[field].values[code]);
    return code::text(code);
  };
  const std::pair<const std::optional<Expr>&, std::uint8_t> asked[] = {
      {options_.bad, row_bad | row_suspicious}, {options_.good, row_good}};
  for (const auto& [expr, flag] : asked) {
    if (!expr) continue;
    const RowQuestion question(*expr, number_of_field, text_of_code);
    for (Block& block : blocks) question.mark(block, flag);
  }
}

}  // namespace culprit
