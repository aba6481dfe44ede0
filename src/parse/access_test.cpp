#include <fstream>
#include <string>

#include "parse/reader_test.h"

namespace culprit {
namespace {

TEST_CASE("access: common, combined, with a host before and more behind") {
  struct Row {
    const char* line;
    const char* fields;
  };
  const Row rows[] = {
      {R"(10.0.0.7 - - [20/Nov/2025:03:31:08 +0100] "GET /a HTTP/1.1" 200 17)",
       "client=10.0.0.7 method=GET path=/a route=/a protocol=HTTP/1.1 status=200:n bytes=17:n"},
      {R"(::1 - ann [20/Nov/2025:03:31:08 +0100] "POST /a?b=1&c HTTP/2.0" 500 - "-" "curl \"x\"")",
       R"(client=::1 user=ann method=POST path=/a route=/a query=b=1&c protocol=HTTP/2.0 )"
       R"(status=500:n agent=curl \"x\")"},
      {R"(shop:443 10.0.0.7 - - [20/Nov/2025:03:31:08 +0100] "GET / HTTP/1.0" 304 0 "r" "")",
       "vhost=shop:443 client=10.0.0.7 method=GET path=/ route=/ protocol=HTTP/1.0 "
       "status=304:n bytes=0:n referer=r"},
      {R"(10.0.0.7 - ann lee [20/Nov/2025:03:31:08 +0100] "GET /a" 200 1)",
       "client=10.0.0.7 user=ann lee method=GET path=/a route=/a status=200:n bytes=1:n"},
      {R"(1.2.3.4 - - [20/Nov/2025:03:31:08 +0000] "GET /a HTTP/1.1" 200 1 "-" "-" 0.123 0.120 .)",
       "client=1.2.3.4 method=GET path=/a route=/a protocol=HTTP/1.1 status=200:n bytes=1:n "
       "request_time=0.123:n upstream_response_time=0.120:n extra=."},
      {R"(h - - [20/Nov/2025:03:31:08 +0000] "GET /a HTTP/1.1" 200 1 "-" "-" rt=0.5 u="4" "x")",
       "client=h method=GET path=/a route=/a protocol=HTTP/1.1 status=200:n bytes=1:n "
       "rt=0.5:n u=4:n extra=x"},
      {R"(1.2.3.4 - - [20/Nov/2025:03:31:08 +0000] "\x16\x03\x01" 400 226 "-" "-")",
       R"(client=1.2.3.4 request=\x16\x03\x01 status=400:n bytes=226:n)"},
      {R"(1.2.3.4 - - [20/Nov/2025:03:31:08 +0000] "-" 408 - "-" "-")",
       "client=1.2.3.4 status=408:n"},
  };
  TestReader reader("access");
  for (const Row& row : rows) {
    CAPTURE(row.line);
    const Seen seen = reader.read(row.line);
    CHECK(seen.reading == Reading::event);
    CHECK(seen.fields == row.fields);
    CHECK(seen.event.message.empty());
    CHECK(seen.event.time != no_time);
  }
}

TEST_CASE("access: a route is a path without what varies") {
  struct Row {
    const char* path;
    const char* route;
  };
  const Row rows[] = {
      {"/", "/"},
      {"/orders/17", "/orders/:id"},
      {"/orders/17/items/x9", "/orders/:id/items/:id"},
      {"/api/v1/users", "/api/v1/users"},
      {"/1/2/3/", "/:id/:id/:id/"},
      {"/a//b%20c", "/a//b%20c"},
      {"*", "*"},
      {"7", ":id"},
      {"/u/3f2a9c18-77aa-4b1e-9d53-0a1b2c3d4e5f", "/u/:id"},
      {"http://h/1", "http://h/:id"},
  };
  TestReader reader("access");
  for (const Row& row : rows) {
    CAPTURE(row.path);
    const std::string line =
        std::string("h - - [20/Nov/2025:03:31:08 +0000] \"GET ") + row.path + " HTTP/1.1\" 200 1";
    const Seen seen = reader.read(line);
    REQUIRE(seen.event.find("route") != nullptr);
    CHECK(seen.event.find("route")->value == row.route);
    CHECK(seen.event.find("path")->value == row.path);
  }
}

TEST_CASE("access: a damaged line is unreadable, wherever it is cut") {
  TestReader reader("access");
  const std::string line =
      R"(10.0.0.7 - - [20/Nov/2025:03:31:08 +0100] "GET /a HTTP/1.1" 200 17 "-" "curl")";
  for (std::size_t size = 1; size < line.find("200 ") + 3; ++size) {
    CAPTURE(size);
    CHECK(reader.read(line.substr(0, size)).reading == Reading::unreadable);
  }
  CHECK(reader.read(" ").reading == Reading::blank);
}

TEST_CASE("access: a real log is read whole") {
  const char* data = std::getenv("CULPRIT_TESTDATA");
  REQUIRE(data != nullptr);
  std::ifstream file(std::string(data) + "/apache-combined.log");
  REQUIRE(file.is_open());
  const std::string sample((std::istreambuf_iterator<char>(file)),
                           std::istreambuf_iterator<char>());
  CHECK(recognise(sample, {}).format->name == "access");
  TestReader reader("access");
  std::size_t lines = 0;
  std::size_t begin = 0;
  for (std::size_t end = sample.find('\n'); end != sample.npos; end = sample.find('\n', begin)) {
    const Seen seen = reader.read(sample.substr(begin, end - begin));
    CHECK(seen.reading == Reading::event);
    CHECK(seen.event.find("status") != nullptr);
    begin = end + 1;
    ++lines;
  }
  CHECK(lines == 200);
}

}  // namespace
}  // namespace culprit
