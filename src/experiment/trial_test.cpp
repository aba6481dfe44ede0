#include "experiment/trial.h"

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include <sys/wait.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include "experiment/trial_folder_test.h"

namespace culprit {
namespace {

TrialSetup shell(const std::string& script, const std::string& directory = "") {
  TrialSetup setup;
  setup.command = {"sh", "-c", script};
  setup.directory = directory;
  return setup;
}

Trial run(const TrialSetup& setup) {
  auto trial = run_trial(setup);
  REQUIRE_MESSAGE(trial.has_value(), trial.error().what);
  return std::move(trial).value();
}

// Processes whose command line holds the mark.
std::size_t alive(const std::string& mark) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    std::ifstream file(entry.path() / "cmdline");
    std::stringstream text;
    text << file.rdbuf();
    count += text.str().find(mark) != std::string::npos ? 1 : 0;
  }
  return count;
}

// A number of seconds that no other process sleeps: its mark in the list of processes.
std::string unlikely_seconds() {
  static int calls = 0;
  return std::to_string(300'000 + ::getpid() % 100'000) + "." + std::to_string(++calls);
}

}  // namespace

TEST_CASE("how it ended, what it said, in its surroundings") {
  const ScratchFolder folder;
  TrialSetup setup = shell("echo \"$WORD\"; pwd; echo bad >&2; exit 3", folder.path());
  setup.environment["WORD"] = "hello there";
  const Trial trial = run(setup);
  CHECK(trial.exit_code == 3);
  CHECK(trial.out.text == "hello there\n" + folder.path() + "\n");
  CHECK(trial.error.text == "bad\n");
  CHECK(!trial.timed_out);
  CHECK(trial.seconds > 0);
  CHECK(trial.seconds < 5);
}

TEST_CASE("a variable that is set replaces the one outside, PATH too") {
  ::setenv("CULPRIT_TEST_WORD", "outside", 1);
  TrialSetup setup = shell("echo $CULPRIT_TEST_WORD");
  CHECK(run(setup).out.text == "outside\n");
  setup.environment["CULPRIT_TEST_WORD"] = "inside";
  CHECK(run(setup).out.text == "inside\n");
  const ScratchFolder folder;
  folder.write_script("mine", "#!/bin/sh\necho found\n");
  setup.command = {"mine"};
  setup.environment["PATH"] = folder.path() + ":/usr/bin:/bin";
  CHECK(run(setup).out.text == "found\n");
}

TEST_CASE("a variable that is taken out is not there") {
  ::setenv("CULPRIT_TEST_WORD", "outside", 1);
  TrialSetup setup = shell("echo \"${CULPRIT_TEST_WORD-none}\"");
  setup.unset = {"CULPRIT_TEST_WORD"};
  CHECK(run(setup).out.text == "none\n");
  ::unsetenv("CULPRIT_TEST_WORD");
}

TEST_CASE("death by a signal is told as such") {
  const Trial trial = run(shell("kill -SEGV $$"));
  CHECK(!trial.exit_code);
  CHECK(trial.signal == SIGSEGV);
}

TEST_CASE("signals that culprit ignores or handles are as usual for the command") {
  const Trial trial = run(shell("kill -PIPE $$; exit 4"));
  CHECK(trial.signal == SIGPIPE);
  CHECK(run(shell("kill -TERM $$; exit 4")).signal == SIGTERM);
}

TEST_CASE("it reads from nothing, and leads a session of its own") {
  CHECK(run(shell("read line && echo read; cat")).out.text.empty());
  const Trial trial = run(shell("ps -o sid= -p $$ 2>/dev/null || cut -d' ' -f6 /proc/$$/stat"));
  CHECK(std::atoi(trial.out.text.c_str()) != ::getsid(0));
}

TEST_CASE("no descriptor of ours is open in it") {
  const int leak = ::dup(0);  // without O_CLOEXEC, as libraries may
  const Trial trial = run(shell("ls /proc/self/fd | wc -l"));
  CHECK(std::atoi(trial.out.text.c_str()) == 4);  // 0, 1, 2 and the folder that ls reads
  ::close(leak);
}

