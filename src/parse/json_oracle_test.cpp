// Random documents, whole and damaged, read by culprit's parser and by simdjson, must give the same
// fields. simdjson is the oracle because the rest of culprit has no use for it: nothing is shared.
#include <cstdlib>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <simdjson.h>

#include "parse/reader_test.h"

namespace culprit {
namespace {

using Dice = std::mt19937_64;
using Parts = std::span<const std::string_view>;

constexpr std::string_view all_parts[] = {"a",   "Z",    "7",    " ",       "\xC3\xA9",
                                          "\\n", "\\\"", "\\\\", "\\u00e9", "\\ud83d\\ude00",
                                          "{",   "]",    ":",    ",",       "\\/"};
// Nothing that becomes one of culprit's liberties when it is damaged.
constexpr std::string_view plain_parts[] = {"a", "Z", "7", " ", "\\n", "\\\"", "{", "]", ":", ","};

// Makes documents whose strings consist of the given parts.
class Maker {
 public:
  Maker(Dice& dice, Parts parts) : dice_(dice), parts_(parts) {}

  // A few keys that come again and again, as in a log, and anything below them.
  std::string line() {
    std::string text = "{";
    for (const char* key : {"ts", "level", "msg", "a", "b", "c"}) {
      if (dice_() % 3 == 0) continue;
      text += (text.size() > 1 ? "," : "") + fmt::format("\"{}\":", key) + space();
      text += value(1);
    }
    return text + "}";
  }

 private:
  std::string string() {
    std::string text = "\"";
    for (std::size_t i = dice_() % 24; i > 0; --i) text += parts_[dice_() % parts_.size()];
    return text + "\"";
  }

  std::string number() {
    switch (dice_() % 4) {
      case 0: return fmt::format("{}", static_cast<std::int64_t>(dice_() % 2'000'000) - 1'000'000);
      case 1: return fmt::format("{}.{:03}", dice_() % 1000, dice_() % 1000);
      case 2: return fmt::format("-{}e{}", dice_() % 1000, dice_() % 20);
      default: return fmt::format("{}.5E-{}", dice_() % 10, dice_() % 20);
    }
  }

  std::string space() { return dice_() % 4 == 0 ? " " : ""; }

  std::string value(int depth) {
    const auto kind = dice_() % (depth > 4 ? 4 : 7);
    if (kind == 0) return number();
    if (kind == 1) return dice_() % 2 == 0 ? "true" : "null";
    if (kind < 4) return string();
    const bool object = kind < 6;
    std::string text(1, object ? '{' : '[');
    for (std::size_t i = dice_() % 7; i > 0; --i) {
      text += space();
      if (object) text += string() + space() + ":" + space();
      text += value(depth + 1) + space() + (i > 1 ? "," : "");
    }
    return text + (object ? '}' : ']');
  }

