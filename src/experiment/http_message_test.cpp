#include "experiment/http_message.h"

#include <string>

#include <doctest/doctest.h>

#include "base/dice.h"

namespace culprit {
namespace {

using Part = HttpFramer::Part;

// What a framer says of a stream that arrives in such pieces: heads, payloads and ends in a line.
std::string told(HttpFramer framer, std::string_view stream, const std::vector<std::size_t>& cuts) {
  std::string said;
  std::string held;
  std::size_t given = 0;
  for (std::size_t cut = 0; cut <= cuts.size(); ++cut) {
    const std::size_t to = cut == cuts.size() ? stream.size() : cuts[cut];
    held += stream.substr(given, to - given);
    given = to;
    for (;;) {
      const HttpFramer::Piece piece = framer.next(held);
      if (piece.part == Part::more) break;
      if (piece.part == Part::head) {
        said += framer.head().status == 0
                    ? fmt::format("[{} {}]", framer.head().method, framer.head().path())
                    : fmt::format("[{}]", framer.head().status);
      }
      if (piece.part == Part::body) said += piece.payload;
      if (piece.part == Part::end) said += "|";
      if (piece.part == Part::opaque) said += "?" + held.substr(0, piece.bytes);
      held.erase(0, piece.bytes);
    }
  }
  return said;
}

TEST_CASE("messages are cut where RFC 9112 says") {
  const auto request = [](std::string_view text) {
    return told(HttpFramer(HttpFramer::Side::request), text, {});
  };
  const auto reply = [](std::string_view text) {
    return told(HttpFramer(HttpFramer::Side::reply), text, {});
  };
  CHECK(request("GET /a?b=1 HTTP/1.1\r\nHost: x\r\n\r\n") == "[GET /a]|");
  CHECK(request("POST / HTTP/1.1\r\ncontent-length: 3\r\n\r\nabcGET / HTTP/1.1\r\n\r\n") ==
        "[POST /]abc|[GET /]|");
  CHECK(request("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nT: "
                "1\r\n\r\n") == "[POST /]abc|");
  CHECK(reply("HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx") ==
        "[204]|[200]x|");
  CHECK(reply("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") ==
        "[100]|[200]|");
  CHECK(reply("HTTP/1.0 200 OK\r\n\r\nuntil the end") == "[200]until the end");
  CHECK(reply("HTTP/1.1 101 Switching\r\n\r\n\x81\x05") == "[101]?\x81\x05");
  CHECK(request(std::string_view("Q\0\0\0\x1eSELECT", 11)).starts_with("?Q"));
  CHECK(request("select balance from accounts") == "?select balance from accounts");
}

TEST_CASE("a reply to HEAD has no body, whatever its length says") {
  HttpFramer framer(HttpFramer::Side::reply);
  const std::string text = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";
  framer.expect_reply_to("HEAD");
  CHECK(told(framer, text, {}) == "[200]|");
  framer.expect_reply_to("GET");
  CHECK(told(framer, text + "abcde", {}) == "[200]abcde|");
}

TEST_CASE("where the bytes of a stream are cut makes no difference") {
  const std::string stream =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nA\r\n0123456789\r\n1\r\nx\r\n0\r\n\r\n"
      "HTTP/1.1 500 Oh\r\nX: 1\r\nContent-Length: 4\r\n\r\nfour"
      "HTTP/1.1 304 Same\r\n\r\n";
  const std::string whole = told(HttpFramer(HttpFramer::Side::reply), stream, {});
  REQUIRE(whole == "[200]0123456789x|[500]four|[304]|");
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    CAPTURE(seed);
    Dice dice(seed);
    std::vector<std::size_t> cuts;
    for (std::size_t at = dice.below(20); at < stream.size(); at += 1 + dice.below(20)) {
      cuts.push_back(at);
    }
    REQUIRE(told(HttpFramer(HttpFramer::Side::reply), stream, cuts) == whole);
  }
}

}  // namespace
}  // namespace culprit
