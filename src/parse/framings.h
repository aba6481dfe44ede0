// The rows of the table of framings: where exports have their records, which only framings.cpp
// reads. The layouts stand with their formats.
#pragma once

#include <string_view>

#include "parse/json_frames.h"

namespace culprit {

struct Framing {
  std::string_view name;    // "json"
  std::string_view format;  // of its records, a row of formats.cpp; empty: they are recognised
  const JsonLayout* layout = nullptr;  // null: the journal's export
};

extern const JsonLayout elasticsearch_search;
extern const JsonLayout elasticsearch_hits;
extern const JsonLayout elasticsearch_lines;
extern const JsonLayout cloudwatch_events;
extern const JsonLayout cloudwatch_results;
extern const JsonLayout datadog_logs;
extern const JsonLayout loki_streams;
extern const JsonLayout otlp_logs;
extern const JsonLayout otlp_spans;
extern const JsonLayout jaeger_spans;

}  // namespace culprit
