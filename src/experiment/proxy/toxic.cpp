#include "experiment/proxy/toxic.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/closest.h"
#include "base/time.h"

namespace culprit {
namespace {

// Which messages, for kinds that read them. Empty: any.
const std::vector<AttributeKind> chosen = {
    {"method", "", "only requests with this method"},
    {"path", "", "only requests for this path; * for any letters"},
    {"header", "", "only requests with such a header, 'Name: value' or 'Name'"},
    {"match", "", "only requests in which these bytes stand, of whatever protocol"},
    {"first", 0.0, "only the first so many of them"},
    {"per", "connection", "what toxicity is drawn for: connection or request"},
};

ToxicKind bytes_kind(std::string_view type, std::vector<AttributeKind> attributes,
                     std::string_view help) {
  attributes.push_back({"per", "connection", "what toxicity is drawn for: connection or request"});
  return {type, Reads::bytes, std::move(attributes), help};
}

ToxicKind message_kind(std::string_view type, std::vector<AttributeKind> attributes,
                       std::string_view help) {
  attributes.insert(attributes.end(), chosen.begin(), chosen.end());
  return {type, Reads::messages, std::move(attributes), help};
}

// The kinds of Toxiproxy come first, with its names and defaults.
std::vector<ToxicKind> make_kinds() {
  return {
      bytes_kind("latency",
                 {{"latency", 0.0, "ms from the arrival of bytes"},
                  {"jitter", 0.0, "ms more or less"},
                  {"distribution", "uniform", "of the jitter: uniform, normal or pareto"}},
                 "delays bytes"),
      bytes_kind("bandwidth", {{"rate", 0.0, "KB/s of 1,000 bytes"}}, "limits bytes a second"),
      bytes_kind("slow_close", {{"delay", 0.0, "ms"}}, "delays the end of the connection"),
      bytes_kind("timeout", {{"timeout", 0.0, "ms until the connection closes; 0: never"}},
                 "lets nothing through"),
      bytes_kind("reset_peer", {{"timeout", 0.0, "ms until then"}}, "resets the connection"),
      bytes_kind("slicer",
                 {{"average_size", 0.0, "bytes of a slice"},
                  {"size_variation", 0.0, "bytes more or less"},
                  {"delay", 0.0, "us between slices"}},
                 "cuts bytes into small packets"),
      bytes_kind("limit_data", {{"bytes", 0.0, "of the connection"}},
                 "closes the connection after so many bytes"),
      bytes_kind("packet_loss",
                 {{"loss_rate", 0.0, "the share of packets, 0 to 1"},
                  {"correlation", 0.0, "how much a loss depends on that of the packet before"}},
                 "packets come again after the time that TCP waits"),
      bytes_kind("corrupt", {{"rate", 0.0, "the share of bytes in which one bit is turned"}},
                 "turns bits"),
      bytes_kind("half_close", {{"timeout", 0.0, "ms until then"}},
                 "ends this direction and leaves the other one open"),
      bytes_kind("accept_delay", {{"delay", 0.0, "ms until the upstream is called"}},
                 "delays new connections"),
      message_kind("http_error", {{"status", 503.0, "of the reply"}, {"body", "", "of the reply"}},
                   "upstream: answers in the server's place; downstream: replaces its reply"),
      message_kind("http_delay", {{"latency", 0.0, "ms"}, {"jitter", 0.0, "ms more or less"}},
                   "delays whole messages"),
      message_kind("http_header",
                   {{"name", "", "of the header"}, {"value", "", "empty: it is taken out"}},
                   "sets or takes out a header"),
      message_kind("truncate_body", {{"bytes", 0.0, "of the body that pass"}},
                   "ends the connection within a body"),
      message_kind("nth", {{"fail", 2.0, "how many fail"}, {"status", 503.0, "of their replies"}},
                   "fails the first requests, then succeeds"),
      message_kind("barrier",
                   {{"count", 2.0, "how many messages"}, {"timeout", 50.0, "ms that one waits"}},
                   "holds messages until so many are there, then lets all go at once"),
      message_kind("duplicate", {}, "sends a request twice; the client sees one reply"),
      message_kind("reorder", {{"timeout", 50.0, "ms that one waits"}},
                   "lets the next message, of whichever connection, go first"),
  };
}

// What was meant, if it is near, and all that there is.
std::string advice(std::string_view word, std::vector<std::string_view> names) {
  const std::string_view near = closest(word, names);
  const std::string all = fmt::format("{}", fmt::join(names, ", "));
  return near.empty() ? "one of " + all : fmt::format("did you mean {}? All: {}", near, all);
}

Error unknown_type(std::string_view type) {
  std::vector<std::string_view> names;
  for (const ToxicKind& kind : toxic_kinds()) names.push_back(kind.type);
  Error made = error(Fault::usage, "there is no toxic '{}'", type);
  made.advice = advice(type, std::move(names));
  return made;
}

Error unknown_attribute(const ToxicKind& kind, std::string_view name) {
  std::vector<std::string_view> names;
  for (const AttributeKind& one : kind.attributes) names.push_back(one.name);
  Error made = error(Fault::usage, "{} has no attribute '{}'", kind.type, name);
  names.insert(names.end(), {"stream", "toxicity", "name"});
  made.advice = advice(name, std::move(names));
  return made;
}

const AttributeKind* attribute_kind(const ToxicKind& kind, std::string_view name) {
  const auto found = std::find_if(kind.attributes.begin(), kind.attributes.end(),
                                  [&](const AttributeKind& one) { return one.name == name; });
  return found == kind.attributes.end() ? nullptr : &*found;
}

// "100" and "100ms" where milliseconds are meant; microseconds for a slicer's delay.
std::optional<double> number_of(std::string_view text, double units_a_second) {
  double number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (code == std::errc() && end == text.data() + text.size()) return number;
  const std::optional<Duration> duration = parse_duration(text);
  if (!duration) return std::nullopt;
  return seconds(*duration) * units_a_second;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t from = text.find_first_not_of(" \t");
  if (from == text.npos) return {};
  return text.substr(from, text.find_last_not_of(" \t") + 1 - from);
}

Status set_attribute(Toxic& toxic, const ToxicKind& kind, std::string_view name,
                     std::string_view value) {
  if (name == "name") {
    toxic.name = value;
    return ok();
  }
  if (name == "stream") {
    if (value != "upstream" && value != "downstream") {
      return error(Fault::usage, "stream is upstream or downstream, not '{}'", value);
    }
    toxic.stream = value == "upstream" ? Direction::upstream : Direction::downstream;
    return ok();
  }
  const AttributeKind* attribute = attribute_kind(kind, name);
  if (attribute == nullptr && name != "toxicity") return unknown_attribute(kind, name);
  if (attribute != nullptr && std::holds_alternative<std::string>(attribute->otherwise)) {
    toxic.attributes[std::string(name)] = std::string(value);
    return ok();
  }
  const bool microseconds = kind.type == "slicer" && name == "delay";
  const auto number = number_of(value, microseconds ? 1e6 : 1e3);
  if (!number) return error(Fault::usage, "{} is a number, not '{}'", name, value);
  if (name == "toxicity") {
    toxic.toxicity = *number;
  } else {
    toxic.attributes[std::string(name)] = *number;
  }
  return ok();
}

Status check_ranges(const Toxic& toxic) {
  if (!(toxic.toxicity >= 0 && toxic.toxicity <= 1)) {
    return error(Fault::usage, "toxicity is 0 to 1, not {}", toxic.toxicity);
  }
  for (const auto& [name, value] : toxic.attributes) {
    const double* number = std::get_if<double>(&value);
    if (number != nullptr && !(*number >= 0 && *number <= 1e15)) {
      return error(Fault::usage, "{} of {} cannot be {}", name, toxic.type, *number);
    }
  }
  return ok();
}

}  // namespace

std::string_view to_string(Direction stream) {
  return stream == Direction::upstream ? "upstream" : "downstream";
}

double Toxic::number(std::string_view attribute) const {
  const auto found = attributes.find(attribute);
  VERIFY(found != attributes.end());
  return std::get<double>(found->second);
}

const std::string& Toxic::text(std::string_view attribute) const {
  const auto found = attributes.find(attribute);
  VERIFY(found != attributes.end());
  return std::get<std::string>(found->second);
}

std::span<const ToxicKind> toxic_kinds() {
  static const std::vector<ToxicKind> kinds = make_kinds();
  return kinds;
}

const ToxicKind* toxic_kind(std::string_view type) {
  const std::span<const ToxicKind> kinds = toxic_kinds();
  const auto found = std::find_if(kinds.begin(), kinds.end(),
                                  [&](const ToxicKind& kind) { return kind.type == type; });
  return found == kinds.end() ? nullptr : &*found;
}

Result<Toxic> make_toxic(Toxic given) {
  const ToxicKind* kind = toxic_kind(given.type);
  if (kind == nullptr) return unknown_type(given.type);
  for (const auto& [name, value] : given.attributes) {
    const AttributeKind* attribute = attribute_kind(*kind, name);
    if (attribute == nullptr) return unknown_attribute(*kind, name);
    if (attribute->otherwise.index() != value.index()) {
      return error(Fault::usage, "{} of {} is {}", name, kind->type,
                   attribute->otherwise.index() == 0 ? "a number" : "a text");
    }
  }
  for (const AttributeKind& attribute : kind->attributes) {
    given.attributes.try_emplace(std::string(attribute.name), attribute.otherwise);
  }
  if (given.type == "duplicate")
    given.stream = Direction::upstream;  // a reply that comes twice is none
  if (given.name.empty()) given.name = fmt::format("{}_{}", given.type, to_string(given.stream));
  TRY(check_ranges(given));
  return given;
}

Result<Toxic> parse_toxic(std::string_view text) {
  const std::size_t open = text.find('(');
  const bool closed = open == text.npos || text.back() == ')';
  Toxic toxic;
  toxic.type = trimmed(text.substr(0, open));
  const ToxicKind* kind = toxic_kind(toxic.type);
  if (kind == nullptr) return unknown_type(toxic.type);
  if (!closed) return error(Fault::usage, "'{}' has no closing parenthesis", text);
  std::string_view rest;
  if (open != text.npos) rest = text.substr(open + 1, text.size() - open - 2);
  while (!trimmed(rest).empty()) {
    const std::string_view part = rest.substr(0, rest.find(','));
    const std::size_t equals = part.find('=');
    if (equals == part.npos) {
      return error(Fault::usage, "'{}' of {} is no name=value", trimmed(part), toxic.type);
    }
    TRY(set_attribute(toxic, *kind, trimmed(part.substr(0, equals)),
                      trimmed(part.substr(equals + 1))));
    rest.remove_prefix(std::min(part.size() + 1, rest.size()));
  }
  return make_toxic(std::move(toxic));
}

}  // namespace culprit
