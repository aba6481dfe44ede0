#include "experiment/trials.h"

#include <csignal>
#include <filesystem>
#include <set>

#include <sys/wait.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include "experiment/trial_folder_test.h"

namespace culprit {
namespace {

TrialSetup shell(const std::string& script) {
  TrialSetup setup;
  setup.command = {"sh", "-c", script};
  return setup;
}

// So many trials of one script.
TrialsOptions repeated(const std::string& script, std::size_t count,
                       std::vector<FinishedTrial>& all, const ScratchFolder& folder) {
  TrialsOptions options;
  options.temporary = folder.path();
  options.next = [=,
                  id = std::size_t{0}](std::size_t) mutable -> Result<std::optional<PlannedTrial>> {
    if (id == count) return std::optional<PlannedTrial>();
    return std::optional<PlannedTrial>({id++, shell(script)});
  };
  options.done = [&all](const FinishedTrial& one) {
    all.push_back(one);
    return AfterTrial::go_on;
  };
  return options;
}

bool is_empty(const ScratchFolder& folder) { return std::filesystem::is_empty(folder.path()); }

}  // namespace

TEST_CASE("each trial is told, judged") {
  const ScratchFolder folder;
  std::vector<FinishedTrial> all;
  REQUIRE(run_trials(repeated("exit 1", 5, all, folder)).has_value());
  REQUIRE(all.size() == 5);
  for (std::size_t i = 0; i < all.size(); ++i) {
    CHECK(all[i].id == i);
    CHECK(all[i].judgement.outcome == Outcome::bad);
  }
}

TEST_CASE("a signature sees the middle of a long output, of which less is kept") {
  const ScratchFolder folder;
  for (const char* expr : {"stdout ~ deadlock", "output ~ deadlock", "stderr ~ deadlock"}) {
    std::vector<FinishedTrial> all;
    TrialsOptions options =
        repeated("pad() { head -c 2000000 /dev/zero | tr '\\0' x; }; pad; echo; echo deadlock; pad",
                 1, all, folder);
    options.signature = *parse_expr(expr);
    REQUIRE(run_trials(options).has_value());
    REQUIRE(all.size() == 1);
    const bool there = std::string_view(expr) != "stderr ~ deadlock";
    CHECK(all[0].judgement.outcome == (there ? Outcome::bad : Outcome::good));
    CHECK(all[0].judgement.reason == "exit 0");
    CHECK(all[0].trial.out.text.size() < 600'000);
  }
}

TEST_CASE("workers have a number, a port and a folder of their own, which is gone afterwards") {
  const ScratchFolder folder;
  std::vector<FinishedTrial> all;
  TrialsOptions options = repeated(
      "echo $CULPRIT_WORKER $CULPRIT_PORT $TMPDIR; mkdir -p $TMPDIR/a/b; chmod 500 $TMPDIR/a;"
      "touch $TMPDIR/only; ls $TMPDIR | wc -l; sleep 0.05",
      12, all, folder);
  options.workers = 4;
  REQUIRE(run_trials(options).has_value());
  REQUIRE(all.size() == 12);
  std::set<std::string> places, workers;
  for (const FinishedTrial& one : all) {
    const std::string& out = one.trial.out.text;
    places.insert(out.substr(out.find(' ')));
    workers.insert(out.substr(0, out.find(' ')));
    CHECK(out.find(folder.path()) != std::string::npos);
    CHECK(out.ends_with("\n2\n"));
  }
  CHECK(places.size() == 12);  // no port and no folder twice
  CHECK(workers == std::set<std::string>{"0", "1", "2", "3"});
  CHECK(is_empty(folder));
}

TEST_CASE("a setup that names its own port or folder keeps them") {
  const ScratchFolder folder;
  std::vector<FinishedTrial> all;
  TrialsOptions options = repeated("", 0, all, folder);
  options.next = [once = true](std::size_t) mutable -> Result<std::optional<PlannedTrial>> {
    if (!std::exchange(once, false)) return std::optional<PlannedTrial>();
    PlannedTrial planned{0, shell("echo $CULPRIT_PORT $TMPDIR")};
    planned.setup.environment = {{"CULPRIT_PORT", "7"}, {"TMPDIR", "/tmp"}};
    return std::optional<PlannedTrial>(planned);
  };
  REQUIRE(run_trials(options).has_value());
  CHECK(all.at(0).trial.out.text == "7 /tmp\n");
}

TEST_CASE("the caller may stop: those that run are ended and never told") {
  const ScratchFolder folder;
  std::vector<FinishedTrial> all;
  TrialsOptions options = repeated("[ $CULPRIT_WORKER = 0 ] || sleep 60", 100, all, folder);
  options.workers = 3;
  options.done = [&](const FinishedTrial& one) {
    all.push_back(one);
    return all.size() == 4 ? AfterTrial::stop : AfterTrial::go_on;
  };
  const auto start = std::chrono::steady_clock::now();
  REQUIRE(run_trials(options).has_value());
  CHECK(all.size() == 4);
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(5));
  CHECK(is_empty(folder));
}

TEST_CASE("a worker without anything to do waits for what another's trial teaches") {
  const ScratchFolder folder;
  std::vector<FinishedTrial> all;
  TrialsOptions options = repeated("", 0, all, folder);
  options.workers = 2;
  options.next = [&](std::size_t running) -> Result<std::optional<PlannedTrial>> {
    // The second trial can be planned only once the first is known.
    if (all.size() + running >= 1 && all.empty()) return std::optional<PlannedTrial>();
    if (all.size() + running >= 3) return std::optional<PlannedTrial>();
    return std::optional<PlannedTrial>({all.size() + running, shell("sleep 0.05")});
  };
  REQUIRE(run_trials(options).has_value());
  CHECK(all.size() == 3);
}

TEST_CASE("a command that cannot be run ends everything with its error") {
  const ScratchFolder folder;
  std::vector<FinishedTrial> all;
  TrialsOptions options = repeated("", 0, all, folder);
  options.workers = 2;
  options.next = [](std::size_t) -> Result<std::optional<PlannedTrial>> {
    PlannedTrial planned;
    planned.setup.command = {"no-such-command-1"};
    return std::optional<PlannedTrial>(planned);
  };
  const Status ran = run_trials(options);
  REQUIRE(!ran.has_value());
  CHECK(ran.error().fault == Fault::usage);
  CHECK(is_empty(folder));
}

TEST_CASE("a Ctrl-C ends what runs, keeps what was told, and leaves nothing behind") {
  const ScratchFolder folder;
  const pid_t child = ::fork();
  if (child == 0) {
    watch_for_interrupts();
    std::vector<FinishedTrial> all;
    TrialsOptions options =
        repeated("[ -e " + folder.path() + "/first ] && { touch " + folder.path() +
                     "/second; sleep 60; }; touch " + folder.path() + "/first",
                 9, all, folder);
    const Status ran = run_trials(options);
    const bool right = !ran && ran.error().fault == Fault::interrupted && all.size() == 1;
    ::_exit(right ? 0 : 1);
  }
  for (int i = 0; i < 500 && !std::filesystem::exists(folder.path() + "/second"); ++i) {
    ::usleep(10'000);
  }
  ::kill(child, SIGINT);
  int status = 0;
  ::waitpid(child, &status, 0);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
  std::set<std::string> left;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    left.insert(entry.path().filename());
  }
  CHECK(left == std::set<std::string>{"first", "second"});
}

TEST_CASE("another way to run a trial can be put around the usual one") {
  const ScratchFolder folder;
  std::vector<FinishedTrial> all;
  TrialsOptions options = repeated("echo $AROUND", 1, all, folder);
  options.run = [](const TrialSetup& setup, const TrialWatch& watch) {
    TrialSetup more = setup;
    more.environment["AROUND"] = "proxy of " + setup.environment.at("CULPRIT_WORKER");
    return run_trial(more, watch);
  };
  REQUIRE(run_trials(options).has_value());
  CHECK(all.at(0).trial.out.text == "proxy of 0\n");
}

}  // namespace culprit
