#include "store/embedded/reading_plan.h"

#include <algorithm>
#include <atomic>
#include <filesystem>

#include <xxhash.h>

#include "store/embedded/parallel.h"

namespace culprit {
namespace {

constexpr std::size_t index_bytes_max = std::size_t{4} << 30;
// What was changed within two seconds before it was indexed may have been changed after that
// without another time of change (file systems tell times by the tick).
constexpr Duration tick = std::chrono::seconds(2);

bool inside(const PartTimes& times, Window window) {
  if (window == Window{}) return true;
  return !times.untimed && times.from <= times.to &&
         window.contains(from_nanoseconds(times.from)) &&
         window.contains(from_nanoseconds(times.to));
}

// Whether the part's bytes are still the same.
bool same_content(World& world, const Source& source, const Part& part) {
  auto file = open_seekable(world, source);
  if (!file) return false;
  constexpr std::size_t step = 1 << 20;
  std::vector<char> buffer(step);
  ContentHash content;
  for (std::uint64_t at = part.from; at < part.to;) {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(step, part.to - at));
    const auto got = file->read_at(at, std::span(buffer).first(wanted));
    if (!got || *got != wanted) return false;
    content.add(std::string_view(buffer.data(), wanted));
    at += wanted;
  }
  return content.value() == part.content;
}

// Whether the source still begins with what the index was made of.
bool same_source(World& world, const Source& source, const Index& index) {
  const IndexedSource& then = index.source;
  if (index.parts.empty() || source.size < then.covered) return false;
  const bool untouched = source.size == then.size && source.identity == then.identity &&
                         source.changed == then.changed && then.changed != no_time &&
                         then.indexed - then.changed > tick;
  std::vector<const Part*> looked_at = {&index.parts.front().part, &index.parts.back().part};
  if (!untouched) {
    looked_at.clear();
    for (const IndexedPart& indexed : index.parts) looked_at.push_back(&indexed.part);
  }
  std::atomic<bool> same = true;
  in_parallel(looked_at.size(), SIZE_MAX, [&](std::size_t i) {
    if (same && !same_content(world, source, *looked_at[i])) same = false;
  });
  return same;
}

void note(Source& source, std::string text) {
  source.notes.push_back({"index", source.name + ": " + std::move(text)});
}

// Fields that are asked for and that the index cannot answer for.
std::vector<std::string> missing_fields(const Index& index, const GatherOptions& options) {
  std::vector<std::string> missing;
  for (const std::optional<Expr>* expr : {&options.bad, &options.good}) {
    if (!*expr) continue;
    for (std::string& name : missing_fields(index, **expr)) missing.push_back(std::move(name));
  }
  return missing;
}

SourcePlan plan_source(World& world, const GatherOptions& options, const UnitRule& unit,
                       Source& source) {
  SourcePlan plan;
  plan.index = trusted_index(world, options, unit, source);
  if (!plan.index) {
    plan.read = {{0, source.size}};
    return plan;
  }
  const std::vector<std::string> missing = missing_fields(*plan.index, options);
  std::uint64_t again = 0;
  for (std::size_t i = 0; i < plan.index->parts.size(); ++i) {
    const IndexedPart& indexed = plan.index->parts[i];
    const PartTimes times = times_of(indexed);
    if (outside(times, options.window)) {
      plan.silent.push_back(i);
    } else if (missing.empty() && inside(times, options.window)) {
      plan.parts.push_back(i);
    } else {
      add_range(plan.read, {indexed.part.from, indexed.part.to});
      again += indexed.part.to - indexed.part.from;
    }
  }
  if (!missing.empty() && again > 0) {
    note(source, fmt::format("{} is not in the index: {} MB were read again", missing.front(),
                             (again >> 20) + 1));
  }
  add_range(plan.read, {plan.index->source.covered, source.size});
  return plan;
}

bool worth_indexing(const GatherOptions& options, const Evidence& evidence, std::uint32_t number) {
  const bool whole = options.window == Window{} && evidence.schema.exact && evidence.texts_whole;
  if (options.index.folder.empty() || !whole) return false;
  const Source& source = evidence.sources[number];
  // A tail that was read in a moment is read again next time.
  const std::uint64_t behind = source.size - evidence.indexed_bytes[number];
  return source.seekable && source.counts() && source.dialect.framing == nullptr &&
         behind >= std::max(options.index.bytes_min, source.size / 16);
}

// Fields that nothing can be said about, since rows came from the index.
std::string left_out_text(const Index& index) {
  std::vector<std::string_view> names;
  for (const IndexedField& field : index.fields) {
    if (!field.kept) names.push_back(field.name);
  }
  if (names.empty()) return "";
  constexpr std::size_t shown = 6;
  const std::size_t more = names.size() - std::min(names.size(), shown);
  names.resize(names.size() - more);
  return fmt::format("read from its index, which leaves out {}{}; --fresh reads everything",
                     fmt::join(names, ", "), more > 0 ? fmt::format(" and {} more", more) : "");
}

// Where they are damaged, the source is read instead.
void read_rows(SourcePlan& plan, WantedIds ids, Source& source) {
  if (!plan.index) return;
  Result<IndexedRows> rows = read_parts(*plan.index, plan.parts, ids);
  if (rows) {
    plan.rows = std::move(*rows);
    std::string left_out = left_out_text(*plan.index);
    if (!plan.parts.empty() && !left_out.empty()) note(source, std::move(left_out));
    return;
  }
  note(source, rows.error().what + "; everything was read again");
  plan = {};
  plan.read = {{0, source.size}};
}

}  // namespace

