#include "workbench/commit_trials.h"

#include <csignal>
#include <fstream>

#include "repo/scratch_test.h"

namespace culprit {
namespace {

namespace fs = std::filesystem;

struct Bench {
  Bench(const std::string& script, CommitTrialsOptions options)
      : repository(),
        worktrees(opened_trees(script)),
        trials(*world, worktrees, std::move(options)) {}

  Worktrees opened_trees(const std::string& script) const {
    repository.run("git init -q\n" + script);
    fs::create_directories(repository.path("trees"));
    auto made = Worktrees::open(supervised_git(), {repository.path(), repository.path("trees")});
    REQUIRE_MESSAGE(made.has_value(), (made ? "" : made.error().what));
    return std::move(made).value();
  }
  // A trial of a revision whose mark is the number.
  CommitTrial run(const std::string& revision, std::uint64_t mark, const std::string& line) {
    const auto sha = opened(repository.path()).resolve(revision);
    REQUIRE(sha.has_value());
    const std::size_t place = trials.take(*sha, TreeMark{{mark, 0}}, [](const TreeMark& one) {
      return static_cast<double>(one.halves[0]);
    });
    TrialSetup setup;
    setup.command = {"sh", "-c", line};
    auto made = trials.run(place, setup, {});
    trials.leave(place);
    REQUIRE_MESSAGE(made.has_value(), (made ? "" : made.error().what));
    return std::move(made).value();
  }
  bool built(std::uint64_t mark) const { return trials.built(TreeMark{{mark, 0}}); }

  ScratchRepository repository;
  std::unique_ptr<World> world = real_world();
  Worktrees worktrees;
  CommitTrials trials;
};

constexpr const char* three = "for i in 1 2 3; do echo $i > n; commit $i c$i; git tag v$i; done";

TEST_CASE("a commit that stays built is built once; the least worth gives way") {
  CommitTrialsOptions options;
  options.build = "cp n built; echo >> ../builds";
  options.places_max = 2;
  Bench bench(three, options);
  CHECK(bench.run("v1", 1, "cat built").trial.out.text == "1\n");
  const CommitTrial again = bench.run("v1", 1, "cat built");
  CHECK(!again.fresh);
  CHECK(bench.run("v2", 2, "cat built").fresh);
  CHECK(bench.built(1));
  CHECK(bench.run("v3", 3, "cat built").trial.out.text == "3\n");
  CHECK(!bench.built(1));
  CHECK(bench.built(2));
  std::ifstream file(bench.worktrees.root() + "/builds");
  CHECK(std::count(std::istreambuf_iterator<char>(file), {}, '\n') == 3);
}

TEST_CASE("commits that share a build are each tested as they are") {
  for (const char* build : {"", "echo built >> out"}) {
    CommitTrialsOptions options;
    options.build = build;
    Bench bench(three, options);
    for (const char* revision : {"v1", "v2", "v1", "v3"}) {
      const CommitTrial made = bench.run(revision, 1, "cat n; git rev-parse HEAD; cat out");
      const std::string sha = *opened(bench.repository.path()).resolve(revision);
      const std::string expected = fmt::format("{}\n{}\n", revision + 1, sha);
      CHECK(made.trial.out.text == expected + (*build ? "built\n" : ""));
    }
  }
}

TEST_CASE("what does not build is told as that, and is not kept") {
  CommitTrialsOptions options;
  options.build = "[ $(cat n) != 2 ]";
  Bench bench(three, options);
  CHECK(bench.run("v1", 1, "true").kind == CommitTrial::Kind::tested);
  const CommitTrial broken = bench.run("v2", 2, "true");
  CHECK(broken.kind == CommitTrial::Kind::broken);
  CHECK(broken.reason == "does not build: exit 1");
  CHECK(!bench.built(2));
  options.build = "sleep 5";
  options.build_timeout = std::chrono::milliseconds(100);
  Bench slow(three, options);
  CHECK(slow.run("v1", 1, "true").kind == CommitTrial::Kind::unjudged);
}

TEST_CASE("without a build, what a test did to tracked files does not reach the next") {
  Bench bench(three, {});
  CHECK(bench.run("v1", 1, "cat n; echo x > n; echo y > other").trial.out.text == "1\n");
  CHECK(bench.run("v1", 1, "cat n other").trial.out.text == "1\ny\n");
  CHECK(bench.run("v2", 2, "cat n other").trial.exit_code == 1);
}

TEST_CASE("a command that is not there at a commit is as a shell says it") {
  Bench bench(three, {});
  TrialSetup setup;
  setup.command = {"./nothing"};
  const std::size_t place = bench.trials.take(*opened(bench.repository.path()).resolve("v1"),
                                              TreeMark{{1, 0}}, [](const TreeMark&) { return 0; });
  const auto made = bench.trials.run(place, setup, {});
  REQUIRE(made.has_value());
  CHECK(made->trial.exit_code == 127);
  CHECK(made->kind == CommitTrial::Kind::unjudged);
}

TEST_CASE("a runner's own failure is no answer; how the command ended is told from beside it") {
  CommitTrialsOptions options;
  options.runner = {"sh", "-c", "\"$@\"; exit 1", "runner"};
  Bench bench(three, options);
  CHECK(bench.run("v1", 1, "exit 0").trial.exit_code == 0);
  CHECK(bench.run("v1", 1, "exit 7").trial.exit_code == 7);
  CHECK(bench.run("v1", 1, "kill -SEGV $$").trial.signal == SIGSEGV);
  options.runner = {"false"};
  Bench broken(three, options);
  CHECK(broken.run("v1", 1, "true").kind == CommitTrial::Kind::unjudged);
  CHECK(broken.run("v2", 2, "true").kind == CommitTrial::Kind::unjudged);
  TrialSetup setup;
  setup.command = {"true"};
  const std::size_t place = broken.trials.take(*opened(broken.repository.path()).resolve("v3"),
                                               TreeMark{{3, 0}}, [](const TreeMark&) { return 0; });
  const auto made = broken.trials.run(place, setup, {});
  REQUIRE(!made.has_value());
  CHECK(made.error().fault == Fault::unavailable);
}

TEST_CASE("a run that nobody needs any more ends, and says so") {
  Bench bench(three, {});
  TrialSetup setup;
  setup.command = {"sleep", "30"};
  const std::size_t place = bench.trials.take(*opened(bench.repository.path()).resolve("v1"),
                                              TreeMark{{1, 0}}, [](const TreeMark&) { return 0; });
  TrialWatch watch;
  watch.stop = [] { return true; };
  const auto made = bench.trials.run(place, setup, watch);
  REQUIRE(made.has_value());
  CHECK(made->kind == CommitTrial::Kind::abandoned);
}

}  // namespace
}  // namespace culprit
