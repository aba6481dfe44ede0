#include "parse/format.h"

#include <doctest/doctest.h>

namespace culprit {
namespace {

TEST_CASE("a source's format is recognised from its first lines") {
  struct Row {
    const char* sample;
    const char* format;
  };
  const Row rows[] = {
      {"{\"a\":1}\n{\"a\":2}\n", "ndjson"},
      {"\xEF\xBB\xBF{\"a\":1}\n", "ndjson"},
      {"[\n{\"a\":1},\n{\"a\":2}\n]\n", "ndjson"},
      {"starting up\n{\"a\":1}\n{\"a\":2}\n", "ndjson"},
      {"{\n  \"a\": 1\n}\n", "json"},
      {"level=info msg=x\nlevel=warn msg=y\n", "logfmt"},
      {"2025-11-20T03:31:08Z level=info msg=x\n", "text"},
      {"a sentence with one=pair\n", "text"},
      {"h - - [20/Nov/2025:03:31:08 +0000] \"GET / HTTP/1.1\" 200 1\n", "access"},
      {"ts,level,msg\n2025-11-20T03:31:08Z,info,x\n", "csv"},
      {"ts;level;msg\r\n2025-11-20T03:31:08Z;info;x\r\n", "csv"},
      {"Hello, world\nThis is fine\nReally, it is, yes\n", "text"},
      {"2025-11-20 03:31:08,123 INFO x\n2025-11-20 03:31:08,124 INFO x\n", "text"},
      {"", "text"},
      {"\n\n", "text"},
      {std::string_view("\0\x01\x02", 3).data(), "text"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.sample);
    CHECK(recognise(row.sample, {}).format->name == row.format);
  }
}

TEST_CASE("every format is found by its name, others are not") {
  for (const Format& format : formats()) CHECK(format_named(format.name) == &format);
  CHECK(format_named("yaml") == nullptr);
  CHECK(format_named("") == nullptr);
}

TEST_CASE("it is known whether a source's times name their zone") {
  struct Row {
    const char* sample;
    bool assumed;
  };
  const Row rows[] = {
      {"{\"ts\":\"2025-11-20T03:31:08Z\"}\n", false},
      {"{\"ts\":\"2025-11-20T03:31:08\"}\n", true},
      {"{\"ts\":1763609468}\n", false},
      {"{\"a\":1}\n", false},
      {"2025-11-20 03:31:08 x\n", true},
      {"2025-11-20 03:31:08 +0100 x\n", false},
      {"h - - [20/Nov/2025:03:31:08 +0000] \"GET / HTTP/1.1\" 200 1\n", false},
      {"ts,b\n2025-11-20 03:31:08,1\n", true},
  };
  for (const Row& row : rows) {
    CAPTURE(row.sample);
    CHECK(recognise(row.sample, {}).zone_assumed == row.assumed);
    RecogniseOptions given;
    given.zone_given = true;
    CHECK_FALSE(recognise(row.sample, given).zone_assumed);
  }
}

TEST_CASE("times without a zone are taken in the one that is given") {
  RecogniseOptions options;
  options.zone = *Zone::named("Europe/Berlin");
  options.zone_given = true;
  const char* lines[] = {"{\"ts\":\"2025-11-20 03:31:08\"}", "ts=2025-11-20T03:31:08 a=1",
                         "2025-11-20 03:31:08 x"};
  for (const char* line : lines) {
    CAPTURE(line);
    const Dialect dialect = recognise(line, options);
    Scratch scratch;
    Event event;
    REQUIRE(read_line(dialect, line, scratch, event) == Reading::event);
    CHECK(to_string(event.time) == "2025-11-20T02:31:08.000Z");
  }
}

}  // namespace
}  // namespace culprit