PartTimes times_of(const IndexedPart& indexed) {
  PartTimes times;
  for (const ChunkCount& chunk : indexed.chunks) {
    times.from = std::min(times.from, chunk.from);
    times.to = std::max(times.to, chunk.to);
    times.untimed |= chunk.untimed > 0;
  }
  return times;
}

bool outside(const PartTimes& times, Window window) {
  if (window == Window{}) return false;
  if (times.from > times.to) return true;
  return from_nanoseconds(times.to) < window.from || from_nanoseconds(times.from) >= window.to;
}

std::optional<Index> trusted_index(World& world, const GatherOptions& options, const UnitRule& unit,
                                   Source& source) {
  const bool wanted = !options.index.folder.empty() && source.seekable && source.counts() &&
                      source.dialect.framing == nullptr &&
                      options.index.known == GatherOptions::Indexing::Known::used;
  if (!wanted) return std::nullopt;
  const std::string path = index_path(world, options, source);
  if (!world.info(path)) return std::nullopt;
  Result<std::string> file = world.read(path, index_bytes_max);
  if (!file) return std::nullopt;
  Result<Index> index = open_index(std::move(*file));
  if (!index) {
    note(source, index.error().what + "; everything was read again");
    return std::nullopt;
  }
  if (index->source.reading != reading_of(source, unit)) return std::nullopt;
  if (!same_source(world, source, *index)) {
    note(source, "it is not what it was when it was indexed; everything was read again");
    return std::nullopt;
  }
  return std::move(*index);
}

std::vector<std::string> missing_fields(const Index& index, const Expr& expr) {
  std::vector<std::string> missing;
  for (std::string& name : fields_of(expr)) {
    const IndexedField* field = index.field(name);
    // A field that no line has is known to be missing; the message itself is not kept.
    const bool known = field == nullptr ? name != "message" : field->exact;
    if (!known) missing.push_back(std::move(name));
  }
  return missing;
}

void add_range(std::vector<ByteRange>& ranges, ByteRange range) {
  if (range.from >= range.to) return;
  if (!ranges.empty() && ranges.back().to == range.from) {
    ranges.back().to = range.to;
  } else {
    ranges.push_back(range);
  }
}

std::uint64_t ReadingPlan::rows() const {
  std::uint64_t rows = 0;
  for (const SourcePlan& source : sources) {
    for (const Block& block : source.rows.blocks) rows += block.rows();
  }
  return rows;
}

ReadingPlan plan_reading(World& world, const GatherOptions& options, const UnitRule& unit,
                         std::vector<Source>& sources) {
  ReadingPlan plan;
  std::size_t readings = 0;  // that can meet the same unit
  for (Source& source : sources) {
    plan.sources.push_back(plan_source(world, options, unit, source));
    const SourcePlan& made = plan.sources.back();
    readings += source.counts() && !made.parts.empty() ? 1 : 0;
    readings += source.counts() && !made.read.empty() ? 1 : 0;
  }
  const WantedIds ids = readings > 1 ? WantedIds::all : WantedIds::none;
  for (std::size_t s = 0; s < sources.size(); ++s) read_rows(plan.sources[s], ids, sources[s]);
  return plan;
}

std::string index_path(World& world, const GatherOptions& options, const Source& source) {
  // The same file from wherever it is named.
  const std::filesystem::path path =
      (std::filesystem::path(world.working_directory()) / source.path).lexically_normal();
  const std::string text = path.string();
  return fmt::format("{}/{:016x}.index", options.index.folder,
                     XXH3_64bits(text.data(), text.size()));
}

bool worth_indexing(const GatherOptions& options, const Evidence& evidence) {
  for (std::uint32_t s = 0; s < evidence.sources.size(); ++s) {
    if (worth_indexing(options, evidence, s)) return true;
  }
  return false;
}

Status keep_indexes(World& world, const GatherOptions& options, const Evidence& evidence) {
  for (std::uint32_t s = 0; s < evidence.sources.size(); ++s) {
    if (!worth_indexing(options, evidence, s)) continue;
    const Source& source = evidence.sources[s];
    IndexedSource of;
    of.reading = reading_of(source, evidence.schema.unit);
    of.size = source.size;
    of.identity = source.identity;
    of.changed = source.changed;
    of.indexed = world.now();
    const std::string file = write_index(evidence, s, std::move(of), options.index.share_max);
    if (interrupted()) return interrupted_error();
    if (!file.empty()) TRY(world.write(index_path(world, options, source), file));
  }
  return ok();
}

}  // namespace culprit
