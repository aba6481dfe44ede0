#include "workbench/unit_lines.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "contrast/services.h"
#include "event/outcome.h"
#include "event/roles.h"
#include "workbench/slotted_event.h"

namespace culprit {
namespace {

constexpr std::size_t lines_max = 200;       // of one unit
constexpr std::size_t sampled_max = 50;      // of one source, to see how it is written
constexpr std::size_t traces_max = 12;       // that are read on behind their line
constexpr std::size_t trace_lines_max = 40;  // of one trace
constexpr std::size_t service_bytes_max = 60;

bool says_failure(const OutcomeRule& rule, const SlottedEvent& event) {
  using How = OutcomeRule::How;
  if (rule.how == How::given || rule.how == How::message) return event.satisfies(*rule.bad);
  if (event.event().level >= Level::error) return true;
  bool fails = false;
  const auto each = [&](const std::vector<std::string>& fields, const auto& tells) {
    for (const std::string& field : fields) {
      event.each_value(field, [&](std::string_view value) {
        fails = fails || tells(value);
        return !fails;
      });
    }
  };
  each(rule.exception_fields,
       [](std::string_view value) { return !value.empty() && value != "null"; });
  each(rule.success_fields, [](std::string_view value) { return says_failed(value); });
  each(rule.status_fields, [](std::string_view value) {
    const std::optional<double> number = number_in(value);
    return number && is_status(*number) && *number >= status_bad_min;
  });
  return fails;
}

// "payments" of "logs/payments.ndjson.gz" and of "payments-2025-11-20.log".
std::string service_of_source(std::string_view name) {
  name.remove_prefix(std::min(name.rfind('/') + 1, name.size()));
  name = name.substr(0, name.find('.'));
  const std::size_t digit = name.find_first_of("0123456789");
  if (digit != std::string_view::npos && digit > 1) name = name.substr(0, digit - 1);
  return std::string(name);
}

Dialect dialect_of(const std::string& format, const std::string& sample) {
  RecogniseOptions options;
  options.format = format_named(format.substr(0, format.find('(')));
  return recognise(sample, options);
}

// Whether a field of this name says who was called.
bool names_peer(std::string_view field) {
  static constexpr std::array<std::string_view, 9> words = {"upstream",   "peer",    "target",
                                                            "callee",     "remote",  "destination",
                                                            "dependency", "backend", "server"};
  std::string name(field);
  for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return name.find(word) != name.npos; });
}

}  // namespace

UnitLines::UnitLines(Engine& engine, const OutcomeRule& rule, std::set<std::string> services)
    : engine_(engine), rule_(rule), services_(std::move(services)) {
  std::set<std::string> names;
  for (const SourceSummary& source : engine.schema().sources) {
    by_source_.push_back(service_of_source(source.name));
    names.insert(by_source_.back());
  }
  // One file that is named for no known service says nothing.
  const bool known = names.size() > 1 || std::any_of(services_.begin(), services_.end(),
                                                     [&](const std::string& service) {
                                                       return same_service(service, by_source_[0]);
                                                     });
  if (!known) by_source_.assign(by_source_.size(), "");
}

void UnitLines::name_service(UnitLine& line, const Event& event) const {
  int best = 0;
  for (const Field& field : event.fields) {
    if (field.value.empty() || field.value.size() > service_bytes_max) continue;
    const bool known = services_.count(std::string(field.value)) > 0;
    const int rank = names_service(field.name) ? (known ? 3 : 2) : (known ? 1 : 0);
    if (rank <= best) continue;
    best = rank;
    line.service = field.value;
  }
  if (best == 0) line.service = by_source_[line.place.source];
}

// "call to payments answered 500", upstream=payments
void UnitLines::find_named(UnitLine& line, const Event& event) const {
  for (const std::string& service : services_) {
    if (same_service(service, line.service)) continue;
    bool named = speaks_of(event.message, service);
    for (const Field& field : event.fields) {
      named = named || (names_peer(field.name) && field.value == service);
    }
    if (named) line.named.push_back(service);
  }
  if (!line.named.empty()) return;
  for (const Field& field : event.fields) {
    if (names_peer(field.name) && is_outside(field.value)) line.outside = field.value;
  }
}

// "api.mailgrid.com", but not an address or "payments.internal".
bool UnitLines::is_outside(std::string_view peer) const {
  if (peer.size() > service_bytes_max || peer.find('.') == peer.npos) return false;
  const std::string_view end = peer.substr(peer.rfind('.') + 1);
  if (end.size() < 2 || end.find_first_of("0123456789:") != end.npos) return false;
  static constexpr std::array<std::string_view, 4> inner = {"internal", "local", "svc", "lan"};
  if (std::find(inner.begin(), inner.end(), end) != inner.end()) return false;
  return std::none_of(services_.begin(), services_.end(), [&](const std::string& service) {
    return same_service(peer.substr(0, peer.find('.')), service);
  });
}

