#include "workbench/next_steps.h"

#include <doctest/doctest.h>

namespace culprit {
namespace {

ChangedTemplate changed(const std::string& id, TemplateStatus status, double before,
                        double failing) {
  ChangedTemplate one;
  one.what.id = id;
  one.what.text = "says " + id;
  one.what.bad_events = failing;
  one.status = status;
  one.before = before;
  return one;
}

bool advises(const Investigation& made, const std::string& command) {
  InvestigateOptions options;
  options.gather.sources = {"logs"};
  for (const NextStep& step : next_steps(made, options)) {
    if (step.command == command) return true;
  }
  return false;
}

TEST_CASE("of the messages the new one of most failing units comes next") {
  Investigation made;
  made.when.found = true;
  made.templates = {
      changed("t1", TemplateStatus::fresh, 0, 3), changed("t2", TemplateStatus::fresh, 0, 400),
      changed("t3", TemplateStatus::surged, 9, 900), changed("t4", TemplateStatus::stopped, 99, 0)};
  CHECK(advises(made, "culprit logs logs --template t2"));
}

TEST_CASE("what comes next reads as this call did") {
  Investigation made;
  made.when.found = true;
  made.templates = {changed("t1", TemplateStatus::fresh, 0, 3)};
  InvestigateOptions options;
  options.gather.sources = {"a b.log"};
  options.reading = {"--tz", "Europe/Berlin", "--unit", "order id"};
  const std::vector<NextStep> steps = next_steps(made, options);
  REQUIRE(steps.size() == 1);
  CHECK(steps[0].command ==
        "culprit logs 'a b.log' --tz Europe/Berlin --unit 'order id' --template t1");
}

TEST_CASE("of a silence the message that fell silent comes next") {
  Investigation made;
  made.when.found = true;
  made.rule.how = OutcomeRule::How::volume;
  made.silent = "says t3";
  made.templates = {changed("t1", TemplateStatus::fresh, 0, 3),
                    changed("t2", TemplateStatus::stopped, 500, 0),
                    changed("t3", TemplateStatus::stopped, 400, 0)};
  CHECK(advises(made, "culprit logs logs --template t3"));
}

TEST_CASE("whoever has a test that fails is led to the commit by it") {
  Investigation made;
  made.when.found = true;
  RankedChange deploy;
  deploy.change.from_version = "v1";
  deploy.change.version = "v2";
  deploy.change.from_sha = "aaaa";
  deploy.change.sha = "bbbb";
  for (const char* sha : {"1", "2", "3", "4"}) {
    CommitText commit;
    commit.sha = sha;
    deploy.change.commits.push_back(commit);
  }
  RankedCommit first;
  first.sha = "2";
  first.probability = 0.7;
  deploy.commits = {first};
  made.changes = {deploy};
  InvestigateOptions options;
  options.gather.sources = {"logs"};
  options.repository = "shop";
  const std::vector<NextStep> steps = next_steps(made, options);
  REQUIRE(!steps.empty());
  CHECK(steps.back().command == "culprit bisect v1 v2 --repo shop --prior case -- ./test.sh");
  CHECK(steps.back().why ==
        "which commit, by a test that fails: about 6 runs; 7 if nothing were known");
}

}  // namespace
}  // namespace culprit
