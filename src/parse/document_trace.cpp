// Traces: OTLP's and Jaeger's JSON, whose spans are read as events are.
#include <map>

#include "parse/document_parts.h"
#include "parse/format.h"
#include "parse/frames.h"

namespace culprit {
namespace {

struct Span {
  std::string id;
  std::string parent;
  std::string name;
  std::vector<std::pair<std::string, Leaf>> fields;
};

Span span_of(const Event& event) {
  Span span;
  std::string service;
  for (const Field& field : event.fields) {
    if (field.name == "span_id") span.id = field.value;
    if (field.name == "parent_span_id") span.parent = field.value;
    if (field.name == "span.name") span.name = field.value;
    if (field.name == "service" || field.name == "service.name") service = field.value;
    const bool structure = field.name == "trace_id" || field.name == "span_id" ||
                           field.name == "parent_span_id" || field.name == "message";
    if (!structure) {
      span.fields.push_back({std::string(field.name), {{}, std::string(field.value), field.kind}});
    }
  }
  if (!service.empty()) span.name = service + " " + span.name;
  return span;
}

std::vector<Span> spans_in(std::string_view text, const Framing& framing) {
  Framer framer(framing);
  const Dialect dialect = recognise(text.substr(0, 64 << 10), {});
  Scratch scratch;
  std::vector<Span> spans;
  const auto take = [&](const Frames& frames) {
    for (const Frames::Record& record : frames.records) {
      Event event;
      if (record.damaged) continue;
      if (read_line(dialect, frames.line(record), scratch, event) == Reading::event) {
        spans.push_back(span_of(event));
      }
    }
  };
  take(framer.feed(text));
  take(framer.finish());
  return spans;
}

// Names from the root down. A chain that is longer than there are spans goes in a circle.
std::vector<std::string> steps_of(const Span& span,
                                  const std::map<std::string, const Span*>& by_id) {
  constexpr std::size_t depth_max = 64;
  std::vector<std::string> steps;
  for (const Span* at = &span; at != nullptr && steps.size() < depth_max;) {
    steps.insert(steps.begin(), at->name);
    const auto parent = by_id.find(at->parent);
    at = parent == by_id.end() ? nullptr : parent->second;
  }
  return steps;
}

}  // namespace

std::optional<Document> trace_document(std::string_view text) {
  const Framing* framing = framing_of(text.substr(0, 64 << 10), nullptr);
  if (framing == nullptr) return std::nullopt;
  const std::string_view format = format_of(*framing);
  if (format != "otlp" && format != "jaeger") return std::nullopt;
  const std::vector<Span> spans = spans_in(text, *framing);
  std::map<std::string, const Span*> by_id;
  for (const Span& span : spans) by_id.emplace(span.id, &span);
  Document document{"trace", {}};
  std::map<std::vector<std::string>, int> seen;
  for (const Span& span : spans) {
    if (span.id.empty()) return std::nullopt;  // logs of OTLP
    std::vector<std::string> steps = steps_of(span, by_id);
    if (const int times = ++seen[steps]; times > 1) steps.back() += fmt::format(" #{}", times);
    for (const auto& [name, leaf] : span.fields) {
      document.leaves.push_back(leaf);
      document.leaves.back().steps = steps;
      document.leaves.back().steps.push_back(name);
    }
  }
  if (document.leaves.empty()) return std::nullopt;
  return document;
}

}  // namespace culprit
