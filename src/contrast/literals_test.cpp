#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "contrast/commits.h"

namespace culprit {
namespace {

using Lines = std::vector<std::size_t>;

constexpr const char* timeout_text = "payment timeout gateway_host=<*> after <*> ms";

TEST_CASE("the line that prints a message is found in every way of formatting it") {
  const std::vector<std::string> rows = {
      R"(  log.Printf("payment timeout gateway_host=%s after %d ms", host, ms))",
      R"(  raise PaymentTimeout(f"payment timeout gateway_host={host} after {ms} ms"))",
      R"(  logger.warn("payment timeout gateway_host={} after {} ms", host, ms);)",
      R"(  console.error(`payment timeout gateway_host=${host} after ${ms} ms`))",
      R"(  puts "payment timeout gateway_host=#{host} after #{ms} ms")",
      R"(  print('payment timeout gateway_host=%(host)s after %(ms)5.2f ms' % values))",
      R"(  print("payment timeout gateway_host=\(host) after \(ms) ms"))",
      R"(  tracing::error!("payment timeout gateway_host={host:?} after {ms:>5} ms");)",
      R"(  throw "payment timeout gateway_host=" + host + " after " + ms + " ms";)",
      R"(  log.warn("payment timeout", gateway_host=host, after=ms))",
  };
  for (const std::string& row : rows) {
    CAPTURE(row);
    CHECK(literal_matches(timeout_text, "one\n" + row + "\nthree\n") == Lines{2});
  }
}

TEST_CASE("a literal that is broken over lines is found where it begins") {
  const std::string content =
      "raise Timeout(\n    \"payment timeout \"\n    f\"gateway_host={host} \"\n    \"after "
      "ms\")\n";
  const Lines lines = literal_matches(timeout_text, content);
  REQUIRE_FALSE(lines.empty());
  CHECK(lines.front() <= 3);
}

TEST_CASE("what only resembles the message is passed over") {
  const std::vector<std::string> rows = {
      "payment timeout gateway_host= after ms",                         // no literal
      R"(log("payment accepted by the gateway in time"))",              // other words
      R"(log("the timeout of a payment is read from settings once"))",  // in another order
      R"(timeout = settings["payment_timeout"])",
      R"(host = "gateway_host")",
      R"(log("order accepted"))",
      "",
  };
  for (const std::string& row : rows) {
    CAPTURE(row);
    CHECK(literal_matches(timeout_text, row).empty());
  }
}

TEST_CASE("a name of one word is found, a message without constants is nowhere") {
  CHECK(literal_matches("payment_timeout", "log.warn(\"payment_timeout\", host=host)") == Lines{1});
  CHECK(literal_matches("<*> <*>", "log(\"%s %s\")").empty());
  CHECK(literal_matches("ok <*>", "log(\"ok %s\")").empty());
  CHECK(literal_matches("", "log(\"ok\")").empty());
}

TEST_CASE("odd quotes and placeholders end somewhere") {
  const std::vector<std::string> rows = {
      "don't say \"payment timeout gateway_host",
      "\"payment timeout %",
      "\"payment timeout {",
      "\"payment timeout $",
      "\"payment timeout \\",
      "'\"`",
  };
  for (const std::string& row : rows) CHECK(literal_matches(timeout_text, row).size() <= 1);
}

}  // namespace
}  // namespace culprit
