#include "experiment/stalls.h"

#include <sys/epoll.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <thread>

#include <doctest/doctest.h>

#include "experiment/process_test.h"

namespace culprit {
namespace {

using std::chrono::milliseconds;

// Whatever the plan draws, it holds something half of the time.
constexpr Stalls often{.share = 0.5, .seed = 1};

bool becomes(int process, std::string_view row, std::string_view start) {
  for (int round = 0; round < 500; ++round) {
    if (status_row(process, row).starts_with(start)) return true;
    std::this_thread::sleep_for(milliseconds(10));
  }
  return false;
}

// Held, and not only stopped for a moment at its exec.
bool is_held(int process) {
  int seen = 0;
  for (int round = 0; round < 500 && seen < 5; ++round) {
    seen = status_row(process, "State").starts_with("t") ? seen + 1 : 0;
    std::this_thread::sleep_for(milliseconds(10));
  }
  return seen == 5;
}

// The first seed by which an interval longer than `length` begins within `within`.
Stalls stall_soon(Duration length, Duration within) {
  for (Stalls stalls = often;; ++stalls.seed) {
    const StallPlan::Interval first = StallPlan(stalls.share, stalls.seed).next();
    if (first.from < within && first.until - first.from > length) return stalls;
  }
}

TestRan run_stalled(TestProcess& process, const Stalls& stalls) {
  Result<Stalling> stalling = Stalling::begin(process.id(), stalls);
  REQUIRE(stalling);
  process.go();
  std::string out = process.rest();
  return {process.finish(), std::move(out)};
}

// Two threads deposit in turns, 10 ms apart, each by reading the balance and writing it back 4 ms
// later. Only one that is late by another 6 ms loses the other's deposit.
std::atomic<int> balance;
void deposit(int phase) {
  const auto begin = std::chrono::steady_clock::now();
  for (int round = 0; round < 20; ++round) {
    std::this_thread::sleep_until(begin + milliseconds(20 * round + 10 * phase));
    const int read = balance;
    std::this_thread::sleep_for(milliseconds(4));
    balance = read + 1;
  }
}

int race() {
  std::thread one(deposit, 0);
  std::thread other(deposit, 1);
  one.join();
  other.join();
  return balance == 40 ? 0 : 1;
}

int lost_updates(int runs, double share) {
  int lost = 0;
  constexpr int together = 10;
  for (int run = 0; run < runs; run += together) {
    std::vector<std::unique_ptr<TestProcess>> processes;
    std::vector<Stalling> stallings;
    for (int i = 0; i < together; ++i) {
      processes.push_back(std::make_unique<TestProcess>(race));
      const Stalls stalls{.share = share, .seed = static_cast<std::uint64_t>(run + i)};
      Result<Stalling> stalling = Stalling::begin(processes.back()->id(), stalls);
      REQUIRE(stalling);
      stallings.push_back(std::move(*stalling));
      processes.back()->go();
    }
    for (const auto& process : processes) lost += process->finish();
  }
  return lost;
}

int wait_for_events() {
  const int events = ::epoll_create1(0);
  epoll_event event{};
  for (int round = 0; round < 10; ++round) {
    if (::epoll_wait(events, &event, 1, 50) < 0) return 1;
  }
  return 0;
}

}  // namespace

TEST_SUITE("long") {
  TEST_CASE("a race that is rarely lost is lost far more often under stalls") {
    // A machine that stands still itself, for 6 ms, loses some too: the calmer of two series
    // counts.
    const int calm = std::min(lost_updates(40, 0), lost_updates(40, 0));
    const int stalled = lost_updates(40, 0.2);
    MESSAGE("lost updates in 40 runs: ", calm, " without stalls, ", stalled, " with");
    CHECK(stalled >= 5);
    CHECK(stalled >= 2 * calm);
  }
}

TEST_CASE("a program with children and pipes does the same under stalls") {
  TestProcess process({"sh", "-c", R"(
for i in 1 2 3 4 5 6 7 8; do seq $i | while read n; do echo $n; done | sort -n | tail -1; done
(exit 7) || echo $?; python3 -c '
import subprocess, threading
def run(n): assert subprocess.run(["sh", "-c", f"exit {n}"]).returncode == n
threads = [threading.Thread(target=run, args=(n,)) for n in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print("done")'; exit 3)"});
  const TestRan ran = run_stalled(process, {.share = 0.3, .seed = 4});
  CHECK(ran.out == "1\n2\n3\n4\n5\n6\n7\n8\n7\ndone\n");
  CHECK(ran.code == 3);
}

TEST_CASE("signals arrive as they were sent") {
  TestProcess process({"python3", "-u", "-c", R"(
import os, signal
got = []
signal.signal(signal.SIGUSR1, lambda *_: got.append(1))
for round in range(200): os.kill(os.getpid(), signal.SIGUSR1)
print(len(got))
two = []
signal.signal(signal.SIGUSR2, lambda *_: two.append(1))
print("ready")
while not two: signal.sigtimedwait([], .01)
print("two")
os.abort())"});
  Result<Stalling> stalling = Stalling::begin(process.id(), {.share = 0.3, .seed = 2});
  REQUIRE(stalling);
  process.go();
  CHECK(process.line() == "200");
  CHECK(process.line() == "ready");
  ::kill(process.id(), SIGUSR2);
  CHECK(process.line() == "two");
  CHECK(process.finish() == 128 + SIGABRT);
}

TEST_CASE("a command that stops itself stays stopped until somebody continues it") {
  TestProcess process({"sh", "-c", "kill -STOP $$; echo on"});
  Result<Stalling> stalling = Stalling::begin(process.id(), often);
  REQUIRE(stalling);
  process.go();
  int status = 0;
  CHECK(::waitpid(process.id(), &status, WUNTRACED) == process.id());
  CHECK(WIFSTOPPED(status));
  CHECK(is_held(process.id()));  // so the kernel calls a stop that a tracer knows of
  SUBCASE("and may be continued under stalls") {}
  SUBCASE("also when it is let go") {
    (*stalling).end();
    CHECK(becomes(process.id(), "State", "T"));
    CHECK(status_row(process.id(), "TracerPid") == "0");
  }
  ::kill(process.id(), SIGCONT);
  CHECK(process.line() == "on");
  CHECK(process.finish() == 0);
}

TEST_CASE("a thread stands still in a stall, and goes on when it is let go") {
  TestProcess process({"sh", "-c", "while :; do :; done"});
  Result<Stalling> stalling =
      Stalling::begin(process.id(), stall_soon(milliseconds(1500), milliseconds(100)));
  REQUIRE(stalling);
  process.go();
  CHECK(is_held(process.id()));
  const StallsDone done = (*stalling).end();
  CHECK(done.threads == 1);
  CHECK(done.stalls >= 1);
  CHECK(done.still > Duration::zero());
  CHECK(status_row(process.id(), "TracerPid") == "0");
  CHECK(becomes(process.id(), "State", "R"));
}

TEST_CASE("a command that is killed during a stall is over at once") {
  TestProcess process({"sh", "-c", "while :; do :; done"});
  const Result<Stalling> stalling =
      Stalling::begin(process.id(), stall_soon(milliseconds(1500), milliseconds(100)));
  REQUIRE(stalling);
  process.go();
  REQUIRE(is_held(process.id()));
  const auto begin = std::chrono::steady_clock::now();
  ::kill(process.id(), SIGKILL);
  CHECK(process.finish() == 128 + SIGKILL);
  CHECK(std::chrono::steady_clock::now() - begin < milliseconds(500));
}

TEST_CASE("processes that were there before are held too, and all are let go") {
  TestProcess process({"sh", "-c", "sh -c 'sleep 30 & sleep 30' & echo $!; wait"});
  process.go();
  const int child = std::stoi(process.line());
  std::this_thread::sleep_for(milliseconds(200));
  Result<Stalling> stalling = Stalling::begin(process.id(), often);
  REQUIRE(stalling);
  CHECK(status_row(child, "TracerPid") != "0");
  const StallsDone done = (*stalling).end();
  CHECK(done.threads >= 4);
  CHECK(status_row(process.id(), "TracerPid") == "0");
  CHECK(status_row(child, "TracerPid") == "0");
}

TEST_CASE("when culprit is killed, its tracer lets the command go") {
  TestProcess process({"sh", "-c", "while :; do :; done"});
  const pid_t owner = ::fork();
  if (owner == 0) {
    const Result<Stalling> stalling = Stalling::begin(process.id(), often);
    for (;;) ::pause();
  }
  process.go();
  for (int round = 0; round < 500 && status_row(process.id(), "TracerPid") == "0"; ++round) {
    std::this_thread::sleep_for(milliseconds(10));
  }
  CHECK(status_row(process.id(), "TracerPid") != "0");
  ::kill(owner, SIGKILL);
  ::waitpid(owner, nullptr, 0);
  CHECK(becomes(process.id(), "TracerPid", "0"));
  CHECK(becomes(process.id(), "State", "R"));
}

TEST_CASE("a wait for events is not ended by a stall") {
  TestProcess process(wait_for_events);
  CHECK(run_stalled(process, stall_soon(milliseconds(20), milliseconds(100))).code == 0);
}

TEST_CASE("what may not be traced is an error that says why") {
  TestProcess process({"sleep", "30"});
  const Result<Stalling> first = Stalling::begin(process.id(), often);
  REQUIRE(first);
  const Result<Stalling> second = Stalling::begin(process.id(), often);
  REQUIRE_FALSE(second);
  CHECK(second.error().fault == Fault::denied);
  CHECK(second.error().what.find("may not trace process") != std::string::npos);
  CHECK(second.error().advice.find("another program traces it") != std::string::npos);
  CHECK(Stalling::begin(1 << 30, often).error().fault == Fault::missing);
  CHECK(Stalling::begin(process.id(), {.share = 1.5, .seed = 0}).error().fault == Fault::usage);
  CHECK(stalls_possible());
}

}  // namespace culprit
