#include "workbench/repro_prior.h"

#include <doctest/doctest.h>

#include "experiment/constraint.h"

namespace culprit {
namespace {

constexpr std::string_view findings = R"({"schema_version": 1,
  "who": [{"where": "region = eu-west and plan = \"pro plus\"",
           "conditions": ["region = eu-west", "plan = \"pro plus\""], "bad": 9},
          {"where": "cart_size > 9", "conditions": ["cart_size > 9"], "bad": 8}],
  "templates": [{"id": "t1", "text": "payments-db did not answer within <*>"}],
  "changes": [{"kind": "deploy", "id": "cache 1.2"}]})";

TEST_CASE("findings propose what can be varied") {
  const auto factors = factors_of_findings(findings, {"db", "cache"});
  REQUIRE(factors);
  CHECK(*factors == std::vector<std::string>{"env(REGION)=unset,eu-west",
                                             "env(PLAN)=unset,pro plus", "latency(db)=0..500ms"});
  for (const std::string& factor : *factors) CHECK(read_factor(factor));
}

TEST_CASE("findings that name nothing propose nothing") {
  CHECK(factors_of_findings(R"({"who": []})", {"db"})->empty());
  CHECK(!factors_of_findings("{\"who\":", {}));
}

TEST_CASE("unset is a variable that is not set") {
  const Factor factor = read_factor("env(REGION)=unset,eu").value();
  TrialSetup setup;
  REQUIRE(factor.apply("eu", setup));
  CHECK(setup.environment.at("REGION") == "eu");
  REQUIRE(factor.apply("unset", setup));
  CHECK(!setup.environment.contains("REGION"));
}

}  // namespace
}  // namespace culprit
