#include "experiment/load/json_path.h"

#include <doctest/doctest.h>

namespace culprit {
namespace {

// "-" where nothing is found.
std::string found(std::string_view path, std::string_view json) {
  const auto parsed = JsonPath::parse(path);
  REQUIRE(parsed);
  return parsed->find(json).value_or("-");
}

TEST_CASE("a path finds its value wherever it lies") {
  const std::string_view json =
      R"( {"a" : {"b":[ 10, {"c":"x\n\"y\" \u00e9 \ud83d\ude00"} , [] ] }, "n":null, "b": [1,2],
           "t":true, "deep":[[[1]],{"a":"]}"}], "k\u0065y": "v", "last":-1.5e3} )";
  CHECK(found("a.b[0]", json) == "10");
  CHECK(found("$.a.b[1].c", json) == "x\n\"y\" \xC3\xA9 \xF0\x9F\x98\x80");
  CHECK(found("a.b[2]", json) == "[]");
  CHECK(found("a.b[3]", json) == "-");
  CHECK(found("n", json) == "null");
  CHECK(found("b[1]", json) == "2");
  CHECK(found("t", json) == "true");
  CHECK(found("deep", json) == R"([[[1]],{"a":"]}"}])");
  CHECK(found("deep[1].a", json) == "]}");
  CHECK(found("key", json) == "v");
  CHECK(found("last", json) == "-1.5e3");
  CHECK(found("missing", json) == "-");
  CHECK(found("n.x", json) == "-");
  CHECK(found("[0]", "[7]") == "7");
  CHECK(found("", "\"x\"") == "x");
}

TEST_CASE("what is no JSON holds nothing, however deep it is") {
  for (const char* text : {"", "<html>", "{", "{\"a\"", "{\"a\":", "{\"a\":\"", "{\"b\":[1",
                           "{\"b\":[", "{]", "{\"a\" 1}", "{\"b\":\"\\"}) {
    CAPTURE(text);
    CHECK(found("a", text) == "-");
    CHECK(found("b[3]", text) == "-");
  }
  CHECK(found("a", std::string(1'000'000, '[')) == "-");
  CHECK(found("b", "{\"a\":" + std::string(500'000, '[') + std::string(500'000, ']') +
                       ",\"b\":1}") == "1");
}

TEST_CASE("a path with a slip is refused") {
  for (const char* text : {"a[", "a[x]", "a..b", "a.", "[1", "a[1]]"}) {
    CAPTURE(text);
    const bool taken = JsonPath::parse(text).has_value();
    CHECK(taken == (std::string_view(text) == "a[1]]"));  // "]" is a key like any other
  }
}

}  // namespace
}  // namespace culprit
