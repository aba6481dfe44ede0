#include "workbench/looks_like.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "base/sim_world.h"
#include "contrast/outcome_rule.h"
#include "store/embedded/embedded.h"

namespace culprit {
namespace {

// Two events a request: the web server says the status, the payment service the reason.
std::vector<std::string> looks_like(const std::vector<std::string>& symptoms) {
  std::string web, pay;
  for (int i = 0; i < 600; ++i) {
    const bool fails = i % 6 == 0;
    const std::string time =
        to_string(*parse_time("2025-11-20T14:00:00Z") + std::chrono::seconds(i));
    web += fmt::format(R"({{"ts":"{}","trace_id":"trace-{:05}","level":"{}","status":{}}})"
                       "\n",
                       time, i, fails ? "error" : "info", fails ? 500 : 200);
    // The same wait, nearly: it is the message that failures have in common. The pool's state
    // tells more: it is `full` for failures only.
    pay += fmt::format(R"({{"ts":"{}","trace_id":"trace-{:05}","level":"{}","msg":"{}"}})"
                       "\n",
                       time, i, fails ? "ERROR" : "INFO",
                       fails ? "gave up after=400 pool=9" : fmt::format("paid pool={}", i % 5));
  }
  SimWorld world;
  world.put("web.ndjson", web);
  world.put("pay.ndjson", pay);
  GatherOptions options;
  options.sources = {"web.ndjson", "pay.ndjson"};
  auto engine = Embedded::gather(world, options);
  REQUIRE(engine);
  (*engine)->judge(outcome_rule_of((*engine)->schema()));
  std::vector<std::string> found;
  for (const LooksLike& one : what_it_looks_like(**engine, symptoms, {})) {
    found.push_back(fmt::format("{} {:.0f}%", one.condition, 100 * one.share_of_bad));
  }
  return found;
}

TEST_CASE("ERROR and error are one level") {
  CHECK(looks_like({"level"}) == std::vector<std::string>{"level = error 100%"});
}

TEST_CASE("a slot is left out where its message says as much") {
  CHECK(looks_like({"after"}).empty());
  CHECK(looks_like({"pool"}) == std::vector<std::string>{"pool = 9 100%"});
}

}  // namespace
}  // namespace culprit