TEST_CASE("a timeout ends the command, also one that does not listen") {
  for (const char* script : {"sleep 60", "trap '' TERM; sleep 60; sleep 60", "kill -STOP $$"}) {
    CAPTURE(script);
    TrialSetup setup = shell(script);
    setup.timeout = std::chrono::milliseconds(150);
    const auto start = std::chrono::steady_clock::now();
    const Trial trial = run(setup);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    CHECK(trial.timed_out);
    CHECK(!trial.exit_code);
    CHECK(trial.signal == 0);
    CHECK(took.count() < 3);
  }
}

TEST_CASE("what it said before the timeout is kept") {
  TrialSetup setup = shell("echo before; sleep 60");
  setup.timeout = std::chrono::milliseconds(200);
  CHECK(run(setup).out.text == "before\n");
}

TEST_CASE("nothing that it forked is left, not even what left its group and session") {
  const std::string seconds = unlikely_seconds();
  const Trial trial = run(shell("sleep " + seconds + " & setsid sleep " + seconds +
                                " & (setsid sh -c 'trap \"\" TERM HUP; sleep " + seconds +
                                "; :' >/dev/null 2>&1 &) ; sleep 0.05; exit 1"));
  CHECK(trial.exit_code == 1);
  CHECK(trial.seconds < 2);
  CHECK(alive(seconds) == 0);
}

TEST_CASE("a daemon that holds its output open does not hold the trial") {
  const std::string seconds = unlikely_seconds();
  const auto start = std::chrono::steady_clock::now();
  const Trial trial = run(shell("setsid sleep " + seconds + " & echo started"));
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  CHECK(trial.out.text == "started\n");
  CHECK(took.count() < 3);
  CHECK(alive(seconds) == 0);
}

TEST_CASE("gigabytes of output are drained, and the beginning and the end kept") {
  const Trial trial =
      run(shell("echo first; head -c 300000000 /dev/zero | tr '\\0' 'y'; echo; echo last"));
  CHECK(trial.exit_code == 0);
  CHECK(trial.out.text.starts_with("first\nyyy"));
  CHECK(trial.out.text.ends_with("yyy\nlast\n"));
  CHECK(trial.out.text.size() < TrialSetup().output_bytes_max + 100);
  CHECK(trial.out.bytes_discarded > 299'000'000);
}

TEST_CASE("more of an output is kept where that is asked for, and shortened to what is usual") {
  struct Row {
    std::size_t asked;
    std::size_t written;  // beside eleven bytes
  };
  for (const Row& row : {Row{4 << 20, 2'000'000}, Row{1 << 20, 3'000'000}}) {
    TrialSetup setup = shell(
        fmt::format("echo first; head -c {} /dev/zero | tr '\\0' 'y'; echo last", row.written));
    setup.output_bytes_max = row.asked;
    Trial trial = run(setup);
    CHECK(trial.out.text.size() + trial.out.bytes_discarded >= row.written);
    CHECK(trial.out.text.size() > row.asked / 4);
    shorten_output(trial);
    const std::size_t usual = TrialSetup().output_bytes_max;
    CHECK(trial.out.bytes_discarded == row.written + 11 - usual);
    CHECK(trial.out.text.size() < usual + 100);
    CHECK(trial.out.text.starts_with("first\nyyy"));
    CHECK(trial.out.text.ends_with("yyylast\n"));
    CHECK(trial.out.text.find(fmt::format("\n[{} bytes left out]\n", trial.out.bytes_discarded)) ==
          usual / 2);
    const std::string once = trial.out.text;
    shorten_output(trial);
    CHECK(trial.out.text == once);
  }
}

TEST_CASE("what cannot be run is an error with advice, not a failing test") {
  const ScratchFolder folder;
  folder.write("plain", "echo never\n");
  struct Row {
    std::vector<std::string> command;
    Fault fault;
    std::string says, advises;
  };
  for (const Row& row : {Row{{"no-such-command-1"}, Fault::usage, "no such command", "spelling"},
                         Row{{"./absent"}, Fault::usage, "no such command", "path"},
                         Row{{"plain"}, Fault::usage, "no such command", "./plain"},
                         Row{{"./plain"}, Fault::usage, "not executable", "chmod"},
                         Row{{}, Fault::usage, "no command", "culprit repro"}}) {
    TrialSetup setup;
    setup.command = row.command;
    setup.directory = folder.path();
    const auto trial = run_trial(setup);
    REQUIRE(!trial.has_value());
    CHECK(trial.error().fault == row.fault);
    CHECK(trial.error().what.find(row.says) != std::string::npos);
    CHECK(trial.error().advice.find(row.advises) != std::string::npos);
  }
  CHECK(run_trial(shell("true")).has_value());
  TrialSetup nowhere = shell("true");
  nowhere.directory = folder.path() + "/absent";
  CHECK(run_trial(nowhere).error().fault == Fault::missing);
}

