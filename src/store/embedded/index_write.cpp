// An Index is made of Evidence: which columns it keeps, and their bytes.
#include <algorithm>
#include <cstring>
#include <map>
#include <numeric>
#include <optional>

#include <xxhash.h>

#include "parse/bytes.h"
#include "store/embedded/columns.h"
#include "store/embedded/index.h"
#include "store/embedded/index_block.h"
#include "store/embedded/index_header.h"
#include "store/embedded/parallel.h"

namespace culprit {
namespace {

constexpr std::size_t parts_tried = 16;  // to estimate what columns take
// Of what is allowed, so that the estimate may be a little off.
constexpr double share_planned = 0.97;
constexpr std::size_t digits_told = 6;  // a decimal of that many may have had more of them

constexpr std::size_t categories_max = 1000;  // a field of more values is no categorical one
constexpr std::size_t numbers_max = 100;      // nor is one of more numbers: those are measured

// What decides about outcomes, and what failures are told apart by: without them the Index would
// give another answer, and the reader would not know.
bool must_be_kept(const FieldSummary& field) {
  const bool judges =
      field.role == Role::status || field.role == Role::success || field.role == Role::exception;
  const bool measures = field.numbers * 2 > field.events;
  const std::size_t most = measures ? numbers_max : categories_max;
  return judges || (!field.many && field.distinct <= most);
}

bool told_exactly(Code code) {
  if (code::is_index(code)) return true;
  if (!code::is_number(code)) return false;
  if ((code & code::tag_mask) != code::decimal_tag) return true;
  const code::Spelled spelled = code::spelled(code);
  const std::string_view text = spelled.view();
  const std::size_t first = std::min(text.find_first_of("123456789"), text.size());
  return static_cast<std::size_t>(std::count_if(text.begin() + static_cast<std::ptrdiff_t>(first),
                                                text.end(), is_digit)) < digits_told;
}

std::size_t rows_of(const Column& column) {
  if (column.dense) return column.size();
  std::size_t rows = 0;
  for (std::size_t i = 0; i < column.size(); ++i) {
    rows += i == 0 || column.rows[i] != column.rows[i - 1] ? 1 : 0;
  }
  return rows;
}

// Everything of one source that is to be written.
class IndexMaker {
 public:
  IndexMaker(const Evidence& evidence, std::uint32_t source, IndexedSource of, double share_max)
      : evidence_(evidence), source_(source), share_max_(share_max) {
    index_.source = std::move(of);
    index_.skeletons = evidence.skeletons;
    find_parts();
    number_units();
    if (!evidence.schema.unit.fields.empty()) index_.id_bytes = differ_in(6) ? 6 : 8;
  }

  std::string write() {
    if (index_.parts.empty() || !choose_columns()) return "";
    describe_fields();
    std::vector<std::string> bytes(index_.parts.size());
    in_parallel(bytes.size(), SIZE_MAX, [&](std::size_t i) {
      if (!interrupted()) bytes[i] = bytes_of(i, kept_);
    });
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      index_.parts[i].size = bytes[i].size();
      index_.parts[i].check = XXH3_64bits(bytes[i].data(), bytes[i].size());
    }
    std::string file = header_bytes(index_);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      file += bytes[i];
      append_ids(i, file);
    }
    return static_cast<double>(file.size()) <= bytes_max() ? file : "";
  }

 private:
  double bytes_max() const { return share_max_ * static_cast<double>(index_.source.covered); }

