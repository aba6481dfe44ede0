#include <algorithm>
#include <iterator>
#include <map>
#include <numeric>
#include <tuple>
#include <unordered_map>

#include "store/embedded/evidence.h"
#include "store/embedded/parallel.h"

namespace culprit {
namespace {

// How one Shard's numbers become global ones.
struct Renumbering {
  std::vector<FieldId> fields;
  std::vector<std::vector<Code>> codes;  // by local field, then index Code
  std::vector<std::uint32_t> skeletons;
};

using Shards = std::vector<std::unique_ptr<Shard>>;

void join_fields(Evidence& evidence, const Shards& shards, std::vector<Renumbering>& numbers) {
  std::map<std::string, EvidenceField> fields;
  for (const auto& shard : shards) {
    for (std::size_t id = 0; id < shard->fields().size(); ++id) {
      const ShardField& local = shard->fields()[id];
      EvidenceField& field = fields[std::string(shard->names()[static_cast<std::uint32_t>(id)])];
      field.role = local.role;
      field.slot &= local.slot;
      field.many |= local.overflowed;
      field.left_out |= local.left_out;
      field.events += local.events;
      field.error_events += local.error_events;
      field.numbers += local.numbers;
    }
  }
  for (auto& [name, field] : fields) {
    field.name = name;
    evidence.fields.push_back(std::move(field));
  }
  for (std::size_t s = 0; s < shards.size(); ++s) {
    const Dictionary& names = shards[s]->names();
    for (std::uint32_t id = 0; id < names.size(); ++id) {
      numbers[s].fields.push_back(evidence.id_of(*evidence.field(names[id])));
    }
    numbers[s].codes.resize(names.size());
  }
}

void join_values(EvidenceField& field, FieldId global, const Shards& shards,
                 std::vector<Renumbering>& numbers) {
  std::vector<std::pair<std::size_t, std::size_t>> parts;  // shard, its number of the field
  for (std::size_t s = 0; s < shards.size(); ++s) {
    const auto& ids = numbers[s].fields;
    const auto found = std::find(ids.begin(), ids.end(), global);
    if (found != ids.end()) parts.emplace_back(s, static_cast<std::size_t>(found - ids.begin()));
  }
  for (const auto& [s, id] : parts) {
    const Dictionary& values = shards[s]->fields()[id].values;
    for (std::uint32_t i = 0; i < values.size(); ++i) field.values.emplace_back(values[i]);
  }
  std::sort(field.values.begin(), field.values.end());
  field.values.erase(std::unique(field.values.begin(), field.values.end()), field.values.end());
  // By the limit of one Shard, so that the number of Shards does not matter.
  field.many |= field.values.size() > shards.front()->values_max();
  for (const auto& [s, id] : parts) {
    const Dictionary& values = shards[s]->fields()[id].values;
    std::vector<Code>& codes = numbers[s].codes[id];
    codes = std::move(shards[s]->fields()[id].lost);
    for (std::uint32_t i = 0; i < values.size(); ++i) {
      if (field.many) {
        codes.push_back(code::without_text(values[i], hash_of(values[i])));
      } else {
        const auto at = std::lower_bound(field.values.begin(), field.values.end(), values[i]);
        codes.push_back(static_cast<Code>(at - field.values.begin()));
      }
    }
    shards[s]->fields()[id].values.clear();
  }
  if (field.many) field.values = {};
}

std::size_t values_of(const Shards& shards) {
  std::size_t count = 0;
  for (const auto& shard : shards) {
    for (const ShardField& field : shard->fields()) count += field.values.size();
  }
  return count;
}

// The hashes of all texts, which are made as coarse as they have to be to fit one table.
std::map<std::string, std::uint64_t> joined_texts(const Shards& shards) {
  unsigned coarseness = 0;
  for (const auto& shard : shards) {
    coarseness = std::max(coarseness, shard->skeletons().coarseness());
  }
  for (;; ++coarseness) {
    std::map<std::string, std::uint64_t> by_text;
    for (const auto& shard : shards) {
      shard->coarsen_skeletons(coarseness);
      for (const SkeletonTable::Entry& entry : shard->skeletons().entries()) {
        by_text.emplace(entry.text, entry.hash);
      }
    }
    by_text.erase("");
    if (by_text.size() <= SkeletonTable::entries_max) return by_text;
  }
}

void join_skeletons(Evidence& evidence, const Shards& shards, std::vector<Renumbering>& numbers) {
  std::unordered_map<std::uint64_t, std::uint32_t> number_of;
  evidence.skeletons.push_back({});
  for (const auto& [text, hash] : joined_texts(shards)) {
    number_of.emplace(hash, static_cast<std::uint32_t>(evidence.skeletons.size()));
    evidence.skeletons.push_back({hash, text});
  }
  for (const auto& shard : shards) evidence.texts_whole &= shard->skeletons().coarseness() == 0;
  for (std::size_t s = 0; s < shards.size(); ++s) {
    for (const SkeletonTable::Entry& entry : shards[s]->skeletons().entries()) {
      const auto found = number_of.find(entry.hash);
      numbers[s].skeletons.push_back(found == number_of.end() ? 0 : found->second);
    }
  }
}

void renumber(Block& block, const Renumbering& numbers) {
  block.skeletons.renumber(numbers.skeletons);
  for (Column& column : block.columns) {
    const std::vector<Code>& codes = numbers.codes[column.field];
    column.field = numbers.fields[column.field];
    if (codes.empty()) continue;
    const auto global = [&](Code c) { return code::is_index(c) ? codes[c] : c; };
    if (!column.table.empty()) {
      for (Code& c : column.table) c = global(c);
      continue;
    }
    std::vector<Code> all(column.size());
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = global(column.code(i));
    column.base = 0;
    column.codes = Packed::of(all);
  }
  std::sort(block.columns.begin(), block.columns.end(),
            [](const Column& a, const Column& b) { return a.field < b.field; });
}

// What is not known of all rows is known of none: nothing may be concluded from a part of them.
void leave_out(Evidence& evidence) {
  const auto& fields = evidence.fields;
  const auto left_out = [](const EvidenceField& field) { return field.left_out; };
  if (std::none_of(fields.begin(), fields.end(), left_out)) return;
  for (Block& block : evidence.blocks) {
    std::erase_if(block.columns,
                  [&](const Column& column) { return left_out(fields[column.field]); });
  }
}

// `before`: lines of the source before the chunk.
void skip(SourceSummary& summary, const ChunkCount::Skipped& skipped, std::uint64_t before) {
  if (skipped.lines == 0) return;
  const std::uint64_t line = before + skipped.first_line;
  if (summary.skipped == 0 || line < summary.first_skipped_line) {
    summary.first_skipped = skipped.first;
    summary.first_skipped_line = line;
  }
  summary.skipped += skipped.lines;
}

void summarise_sources(Evidence& evidence) {
  Schema& schema = evidence.schema;
  for (std::size_t s = 0; s < evidence.sources.size(); ++s) {
    const Source& source = evidence.sources[s];
    SourceSummary summary;
    summary.name = source.name;
    summary.fault = source.fault;
    summary.bytes = source.size;
    summary.copy_of = source.copy_of;
    summary.notes = source.notes;
    summary.clock_correction = source.dialect.clock_correction;
    summary.packing = name_of(source.packing);
    const std::string_view encoding = name_of(source.encoding);
    if (!encoding.empty()) {
      summary.packing += fmt::format("{}{}", summary.packing.empty() ? "" : ", ", encoding);
    }
    if (source.dialect.format != nullptr) summary.format = format_text(source.dialect);
    summary.zone_assumed = source.dialect.zone_assumed;
    std::uint64_t lines = 0;
    bool any_event = false;
    std::int64_t from = INT64_MAX;
    std::int64_t to = INT64_MIN;
    for (const ChunkCount& chunk : evidence.chunks[s]) {
      summary.events += chunk.events;
      schema.untimed_events += chunk.untimed;
      schema.whole_seconds += chunk.whole_seconds;
      skip(summary, chunk.skipped, lines);
      if (!any_event) skip(summary, chunk.leading, lines);
      any_event |= chunk.any_event;
      lines += chunk.lines;
      from = std::min(from, chunk.from);
      to = std::max(to, chunk.to);
      for (std::size_t level = 0; level < 7; ++level) schema.levels[level] += chunk.levels[level];
    }
    if (from <= to) {
      summary.from = from_nanoseconds(from);
      summary.to = from_nanoseconds(to);
      schema.from = schema.from == no_time ? summary.from : std::min(schema.from, summary.from);
      schema.to = schema.to == no_time ? summary.to : std::max(schema.to, summary.to);
    }
    schema.events += summary.events;
    schema.bytes += source.copy_of.empty() ? summary.bytes : 0;
    schema.skipped += summary.skipped;
    schema.sources.push_back(std::move(summary));
  }
}

}  // namespace

const EvidenceField* Evidence::field(std::string_view name) const {
  const auto found = std::lower_bound(
      fields.begin(), fields.end(), name,
      [](const EvidenceField& field, std::string_view wanted) { return field.name < wanted; });
  return found != fields.end() && found->name == name ? &*found : nullptr;
}

std::size_t Evidence::rows() const {
  std::size_t count = 0;
  for (const Block& block : blocks) count += block.rows();
  return count;
}

Evidence join_shards(std::vector<Source> sources, Shards shards, UnitRule unit, Sampling sampling) {
  Evidence evidence;
  evidence.sources = std::move(sources);
  evidence.sampling = sampling;
  evidence.chunks.resize(evidence.sources.size());
  std::vector<Renumbering> numbers(shards.size());
  join_fields(evidence, shards, numbers);
  in_parallel(evidence.fields.size(), values_of(shards), [&](std::size_t id) {
    join_values(evidence.fields[id], static_cast<FieldId>(id), shards, numbers);
  });
  join_skeletons(evidence, shards, numbers);
  for (std::size_t s = 0; s < shards.size(); ++s) {
    std::vector<Block>& blocks = shards[s]->blocks();
    in_parallel(blocks.size(), blocks.size() * Block::rows_max,
                [&](std::size_t b) { renumber(blocks[b], numbers[s]); });
    evidence.blocks.insert(evidence.blocks.end(), std::make_move_iterator(blocks.begin()),
                           std::make_move_iterator(blocks.end()));
    for (ChunkCount& count : shards[s]->counts()) {
      evidence.chunks[count.source].push_back(std::move(count));
    }
    if (shards[s]->indexed_units()) {
      evidence.indexed_units.push_back(std::move(*shards[s]->indexed_units()));
    }
    for (Part& part : shards[s]->parts()) {
      for (FieldCount& count : part.fields) count.field = numbers[s].fields[count.field];
      evidence.parts.push_back(std::move(part));
    }
    shards[s].reset();
  }
  for (auto& chunks : evidence.chunks) {
    std::stable_sort(chunks.begin(), chunks.end(),
                     [](const ChunkCount& a, const ChunkCount& b) { return a.offset < b.offset; });
    const auto same = [](const ChunkCount& a, const ChunkCount& b) { return a.offset == b.offset; };
    chunks.erase(std::unique(chunks.begin(), chunks.end(), same), chunks.end());
  }
  std::sort(evidence.parts.begin(), evidence.parts.end(), [](const Part& a, const Part& b) {
    return std::tie(a.source, a.from) < std::tie(b.source, b.from);
  });
  std::sort(evidence.blocks.begin(), evidence.blocks.end(), [](const Block& a, const Block& b) {
    if (a.source != b.source) return a.source < b.source;
    if (a.offset != b.offset) return a.offset < b.offset;
    return a.offsets.front() < b.offsets.front();
  });
  leave_out(evidence);
  evidence.schema.unit = std::move(unit);
  evidence.schema.exact = sampling.shift == 0;
  evidence.schema.failures_exact = sampling.failing_shift == 0;
  summarise_sources(evidence);
  return evidence;
}

}  // namespace culprit
