#include "experiment/load_spec.h"

#include <doctest/doctest.h>

namespace culprit {
namespace {

using namespace std::chrono_literals;

Result<std::string> no_file(const std::string& path) {
  return error(Fault::missing, "no such file: {}", path);
}

Result<LoadPlan> plan_of(std::string_view toml, const ReadData& read = no_file) {
  return parse_load_spec(toml, std::nullopt, read);
}

// What is wrong with a spec, and the advice, on one line.
std::string mistake(std::string_view toml) {
  const auto plan = plan_of(toml);
  return plan ? "none" : fmt::format("{} | {}", plan.error().what, plan.error().advice);
}

constexpr std::string_view shop = R"toml(
target = "http://127.0.0.1:8080"
rate = 250.5
poisson = true
duration = "1m"
bad = "status >= 400"

[headers]
Accept = "application/json"

[data.users]
file = "users.csv"
order = "random"

[[scenario]]
name = "buy"
weight = 3

[[scenario.request]]
name = "login"
path = "/login"
body = '{"user": "{{users.name}}"}'
headers = { accept = "text/plain" }
capture = { token = { json = "auth.token" }, sid = { header = "Set-Cookie", regex = "sid=(\\w+)" } }

[[scenario.request]]
path = "/pay?token={{token}}&n={{iteration}}"
think = "200ms"
[scenario.request.expect]
status = [200, "4xx"]
header = { Content-Type = "application/json" }
contains = "paid"
matches = ["id=\\d+", "ok"]
json = { "items[0].n" = 3, ok = true }
within = "2s"

[[scenario]]
[[scenario.request]]
)toml";

TEST_CASE("a spec says it all") {
  const auto read = [](const std::string& path) -> Result<std::string> {
    REQUIRE(path == "users.csv");
    return std::string("name,plan\n\"Ann, \"\"A\"\"\",pro\r\nBob,free\n");
  };
  const auto plan = plan_of(shop, read);
  REQUIRE_MESSAGE(plan, mistake(shop));
  CHECK(plan->pace == LoadPlan::Pace::open);
  CHECK(plan->rate == 250.5);
  CHECK(plan->arrivals == LoadPlan::Arrivals::poisson);
  CHECK(plan->duration == 1min);
  CHECK(to_string(*plan->bad) == "status >= 400");
  REQUIRE(plan->data.size() == 1);
  CHECK(plan->data[0].order == LoadData::Order::random);
  CHECK(plan->data[0].rows[0] == std::vector<std::string>{"Ann, \"A\"", "pro"});
  REQUIRE(plan->scenarios.size() == 2);
  CHECK(plan->scenarios[0].weight == 3);
  CHECK(plan->scenarios[1].name == "scenario 2");
  CHECK(plan->scenarios[1].requests[0].path == "/");
  const LoadRequest& login = plan->scenarios[0].requests[0];
  CHECK(login.method == "POST");
  REQUIRE(login.headers.size() == 1);  // its own Accept, in whatever letters
  CHECK(login.headers[0].value == "text/plain");
  REQUIRE(login.captures.size() == 2);
  CHECK(login.captures[0].key == "auth.token");
  CHECK(login.captures[1].from == Capture::From::header);
  const LoadRequest& pay = plan->scenarios[0].requests[1];
  CHECK(pay.think == 200ms);
  std::string expected;
  for (const Expectation& one : pay.expectations) expected += to_string(one) + "; ";
  CHECK(expected ==
        "status 200|4xx; body contains paid; body matches id=\\d+; body matches ok; "
        "header Content-Type = application/json; json items[0].n = 3; json ok = true; within 2s; ");
}

TEST_CASE("a mistake is named with its place and what it should be") {
  const std::string head = "target = \"http://127.0.0.1:1\"\n";
  const auto in_request = [&](std::string_view lines) {
    return mistake(fmt::format("{}[[request]]\npath = \"/\"\n{}", head, lines));
  };
  CHECK(mistake("tarket = 1") == "line 1, column 1: a load has no 'tarket' | target");
  CHECK(mistake("target = [").starts_with("line 1, column"));
  CHECK(mistake("rate = 1") ==
        "line 1, column 1: the spec has no target | target = \"http://127.0.0.1:8080\"");
  CHECK(mistake("target = \"ftp://x\"").starts_with("line 1, column 1: 'ftp://x' is no URL"));
  CHECK(mistake(head).find("asks for nothing") != std::string::npos);
  CHECK(mistake(head + "rate = -1") == "line 2, column 1: rate is a number | rate = 100");
  CHECK(mistake(head + "duration = 10").starts_with("line 2, column 1: duration is a duration"));
  CHECK(mistake(head + "burst = true\nrate = 1").starts_with("line 2, column 1: a burst has no"));
  CHECK(mistake(head + "request = 1").find("request is a list of tables") != std::string::npos);
  CHECK(in_request("metod = \"GET\"") == "line 4, column 1: a request has no 'metod' | method");
  CHECK(in_request("expect = { stauts = 200 }") ==
        "line 4, column 12: expect has no 'stauts' | status");
  CHECK(in_request("expect = { status = \"6xx\" }").find("'6xx' is no status") !=
        std::string::npos);
  CHECK(in_request("expect = { matches = \"(\" }").find("'(' is no pattern") != std::string::npos);
  CHECK(in_request("body = \"{{toke}}\"\n").find("nothing is called {{toke}}") !=
        std::string::npos);
  CHECK(
      in_request("capture = { token = { regex = \"(x)\" } }\n[[request]]\npath = \"/{{tokn}}\"") ==
      "line 5, column 1: nothing is called {{tokn}} here | {{token}}");
  CHECK(in_request("capture = { t = { json = \"a[\" } }").find("'a[' is no path") !=
        std::string::npos);
  CHECK(mistake(head + "[data.u]\nfile = \"u.csv\"\n[[request]]") == "no such file: u.csv | ");
  CHECK(in_request("think = \"soon\"").starts_with("line 4, column 1: think is a duration"));
}

}  // namespace
}  // namespace culprit
