// CloudWatch Logs: what `aws logs filter-log-events` and `get-log-events` answer, and the rows of
// an Insights query (`get-query-results`).
//
//     {"events":[{"timestamp":1763647392123,"message":"ERROR refused\n","logStreamName":"a"}]}
//     {"results":[[{"field":"@timestamp","value":"2025-11-20 14:03:12.123"},...]]}
#include <array>

#include "parse/framings.h"
#include "parse/json_parts.h"

namespace culprit {
namespace {

using std::string_view_literals::operator""sv;

constexpr std::array event_keys{"events"sv, "searchedLogStreams"sv, "nextToken"sv,
                                "nextForwardToken"sv, "nextBackwardToken"sv};
constexpr std::array result_keys{"results"sv, "statistics"sv, "status"sv, "queryLanguage"sv,
                                 "encryptionKey"sv};

std::optional<std::string> event_line(const JsonRecord& record) {
  if (json_member(record.element, "message").empty()) return std::nullopt;
  if (json_member(record.element, "timestamp").empty()) return std::nullopt;
  return std::string(record.element);
}

// Times of Insights are UTC and do not say so; `@ptr` says where the row lies, for AWS only.
std::optional<std::string> result_line(const JsonRecord& record) {
  JsonLineWriter line;
  bool any = false;
  each_element(record.element, [&](std::string_view pair) {
    const std::string_view name = json_bare(json_member(pair, "field"));
    const std::string_view value = json_member(pair, "value");
    if (name.empty() || name == "@ptr") return;
    any = true;
    if (name == "@timestamp" || name == "@ingestionTime") {
      line.add_text(name, std::string(json_bare(value)) + "Z");
    } else {
      line.add(name, value);
    }
  });
  if (!any) return std::nullopt;
  return line.take();
}

}  // namespace

constexpr JsonLayout cloudwatch_events{"events[]", {}, "", event_keys, event_line};
constexpr JsonLayout cloudwatch_results{"results[]", {}, "", result_keys, result_line};

}  // namespace culprit