  // Those that follow each other from the source's first byte, with their chunks and blocks.
  void find_parts() {
    const std::vector<ChunkCount>& chunks = evidence_.chunks[source_];
    std::uint64_t reached = 0;
    for (const Part& part : evidence_.parts) {
      if (part.source != source_ || part.from != reached) continue;
      IndexedPart indexed;
      indexed.part = part;
      indexed.part.source = 0;
      for (const ChunkCount& chunk : chunks) {
        if (chunk.offset < part.from || chunk.offset >= part.to) continue;
        indexed.chunks.push_back(chunk);
        indexed.chunks.back().source = 0;
      }
      index_.parts.push_back(std::move(indexed));
      reached = part.to;
    }
    index_.source.covered = reached;
    blocks_.resize(index_.parts.size());
    for (const Block& block : evidence_.blocks) {
      if (block.source != source_ || block.offset >= reached) continue;
      const auto after = std::upper_bound(
          index_.parts.begin(), index_.parts.end(), block.offset,
          [](std::uint64_t offset, const IndexedPart& part) { return offset < part.part.from; });
      blocks_[static_cast<std::size_t>(after - index_.parts.begin()) - 1].push_back(&block);
    }
  }

  // By first sight in the source.
  void number_units() {
    std::vector<std::uint32_t> number(evidence_.units.size(), no_unit);
    for (std::size_t i = 0; i < blocks_.size(); ++i) {
      index_.parts[i].units_before = static_cast<std::uint32_t>(first_rows_.size());
      for (const Block* block : blocks_[i]) {
        std::vector<std::uint32_t>& units = units_[block];
        units.resize(block->rows(), no_unit);
        for (std::size_t row = 0; row < units.size(); ++row) {
          const std::uint32_t unit = block->units[row];
          if (unit == no_unit) continue;
          if (number[unit] == no_unit) {
            number[unit] = static_cast<std::uint32_t>(first_rows_.size());
            first_rows_.push_back(unit);
          }
          units[row] = number[unit];
        }
      }
      index_.parts[i].units =
          static_cast<std::uint32_t>(first_rows_.size()) - index_.parts[i].units_before;
    }
  }

  // Whether the units' ids do in so many bytes.
  bool differ_in(unsigned bytes) const {
    std::vector<std::uint64_t> ids;
    for (const std::uint32_t unit : first_rows_) {
      ids.push_back(evidence_.unit_ids[unit] & id_mask(bytes));
    }
    std::sort(ids.begin(), ids.end());
    return std::adjacent_find(ids.begin(), ids.end()) == ids.end();
  }

  std::string bytes_of(std::size_t part, std::span<const FieldId> fields) const {
    IndexWriter out;
    std::uint32_t units = index_.parts[part].units_before;
    out.number(blocks_[part].size());
    for (const Block* block : blocks_[part]) {
      const std::vector<std::uint32_t>& of_rows = units_.at(block);
      const RowUnits row_units(of_rows, units);
      write_rows(out, *block, of_rows, units);
      for (const FieldId field : fields) write_column(out, block->column(field), row_units);
    }
    return out.take();
  }

  void append_ids(std::size_t part, std::string& file) const {
    if (index_.id_bytes == 0) return;
    const IndexedPart& indexed = index_.parts[part];
    for (std::uint32_t i = 0; i < indexed.units; ++i) {
      const std::uint64_t id = evidence_.unit_ids[first_rows_[indexed.units_before + i]];
      char bytes[8];
      std::memcpy(bytes, &id, sizeof bytes);
      file.append(bytes, index_.id_bytes);
    }
  }

  // Bytes that a field's column takes in some of the parts, and its texts.
  double cost_of(FieldId field, std::span<const std::size_t> tried, double scale) const {
    double bytes = 0;
    for (const std::size_t part : tried) {
      IndexWriter out;
      std::uint32_t units = index_.parts[part].units_before;
      for (const Block* block : blocks_[part]) {
        write_column(out, block->column(field), RowUnits(units_.at(block), units));
        for (const std::uint32_t unit : units_.at(block)) units += unit == units ? 1 : 0;
      }
      bytes += static_cast<double>(out.bytes().size());
    }
    for (const std::string& value : evidence_.fields[field].values) {
      bytes += static_cast<double>(value.size() + 1) / scale;
    }
    return bytes * scale;
  }

