#include "parse/frames.h"

#include <random>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "parse/format.h"

namespace culprit {
namespace {

// "offset:line text", one below the other; "!" in front of what is damaged.
std::string spelled(const Frames& frames) {
  std::string said;
  for (const Frames::Record& record : frames.records) {
    said += fmt::format("{}{}:{} {}\n", record.damaged ? "!" : "", record.offset, record.line,
                        frames.line(record));
  }
  return said;
}

const Framing& framing_in(std::string_view text, std::string_view format = {}) {
  const Format* given = format.empty() ? nullptr : format_named(format);
  const Framing* framing = framing_of(text, given);
  REQUIRE(framing != nullptr);
  return *framing;
}

// How plain documents are framed, whatever the text.
const Framing& any_json() { return framing_in("{\n\"a\":1\n}"); }

std::string framed(const Framing& framing, std::string_view text) {
  Framer framer(framing);
  std::string said = spelled(framer.feed(text));
  return said + spelled(framer.finish());
}

std::string framed_in_pieces(const Framing& framing, std::string_view text, std::mt19937_64& dice) {
  Framer framer(framing);
  std::string said;
  while (!text.empty()) {
    const std::size_t size = 1 + dice() % (dice() % 3 == 0 ? 2 : 20);
    const std::string piece(text.substr(0, size));  // its own bytes: nothing else may be looked at
    said += spelled(framer.feed(piece));
    text.remove_prefix(piece.size());
  }
  return said + spelled(framer.finish());
}

struct Row {
  std::string_view text;
  std::string_view records;
};

constexpr Row documents[] = {
    {"[{\"a\":1},{\"a\":2}]", "1:1 {\"a\":1}\n9:1 {\"a\":2}\n"},
    {"[\n  {\n    \"a\": 1\n  },\n  {\n    \"a\": [1, 2]\n  }\n]\n",
     "4:2 {\"a\":1}\n24:5 {\"a\":[1,2]}\n"},
    {"{\n \"a\": \"x y\"\n}\n{\n \"a\": \"\\\"}\"\n}\n",
     "0:1 {\"a\":\"x y\"}\n16:4 {\"a\":\"\\\"}\"}\n"},
    {"{\"a\":1}{\"a\":2} {\"a\":{}}", "0:1 {\"a\":1}\n7:1 {\"a\":2}\n15:1 {\"a\":{}}\n"},
    {"\xEF\xBB\xBF[{\"a\":1}]", "4:1 {\"a\":1}\n"},
    {"\x1e{\"a\":1}\n\x1e{\"a\":2}\n", "1:1 {\"a\":1}\n10:2 {\"a\":2}\n"},
    {"[{\"a\":1}][{\"a\":2}]", "1:1 {\"a\":1}\n10:1 {\"a\":2}\n"},
    {"[]", ""},
    {"", ""},
    {"[[{\"a\":1}],[],[[{\"a\":2}]]]", "2:1 {\"a\":1}\n16:1 {\"a\":2}\n"},
    // Commas that are missing or too many.
    {"[{\"a\":1}{\"a\":2},,{\"a\":3},]", "1:1 {\"a\":1}\n8:1 {\"a\":2}\n17:1 {\"a\":3}\n"},
};

constexpr Row damage[] = {
    // The end is missing.
    {"[{\"a\":1},{\"a\":2", "1:1 {\"a\":1}\n!9:1 {\"a\":2\n"},
    {"[{\"a\":1},{\"a\":\"cu", "1:1 {\"a\":1}\n!9:1 {\"a\":\"cu\n"},
    {"[{\"a\":1},", "1:1 {\"a\":1}\n"},
    {"{\"a\":1}\n{\"a\"", "0:1 {\"a\":1}\n!8:2 {\"a\"\n"},
    // What is no element stands between elements.
    {"[{\"a\":1},\n<html>502</html>\n{\"a\":2}]",
     "1:1 {\"a\":1}\n!10:2 <html>502</html>\n27:3 {\"a\":2}\n"},
    {"{\n\"a\": 1\n}\nfetching page 2\n{\n\"a\": 2\n}\n",
     "0:1 {\"a\":1}\n!11:4 fetching page 2\n27:5 {\"a\":2}\n"},
    {"[1, 2,\n{\"a\":1},3\n, {\"a\":2}]", "!1:1 1, 2,\n7:2 {\"a\":1}\n!15:2 3\n19:3 {\"a\":2}\n"},
    {"[{\"a\":1}}\n,{\"a\":2}]", "1:1 {\"a\":1}\n!8:1 }\n11:2 {\"a\":2}\n"},
    // An element that is broken in its middle ends where its brackets say.
    {"[{\"a\":1},{\"a\":1 2,\"b\":{\"c\":3}},{\"a\":2}]",
     "1:1 {\"a\":1}\n!9:1 {\"a\":1\n31:1 {\"a\":2}\n"},
    // One that was never closed ends where the next begins as the first did, quotes or not.
    {"[{\"a\":1},{\"a\":\"x,{\"a\":2},{\"a\":3}]",
     "1:1 {\"a\":1}\n!9:1 {\"a\":\"x,{\"\n25:1 {\"a\":3}\n"},
    {"[{\"a\":1},{\"a\":{\"b\":\n{ \"a\":2},{\"a\":3}]",
     "1:1 {\"a\":1}\n!9:1 {\"a\":{\"b\":{\"a\":2},\n29:2 {\"a\":3}\n"},
    // Or with the next line that begins with one; a string never goes on there.
    {"{\"a\":\"cut\n{\"b\":2}\n", "!0:1 {\"a\":\"cut\n10:2 {\"b\":2}\n"},
    {"{\n\"a\": 1,\n\"b\": \"cut\n{\n\"a\": 2\n}\n", "!0:1 {\"a\":1,\"b\":\"cut\n20:4 {\"a\":2}\n"},
};

std::string_view nested_too_deep() {
  static const std::string text =
      "[{\"a\":" + std::string(5000, '[') + std::string(5000, ']') + "},{\"a\":2}]";
  return text;
}

}  // namespace

TEST_CASE("documents are cut into the records that they hold, each on a line of its own") {
  for (const Row& row : documents) {
    CAPTURE(row.text);
    CHECK(framed(any_json(), row.text) == row.records);
  }
}

TEST_CASE("what is damaged is told once, with its place, and what follows is read") {
  for (const Row& row : damage) {
    CAPTURE(row.text);
    CHECK(framed(any_json(), row.text) == row.records);
  }
}

TEST_CASE("what nests too deep is one damaged record") {
  const std::string said = framed(any_json(), nested_too_deep());
  CHECK(said.starts_with("!1:1 {\"a\":[[["));
  CHECK(said.ends_with("\n10008:1 {\"a\":2}\n"));
}

TEST_CASE("a record longer than memory may hold is one damaged record, in strings and outside") {
  const std::string bytes(1 << 20, '7');
  for (const bool text : {true, false}) {
    CAPTURE(text);
    Framer framer(any_json());
    std::size_t records = 0;
    std::size_t damaged = 0;
    const auto count = [&](const Frames& frames) {
      for (const Frames::Record& record : frames.records) {
        CHECK(record.size < 1000);
        (record.damaged ? damaged : records) += 1;
      }
    };
    count(framer.feed("[{\"a\":1},{\"a\":"));
    if (text) count(framer.feed("\""));
    for (int i = 0; i < 100; ++i) count(framer.feed(bytes));
    if (text) count(framer.feed("\""));
    count(framer.feed("},{\"b\":2},{\"a\":3}]"));
    count(framer.finish());
    CHECK(records == 3);
    CHECK(damaged == 1);
  }
}

TEST_CASE("where the bytes are cut into pieces makes no difference") {
  std::mt19937_64 dice(1);
  const auto check = [&](const Framing& framing, std::string_view text) {
    CAPTURE(text);
    const std::string whole = framed(framing, text);
    for (int round = 0; round < 20; ++round) CHECK(framed_in_pieces(framing, text, dice) == whole);
  };
  for (const Row& row : documents) check(any_json(), row.text);
  for (const Row& row : damage) check(any_json(), row.text);
  // Damage of every kind: bytes that are lost, doubled or changed.
  for (int round = 0; round < 300; ++round) {
    std::string text = "[";
    for (int i = 0; i < 6; ++i) {
      text += fmt::format("{{\"a\": {}, \"b\": [\"x\\\"y\", {{\"c\": null}}]}},\n", i);
    }
    for (std::uint64_t hits = dice() % 4; hits > 0; --hits) {
      const std::size_t at = dice() % text.size();
      if (dice() % 2 == 0)
        text.erase(at, dice() % 20);
      else
        text.insert(at, 1, "\"{}[],:\\\nx"[dice() % 10]);
      if (text.empty()) break;
    }
    check(any_json(), text);
  }
}

TEST_CASE("after any one damage all but the elements it touches are read") {
  std::vector<std::string> elements;
  std::string text = "[";
  for (int i = 0; i < 20; ++i) {
    elements.push_back(fmt::format("{{\"a\":{},\"b\":[\"x\",{{\"c\":\"d{}\"}}]}}", i, i));
    text += (i == 0 ? "" : ",") + elements.back();
  }
  text += "]";
  std::mt19937_64 dice(2);
  for (int round = 0; round < 400; ++round) {
    std::string broken = text;
    const std::size_t at = 1 + dice() % (text.size() - 2);
    broken[at] = "\"{}[],:\\\nx"[dice() % 10];
    CAPTURE(broken);
    const std::string said = framed(any_json(), broken);
    std::size_t read = 0;
    for (const std::string& element : elements) {
      read += said.find(" " + element + "\n") != said.npos ? 1 : 0;
    }
    // A quote that comes or goes takes the next element with it.
    CHECK(read >= elements.size() - 3);
  }
}

}  // namespace culprit
