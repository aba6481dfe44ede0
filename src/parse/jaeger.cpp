// Jaeger: what its API gives, one trace as its page downloads it, and as its page keeps it. A span
// is an event at its start with `duration_ms`, the tags of its process and its own; its level is
// error where a tag says so.
//
//     {"data":[{"traceID":"7d4f","spans":[{"traceID":"7d4f","spanID":"a1","operationName":
//      "GET /cart","startTime":1763647392123456,"duration":2500,"tags":[{"key":"error","type":
//      "bool","value":true}],"processID":"p1"}],"processes":{"p1":{"serviceName":"shop"}}}]}
#include <array>

#include <fmt/format.h>

#include "event/expr.h"
#include "parse/framings.h"
#include "parse/json_parts.h"

namespace culprit {
namespace {

using std::string_view_literals::operator""sv;

constexpr std::array answer_keys{"data"sv, "total"sv, "limit"sv, "offset"sv, "errors"sv};
constexpr std::array trace_keys{"traceID"sv, "spans"sv, "processes"sv, "warnings"sv};
constexpr std::array page_keys{"data"sv, "id"sv, "state"sv};

void add_tags(JsonLineWriter& line, std::string_view tags) {
  each_element(tags, [&](std::string_view tag) {
    const std::string_view key = json_member(tag, "key");
    if (key.size() > 2) line.add_member(key, json_member(tag, "value"));
  });
}

std::string_view tag_named(std::string_view tags, std::string_view name) {
  std::string_view found;
  each_element(tags, [&](std::string_view tag) {
    if (json_bare(json_member(tag, "key")) == name) found = json_bare(json_member(tag, "value"));
  });
  return found;
}

// What a span logged about an error; all else that spans log is for people who debug one of them.
std::string_view error_in(std::string_view logs) {
  std::string_view found;
  each_element(logs, [&](std::string_view log) {
    const std::string_view fields = json_member(log, "fields");
    for (const auto name : {"exception.message"sv, "error.object"sv, "message"sv}) {
      const bool error = tag_named(fields, "event") == "error" ||
                         tag_named(fields, "event") == "exception" || name != "message";
      if (found.empty() && error) found = tag_named(fields, name);
    }
  });
  return found;
}

std::string_view parent_of(std::string_view references) {
  std::string_view found;
  each_element(references, [&](std::string_view reference) {
    const bool child = json_bare(json_member(reference, "refType")) == "CHILD_OF";
    if (child && found.empty()) found = json_member(reference, "spanID");
  });
  return found;
}

std::optional<std::string> line_of(const JsonRecord& record) {
  const std::string_view span = record.element;
  const std::string_view tags = json_member(span, "tags");
  const std::string_view name = json_member(span, "operationName");
  if (name.empty()) return std::nullopt;
  const bool failed =
      tag_named(tags, "error") == "true" || tag_named(tags, "otel.status_code") == "ERROR";
  std::string_view process =
      json_member(record.context[0], json_bare(json_member(span, "processID")));
  if (process.empty()) process = json_member(span, "process");
  JsonLineWriter line;
  line.add("timestamp", json_member(span, "startTime"));
  line.add_text("level", failed ? "error" : "info");
  line.add("service", json_member(process, "serviceName"));
  add_tags(line, json_member(process, "tags"));
  line.add("span.name", name);
  if (const auto micros = number_in(json_member(span, "duration"))) {
    line.add("duration_ms", fmt::format("{}", *micros / 1000));
  }
  add_tags(line, tags);
  line.add("trace_id", json_member(span, "traceID"));
  line.add("span_id", json_member(span, "spanID"));
  line.add("parent_span_id", parent_of(json_member(span, "references")));
  const std::string_view said = failed ? error_in(json_member(span, "logs")) : ""sv;
  line.add_text("message", said.empty() ? std::string(json_bare(name))
                                        : fmt::format("{}: {}", json_bare(name), said));
  return line.take();
}

}  // namespace

constexpr JsonLayout jaeger_answer{
    "data[].spans[]", {"data[].processes"}, "", answer_keys, line_of};
constexpr JsonLayout jaeger_trace{"spans[]", {"processes"}, "", trace_keys, line_of};
constexpr JsonLayout jaeger_page{"data.spans[]", {"data.processes"}, "", page_keys, line_of};

}  // namespace culprit
