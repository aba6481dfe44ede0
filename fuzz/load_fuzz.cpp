// What `culprit load` reads: specs that people write, data files, and replies of any server. Any
// bytes: an Error or a value, never a crash, and values that hold together.
#include <cstdint>
#include <string>

#include "base/verify.h"
#include "experiment/load/data_rows.h"
#include "experiment/load/json_path.h"
#include "experiment/load/reply_reader.h"
#include "experiment/load_spec.h"

using namespace culprit;

namespace {

// Up to the first zero byte, and what is behind it.
std::pair<std::string_view, std::string_view> halves(std::string_view bytes) {
  const std::size_t at = bytes.find('\0');
  if (at == std::string_view::npos) return {bytes, bytes};
  return {bytes.substr(0, at), bytes.substr(at + 1)};
}

void check_spec(std::string_view spec, std::string_view data) {
  const auto read = [&](const std::string&) { return Result<std::string>(std::string(data)); };
  const auto plan = parse_load_spec(spec, std::nullopt, read);
  if (!plan) VERIFY(!plan.error().what.empty());
}

void check_rows(std::string_view text) {
  const auto data = data_rows(text);
  if (!data) return;
  for (const auto& row : data->rows) VERIFY(row.size() == data->columns.size());
}

void check_path(std::string_view path, std::string_view json) {
  const auto parsed = JsonPath::parse(path);
  if (!parsed) return;
  const auto found = parsed->find(json);
  if (found) VERIFY(found->size() <= 4 * json.size());  // an escape of six bytes gives up to four
}

// The same bytes in one piece and byte by byte are the same replies.
void check_replies(std::string_view bytes) {
  const LoadStep step;
  ReplyReader whole;
  ReplyReader pieces;
  for (ReplyReader* reader : {&whole, &pieces}) {
    reader->begin();
    reader->expect(step);
  }
  const ReplyReader::State at_once = whole.take(bytes);
  if (at_once != ReplyReader::State::whole) return;
  ReplyReader::State state = ReplyReader::State::waiting;
  for (std::size_t i = 0; i < bytes.size() && state == ReplyReader::State::waiting; ++i) {
    state = pieces.take(bytes.substr(i, 1));
  }
  VERIFY(state != ReplyReader::State::whole || pieces.status() == whole.status());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto [first, second] = halves(bytes);
  check_spec(first, second);
  check_rows(bytes);
  check_path(first, second);
  check_replies(bytes);
  return 0;
}
