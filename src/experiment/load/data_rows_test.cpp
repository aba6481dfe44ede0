#include "experiment/load/data_rows.h"

#include <doctest/doctest.h>

namespace culprit {
namespace {

// "a,b: 1|2; 3|4", or the mistake.
std::string read(std::string_view text) {
  const auto data = data_rows(text);
  if (!data) return data.error().what;
  std::string told = fmt::format("{}: ", fmt::join(data->columns, ","));
  for (const auto& row : data->rows) told += fmt::format("{}; ", fmt::join(row, "|"));
  return told;
}

TEST_CASE("rows are read as they are written") {
  CHECK(read("a,b\n1,2\n3,4") == "a,b: 1|2; 3|4; ");
  CHECK(read("\xEF\xBB\xBF"
             "a\r\n1\r\n\r\n2\r\n") == "a: 1; 2; ");
  CHECK(read("a,b\n\"x, \"\"y\"\"\n\",\n") == "a,b: x, \"y\"\n|; ");
  CHECK(read("{\"a\":1,\"b\":{\"c\":[2]}}\n{\"b\":null}\n") == "a,b: 1|{\"c\":[2]}; |null; ");
}

TEST_CASE("what is no row is told with its line") {
  CHECK(read("a,b\n1,2\n3\n") == "line 3: 1 values for 2 columns");
  CHECK(read("a\n\"x\ny\"\nz,1\n") == "line 4: 2 values for 1 columns");
  CHECK(read("a\n\"x") == "line 2: a quote does not end");
  CHECK(read("{\"a\":1}\n[1]\n") == "line 2: no object of JSON");
  CHECK(read("a,b\n") == "there is no row of data");
  CHECK(read("") == "there is no row of data");
}

}  // namespace
}  // namespace culprit