Role UnitLines::Memory::role_of(std::string_view field) {
  const auto known = roles.find(field);
  if (known != roles.end()) return known->second;
  return roles.emplace(field, culprit::role_of(field)).first->second;
}

UnitLine UnitLines::read_one(Place place, const Dialect& dialect, std::string_view text,
                             Memory& memory) const {
  UnitLine line;
  line.place = place;
  Event event;
  if (read_line(dialect, text, memory.scratch, event) != Reading::event) return line;
  const SlottedEvent whole(event, memory.slots);
  line.skeleton = whole.skeleton();
  line.message = event.message;
  line.fails = says_failure(rule_, whole);
  name_service(line, event);
  if (line.fails) find_named(line, event);
  // What a message spells out ("host=web-3") counts as what a logger puts beside it.
  for (const std::span<const Field> fields : {event.fields, whole.slots()}) {
    for (const Field& field : fields) {
      const Role role = memory.role_of(field.name);
      const NamedValue named{std::string(field.name), std::string(field.value)};
      if (role == Role::version) line.versions.push_back(named);
      if (role == Role::place && !names_service(field.name)) line.hosts.push_back(named);
      if (field.value.find('\n') != std::string_view::npos) line.trace += named.value + "\n";
    }
  }
  return line;
}

// The lines behind one that are no events of their own. Offsets of a packed source cannot be
// guessed without unpacking it again for each.
std::string UnitLines::trace_behind(Place place, const Dialect& dialect) const {
  std::string trace;
  if (!engine_.schema().sources[place.source].packing.empty()) return trace;
  Scratch scratch;
  Event event;
  for (std::size_t i = 0; i <= trace_lines_max; ++i) {
    const std::string text = engine_.lines_at({&place, 1}).front();
    const bool own = i == 0;
    if (!own &&
        (text.empty() || read_line(dialect, text, scratch, event) != Reading::continuation)) {
      break;
    }
    if (!own) trace += text + "\n";
    place.offset += text.size() + 1;
  }
  return trace;
}

std::vector<std::vector<UnitLine>> UnitLines::read(std::span<const UnitSample> units) const {
  std::vector<Place> places;
  for (const UnitSample& unit : units) {
    const std::size_t count = std::min(unit.places.size(), lines_max);
    places.insert(places.end(), unit.places.begin(),
                  unit.places.begin() + static_cast<std::ptrdiff_t>(count));
  }
  const std::vector<std::string> texts = engine_.lines_at(places);
  const Dialects dialects = dialects_of(places, texts);
  std::vector<std::vector<UnitLine>> read;
  std::size_t next = 0;
  std::size_t traces = 0;
  Memory memory;
  for (const UnitSample& unit : units) {
    std::vector<UnitLine>& lines = read.emplace_back();
    bool failed = false;
    for (std::size_t i = 0; i < std::min(unit.places.size(), lines_max); ++i, ++next) {
      const Dialect& dialect = dialects.at(places[next].source);
      UnitLine line = read_one(places[next], dialect, texts[next], memory);
      const bool first = line.fails && !std::exchange(failed, failed || line.fails);
      if (first && line.trace.empty() && traces < traces_max) {
        line.trace = trace_behind(line.place, dialect);
        ++traces;
      }
      lines.push_back(std::move(line));
    }
  }
  return read;
}

// How each source is written, from its first line (where a CSV's columns stand) and those read.
UnitLines::Dialects UnitLines::dialects_of(std::span<const Place> places,
                                           std::span<const std::string> texts) const {
  std::map<std::uint32_t, std::string> samples;
  std::map<std::uint32_t, std::size_t> counts;
  std::vector<Place> heads;
  for (const Place& place : places) {
    if (samples.emplace(place.source, "").second) heads.push_back({place.source, 0});
  }
  const std::vector<std::string> first = engine_.lines_at(heads);
  for (std::size_t i = 0; i < heads.size(); ++i) samples[heads[i].source] = first[i] + "\n";
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (counts[places[i].source]++ < sampled_max) samples[places[i].source] += texts[i] + "\n";
  }
  Dialects dialects;
  for (const auto& [source, sample] : samples) {
    dialects.emplace(source, dialect_of(engine_.schema().sources[source].format, sample));
  }
  return dialects;
}

}  // namespace culprit
