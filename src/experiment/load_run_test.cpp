#include "experiment/load_run.h"

#include <doctest/doctest.h>

#include "experiment/load/tiny_server.h"
#include "experiment/load_spec.h"

namespace culprit {
namespace {

using namespace std::chrono_literals;

Result<LoadResult> loaded(const TinyServer& server, const std::string& toml,
                          const LoadOptions& options = {}) {
  const auto target = parse_load_target(fmt::format("http://127.0.0.1:{}/", server.port()));
  const auto plan = parse_load_spec(toml, *target, {});
  REQUIRE_MESSAGE(plan, plan.error().what);
  const std::unique_ptr<World> world = real_world();
  return run_load(*world, *plan, options);
}

// "200 5; 500, not status 200 1" of a route.
std::string outcomes(const LoadRoute& route) {
  std::string text;
  for (const LoadOutcome& one : route.outcomes) {
    text += fmt::format("{}{} {}", text.empty() ? "" : "; ", one.text, one.count);
  }
  return text;
}

TEST_CASE("an open loop asks as often as planned, and each request is in the result") {
  const TinyServer server([](const TinyRequest&) { return tiny_reply(200, "ok"); });
  for (const std::string kind : {"poisson = false", "poisson = true"}) {
    const auto result =
        loaded(server, kind + "\nrate = 200\nduration = \"500ms\"\nthreads = 2\n[[request]]\n");
    REQUIRE(result);
    CHECK(result->requests == result->latency.count());
    CHECK(result->bad == 0);
    CHECK(result->requests >= 60);  // of 100 expected: 4 deviations of a Poisson process
    CHECK(result->requests <= 140);
    if (kind == "poisson = false") CHECK(result->requests == 100);
    CHECK(outcomes(result->routes[0]) == fmt::format("200 {}", result->requests));
  }
}

TEST_CASE("a server that stands still is charged for all that it kept waiting") {
  std::atomic<int> asked{0};
  const TinyServer server([&](const TinyRequest&) {
    if (++asked == 100) std::this_thread::sleep_for(400ms);
    return tiny_reply(200, "ok");
  });
  const auto result = loaded(server, "rate = 250\nduration = \"1s\"\n[[request]]\n");
  REQUIRE(result);
  CHECK(result->requests == 250);
  // 100 of the 250 are due while it stands, and wait 400 ms down to none.
  CHECK(seconds(result->latency.quantile(0.8)) == doctest::Approx(0.2).epsilon(0.15));
  CHECK(seconds(result->latency.quantile(0.98)) == doctest::Approx(0.38).epsilon(0.1));
}

TEST_CASE("values are captured from one reply and sent with the next request") {
  const TinyServer server([](const TinyRequest& request) {
    if (request.target == "/login") {
      return tiny_reply(200, R"({"auth":{"token":"t )" + request.body + R"("}})",
                        "Set-Cookie: a=b\r\nSet-Cookie: sid=s42; Path=/\r\n");
    }
    return tiny_reply(request.headers.at("Cookie") == "sid=s42" ? 200 : 403, request.target);
  });
  const auto result = loaded(server, R"toml(
connections = 2
threads = 1
duration = "50ms"
[[request]]
path = "/login"
body = "{{iteration}}"
capture = { token = { json = "auth.token" }, sid = { header = "set-cookie", regex = "sid=(\\w+)" } }
[[request]]
path = "/pay?t={{token}}"
headers = { Cookie = "sid={{sid}}" }
expect = { status = 200, contains = "/pay?t=t%20" }
)toml");
  REQUIRE(result);
  CHECK(result->bad == 0);
  CHECK(result->routes[1].requests > 2);
  for (const TinyRequest& one : server.seen()) {
    if (one.target != "/login") REQUIRE(one.target.starts_with("/pay?t=t%20"));
  }
}

TEST_CASE("what a reply should have been is told by what it was not") {
  const TinyServer server([](const TinyRequest& request) {
    if (request.target == "/close") return std::string();
    if (request.target == "/smtp") return std::string("220 mail\r\n");
    if (request.target == "/late") std::this_thread::sleep_for(30ms);
    return tiny_reply(request.target == "/fault" ? 503 : 200, R"({"n":[1,2],"s":"x"})",
                      "Content-Type: application/json\r\n");
  });
  struct Row {
    const char* request;
    const char* outcome;
  };
  const Row table[] = {
      {"path = \"/fault\"", "503"},
      {"path = \"/fault\"\nexpect = { status = 503 }", "503"},
      {"expect = { status = \"3xx\" }", "200, not status 3xx"},
      {"expect = { contains = \"y\" }", "200, not body contains y"},
      {"expect = { matches = \"n.:.1,3\" }", "200, not body matches n.:.1,3"},
      {"expect = { json = { \"n[1]\" = 2, s = \"x\" } }", "200"},
      {"expect = { json = { \"n[2]\" = 2 } }", "200, not json n[2] = 2"},
      {"expect = { header = { content-type = \"text/html\" } }",
       "200, not header content-type = text/html"},
      {"path = \"/late\"\nexpect = { within = \"20ms\" }", "200, not within 20ms"},
      {"capture = { t = { json = \"token\" } }", "200, no t in the reply"},
      {"path = \"/close\"", "closed before the reply"},
      {"path = \"/smtp\"", "the reply is no HTTP"},
  };
  for (const Row& row : table) {
    CAPTURE(row.request);
    const auto result =
        loaded(server, fmt::format("burst = true\nconnections = 1\n[[request]]\n{}", row.request));
    REQUIRE(result);
    const bool good = std::string_view(row.outcome) == "200" ||
                      std::string_view(row.request).find("status = 503") != std::string::npos;
    CHECK(result->requests == 1);
    CHECK(outcomes(result->routes[0]) == fmt::format("{} 1", row.outcome));
    CHECK(result->bad == (good ? 0 : 1));
  }
}

TEST_CASE("a burst arrives together") {
  const TinyServer server([](const TinyRequest&) { return tiny_reply(200, "ok"); });
  const auto result =
      loaded(server, "burst = true\nconnections = 20\n[[request]]\nbody = \"x=1\"\n[[request]]\n");
  REQUIRE(result);
  CHECK(result->requests == 40);
  CHECK(result->bad == 0);
  CHECK(result->connections == 20);
  CHECK(result->release < 50ms);  // 0.3 ms where nothing else runs
  const std::vector<TinyRequest> seen = server.seen();
  REQUIRE(seen.size() == 40);
  for (std::size_t i = 0; i < 20; ++i) CHECK(seen[i].body == "x=1");
}

TEST_CASE("a server that does not answer costs the timeout, once each") {
  const TinyServer server([](const TinyRequest&) {
    std::this_thread::sleep_for(300ms);
    return tiny_reply(200, "ok");
  });
  const auto result =
      loaded(server,
             "rate = 100\nconnections = 2\nduration = \"100ms\"\ntimeout = \"100ms\"\n[[request]]");
  REQUIRE(result);
  CHECK(result->requests == 10);
  CHECK(result->bad == 10);
  CHECK(result->latency.greatest() < 400ms);
}

TEST_CASE("a connection that the server closes is made again") {
  const TinyServer server([](const TinyRequest& request) {
    return request.before == 2
               ? std::string()
               : tiny_reply(200, "ok", request.target == "/once" ? "Connection: close\r\n" : "");
  });
  const auto kept = loaded(server, "connections = 1\nduration = \"50ms\"\n[[request]]\n");
  REQUIRE(kept);
  CHECK(kept->bad == 0);
  CHECK(kept->repeated > 0);
  CHECK(kept->connections >= kept->repeated);
  const auto once =
      loaded(server, "connections = 1\nduration = \"50ms\"\n[[request]]\npath = \"/once\"\n");
  REQUIRE(once);
  CHECK(once->bad == 0);
  CHECK(once->connections == once->requests);
}

TEST_CASE("nobody there is an error, not a result") {
  std::uint16_t port = 0;
  {
    const Socket gone = listen_on({"127.0.0.1", 0}).value();
    port = gone.port();
  }
  const auto target = parse_load_target(fmt::format("http://127.0.0.1:{}", port));
  LoadPlan plan;
  plan.target = *target;
  plan.scenarios = {{"s", 1, {LoadRequest{}}}};
  const std::unique_ptr<World> world = real_world();
  const auto result = run_load(*world, plan, {});
  REQUIRE(!result);
  CHECK(result.error().fault == Fault::unavailable);
  CHECK(result.error().what.find("Connection refused") != std::string::npos);
}

}  // namespace
}  // namespace culprit
