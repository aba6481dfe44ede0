#include "experiment/load/load_script.h"

#include <doctest/doctest.h>

namespace culprit {
namespace {

LoadPlan plan_of(std::vector<LoadRequest> requests) {
  LoadPlan plan;
  plan.target = parse_load_target("http://shop:8080").value();
  plan.scenarios = {{"s", 1, std::move(requests)}};
  return plan;
}

TEST_CASE("a request stands on the wire as RFC 9112 says") {
  LoadRequest request;
  request.method = "POST";
  request.path = "/a?b=1";
  request.headers = {{"user-agent", "x"}};
  request.body = "12345";
  const LoadPlan plan = plan_of({request});
  const auto script = LoadScript::of(plan, LoadScript::Tracing::off);
  REQUIRE(script);
  CHECK(script->plain());
  CHECK(
      script->scenarios()[0].steps[0].whole ==
      "POST /a?b=1 HTTP/1.1\r\nHost: shop:8080\r\nuser-agent: x\r\nContent-Length: 5\r\n\r\n12345");
  CHECK(script->routes()[0] == "POST /a");
}

TEST_CASE("a value stays where it is put, whatever it holds") {
  LoadRequest request;
  request.path = "/{{data.x}}";
  request.headers = {{"X", "<{{ data.x }}>"}};
  request.body = "[{{data.x}}]";
  LoadPlan plan = plan_of({request});
  plan.data = {{"data", {"x"}, {{"a b\r\nEvil: 1"}}, LoadData::Order::sequential}};
  const auto script = LoadScript::of(plan, LoadScript::Tracing::on);
  REQUIRE(script);
  const LoadStep& step = script->scenarios()[0].steps[0];
  const std::string bytes = script->request(step, script->values_at_start(7, 3), {0x0123, 0xabc0});
  CHECK(bytes ==
        "GET /a%20b%0D%0AEvil:%201 HTTP/1.1\r\nHost: shop:8080\r\nUser-Agent: culprit\r\n"
        "X: <a bEvil: 1>\r\n"
        "traceparent: 00-0000000000000123000000000000abc0-000000000000abc1-01\r\n"
        "Content-Length: 14\r\n\r\n[a b\r\nEvil: 1]");
  CHECK(to_string(TraceId{0x0123, 0xabc0}) == "0000000000000123000000000000abc0");
}

TEST_CASE("scenarios are run as often as they weigh, rows in their order, by the seed alone") {
  LoadPlan plan = plan_of({LoadRequest{}});
  plan.scenarios.push_back({"t", 3, {LoadRequest{}}});
  plan.data = {{"even", {"n"}, {{"0"}, {"1"}, {"2"}}, LoadData::Order::sequential},
               {"dice", {"n"}, {{"0"}, {"1"}}, LoadData::Order::random}};
  const auto script = LoadScript::of(plan, LoadScript::Tracing::off);
  const auto again = LoadScript::of(plan, LoadScript::Tracing::off);
  REQUIRE(script);
  std::size_t second = 0;
  std::size_t ones = 0;
  for (std::uint64_t run = 0; run < 10000; ++run) {
    second += script->scenario_of(run);
    REQUIRE(script->scenario_of(run) == again->scenario_of(run));
    const std::vector<std::string> values = script->values_at_start(run, 5);
    REQUIRE(values[0] == std::to_string(run));
    REQUIRE(values[1] == "5");
    REQUIRE(values[2] == std::to_string(run % 3));
    REQUIRE(values == again->values_at_start(run, 5));
    ones += values[3] == "1" ? 1 : 0;
  }
  CHECK(second > 7300);  // of 7,500; 4.6 standard deviations
  CHECK(second < 7700);
  CHECK(ones > 4750);  // of 5,000; 5 standard deviations
  CHECK(ones < 5250);
}

TEST_CASE("URLs are taken apart") {
  const auto told = [](std::string_view url) {
    const auto target = parse_load_target(url);
    if (!target) return std::string("-");
    return fmt::format("{} {} {} {}", target->tls ? "tls" : "tcp", to_string(target->address),
                       target->authority, target->path);
  };
  CHECK(told("http://shop") == "tcp shop:80 shop /");
  CHECK(told("https://shop?x=1#top") == "tls shop:443 shop /?x=1");
  CHECK(told("http://[::1]:81/a b") == "tcp [::1]:81 [::1]:81 /a%20b");
  CHECK(told("https://[::1]/") == "tls [::1]:443 [::1] /");
  for (const char* url : {"", "shop", "ftp://x", "http://", "http:///x", "http://:80/",
                          "http://a:b", "http://a:99999", "http://a:0", "http://user@host/"}) {
    CAPTURE(url);
    CHECK(told(url) == "-");
  }
}

}  // namespace
}  // namespace culprit
