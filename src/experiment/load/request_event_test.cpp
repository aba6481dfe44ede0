#include "experiment/load/request_event.h"

#include <doctest/doctest.h>

#include "experiment/load/json_path.h"

namespace culprit {
namespace {

using namespace std::chrono_literals;

struct Scene {
  std::unique_ptr<LoadPlan> plan;  // the script looks at it
  LoadScript script;
};

Scene scene() {
  auto plan = std::make_unique<LoadPlan>();
  plan->target = parse_load_target("http://shop").value();
  LoadRequest request;
  request.name = "pay \"now\"";
  plan->scenarios = {{"buy", 1, {request}}};
  LoadScript script = LoadScript::of(*plan, LoadScript::Tracing::off).value();
  return {std::move(plan), std::move(script)};
}

EndedRequest request_at(Time time) {
  EndedRequest request;
  request.status = 200;
  request.intended = time;
  request.started = time + 5ms;
  request.ended = time + 30ms;
  request.bytes = 17;
  return request;
}

TEST_CASE("a request is told as an event") {
  const Scene made = scene();
  const std::string line = event_line(request_at(from_nanoseconds(0)), made.script, {1, 2},
                                      Duration(1'700'000'000'000'000'000));
  CHECK(line == R"({"time":"2023-11-14T22:13:20.030Z","level":"info","trace_id":)"
                R"("00000000000000010000000000000002","route":"pay \"now\"","scenario":"buy",)"
                R"("connection":0,"status":200,"outcome":"ok","bytes":17,"duration_ms":30.000,)"
                R"("intended":"2023-11-14T22:13:20.000Z","started":"2023-11-14T22:13:20.005Z",)"
                R"("service_ms":25.000})"
                "\n");
  CHECK(JsonPath::parse("route")->find(line) == "pay \"now\"");
}

TEST_CASE("what failed says why, and has no status that it did not get") {
  const Scene made = scene();
  const std::string rule = "not body contains ok";
  EndedRequest broken = request_at(from_nanoseconds(0));
  broken.outcome = Outcome::bad;
  broken.why = &rule;
  const auto value = [&](const EndedRequest& request, const char* field) {
    return JsonPath::parse(field)
        ->find(event_line(request, made.script, {}, Duration::zero()))
        .value_or("-");
  };
  CHECK(value(broken, "error") == "not body contains ok");
  CHECK(value(broken, "outcome") == "failed");
  CHECK(value(broken, "level") == "error");
  CHECK(text_of(broken) == "200, not body contains ok");
  EndedRequest unsent = broken;
  unsent.ending = Ending::unsent;
  unsent.status = 0;
  unsent.started = no_time;
  CHECK(value(unsent, "status") == "-");
  CHECK(value(unsent, "started") == "-");
  CHECK(value(unsent, "error") == "no connection was free in time");
}

TEST_CASE("an expression may say what is bad") {
  const Scene made = scene();
  const auto bad = [&](const char* text) {
    return says_bad(parse_expr(text).value(), request_at(from_nanoseconds(0)), made.script);
  };
  CHECK(bad("status = 200"));
  CHECK(!bad("status >= 400"));
  CHECK(bad("duration_ms > 20ms and scenario = buy"));
  CHECK(bad("route = pay*"));
  CHECK(!bad("has(error)"));
  const auto fields = load_event_fields();
  CHECK(std::find(fields.begin(), fields.end(), "status") != fields.end());
}

}  // namespace
}  // namespace culprit
