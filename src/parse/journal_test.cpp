#include <random>
#include <string>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "parse/frames.h"
#include "parse/reader_test.h"

namespace culprit {
namespace {

using std::string_view_literals::operator""sv;

constexpr std::string_view entry =
    R"({"__CURSOR":"s=1","__REALTIME_TIMESTAMP":"1763647392123456","PRIORITY":"3",)"
    R"("_SYSTEMD_UNIT":"shop.service","_HOSTNAME":"web-1","SYSLOG_IDENTIFIER":"shop",)"
    R"("_PID":"812","CODE_LINE":"7","MESSAGE":)";

std::string spelled(const Frames& frames) {
  std::string said;
  for (const Frames::Record& record : frames.records) {
    said += fmt::format("{}{}:{} {}\n", record.damaged ? "!" : "", record.offset, record.line,
                        frames.line(record));
  }
  return said;
}

const Framing& exported() { return *framing_of("__CURSOR=s\n", nullptr); }

std::string framed(std::string_view text) {
  Framer framer(exported());
  std::string said = spelled(framer.feed(text));
  return said + spelled(framer.finish());
}

struct Row {
  std::string_view text;
  std::string_view entries;
};

constexpr Row exports[] = {
    {"__CURSOR=a\nMESSAGE=x \"y\"\n\n__CURSOR=b\nMESSAGE=z\n\n"sv,
     "0:1 {\"__CURSOR\":\"a\",\"MESSAGE\":\"x \\\"y\\\"\"}\n"
     "26:4 {\"__CURSOR\":\"b\",\"MESSAGE\":\"z\"}\n"sv},
    // The last empty line may be missing.
    {"__CURSOR=a\nMESSAGE=x\n"sv, "0:1 {\"__CURSOR\":\"a\",\"MESSAGE\":\"x\"}\n"sv},
    // Bytes with their length.
    {"__CURSOR=a\nMESSAGE\n\x05\0\0\0\0\0\0\0a\n\n\x1b"
     "b\nPRIORITY=3\n\n"sv,
     "0:1 {\"__CURSOR\":\"a\",\"MESSAGE\":\"a\\n\\n\\u001bb\",\"PRIORITY\":\"3\"}\n"sv},
    {"__CURSOR=a\nMESSAGE\n\0\0\0\0\0\0\0\0\n\n"sv, "0:1 {\"__CURSOR\":\"a\"}\n"sv},
    // Cut off: in a value's bytes, in a line, before the empty line.
    {"__CURSOR=a\nMESSAGE\n\x05\0\0\0\0\0\0\0a"sv, "!0:1 {\"__CURSOR\":\"a\"\n"sv},
    {"__CURSOR=a\nMESS"sv, "!0:1 {\"__CURSOR\":\"a\"\n"sv},
    {"__CURSOR=a\nMESSAGE=x\n__CURSOR=b\nMESSAGE=z\n\n"sv,
     "!0:1 {\"__CURSOR\":\"a\",\"MESSAGE\":\"x\"\n"
     "21:3 {\"__CURSOR\":\"b\",\"MESSAGE\":\"z\"}\n"sv},
    // Garbage, and a length that is none.
    {"__CURSOR=a\nwhat is this\nMESSAGE=x\n\n__CURSOR=b\n\n"sv,
     "!0:1 {\"__CURSOR\":\"a\"what is this\n35:5 {\"__CURSOR\":\"b\"}\n"sv},
    {"__CURSOR=a\nDATA\n\xff\xff\xff\xff\xff\xff\xff\xff\n\n__CURSOR=b\n\n"sv,
     "!0:1 {\"__CURSOR\":\"a\"\n26:5 {\"__CURSOR\":\"b\"}\n"sv},
};

}  // namespace

TEST_CASE("an entry of the journal is read to its usual names") {
  struct Line {
    const char* message;
    std::string_view read;
  };
  const Line lines[] = {
      {"\"payment refused\"", "payment refused"},
      {"[112,97,121,32,255]", "pay \xff"},
      {"[ 112 ]", "p"},
      {"null", ""},
  };
  for (const Line& line : lines) {
    CAPTURE(line.message);
    TestReader reader("journal", fmt::format("{}{}}}\n", entry, line.message));
    const std::string text = fmt::format("{}{}}}", entry, line.message);
    const Seen seen = reader.read(text);
    REQUIRE(seen.reading == Reading::event);
    CHECK(to_string(seen.event.time) == "2025-11-20T14:03:12.123456Z");
    CHECK(seen.event.level == Level::error);
    CHECK(seen.event.message == line.read);
    CHECK(seen.fields == "service=shop.service host=web-1 app=shop pid=812 CODE_LINE=7");
  }
}

TEST_CASE("what a service prints into the journal is read by its own format") {
  const std::string text = fmt::format("{}{}}}\n", entry, "\"level=warn msg=slow took=7ms a=1\"");
  CHECK(format_text(recognise(text, {})) == "journal(logfmt)");
  TestReader reader("journal", text);
  const Seen seen = reader.read(text);
  CHECK(seen.event.level == Level::warn);
  CHECK(seen.event.message == "slow");
  CHECK(seen.fields ==
        "level=warn msg=slow took=7ms a=1:n service=shop.service host=web-1 app=shop pid=812 "
        "CODE_LINE=7");
}

TEST_CASE("the journal's export is framed to entries as JSON, damaged ones told once") {
  for (const Row& row : exports) {
    CAPTURE(row.text);
    CHECK(framed(row.text) == row.entries);
  }
}

TEST_CASE("a core dump in the journal is left out, not kept in memory") {
  Framer framer(exported());
  framer.feed("__CURSOR=a\nCOREDUMP\n\0\0\0\x08\0\0\0\0"sv);
  const std::string bytes(1 << 20, '\0');
  for (int i = 0; i < 128; ++i) CHECK(framer.feed(bytes).records.empty());
  CHECK(spelled(framer.feed("\nMESSAGE=dumped\n\n")) ==
        "0:1 {\"__CURSOR\":\"a\",\"MESSAGE\":\"dumped\"}\n");
}

TEST_CASE("an export is framed alike wherever its bytes are cut") {
  std::mt19937_64 dice(1);
  for (int round = 0; round < 300; ++round) {
    std::string text(exports[dice() % std::size(exports)].text);
    text += exports[dice() % std::size(exports)].text;
    if (dice() % 2 == 0) text.erase(dice() % text.size(), dice() % 5);
    CAPTURE(text);
    Framer framer(exported());
    std::string said;
    for (std::size_t at = 0; at < text.size();) {
      const std::string piece = text.substr(at, 1 + dice() % 7);
      said += spelled(framer.feed(piece));
      at += piece.size();
    }
    CHECK(said + spelled(framer.finish()) == framed(text));
  }
}

}  // namespace culprit
