// What Prometheus' API answers: a matrix of series, one document or several, also cut off or
// broken.
//
//     {"status":"success","data":{"resultType":"matrix","result":[{"metric":{"__name__":"up",
//      "job":"shop"},"values":[[1763647392.5,"1"],[1763647407.5,"1"]]}]}}
#include <array>

#include "parse/json_frames.h"
#include "parse/json_parts.h"
#include "parse/metrics.h"
#include "parse/timestamp.h"
#include "parse/unescape.h"

namespace culprit {
namespace {

using std::string_view_literals::operator""sv;

constexpr std::array answer_keys{"status"sv,   "data"sv,  "errorType"sv, "error"sv,
                                 "warnings"sv, "infos"sv, "isPartial"sv};
constexpr JsonLayout matrix{"data.result[]", {}, "", answer_keys, nullptr};
constexpr std::size_t labels_max = 64;

std::string told(std::string_view value) {
  const std::string_view escaped = json_bare(value);
  std::string text(escaped.size() + 4, '\0');
  char* out = text.data();
  const char* const end = escaped.data() + escaped.size();
  for (const char* at = escaped.data(); at < end;) {
    if (*at != '\\') {
      *out++ = *at++;
      continue;
    }
    ++at;
    char* const behind = at < end ? unescape(at, end, out) : nullptr;
    if (behind == nullptr) break;
    out = behind;
  }
  text.resize(static_cast<std::size_t>(out - text.data()));
  return text;
}

// [1763647392.5,"1"]
void add_point(std::string_view pair, std::size_t series, std::uint64_t line, MetricBook& book) {
  std::array<std::string_view, 2> parts;
  std::size_t count = 0;
  each_element(pair, [&](std::string_view part) {
    if (count < parts.size()) parts[count] = part;
    ++count;
  });
  const auto time = count == 2 ? epoch_time(parts[0]) : std::nullopt;
  const auto value = count == 2 ? metric_value(json_bare(parts[1])) : std::nullopt;
  if (!time || !value)
    return book.skip(line, "no [time, value]: " + std::string(pair.substr(0, 80)));
  book.add(series, *time, *value);
}

void add_series(std::string_view element, std::uint64_t line, MetricBook& book) {
  std::string name;
  MetricLabels labels;
  each_member(json_member(element, "metric"), [&](std::string_view key, std::string_view value) {
    std::string label = told(key);
    if (label == "__name__") {
      name = told(value);
    } else if (labels.size() < labels_max) {
      labels.emplace_back(std::move(label), told(value));
    }
  });
  const std::string_view values = json_member(element, "values");
  const std::string_view single = json_member(element, "value");
  if (values.empty() && single.empty()) return book.skip(line, "a result without values");
  if (name.empty()) name = "expression";  // Prometheus drops the name of what it computes
  const std::size_t series = book.series(name, std::move(labels), MetricKind::unknown);
  if (!single.empty()) add_point(single, series, line, book);
  each_element(values, [&](std::string_view pair) { add_point(pair, series, line, book); });
}

void add_frames(const Frames& frames, MetricBook& book) {
  for (const Frames::Record& record : frames.records) {
    if (record.damaged) {
      book.skip(record.line, "broken JSON");
    } else {
      add_series(frames.line(record), record.line, book);
    }
  }
}

}  // namespace

void read_query_range(std::string_view text, MetricBook& book) {
  constexpr std::size_t piece = 1 << 20;
  const std::uint64_t skipped = book.skipped().count;
  const std::size_t points = book.points();
  JsonFramer framer(matrix);
  for (std::size_t at = 0; at < text.size(); at += piece) {
    framer.feed(text.substr(at, piece));
    add_frames(framer.frames(), book);
  }
  framer.finish();
  add_frames(framer.frames(), book);
  if (book.points() == points && book.skipped().count == skipped) {
    book.skip(1, "JSON without data.result of Prometheus");
  }
}

}  // namespace culprit
