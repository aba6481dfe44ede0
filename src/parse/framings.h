// The rows of the table of framings: where exports have their records, which only framings.cpp
// reads. The layouts stand with their formats.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "parse/json_frames.h"

namespace culprit {

struct Framing {
  enum class How : std::uint8_t { documents, journal, docker_parts, cri_parts };
  How how = How::documents;
  std::string_view format;             // of its records, a row of formats.cpp; empty: recognised
  const JsonLayout* layout = nullptr;  // of documents
};

// Of documents; the first that fits wins.
std::span<const Framing> framings();

extern const JsonLayout elasticsearch_search;
extern const JsonLayout elasticsearch_hits;
extern const JsonLayout elasticsearch_lines;
extern const JsonLayout elasticsearch_search_fields;
extern const JsonLayout elasticsearch_hits_fields;
extern const JsonLayout elasticsearch_lines_fields;
extern const JsonLayout cloudtrail_records;
extern const JsonLayout cloudwatch_events;
extern const JsonLayout cloudwatch_results;
extern const JsonLayout datadog_logs;
extern const JsonLayout loki_streams;
extern const JsonLayout otlp_logs;
extern const JsonLayout otlp_spans;
extern const JsonLayout jaeger_answer;
extern const JsonLayout jaeger_trace;
extern const JsonLayout jaeger_page;

}  // namespace culprit
