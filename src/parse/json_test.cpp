#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "parse/reader_test.h"

namespace culprit {
namespace {

TEST_CASE("values keep their kind and their spelling") {
  struct Row {
    const char* line;
    const char* fields;
  };
  const Row rows[] = {
      {R"({"a":"x","b":1.50,"c":true,"d":false,"e":null})",
       "a=x b=1.50:n c=true:b d=false:b e=null:0"},
      {R"( { "a" : "x" , "b" : -0.5e+10 } )", "a=x b=-0.5e+10:n"},
      {R"({})", ""},
      {R"({"a":{},"b":[]})", ""},
      {R"({"a":"x"},)", "a=x"},
      {R"({"a":{"b":{"c":1},"d":2},"e":3})", "a.b.c=1:n a.d=2:n e=3:n"},
      {R"({"a":[1,"two",null,{"b":3},[4,5]]})", "a=1:n a=two a=null:0 a.b=3:n a=4:n a=5:n"},
      {R"({"a":[1,2,3,4,5,6,7,8,9,10]})", "a=1:n a=2:n a=3:n a=4:n a=5:n a=6:n a=7:n a=8:n"},
      {R"({"a":1,"a":2})", "a=1:n a=2:n"},
      {R"({"a.b":1})", "a.b=1:n"},
      {R"({"":1,"a":{"":2}})", "=1:n a.=2:n"},
      {R"({"a":"q\"b\\s\/n\nt\tr\rb\bf\f"})", "a=q\"b\\s/n\nt\tr\rb\bf\f"},
      {R"({"a":"\u0041\u00e9\u20AC\ud83d\ude00"})", "a=A\u00e9\u20AC\U0001F600"},
      {R"({"a":"\ud83dx","b":"\ude00"})", "a=\uFFFDx b=\uFFFD"},
      {R"({"a\tb":1,"c":"\n","d":"\n\n"})", "a\tb=1:n c=\n d=\n\n"},
      {R"({"a":NaN,"b":Infinity,"c":-Infinity})", "a=NaN b=Infinity c=-Infinity"},
      {"{\"a\":\"tab\there\"}", "a=tab\there"},
      {"{\"a\":\"\xff\xfe\"}", "a=\xff\xfe"},
      {"\xEF\xBB\xBF{\"a\":1}\r", "a=1:n"},
  };
  TestReader reader("ndjson");
  for (int round = 0; round < 2; ++round) {  // with and without remembered keys
    for (const Row& row : rows) {
      CAPTURE(row.line);
      const Seen seen = reader.read(row.line);
      CHECK(seen.reading == Reading::event);
      CHECK(seen.fields == row.fields);
    }
  }
}

TEST_CASE("what is not one JSON object is unreadable") {
  TestReader reader("ndjson");
  for (const char* line : {"{",
                           "}",
                           "x",
                           "1",
                           "\"a\"",
                           "[1]",
                           "null",
                           "{\"a\"}",
                           "{\"a\":}",
                           "{\"a\":1",
                           "{\"a\":1}}",
                           "{\"a\":1} x",
                           "{\"a\":1,}",
                           "{,\"a\":1}",
                           "{\"a\":1 \"b\":2}",
                           "{\"a\":01}",
                           "{\"a\":1.}",
                           "{\"a\":.5}",
                           "{\"a\":-}",
                           "{\"a\":1e}",
                           "{\"a\":+1}",
                           "{\"a\":tru}",
                           "{\"a\":\"x}",
                           "{\"a\":\"\\x\"}",
                           "{\"a\":\"\\u12\"}",
                           "{\"a\":\"\\u12g4\"}",
                           "{\"a\":[1,]}",
                           "{\"a\":[1",
                           "{\"a\":{\"b\":1}",
                           "{a:1}",
                           "{'a':1}",
                           "{\"a\":1},,",
                           "{\"a\":\"\\"}) {
    CAPTURE(line);
    CHECK(reader.read(line).reading == Reading::unreadable);
  }
  for (const char* line : {"", " ", "\t\r", "[", "]"}) {
    CHECK(reader.read(line).reading == Reading::blank);
  }
}

TEST_CASE("every cut of a line is unreadable, never a crash") {
  const std::string line =
      R"({"t":"2025-11-20T03:31:08Z","a":{"b":["x\u00e9\n",-1.5e3,true,null]},"msg":"a \"b\""})";
  TestReader reader("ndjson");
  CHECK(reader.read(line).reading == Reading::event);
  for (std::size_t size = 1; size < line.size(); ++size) {
    // A copy of that size, so that the sanitizer sees a byte read too many.
    const std::vector<char> cut(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(size));
    CHECK(reader.read({cut.data(), cut.size()}).reading == Reading::unreadable);
  }
}

