#include "parse/reader_test.h"

namespace culprit {
namespace {

TEST_CASE("logfmt: pairs, quotes and bare words") {
  struct Row {
    const char* line;
    const char* fields;
  };
  const Row rows[] = {
      {"a=1 b=x c=true", "a=1:n b=x c=true:b"},
      {R"(a="x \"y\" z" b=)", "a=x \"y\" z b="},
      {R"(a="tab\there\u0021" b="no \q escape")", "a=tab\there! b=no \\q escape"},
      {R"(ready a="never closed)", "ready=true:b a=never closed"},
      {"  ", ""},
      {R"(a="\\" b="x\)", "a=\\ b=x\\"},
      {"http.status=500 a/b=1 k-8_s=2", "http.status=500:n a/b=1:n k-8_s=2:n"},
      {"url=http://h/p?q=1 x=1", "url=http://h/p?q=1 x=1:n"},
  };
  TestReader reader("logfmt");
  for (int round = 0; round < 2; ++round) {
    for (const Row& row : rows) {
      CAPTURE(row.line);
      CHECK(reader.read(row.line).fields == row.fields);
    }
  }
}

TEST_CASE("logfmt: time, level and message") {
  TestReader reader("logfmt");
  Seen seen =
      reader.read(R"(time="2025-11-20T03:31:08Z" level=warning msg="pool is \"full\"" n=5)");
  CHECK(to_string(seen.event.time) == "2025-11-20T03:31:08.000Z");
  CHECK(seen.event.level == Level::warn);
  CHECK(seen.event.message == "pool is \"full\"");
  seen = reader.read("ts=1763609468.25 lvl=eror level=error message=7");
  CHECK(to_string(seen.event.time) == "2025-11-20T03:31:08.250Z");
  CHECK(seen.event.level == Level::error);
  CHECK(seen.event.message == "7");
  seen = reader.read("t=2025-11-20T03:31:08+0100 msg=out of  memory took=3ms");
  CHECK(seen.event.message == "out of  memory");
  CHECK(seen.fields == "t=2025-11-20T03:31:08+0100 msg=out of  memory took=3ms");
}

TEST_CASE("logfmt: what has no pair is unreadable, what is indented goes on") {
  TestReader reader("logfmt");
  CHECK(reader.read("no pair at all").reading == Reading::unreadable);
  CHECK(reader.read("goroutine 1 [running]:").reading == Reading::continuation);
  CHECK(reader.read("\tmain.go:17 +0x1d").reading == Reading::continuation);
  CHECK(reader.read("").reading == Reading::blank);
}

}  // namespace
}  // namespace culprit