TEST_CASE("an interpreter that does not exist is named; a script without one is the shell's") {
  const ScratchFolder folder;
  folder.write_script("lost", "#!/no/such/interpreter\n");
  folder.write_script("bare", "echo \"bare $1\"\n");
  TrialSetup setup;
  setup.directory = folder.path();
  setup.command = {"./lost"};
  const auto lost = run_trial(setup);
  REQUIRE(!lost.has_value());
  CHECK(lost.error().advice.find("interpreter") != std::string::npos);
  setup.command = {"./bare", "word"};
  CHECK(run(setup).out.text == "bare word\n");
}

TEST_CASE("limits hold for the command and for what it starts") {
  TrialSetup setup = shell("sh -c 'ulimit -n; ulimit -v; nproc'");
  setup.limits.descriptors_max = 64;
  setup.limits.memory_bytes_max = 1 << 30;
  setup.limits.processors = 1;
  CHECK(run(setup).out.text == "64\n1048576\n1\n");
  const ScratchFolder folder;
  TrialSetup writing = shell("head -c 100000 /dev/zero > big; wc -c < big", folder.path());
  writing.limits.file_bytes_max = 5000;
  CHECK(run(writing).out.text == "5000\n");
}

TEST_CASE("a stop from outside ends it at once, and is no trial") {
  const std::string seconds = unlikely_seconds();
  int asked = 0;
  const auto trial =
      run_trial(shell("sleep " + seconds + " & wait"), {.stop = [&] { return ++asked > 3; }});
  REQUIRE(!trial.has_value());
  CHECK(trial.error().fault == Fault::interrupted);
  CHECK(alive(seconds) == 0);
}

TEST_CASE("before its exec the process waits for whoever wants to look at it") {
  std::string looked_like;
  int process = 0;
  const auto trial =
      run_trial(shell("echo $$"), {.before_exec = [&](int id) {
                  process = id;
                  ::usleep(50'000);
                  std::ifstream("/proc/" + std::to_string(id) + "/cmdline") >> looked_like;
                  return ok();
                }});
  REQUIRE(trial.has_value());
  CHECK(trial->out.text == std::to_string(process) + "\n");
  CHECK(looked_like.find("echo") == std::string::npos);  // not the command yet
  const auto refused =
      run_trial(shell("echo never"),
                {.before_exec = [](int) -> Status { return error(Fault::denied, "not today"); }});
  REQUIRE(!refused.has_value());
  CHECK(refused.error().what == "not today");
}

TEST_CASE("whoever kills culprit kills the trial with it") {
  const std::string seconds = unlikely_seconds();
  const pid_t doomed = ::fork();
  if (doomed == 0) {
    const auto ignored = run_trial(shell("setsid sleep " + seconds + " & sleep " + seconds));
    ::_exit(ignored.has_value() ? 0 : 1);
  }
  for (int i = 0; i < 200 && alive(seconds) < 3; ++i) ::usleep(10'000);
  REQUIRE(alive(seconds) >= 2);
  ::kill(doomed, SIGKILL);
  ::waitpid(doomed, nullptr, 0);
  for (int i = 0; i < 300 && alive(seconds) > 0; ++i) ::usleep(10'000);
  CHECK(alive(seconds) == 0);
}

TEST_CASE("several threads run trials beside each other, none waits for another's daemon") {
  std::vector<std::thread> threads;
  std::atomic<int> right{0};
  for (int worker = 0; worker < 4; ++worker) {
    threads.emplace_back([&right, worker] {
      for (int i = 0; i < 10; ++i) {
        TrialSetup setup;
        setup.command = {"sh", "-c", "echo $0; exit $0", std::to_string(worker)};
        const auto trial = run_trial(setup);
        right +=
            trial && trial->exit_code == worker && trial->out.text == std::to_string(worker) + "\n"
                ? 1
                : 0;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(right == 40);
}

}  // namespace culprit