struct Logged {
  const char* logger;
  const char* line;
  const char* time;
  Level level;
  const char* message;
};
const Logged loggers[] = {
    {"structlog", R"({"event":"paid","level":"warning","timestamp":"2025-11-20T03:31:08.5Z"})",
     "2025-11-20T03:31:08.500Z", Level::warn, "paid"},
    {"pino", R"({"level":50,"time":1763609468250,"pid":7,"hostname":"h","msg":"boom"})",
     "2025-11-20T03:31:08.250Z", Level::error, "boom"},
    {"zap", R"({"level":"error","ts":1763609468.25,"caller":"a/b.go:7","msg":"boom"})",
     "2025-11-20T03:31:08.250Z", Level::error, "boom"},
    {"logrus", R"({"level":"info","msg":"up","time":"2025-11-20T03:31:08+01:00"})",
     "2025-11-20T02:31:08.000Z", Level::info, "up"},
    {"bunyan",
     R"({"name":"x","hostname":"h","level":60,"msg":"m","time":"2025-11-20T03:31:08.25Z"})",
     "2025-11-20T03:31:08.250Z", Level::fatal, "m"},
    {"ECS", R"({"@timestamp":"2025-11-20T03:31:08.25Z","log.level":"ERROR","message":"m"})",
     "2025-11-20T03:31:08.250Z", Level::error, "m"},
    {"ECS nested",
     R"({"@timestamp":"2025-11-20T03:31:08.25Z","log":{"level":"warn"},"message":"m"})",
     "2025-11-20T03:31:08.250Z", Level::warn, "m"},
    {"GELF", R"({"version":"1.1","short_message":"s","timestamp":1763609468.25,"level":3})",
     "2025-11-20T03:31:08.250Z", Level::error, "s"},
    {"GELF, level first", R"({"level":4,"_a":1,"short_message":"s","timestamp":1763609468})",
     "2025-11-20T03:31:08.000Z", Level::warn, "s"},
    {"serilog", R"({"@t":"2025-11-20T03:31:08.25Z","@l":"Error","@m":"m","@mt":"{x}"})",
     "2025-11-20T03:31:08.250Z", Level::error, "m"},
    {"docker", R"({"log":"m\n","stream":"stderr","time":"2025-11-20T03:31:08.000000001Z"})",
     "2025-11-20T03:31:08.000000001Z", Level::none, "m\n"},
    {"python", R"({"asctime": "2025-11-20 03:31:08,250", "levelname": "CRITICAL", "message": "m"})",
     "2025-11-20T03:31:08.250Z", Level::fatal, "m"},
    {"the better name wins", R"({"created":1763609468,"message":"m","event":"e","ts":1763609469})",
     "2025-11-20T03:31:09.000Z", Level::none, "m"},
    {"no time", R"({"level":"info","message":"m"})", "-", Level::info, "m"},
    {"a level that is none", R"({"level":3,"message":"m","severity":"ERROR"})", "-", Level::error,
     "m"},
    {"a message that is none", R"({"message":{"a":1},"msg":7,"event":"e"})", "-", Level::none, "e"},
    {"a time that is none", R"({"time":12.5,"ts":"soon","datetime":"2025-11-20T03:31:08Z"})",
     "2025-11-20T03:31:08.000Z", Level::none, ""},
};

TEST_CASE("the loggers' own spellings of time, level and message are understood") {
  TestReader reader("ndjson");
  for (int round = 0; round < 2; ++round) {
    for (const Logged& row : loggers) {
      CAPTURE(row.logger);
      const Seen seen = reader.read(row.line);
      REQUIRE(seen.reading == Reading::event);
      CHECK(to_string(seen.event.time) == row.time);
      CHECK(seen.event.level == row.level);
      CHECK(seen.event.message == row.message);
    }
  }
}

TEST_CASE("GELF's own fields lose their underscore, others keep it") {
  TestReader reader("ndjson");
  CHECK(reader.read(R"({"version":"1.1","_user":"u","_":1,"short_message":"s"})").fields ==
        "version=1.1 user=u _=1:n short_message=s");
  CHECK(reader.read(R"({"_user":"u","message":"s"})").fields == "_user=u message=s");
}

TEST_CASE("what is nested too deep stays text") {
  TestReader reader("ndjson");
  std::string line = "1";
  for (int depth = 0; depth < 40; ++depth) line = "{\"a\":" + line + "}";
  const Seen seen = reader.read(line);
  REQUIRE(seen.event.fields.size() == 1);
  CHECK(seen.event.fields[0].name.size() == 63);  // 32 times "a" and the dots between them
  CHECK(seen.event.fields[0].value == R"({"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":1}}}}}}}})");
  CHECK(seen.event.fields[0].kind == Kind::text);
  const std::string brackets(100'000, '[');
  CHECK(reader.read("{\"a\":" + brackets + "}").reading == Reading::unreadable);
}

TEST_CASE("keys that change from line to line are forgotten in time, and always right") {
  TestReader reader("ndjson");
  for (int i = 0; i < 20'000; ++i) {
    const std::string key = std::to_string(i * 7919 % 10'007);
    const std::string line = R"({"id)" + key + R"(":1,"same":{"k)" + key + R"(":"v"},"last":2})";
    REQUIRE(reader.read(line).fields == "id" + key + "=1:n same.k" + key + "=v last=2:n");
  }
}

}  // namespace
}  // namespace culprit