  Dice& dice_;
  Parts parts_;
};

// The fields as TestReader writes them, but for numbers, which are compared as numbers. The whole
// document has no name.
void flatten(const simdjson::dom::element& value, const std::optional<std::string>& name,
             std::vector<std::string>& fields) {
  using simdjson::dom::element_type;
  switch (value.type()) {
    case element_type::OBJECT:
      for (const auto member : simdjson::dom::object(value)) {
        const std::string key(member.key);
        flatten(member.value, name ? *name + "." + key : key, fields);
      }
      return;
    case element_type::ARRAY: {
      std::size_t count = 0;
      for (const auto element : simdjson::dom::array(value)) {
        if (++count <= 8) flatten(element, name, fields);
      }
      return;
    }
    case element_type::STRING:
      fields.push_back(*name + "=" + std::string(std::string_view(value)));
      return;
    case element_type::BOOL: fields.push_back(*name + (bool(value) ? "=true" : "=false")); return;
    case element_type::NULL_VALUE: fields.push_back(*name + "=null"); return;
    // An integer -0 has no sign.
    default: fields.push_back(fmt::format("{}={}", *name, value.get<double>().value() + 0.0));
  }
}

std::vector<std::string> fields_of(const Event& event) {
  std::vector<std::string> fields;
  for (const Field& field : event.fields) {
    std::string value(field.value);
    if (field.kind == Kind::number) {
      value = fmt::format("{}", std::strtod(value.c_str(), nullptr) + 0.0);
    }
    fields.push_back(std::string(field.name) + "=" + value);
  }
  return fields;
}

// What culprit takes on purpose and simdjson refuses, of what damage can make: a comma behind the
// object, and numbers that no machine type holds.
bool may_be_taken(const std::string& line) {
  std::size_t digits = 0;
  char before = ' ';
  for (const char byte : line) {
    if ((byte == 'e' || byte == 'E') && before >= '0' && before <= '9') return true;
    digits = byte >= '0' && byte <= '9' ? digits + 1 : 0;
    if (digits > 17) return true;
    before = byte;
  }
  return line.back() == ',';
}

void damage(std::string& line, Dice& dice) {
  constexpr std::string_view bytes = "\"\\{}[]:,0-.tn ";
  for (std::size_t i = 1 + dice() % 2; i > 0; --i) {
    const std::size_t at = dice() % line.size();
    if (dice() % 2 == 0)
      line[at] = bytes[dice() % bytes.size()];
    else
      line.erase(at, 1);
    if (line.empty()) line = "x";
  }
}

void compare_documents(std::uint64_t seed, int rounds) {
  Dice dice(seed);
  simdjson::dom::parser parser;
  std::vector<TestReader> readers = readers_of_all_levels("ndjson");
  for (int round = 0; round < rounds; ++round) {
    const std::string line = Maker(dice, all_parts).line();
    CAPTURE(line);
    simdjson::dom::element document;
    REQUIRE(parser.parse(line).get(document) == simdjson::SUCCESS);
    std::vector<std::string> expected;
    flatten(document, std::nullopt, expected);
    for (TestReader& reader : readers) {
      const Seen seen = reader.read(line);
      REQUIRE(seen.reading == Reading::event);
      REQUIRE(fields_of(seen.event) == expected);
    }
  }
}

void compare_damaged(std::uint64_t seed, int rounds) {
  Dice dice(seed);
  simdjson::dom::parser parser;
  std::vector<TestReader> readers = readers_of_all_levels("ndjson");
  int refused = 0;
  for (int round = 0; round < rounds; ++round) {
    std::string line = Maker(dice, plain_parts).line();
    damage(line, dice);
    if (line.find_first_not_of("[] ") == line.npos) continue;  // of an array's own lines, or empty
    CAPTURE(line);
    simdjson::dom::element document;
    const bool valid =
        parser.parse(line).get(document) == simdjson::SUCCESS && document.is_object();
    std::vector<std::string> expected;
    if (valid) flatten(document, std::nullopt, expected);
    for (TestReader& reader : readers) {
      const Seen seen = reader.read(line);
      if (valid) {
        REQUIRE(seen.reading == Reading::event);
        REQUIRE(fields_of(seen.event) == expected);
      } else if (!may_be_taken(line)) {
        REQUIRE(seen.reading == Reading::unreadable);
        ++refused;
      }
    }
  }
  CHECK(refused > rounds / 10);
}

// Sanitizers take thirty times as long, and look at how each document is read, not at what of it.
#ifdef CULPRIT_SANITIZED
constexpr int thousand = 250;
#else
constexpr int thousand = 1'000;
#endif

TEST_CASE("json: random documents have the fields that simdjson finds") {
  compare_documents(1, 4 * thousand);
}

TEST_CASE("json: damaged documents are read exactly where simdjson reads them") {
  compare_damaged(2, 10 * thousand);
}

TEST_SUITE("long") {
  TEST_CASE("json: the same with many more documents") {
    compare_documents(3, 200'000);
    compare_damaged(4, 500'000);
  }
}

}  // namespace
}  // namespace culprit
