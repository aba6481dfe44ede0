#include "parse/reader_test.h"

namespace culprit {
namespace {

TEST_CASE("csv: cells, quotes and the header met again") {
  struct Row {
    const char* line;
    Reading reading;
    const char* fields;
  };
  const Row rows[] = {
      {"1,x,true", Reading::event, "a=1:n b=x c=true:b"},
      {"1,,", Reading::event, "a=1:n"},
      {R"("1","x, ""y""","""")", Reading::event, R"(a=1 b=x, "y" c=")"},
      {R"( 1 , "x" ,z)", Reading::unreadable, ""},
      {R"( 1 , "x",z )", Reading::event, "a=1:n b=x c=z"},
      {"a,b,c", Reading::blank, ""},
      {"", Reading::blank, ""},
      {"1,2", Reading::unreadable, ""},
      {"1,2,3,4", Reading::unreadable, ""},
      {"1,\"open,3", Reading::unreadable, ""},
      {"1,\"open\"\",3", Reading::unreadable, ""},
      {"1,\"x\"y,3", Reading::unreadable, ""},
  };
  TestReader reader("csv", "a,b,c\n1,2,3\n");
  for (const Row& row : rows) {
    CAPTURE(row.line);
    const Seen seen = reader.read(row.line);
    CHECK(seen.reading == row.reading);
    CHECK(seen.fields == row.fields);
  }
}

TEST_CASE("csv: the separator is the one that gives the most names") {
  CHECK(TestReader("csv", "a;b;c\n").dialect().separator == ';');
  CHECK(TestReader("csv", "a\tb\tc\n").dialect().separator == '\t');
  CHECK(TestReader("csv", "a|b|c\n").dialect().separator == '|');
  CHECK(TestReader("csv", "a, b, c\r\n").dialect().columns.size() == 3);
  CHECK(TestReader("csv", "a, b, c\r\n").dialect().columns[2] == "c");
}

TEST_CASE("csv: time, level and message are found by their columns' names") {
  TestReader reader("csv", "Timestamp,Severity,Message,ms\n");
  const Seen seen = reader.read("2025-11-20 03:31:08,ERROR,\"no, really\",12.5");
  CHECK(to_string(seen.event.time) == "2025-11-20T03:31:08.000Z");
  CHECK(seen.event.level == Level::error);
  CHECK(seen.event.message == "no, really");
  CHECK(seen.event.fields.size() == 4);
}

}  // namespace
}  // namespace culprit
