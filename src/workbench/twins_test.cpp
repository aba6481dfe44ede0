#include "workbench/twins.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "base/sim_world.h"
#include "contrast/axes.h"
#include "contrast/outcome_rule.h"
#include "store/embedded/embedded.h"

namespace culprit {
namespace {

// Requests of three lines in two logs. In eu those of the card payers fail in the middle: the error
// is told by `pay`, the status by `web`, and `web` has the last word, of no interest. Hosts and
// carts differ from one request to the next.
struct Logs {
  SimWorld world;
  std::string web = "ts,trace_id,region,host,step,status\n";
  std::string pay;

  void request(int i) {
    const Time at = *parse_time("2025-11-20T14:00:00Z") + std::chrono::seconds(i);
    const auto stamp = [&](int ms) { return to_string(at + std::chrono::milliseconds(ms)); };
    const bool card = i % 3 == 0;
    const bool eu = i % 2 == 0;
    const bool fails = eu && card && i % 5 > 0;
    const std::string id = fmt::format("trace-{:06}", i);
    web += fmt::format("{},{},{},h{},began,\n", stamp(0), id, eu ? "eu" : "us", i % 7);
    pay += fmt::format(
        R"({{"ts":"{}","trace_id":"{}","level":"{}","by":"{}","cart":"c{}","msg":"{}"}})"
        "\n",
        stamp(5), id, fails ? "error" : "info", card ? "card" : "bank", i % 11,
        fails ? "bank said no" : "paid in full");
    web += fmt::format("{},{},{},h{},done,{}\n", stamp(9), id, eu ? "eu" : "us", i % 7,
                       fails ? 503 : 200);
    web += fmt::format("{},{},{},h{},closed,\n", stamp(12), id, eu ? "eu" : "us", i % 7);
  }
};

Twin twin_of(Logs& logs, std::optional<Expr> bad, const Condition& condition) {
  for (int i = 0; i < 3000; ++i) logs.request(i);
  logs.world.put("web.csv", logs.web);
  logs.world.put("pay.ndjson", logs.pay);
  GatherOptions options;
  options.sources = {"web.csv", "pay.ndjson"};
  options.bad = bad;
  auto engine = Embedded::gather(logs.world, options);
  REQUIRE(engine);
  TwinQuestion question;
  question.rule = bad ? given_rule(*bad, {}) : outcome_rule_of((*engine)->schema());
  (*engine)->judge(question.rule);
  question.conditions = {condition};
  question.candidates = plan_fields((*engine)->schema(), question.rule).candidates;
  const std::optional<Twin> twin = find_twin(**engine, question);
  REQUIRE(twin);
  return *twin;
}

Condition is(const std::string& field, const std::string& value) {
  Condition condition;
  condition.field = field;
  condition.value = value;
  return condition;
}

bool says(const std::string& line, const std::string& text) {
  return line.find(text) != std::string::npos;
}

TEST_CASE("a twin shows the event that failed, and the same event of its nearest success") {
  Logs logs;
  const Twin twin = twin_of(logs, {}, is("region", "eu"));
  CHECK(says(twin.bad_line, "done,503"));
  CHECK(says(twin.good_line, "done,200"));
  CHECK(says(twin.good_line, ",us,"));
  CHECK(twin.bad_place.source == twin.good_place.source);
  CHECK(logs.web.substr(twin.bad_place.offset, twin.bad_line.size()) == twin.bad_line);
  CHECK(logs.web.substr(twin.good_place.offset, twin.good_line.size()) == twin.good_line);
}

TEST_CASE("with --bad it is the event that satisfies it") {
  Logs logs;
  const Twin twin = twin_of(logs, *parse_expr("message = \"bank said no\""), is("region", "eu"));
  CHECK(says(twin.bad_line, "bank said no"));
  CHECK(says(twin.good_line, "paid in full"));
}

TEST_CASE("differences: those of the conditions, then what failing units have more often") {
  Logs logs;
  const Twin twin = twin_of(logs, {}, is("region", "eu"));
  REQUIRE(!twin.differences.empty());
  CHECK(twin.differences[0].field == "region");
  CHECK(twin.differences[0].bad == "eu");
  CHECK(twin.differences[0].good == "us");
  // Not the host nor the cart; `by` tells most, so that the nearest success has paid by card too.
  CHECK(twin.differences.size() == 1);
}

}  // namespace
}  // namespace culprit
