#include "parse/parts.h"

#include <random>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "parse/format.h"

namespace culprit {
namespace {

const Framing& parts(std::string_view format) { return *parts_of(*format_named(format)); }

// "offset:line text", one below the other.
std::string spelled(const Frames& frames) {
  std::string said;
  for (const Frames::Record& record : frames.records) {
    said += fmt::format("{}:{} {}\n", record.offset, record.line, frames.line(record));
  }
  return said;
}

std::string joined(const Framing& framing, std::string_view text, const FrameRange& range = {}) {
  Framer framer(framing, range);
  std::string said = spelled(framer.feed(text));
  return said + spelled(framer.finish());
}

struct Row {
  std::string_view format;
  std::string_view text;
  std::string_view lines;
};

constexpr Row rows[] = {
    {"cri", "T stdout F a\nT stdout F b\n", "0:1 T stdout F a\n13:2 T stdout F b\n"},
    {"cri", "T stdout P a \nT stdout P b\nT stdout F c\nT stdout F d\n",
     "0:1 T stdout F a bc\n40:4 T stdout F d\n"},
    // Lines of the other stream stand between, and keep their place.
    {"cri", "T stdout P a\nT stderr P x\nT stderr F y\nT stdout F b\n",
     "0:1 T stdout F ab\n13:2 T stderr F xy\n"},
    {"cri", "T stdout P a\nT stderr F x\nno line of its\nT stdout F b\n",
     "0:1 T stdout F ab\n13:2 T stderr F x\n26:3 no line of its\n"},
    {"cri", "T stdout P:x a\nT stdout F:x b\n", "0:1 T stdout F:x ab\n"},
    // An end that never came.
    {"cri", "T stdout P a\nT stdout P b", "0:1 T stdout F ab\n"},
    {"cri", "T stdout F\n", "0:1 T stdout F\n"},
    // Attributes of the user's may look like what docker writes.
    {"docker",
     R"({"log":"a","stream":"stdout","attrs":{"x":"y","stream":"std"},"time":"T"})"
     "\n"
     R"({"log":"b\n","stream":"stdout","attrs":{"x":"y","stream":"std"},"time":"T"})"
     "\n",
     R"(0:1 {"log":"ab\n","stream":"stdout","attrs":{"x":"y","stream":"std"},"time":"T"})"
     "\n"},
    {"docker",
     "{\"log\":\"a\\n\",\"stream\":\"stdout\"}\n{\"log\":\"b\\n\",\"stream\":\"stdout\"}\n",
     "0:1 {\"log\":\"a\\n\",\"stream\":\"stdout\"}\n"
     "32:2 {\"log\":\"b\\n\",\"stream\":\"stdout\"}\n"},
    {"docker",
     "{\"log\":\"a\\\\n\",\"stream\":\"stdout\",\"time\":1}\n"
     "{\"log\":\"e\\n\",\"stream\":\"stderr\",\"time\":2}\n"
     "{\"log\":\"b\\n\",\"stream\":\"stdout\",\"time\":3}\n",
     "0:1 {\"log\":\"a\\\\nb\\n\",\"stream\":\"stdout\",\"time\":1}\n"
     "42:2 {\"log\":\"e\\n\",\"stream\":\"stderr\",\"time\":2}\n"},
};

// Parts of random lines, of two streams that take turns at random.
std::string random_parts(std::mt19937_64& dice) {
  std::string text;
  for (std::uint64_t count = dice() % 40; count > 0; --count) {
    const bool stray = dice() % 20 == 0;
    text += stray ? std::string("stray")
                  : fmt::format("T {} {} {}", dice() % 3 == 0 ? "stderr" : "stdout",
                                dice() % 3 == 0 ? 'P' : 'F', std::string(dice() % 9, 'a'));
    text += '\n';
  }
  return text;
}

// What a range has to be told of the bytes before it.
FrameRange range_at(const Framing& framing, std::string_view text, std::size_t from,
                    std::size_t to) {
  Framer before(framing);
  before.feed(text.substr(0, from));
  return {from, to, before.open_streams()};
}

}  // namespace

TEST_CASE("lines that a container's runtime cut into parts are whole again") {
  for (const Row& row : rows) {
    CAPTURE(row.text);
    CHECK(joined(parts(row.format), row.text) == row.lines);
  }
}

TEST_CASE("parts are joined alike wherever the bytes are cut, and in ranges") {
  std::mt19937_64 dice(1);
  for (int round = 0; round < 500; ++round) {
    const std::string text = random_parts(dice);
    CAPTURE(text);
    const std::string whole = joined(parts("cri"), text);
    Framer framer(parts("cri"));
    std::string said;
    for (std::size_t at = 0; at < text.size();) {
      const std::string piece = text.substr(at, 1 + dice() % 9);
      said += spelled(framer.feed(piece));
      at += piece.size();
    }
    CHECK(said + spelled(framer.finish()) == whole);
    // Two ranges, cut at a line's end: together they have what the whole has.
    const std::size_t newline = text.find('\n', text.empty() ? 0 : dice() % text.size());
    if (newline == text.npos) continue;
    const std::size_t cut = newline + 1;
    const auto offsets_only = [](std::string lines) {  // line numbers begin with the range
      std::string kept;
      while (!lines.empty()) {
        const std::size_t end = lines.find('\n') + 1;
        const std::size_t colon = lines.find(':');
        kept += lines.substr(0, colon) + lines.substr(lines.find(' '), end - lines.find(' '));
        lines.erase(0, end);
      }
      return kept;
    };
    const std::string first = joined(parts("cri"), text, {0, cut, 0});
    const std::string second = joined(parts("cri"), std::string_view(text).substr(cut),
                                      range_at(parts("cri"), text, cut, UINT64_MAX));
    CHECK(offsets_only(first) + offsets_only(second) == offsets_only(whole));
  }
}

TEST_CASE("a line without an end does not fill the memory") {
  Framer framer(parts("cri"));
  std::size_t bytes = 0;
  const std::string part = "T stdout P " + std::string(1 << 20, 'a') + "\n";
  for (int i = 0; i < 50; ++i) {
    for (const Frames::Record& record : framer.feed(part).records) bytes += record.size;
  }
  CHECK(bytes > (30 << 20));
  CHECK(bytes < (51 << 20));
}

}  // namespace culprit
