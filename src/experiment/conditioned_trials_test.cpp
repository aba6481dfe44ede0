#include "experiment/conditioned_trials.h"

#include <doctest/doctest.h>

#include "experiment/constraint.h"
#include "experiment/socket.h"

namespace culprit {
namespace {

TrialSetup shell(std::string script) {
  TrialSetup setup;
  setup.command = {"/bin/bash", "-c", std::move(script)};
  setup.timeout = std::chrono::seconds(20);
  return setup;
}

TEST_CASE("an upstream is named, and may have its place") {
  CHECK(parse_upstream("db=127.0.0.1:5432")->listen == "127.0.0.1:0");
  CHECK(parse_upstream("db=:6000>db.local:5432")->listen == ":6000");
  CHECK(parse_upstream("db=:6000>db.local:5432")->upstream == "db.local:5432");
  for (const char* text : {"127.0.0.1:5432", "=1:2", "db=5432", "db=x:y", "db=:1>"}) {
    CAPTURE(text);
    CHECK(parse_upstream(text).error().fault == Fault::usage);
  }
}

TEST_CASE("a toxic before an upstream holds in its trial, and is gone in the next") {
  const Socket listener = listen_on({"", 0}).value();
  const std::unique_ptr<World> world = real_world();
  ConditionedTrials trials(*world,
                           {*parse_upstream(fmt::format("web=127.0.0.1:{}", listener.port()))}, 1);
  // Whether something answers a request at once.
  TrialSetup ask = shell(
      "exec 3<>/dev/tcp/${CULPRIT_WEB%:*}/${CULPRIT_WEB#*:}; printf 'GET / HTTP/1.1\r\n\r\n' >&3;"
      "[ \"$CULPRIT_WEB\" = {web} ] || exit 9; read -t 0.4 -r line <&3; echo \"$line\"");
  ask.toxics["web"] = {"http_error(status=418, stream=upstream)"};
  const Result<Trial> answered = trials.run(ask, {});
  REQUIRE(answered);
  CHECK(answered->out.text.starts_with("HTTP/1.1 418"));
  ask.toxics["web"].clear();
  CHECK(trials.run(ask, {})->out.text == "\n");
}

TEST_CASE("copies run at once, and one that fails is the trial") {
  const std::unique_ptr<World> world = real_world();
  ConditionedTrials trials(*world, {}, 1);
  const std::string folder = "/tmp/culprit-copies-" + std::to_string(world->random_seed());
  TrialSetup setup =
      shell(fmt::format("mkdir {0} 2>/dev/null || {{ rmdir {0}; exit 3; }}; sleep 1", folder));
  CHECK(trials.run(setup, {})->exit_code == 0);
  CHECK(trials.run(shell("rmdir " + folder), {})->exit_code == 0);
  setup.copies = 2;
  CHECK(trials.run(setup, {})->exit_code == 3);
}

TEST_CASE("a trial gets all that its setup asks for, and another seed each time") {
  const std::unique_ptr<World> world = real_world();
  ConditionedTrials trials(*world, {}, 1);
  TrialSetup setup = shell("echo $CULPRIT_SEED $N $(date +%Y)");
  setup.fresh_numbers = {"N"};
  setup.clock = "2038";
  setup.hogs = 1;
  setup.stalls.share = 0.1;
  const Result<Trial> first = trials.run(setup, {});
  const Result<Trial> second = trials.run(setup, {});
  REQUIRE(first);
  REQUIRE(second);
  CHECK(first->out.text.find(" 2038\n") != std::string::npos);
  CHECK(first->out.text != second->out.text);
}

TEST_CASE("constraints of the network are toxics of an upstream") {
  TrialSetup setup = shell("true");
  const std::unique_ptr<World> world = real_world();
  const Result<Factor> latency = read_factor("latency(db)=0..500ms");
  REQUIRE(latency);
  CHECK(latency->available(setup, *world).error().what == "there is no upstream db");
  setup.toxics["db"];
  CHECK(latency->available(setup, *world));
  REQUIRE(latency->apply(latency->levels.back(), setup));
  CHECK(setup.toxics["db"].back() == "latency(name=latency, latency=500)");
  const Result<Factor> barrier = read_factor("barrier(db, match=SELECT balance)");
  REQUIRE(barrier);
  REQUIRE(barrier->apply("on", setup));
  CHECK(setup.toxics["db"].back() == "barrier(name=barrier, match=SELECT balance)");
  const Result<Factor> wrong = read_factor("barrier(db, mach=SELECT balance)");
  REQUIRE(wrong);
  CHECK(wrong->available(setup, *world).error().what == "barrier has no attribute 'mach'");
  CHECK(read_factor("http_error(db)=0..50%")->apply("50%", setup));
  CHECK(setup.toxics["db"].back() == "http_error(name=http_error, toxicity=0.5, per=request)");
}

}  // namespace
}  // namespace culprit
