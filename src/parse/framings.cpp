#include "parse/framings.h"

#include <algorithm>
#include <array>

#include "parse/bytes.h"
#include "parse/format.h"
#include "parse/formats.h"

namespace culprit {
namespace {

// A document, or an array of them, of which nothing more is known.
constexpr JsonLayout any_json;

// The first that fits wins, so exports stand before plain documents.
constexpr std::array table{
    Framing{"elasticsearch", "elasticsearch", &elasticsearch_search},
    Framing{"elasticsearch", "elasticsearch", &elasticsearch_hits},
    Framing{"elasticsearch", "elasticsearch", &elasticsearch_lines},
    Framing{"cloudwatch", "cloudwatch", &cloudwatch_events},
    Framing{"cloudwatch", "cloudwatch", &cloudwatch_results},
    Framing{"datadog", "datadog", &datadog_logs},
    Framing{"loki", "loki", &loki_streams},
    Framing{"otlp", "otlp", &otlp_logs},
    Framing{"otlp", "otlp", &otlp_spans},
    Framing{"jaeger", "jaeger", &jaeger_spans},
    Framing{"json", "", &any_json},
};

constexpr std::size_t first_look = 4096;   // tells most that a layout does not fit
constexpr std::size_t lines_judged = 100;  // to see that a source is one of lines

struct Fit {
  std::size_t records = 0;
  std::size_t damaged = 0;  // but for what the sample's end cuts off
};

Fit fit_of(const JsonLayout& layout, std::string_view sample) {
  JsonFramer framer(layout);
  Fit fit;
  const auto count = [&] {
    for (const Frames::Record& record : framer.frames().records) {
      (record.damaged ? fit.damaged : fit.records) += 1;
    }
  };
  while (!sample.empty() && !framer.foreign()) {
    const std::string_view piece = sample.substr(0, first_look);
    framer.feed(piece);
    count();
    sample.remove_prefix(piece.size());
  }
  const std::size_t damaged = fit.damaged;
  framer.finish();
  count();
  fit.damaged = damaged;
  return framer.foreign() || fit.damaged > fit.records ? Fit{} : fit;
}

// How many of the first lines are objects by themselves.
std::size_t objects_in_lines(std::string_view sample, std::size_t lines_max) {
  Scratch scratch;
  std::size_t objects = 0;
  each_line(sample, lines_max, [&](std::string_view line) {
    Event event;
    objects += read_ndjson({}, line, scratch, event) == Reading::event ? 1 : 0;
  });
  return objects;
}

// Whether reading documents finds more than reading lines does.
bool gains_by_documents(std::string_view sample) {
  const auto lines = static_cast<std::size_t>(std::count(sample.begin(), sample.end(), '\n'));
  if (lines >= lines_judged && objects_in_lines(sample, lines_judged) == lines_judged) return false;
  return fit_of(any_json, sample).records > objects_in_lines(sample, lines + 1);
}

// What documents begin with; other bytes: there are none.
char first_of(std::string_view sample) {
  if (sample.starts_with(byte_order_mark)) sample.remove_prefix(byte_order_mark.size());
  const std::size_t first = sample.find_first_not_of(" \t\r\n\x1e");
  return first == sample.npos ? '\0' : sample[first];
}

}  // namespace

void Frames::add(Place place, std::string_view made) {
  records.push_back({place.offset, place.line, text.size(), made.size(), false});
  text.append(made).push_back('\n');
}

void Frames::add_damaged(Place place, std::string_view what) {
  constexpr std::size_t shown_max = 200;
  add(place, what.substr(0, shown_max));
  records.back().damaged = true;
}

void Frames::clear() {
  text.clear();
  records.clear();
}

struct Framer::State {
  JsonFramer json;
};

Framer::Framer(const Framing& framing)
    : state_(std::make_unique<State>(State{JsonFramer(*framing.layout)})) {}
Framer::Framer(Framer&&) noexcept = default;
Framer& Framer::operator=(Framer&&) noexcept = default;
Framer::~Framer() = default;

const Frames& Framer::feed(std::string_view bytes) {
  state_->json.feed(bytes);
  return state_->json.frames();
}

const Frames& Framer::finish() {
  state_->json.finish();
  return state_->json.frames();
}

const Framing* framing_of(std::string_view sample, const Format* given) {
  const char first = first_of(sample);
  if (first != '{' && first != '[') return nullptr;
  for (const Framing& framing : table) {
    const bool any = framing.format.empty();
    const bool asked = given == nullptr || given->name == framing.format ||
                       (any && (given->name == "json" || given->name == "ndjson"));
    const bool of_arrays = framing.layout->records.starts_with('[');
    if (!asked || (!any && of_arrays != (first == '['))) continue;
    if (any ? gains_by_documents(sample) : fit_of(*framing.layout, sample).records > 0) {
      return &framing;
    }
  }
  return nullptr;
}

std::string_view format_of(const Framing& framing) { return framing.format; }

std::string framed_sample(const Framing& framing, std::string_view sample) {
  Framer framer(framing);
  std::string lines;
  const auto add = [&](const Frames& frames) {
    for (const Frames::Record& record : frames.records) {
      if (!record.damaged) lines.append(frames.line(record)).push_back('\n');
    }
  };
  add(framer.feed(sample));
  add(framer.finish());
  return lines;
}

}  // namespace culprit
