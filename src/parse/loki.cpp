// Loki: what `query_range` answers. Each line gets the labels of its stream.
//
//     {"status":"success","data":{"resultType":"streams","result":[
//      {"stream":{"app":"shop"},"values":[["1763647392123000000","level=info msg=ready"]]}]}}
#include <array>

#include "parse/framings.h"
#include "parse/json_parts.h"

namespace culprit {
namespace {

using std::string_view_literals::operator""sv;

constexpr std::array keys{"status"sv, "data"sv, "warnings"sv, "errorType"sv, "error"sv};

// The third part, where there is one, is structured metadata, by categories or not. Without a
// stream's labels it is no line: Prometheus answers in the same shape, with `metric` in the place
// of `stream`.
std::optional<std::string> line_of(const JsonRecord& record) {
  if (record.context[0].empty()) return std::nullopt;
  std::array<std::string_view, 3> parts;
  std::size_t count = 0;
  each_element(record.element, [&](std::string_view part) {
    if (count < parts.size()) parts[count] = part;
    ++count;
  });
  if (count < 2 || !parts[1].starts_with('"')) return std::nullopt;
  JsonLineWriter line;
  line.add("timestamp", parts[0]);
  line.add_all(record.context[0]);
  each_member(parts[2], [&](std::string_view key, std::string_view value) {
    value.starts_with('{') ? line.add_all(value) : line.add_member(key, value);
  });
  line.add("message", parts[1]);
  return line.take();
}

}  // namespace

constexpr JsonLayout loki_streams{
    "data.result[].values[]", {"data.result[].stream"}, "", keys, line_of};

}  // namespace culprit
