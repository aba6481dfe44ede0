// OTLP as JSON: what a collector's file exporter writes and what SDKs send, logs and spans.
//
//     {"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":
//      {"stringValue":"shop"}}]},"scopeLogs":[{"logRecords":[{"timeUnixNano":"1763647392123000000",
//      "severityNumber":17,"body":{"stringValue":"refused"}}]}]}]}
//
// Attributes become fields of their names, the resource's first. A span is an event at the time of
// its start with `duration_ms`; its level is error where its status says so, else info.
#include <array>

#include <fmt/format.h>

#include "parse/framings.h"
#include "parse/json_parts.h"
#include "parse/timestamp.h"

namespace culprit {
namespace {

using std::string_view_literals::operator""sv;

constexpr std::array log_keys{"resourceLogs"sv};
constexpr std::array span_keys{"resourceSpans"sv};
constexpr int depth_max = 16;  // of values in values; deeper ones are left out

// The plain JSON of an AnyValue: {"intValue":"200"} is 200.
std::string plain(std::string_view any, int depth = 0) {
  std::string text;
  each_member(any, [&](std::string_view key, std::string_view value) {
    const std::string_view kind = json_bare(key);
    if (!text.empty() || depth > depth_max) return;
    if (kind == "intValue") {
      text = json_bare(value);
    } else if (kind == "arrayValue") {
      each_element(json_member(value, "values"), [&](std::string_view one) {
        const std::string inner = plain(one, depth + 1);
        if (!inner.empty()) text += (text.empty() ? "" : ",") + inner;
      });
      text = "[" + text + "]";
    } else if (kind == "kvlistValue") {
      JsonLineWriter members;
      each_element(json_member(value, "values"), [&](std::string_view pair) {
        members.add(json_bare(json_member(pair, "key")),
                    plain(json_member(pair, "value"), depth + 1));
      });
      text = members.take();
    } else {
      text = value;
    }
  });
  return text;
}

void add_attributes(JsonLineWriter& line, std::string_view attributes) {
  each_element(attributes, [&](std::string_view pair) {
    const std::string_view key = json_member(pair, "key");
    if (key.size() > 2) line.add_member(key, plain(json_member(pair, "value")));
  });
}

// A time of 0 is one that was not set.
bool is_set(std::string_view time) { return !time.empty() && json_bare(time) != "0"; }

void add_ids(JsonLineWriter& line, std::string_view element) {
  constexpr std::array<std::array<std::string_view, 2>, 3> ids{
      {{"traceId", "trace_id"}, {"spanId", "span_id"}, {"parentSpanId", "parent_span_id"}}};
  for (const auto& [theirs, ours] : ids) {
    const std::string_view value = json_member(element, theirs);
    if (value.size() > 2) line.add(ours, value);
  }
}

// Names of severities are free, numbers are not: four for each level.
std::string_view level_of(std::string_view number) {
  constexpr std::array levels{"trace"sv, "debug"sv, "info"sv, "warn"sv, "error"sv, "fatal"sv};
  std::size_t value = 0;
  for (const char byte : number) {
    if (!is_digit(byte) || value > 24) return "";
    value = value * 10 + static_cast<std::size_t>(byte - '0');
  }
  return value == 0 || value > 24 ? "" : levels[(value - 1) / 4];
}

std::optional<std::string> log_line(const JsonRecord& record) {
  if (!record.element.starts_with('{')) return std::nullopt;
  JsonLineWriter line;
  const std::string_view time = json_member(record.element, "timeUnixNano");
  const std::string_view observed = json_member(record.element, "observedTimeUnixNano");
  if (is_set(time) || is_set(observed)) line.add("timestamp", is_set(time) ? time : observed);
  const std::string_view level = level_of(json_member(record.element, "severityNumber"));
  const std::string_view named = json_member(record.element, "severityText");
  if (!level.empty()) {
    line.add_text("level", level);
  } else if (named.size() > 2) {
    line.add("level", named);
  }
  add_attributes(line, json_member(record.context[0], "attributes"));
  line.add("logger", json_member(record.context[1], "name"));
  add_attributes(line, json_member(record.element, "attributes"));
  add_ids(line, record.element);
  const std::string body = plain(json_member(record.element, "body"));
  body.starts_with('{') ? line.add_all(body) : line.add("message", body);
  return line.take();
}

// Exceptions that a span met; they stand among its events.
void add_exceptions(JsonLineWriter& line, std::string_view events) {
  each_element(events, [&](std::string_view event) {
    if (json_bare(json_member(event, "name")) != "exception") return;
    add_attributes(line, json_member(event, "attributes"));
  });
}

std::optional<std::string> span_line(const JsonRecord& record) {
  const std::string_view start = json_member(record.element, "startTimeUnixNano");
  if (!is_set(start)) return std::nullopt;
  const std::string_view status = json_member(record.element, "status");
  const std::string_view code = json_bare(json_member(status, "code"));
  const bool failed = code == "2" || code == "STATUS_CODE_ERROR";
  JsonLineWriter line;
  line.add("timestamp", start);
  line.add_text("level", failed ? "error" : "info");
  add_attributes(line, json_member(record.context[0], "attributes"));
  line.add("span.name", json_member(record.element, "name"));
  line.add("span.kind", json_member(record.element, "kind"));
  const auto from = epoch_time(json_bare(start));
  const auto to = epoch_time(json_bare(json_member(record.element, "endTimeUnixNano")));
  if (from && to) {
    const double nanoseconds_taken = static_cast<double>((*to - *from).count());
    line.add("duration_ms", fmt::format("{}", nanoseconds_taken / 1e6));
  }
  add_attributes(line, json_member(record.element, "attributes"));
  add_exceptions(line, json_member(record.element, "events"));
  add_ids(line, record.element);
  const std::string_view said = json_bare(json_member(status, "message"));
  const std::string_view name = json_bare(json_member(record.element, "name"));
  line.add_text("message", said.empty() ? std::string(name) : fmt::format("{}: {}", name, said));
  return line.take();
}

}  // namespace

constexpr JsonLayout otlp_logs{"resourceLogs[].scopeLogs[].logRecords[]",
                               {"resourceLogs[].resource", "resourceLogs[].scopeLogs[].scope"},
                               "",
                               log_keys,
                               log_line};
constexpr JsonLayout otlp_spans{"resourceSpans[].scopeSpans[].spans[]",
                                {"resourceSpans[].resource", "resourceSpans[].scopeSpans[].scope"},
                                "",
                                span_keys,
                                span_line};

}  // namespace culprit
