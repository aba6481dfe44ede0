#include "parse/framings.h"

#include <algorithm>
#include <array>
#include <variant>

#include "parse/bytes.h"
#include "parse/format.h"
#include "parse/formats.h"
#include "parse/journal_frames.h"
#include "parse/parts.h"

namespace culprit {
namespace {

// A document, or an array of them, of which nothing more is known.
constexpr JsonLayout any_json;

using How = Framing::How;

// The first that fits wins, so exports stand before plain documents.
constexpr std::array table{
    Framing{How::documents, "elasticsearch", &elasticsearch_search},
    Framing{How::documents, "elasticsearch", &elasticsearch_hits},
    Framing{How::documents, "elasticsearch", &elasticsearch_lines},
    Framing{How::documents, "elasticsearch", &elasticsearch_search_fields},
    Framing{How::documents, "elasticsearch", &elasticsearch_hits_fields},
    Framing{How::documents, "elasticsearch", &elasticsearch_lines_fields},
    Framing{How::documents, "cloudtrail", &cloudtrail_records},
    Framing{How::documents, "cloudwatch", &cloudwatch_events},
    Framing{How::documents, "cloudwatch", &cloudwatch_results},
    Framing{How::documents, "datadog", &datadog_logs},
    Framing{How::documents, "loki", &loki_streams},
    Framing{How::documents, "otlp", &otlp_logs},
    Framing{How::documents, "otlp", &otlp_spans},
    Framing{How::documents, "jaeger", &jaeger_answer},
    Framing{How::documents, "jaeger", &jaeger_trace},
    Framing{How::documents, "jaeger", &jaeger_page},
    Framing{How::documents, "", &any_json},
};

constexpr Framing journal_export{How::journal, "journal", nullptr};
constexpr Framing docker_parts{How::docker_parts, "docker", nullptr};
constexpr Framing cri_parts{How::cri_parts, "cri", nullptr};

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
// "[{" begins an array of objects, "[pod/shop-7d4f/shop] {" and "[Thu Nov 20" do not.
bool holds_objects(std::string_view sample) {
  const std::size_t open = sample.find('[');
  const std::size_t next = sample.find_first_not_of(" \t\r\n", open + 1);
  return next == sample.npos || sample[next] == '{' || sample[next] == ']';
}

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

std::span<const Framing> framings() { return table; }

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
  std::variant<JsonFramer, JournalFramer, PartJoiner> how;
};

namespace {

std::variant<JsonFramer, JournalFramer, PartJoiner> made_for(const Framing& framing,
                                                             const FrameRange& range) {
  switch (framing.how) {
    case How::documents: return JsonFramer(*framing.layout);
    case How::journal: return JournalFramer();
    case How::docker_parts: return PartJoiner(PartJoiner::Runtime::docker, range);
    case How::cri_parts: break;
  }
  return PartJoiner(PartJoiner::Runtime::cri, range);
}

}  // namespace

Framer::Framer(const Framing& framing, const FrameRange& range)
    : state_(std::make_unique<State>(State{made_for(framing, range)})) {}
Framer::Framer(Framer&&) noexcept = default;
Framer& Framer::operator=(Framer&&) noexcept = default;
Framer::~Framer() = default;

const Frames& Framer::feed(std::string_view bytes) {
  std::visit([&](auto& how) { how.feed(bytes); }, state_->how);
  return std::visit([](const auto& how) -> const Frames& { return how.frames(); }, state_->how);
}

const Frames& Framer::finish() {
  std::visit([](auto& how) { how.finish(); }, state_->how);
  return std::visit([](const auto& how) -> const Frames& { return how.frames(); }, state_->how);
}

std::uint64_t Framer::lines() const {
  return std::visit([](const auto& how) { return how.lines(); }, state_->how);
}

unsigned Framer::open_streams() const {
  const auto* const parts = std::get_if<PartJoiner>(&state_->how);
  return parts == nullptr ? 0 : parts->open_streams();
}

bool Framer::done() const {
  const auto* const parts = std::get_if<PartJoiner>(&state_->how);
  return parts != nullptr && parts->done();
}

const Framing* framing_of(std::string_view sample, const Format* given) {
  const bool journal = given == nullptr || given->name == journal_export.format;
  if (journal && sample.starts_with("__CURSOR=")) return &journal_export;
  const char first = first_of(sample);
  if (first != '{' && first != '[') return nullptr;
  if (first == '[' && !holds_objects(sample)) return nullptr;
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

const Framing* parts_of(const Format& format) {
  if (format.name == docker_parts.format) return &docker_parts;
  return format.name == cri_parts.format ? &cri_parts : nullptr;
}

bool in_ranges(const Framing& framing) {
  return framing.how == How::docker_parts || framing.how == How::cri_parts;
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
