#include "contrast/outcome_rule.h"

#include <doctest/doctest.h>

#include "event/roles.h"

namespace culprit {
namespace {

using Texts = std::vector<std::string>;

FieldSummary field(const std::string& name, Texts examples = {}) {
  FieldSummary made;
  made.name = name;
  made.role = role_of(name);
  made.events = 1000;
  made.distinct = 5;
  made.examples = std::move(examples);
  return made;
}

FieldSummary numbers(const std::string& name, double least, double most) {
  FieldSummary made = field(name);
  made.numbers = 1000;
  made.least = least;
  made.most = most;
  return made;
}

Schema schema(std::vector<FieldSummary> fields, std::uint64_t levelled = 0) {
  Schema made;
  made.fields = std::move(fields);
  made.events = 1000;
  made.levels[0] = 1000 - levelled;
  made.levels[3] = levelled;
  made.unit.fields = {"trace_id"};
  return made;
}

std::string told(const Schema& given) { return to_string(outcome_rule_of(given)); }

}  // namespace

TEST_CASE("what says that a unit failed: status, success, exception, level") {
  CHECK(told(schema({numbers("status", 200, 503)})) == "status >= 500");
  CHECK(told(schema({field("outcome", {"ok", "failed"})})) == "outcome says failed");
  CHECK(told(schema({field("exception")})) == "has(exception)");
  CHECK(told(schema({}, 10)) == "level >= error");
  CHECK(told(schema({numbers("status", 200, 503), field("exception")}, 10)) ==
        "status >= 500 or has(exception) or level >= error");
  CHECK(outcome_rule_of(schema({numbers("status", 200, 503)})).how == OutcomeRule::How::status);
}

TEST_CASE("a field with the right name and the wrong values says nothing") {
  FieldSummary words = numbers("status", 200, 503);
  words.numbers = 899;  // of 1,000
  FieldSummary mined = numbers("status", 200, 503);
  mined.slot = true;
  FieldSummary many = field("result", {"ok"});
  many.many = true;
  const FieldSummary table[] = {numbers("status", 0, 1),
                                numbers("status", 200, 7004),
                                words,
                                mined,
                                many,
                                field("result", {"blue", "green"}),
                                field("region", {"ok"})};
  for (const FieldSummary& given : table) {
    CAPTURE(given.name);
    CHECK(outcome_rule_of(schema({given})).how == OutcomeRule::How::unknown);
  }
  words.numbers = 900;
  CHECK(told(schema({words})) == "status >= 500");
}

TEST_CASE("where lines are units and many have a status, only the status judges") {
  Schema access = schema({numbers("status", 200, 503), field("exception")}, 10);
  access.unit.fields.clear();
  access.fields[0].events = access.fields[0].numbers = 200;
  CHECK(told(access) == "status >= 500");
  access.fields[0].events = access.fields[0].numbers = 199;
  CHECK(told(access) == "status >= 500 or has(exception) or level >= error");
}

TEST_CASE("a rule is told in words") {
  CHECK(to_string(given_rule(*parse_expr("stage = failed"), {})) == "stage = failed");
  OutcomeRule latency;
  latency.how = OutcomeRule::How::latency;
  latency.duration_field = "took_ms";
  CHECK(to_string(latency) == "took_ms above its p99 before");
  latency.operation_field = "route";
  CHECK(to_string(latency) == "took_ms above its p99 before, per route");
  OutcomeRule volume;
  volume.how = OutcomeRule::How::volume;
  CHECK(to_string(volume) == "traffic or a message that stopped");
  CHECK(to_string(OutcomeRule{}) == "");
  const OutcomeRule given = given_rule(*parse_expr("a = 1"), *parse_expr("a = 0"));
  CHECK(given.how == OutcomeRule::How::given);
  CHECK(to_string(*given.good) == "a = 0");
}

TEST_CASE("what could be asked for, likeliest first") {
  FieldSummary took = numbers("took_ms", 1, 300);
  took.role = Role::duration;
  FieldSummary items = numbers("items", 0, 9);
  FieldSummary stage = field("stage", {"a", "b"});
  stage.distinct = 2;
  const FieldSummary verdict = field("verdict", {"failed", "no", "good"});
  CHECK(could_fail(schema({items, stage, took, field("error"), verdict})) ==
        Texts{"verdict = failed", "has(error)", "took_ms > 150", "items = 0", "stage = b"});
  FieldSummary id = field("trace_id", {"failed"});
  FieldSummary many = field("word", {"failed"});
  many.many = true;
  CHECK(could_fail(schema({id, many})).empty());
  CHECK(could_fail(schema({stage, stage, stage, stage, stage, stage})).size() == 5);
}

TEST_CASE("latency is read from the field most events have, by the operation they name") {
  FieldSummary rare = numbers("db_ms", 1, 9);
  rare.role = Role::duration;
  rare.events = rare.numbers = 400;
  FieldSummary took = numbers("took_ms", 1, 300);
  took.role = Role::duration;
  FieldSummary method = field("method");
  FieldSummary route = field("route");
  method.role = route.role = Role::operation;
  method.distinct = 2;
  route.distinct = 20;
  const LatencyFields fields = latency_fields(schema({rare, method, route, took}));
  CHECK(fields.duration == "took_ms");
  CHECK(fields.operation == "route");  // both are everywhere; the finer one has the narrower p99
  route.distinct = 501;
  CHECK(latency_fields(schema({method, route, took})).operation == "method");
  method.events = 999;
  route.distinct = 20;
  CHECK(latency_fields(schema({method, route, took})).operation == "route");
  took.slot = true;
  CHECK(latency_fields(schema({took})).duration == "");
}

TEST_CASE("people are counted by the field that most events have, then by its name") {
  FieldSummary session = field("session_id");
  CHECK(person_field(schema({session, field("user_id")})) == "user_id");
  session.events = 1001;
  CHECK(person_field(schema({session, field("user_id")})) == "session_id");
  CHECK(person_field(schema({field("region")})) == "");
}

TEST_CASE("messages speak of failure in words, whatever their form and case") {
  for (const char* message : {"Failed password for root", "connect() failed (111)", "ERROR: x",
                              "upstream timed out", "Connection refused", "can't open file"}) {
    CHECK_MESSAGE(tells_failure(message), message);
  }
  for (const char* message : {"Accepted publickey for deploy", "session opened", "", "started"}) {
    CHECK_MESSAGE(!tells_failure(message), message);
  }
}

}  // namespace culprit