  // As many columns as there is room for, the cheap ones first; false: what is needed does not fit.
  bool choose_columns() {
    std::vector<std::size_t> tried;
    const std::size_t step = index_.parts.size() / parts_tried + 1;
    for (std::size_t i = 0; i < index_.parts.size(); i += step) tried.push_back(i);
    const double scale =
        static_cast<double>(index_.parts.size()) / static_cast<double>(tried.size());
    double room = share_planned * bytes_max() - static_cast<double>(header_bytes(index_).size());
    room -= index_.id_bytes * static_cast<double>(first_rows_.size());
    for (const std::size_t part : tried) {
      room -= scale * static_cast<double>(bytes_of(part, {}).size());
    }
    std::vector<std::tuple<int, double, FieldId>> candidates;  // rank, cost
    for (FieldId id = 0; id < evidence_.fields.size(); ++id) {
      const EvidenceField& field = evidence_.fields[id];
      const int rank = must_be_kept(evidence_.schema.fields[id]) ? 0 : 1;
      if (field.many && rank == 0) return false;
      if (!field.many && !field.left_out) candidates.emplace_back(rank, 0, id);
    }
    in_parallel(candidates.size(), SIZE_MAX, [&](std::size_t i) {
      std::get<1>(candidates[i]) = cost_of(std::get<2>(candidates[i]), tried, scale);
    });
    std::sort(candidates.begin(), candidates.end());
    for (const auto& [rank, cost, id] : candidates) {
      if (cost <= room) {
        kept_.push_back(id);
        room -= cost;
      } else if (rank == 0) {
        return false;
      }
    }
    std::sort(kept_.begin(), kept_.end());
    return room >= 0;
  }

  void describe_fields() {
    for (const EvidenceField& field : evidence_.fields) {
      IndexedField indexed;
      indexed.name = field.name;
      indexed.slot = field.slot;
      indexed.many = field.many;
      const FieldId id = evidence_.id_of(field);
      indexed.kept = std::binary_search(kept_.begin(), kept_.end(), id);
      if (indexed.kept) indexed.values = field.values;
      indexed.exact = indexed.kept && exactly_told(id);
      index_.fields.push_back(std::move(indexed));
    }
  }

  // Every event that has the field has its values in the column, as they were written: those that
  // are the message or the unit's id are not.
  bool exactly_told(FieldId field) const {
    std::uint64_t events = 0;
    for (const IndexedPart& indexed : index_.parts) {
      for (const FieldCount& count : indexed.part.fields) {
        events += count.field == field ? count.events : 0;
      }
    }
    std::uint64_t rows = 0;
    for (const auto& blocks : blocks_) {
      for (const Block* block : blocks) {
        const Column* column = block->column(field);
        if (column == nullptr) continue;
        const std::vector<Code> codes = distinct_codes(*column);
        if (!std::all_of(codes.begin(), codes.end(), told_exactly)) return false;
        rows += rows_of(*column);
      }
    }
    return rows == events;
  }

  const Evidence& evidence_;
  std::uint32_t source_;
  double share_max_;
  Index index_;
  std::vector<std::vector<const Block*>> blocks_;             // by part
  std::map<const Block*, std::vector<std::uint32_t>> units_;  // of their rows, renumbered
  std::vector<std::uint32_t> first_rows_;                     // the Evidence's number of each
  std::vector<FieldId> kept_;
};

}  // namespace

std::string reading_of(const Source& source, const UnitRule& unit) {
  // Another way to read lines is another number.
  constexpr int reader_version = 1;
  const Dialect& dialect = source.dialect;
  std::string text =
      fmt::format("{} {} {} {} {}", reader_version, format_text(dialect), dialect.zone.name(),
                  name_of(source.encoding), dialect.clock_correction.count());
  for (const std::string& field : unit.fields) text += " " + field;
  return text + (unit.errors_only ? " errors" : "");
}

std::string write_index(const Evidence& evidence, std::uint32_t source, IndexedSource of,
                        double share_max) {
  return IndexMaker(evidence, source, std::move(of), share_max).write();
}

}  // namespace culprit
