// The file of an index, whole or with its checksums put right, so that what lies behind them is
// reached: it is refused, or gives rows whose every number points at something.
#include <cstdint>
#include <cstring>
#include <numeric>
#include <string>
#include <string_view>

#include <xxhash.h>

#include "base/verify.h"
#include "store/embedded/index.h"
#include "store/embedded/index_header.h"

using namespace culprit;

namespace {

void check_rows(const Index& index, const IndexedRows& rows) {
  for (const Block& block : rows.blocks) {
    VERIFY(block.units.size() == block.rows() && block.offsets.size() == block.rows());
    VERIFY(block.flags.size() == block.rows() && block.skeletons.size() == block.rows());
    for (const std::uint32_t number : block.skeletons.numbers()) {
      VERIFY(number < index.skeletons.size());
    }
    for (const std::uint32_t unit : block.units) VERIFY(unit == no_unit || unit < index.units());
    for (const Column& column : block.columns) {
      VERIFY(column.field < index.fields.size());
      for (std::size_t i = 0; i < column.size(); ++i) {
        VERIFY(column.row(i) < block.rows());
        const Code code = column.code(i);
        VERIFY(!code::is_index(code) || code < index.fields[column.field].values.size());
      }
    }
  }
}

void check_index(const Index& index) {
  std::vector<std::size_t> parts(index.parts.size());
  std::iota(parts.begin(), parts.end(), std::size_t{0});
  const Result<IndexedRows> rows = read_parts(index, parts, WantedIds::all);
  if (rows) check_rows(index, *rows);
}

void check_file(std::string file) {
  const Result<Index> index = open_index(std::move(file));
  if (index) check_index(*index);
}

// The bytes as a header, and what is behind it.
void check_header(std::string_view header, std::string_view behind) {
  std::string file(index_magic);
  for (const std::uint64_t number :
       {std::uint64_t{header.size()}, std::uint64_t{XXH3_64bits(header.data(), header.size())}}) {
    char bytes[8];
    std::memcpy(bytes, &number, sizeof bytes);
    file.append(bytes, sizeof bytes);
  }
  file += header;
  file += behind;
  check_file(std::move(file));
}

// The bytes as the only part of an index of some fields.
void check_part(std::string_view bytes) {
  Index index;
  index.id_bytes = 6;
  index.skeletons = {{}, {1, "a"}, {2, "b"}};
  for (const char* name : {"a", "b", "c"}) {
    IndexedField field;
    field.name = name;
    field.kept = true;
    field.values = {"x", "y", "z"};
    index.fields.push_back(std::move(field));
  }
  IndexedPart part;
  part.part.to = UINT64_MAX;
  part.units = bytes.empty() ? 0 : static_cast<std::uint8_t>(bytes.front());
  if (!bytes.empty()) bytes.remove_prefix(1);
  part.size = part.ids_at = bytes.size();
  part.check = XXH3_64bits(bytes.data(), bytes.size());
  index.file = std::string(bytes) + std::string(std::size_t{6} * part.units, 'i');
  index.parts.push_back(std::move(part));
  check_index(index);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 3) {
    case 0: check_file(std::string(bytes)); break;
    case 1: {
      const std::size_t cut = bytes.size() / 2;
      check_header(bytes.substr(0, cut), bytes.substr(cut));
      break;
    }
    default: check_part(bytes); break;
  }
  return 0;
}
