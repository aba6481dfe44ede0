// A Toxic is one fault that a proxy puts into the traffic, with its attributes, as a plain value.
//
// Names and attributes are those of the Toxiproxy HTTP API (github.com/Shopify/toxiproxy, version
// 2), so that its clients work; times are milliseconds there. What that has not (faults of HTTP
// messages, barriers) is written the same way. What a kind does is in the table of toxic_kinds(); a
// Toxic that does not fit it cannot be made.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace culprit {

// Which way: upstream is from the client to the server.
enum class Direction : std::uint8_t { upstream, downstream };
std::string_view to_string(Direction stream);

using Attribute = std::variant<double, std::string>;
using Attributes = std::map<std::string, Attribute, std::less<>>;

struct Toxic {
  std::string name;  // unique in its proxy
  std::string type;
  Direction stream = Direction::downstream;
  double toxicity = 1;    // the share that it hits: of connections, or of requests (`per`)
  Attributes attributes;  // all of its kind, with their defaults

  double number(std::string_view attribute) const;
  const std::string& text(std::string_view attribute) const;
};

struct AttributeKind {
  std::string_view name;
  Attribute otherwise;  // when it is not given; says its type, too
  std::string_view help;
};

enum class Reads : std::uint8_t { bytes, messages };

struct ToxicKind {
  std::string_view type;
  Reads reads = Reads::bytes;  // messages: which message, chosen by `method`, `path` and so on
  std::vector<AttributeKind> attributes;
  std::string_view help;
};

std::span<const ToxicKind> toxic_kinds();
const ToxicKind* toxic_kind(std::string_view type);

// Fills in defaults. Errors: a type or attribute that there is not (with the nearest), a value of
// the wrong type or range.
Result<Toxic> make_toxic(Toxic given);

// "latency(latency=100ms, jitter=20, stream=upstream, toxicity=0.5)".
Result<Toxic> parse_toxic(std::string_view text);

}  // namespace culprit
