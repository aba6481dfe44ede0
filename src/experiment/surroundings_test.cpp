#include "experiment/surroundings.h"

#include <chrono>
#include <fstream>
#include <set>
#include <sstream>

#include <doctest/doctest.h>

#include "experiment/scratch_test.h"

namespace culprit {
namespace {

// Files that libfaketime, or we for it, keep in shared memory.
std::set<std::string> clock_files() {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator("/dev/shm")) {
    const std::string name = entry.path().filename();
    const bool ours = name.find("culprit-" + std::to_string(::getpid())) != std::string::npos;
    if (ours || name.find("faketime") != std::string::npos) names.insert(name);
  }
  return names;
}

std::string ask_clocks() {
  return "import datetime, threading, time\n"
         "wall, monotonic = time.time(), time.monotonic()\n"
         "lock = threading.Condition()\n"
         "with lock: lock.wait(.05)\n"
         "print(round(wall), round(monotonic), round(time.time() - wall, 1) < 5,\n"
         "      datetime.datetime.now().year)\n";
}

struct Clocks {
  double wall = 0;
  double monotonic = 0;
  std::string waited;
  int year = 0;
};
Clocks clocks_in(const TrialSetup& setup, World& world) {
  std::istringstream words(run_setup(setup, world).out);
  Clocks clocks;
  words >> clocks.wall >> clocks.monotonic >> clocks.waited >> clocks.year;
  return clocks;
}

void check_clocks(World& world) {
  TrialSetup setup;
  setup.command = {"python3", "-c", ask_clocks()};
  const Clocks outside = clocks_in(setup, world);
  setup.clock = "+1d";
  const Clocks shifted = clocks_in(setup, world);
  CHECK(shifted.wall - outside.wall == doctest::Approx(86400).epsilon(0.0003));
  CHECK(shifted.monotonic - outside.monotonic < 20);
  CHECK(shifted.waited == "True");
  setup.clock = "2038";
  CHECK(clocks_in(setup, world).year == 2038);
  setup.clock = "-1h";
  CHECK(clocks_in(setup, world).wall - outside.wall < -3500);
}

}  // namespace

TEST_CASE("fresh numbers differ from trial to trial, and the same seed gives the same") {
  const std::unique_ptr<World> world = real_world();
  TrialSetup setup;
  setup.command = {"sh", "-c", "echo $ONE $OTHER $KEPT"};
  setup.environment["KEPT"] = "kept";
  setup.fresh_numbers = {"ONE", "OTHER"};
  std::set<std::string> seen;
  for (std::uint64_t seed = 0; seed < 10; ++seed) seen.insert(run_setup(setup, *world, seed).out);
  CHECK(seen.size() == 10);
  CHECK(run_setup(setup, *world, 3).out == run_setup(setup, *world, 3).out);
  CHECK(seen.begin()->ends_with(" kept\n"));
}

TEST_CASE("a program with the address sanitizer ends well under stalls") {
  const std::unique_ptr<World> world = real_world();
  const TestFolder folder;
  std::ofstream(folder.file("a.cpp")) << "int main() { delete new int(1); }";
  REQUIRE(
      run_test_process({"g++", "-fsanitize=address", folder.file("a.cpp"), "-o", folder.file("a")})
          .code == 0);
  TrialSetup setup;
  setup.stalls.share = 0.2;
  const Result<Surroundings> surroundings = Surroundings::of(setup, 1, *world);
  REQUIRE(surroundings);
  TestProcess process({folder.file("a")}, {}, surroundings->environment());
  const Result<Stalling> stalling = Stalling::begin(process.id(), setup.stalls);
  REQUIRE(stalling);
  process.go();
  CHECK(process.finish() == 0);
}

TEST_CASE("a folder's disk is full after so many bytes, for all processes together") {
  const std::unique_ptr<World> world = real_world();
  const TestFolder folder;
  const TestFolder other;
  TrialSetup setup;
  setup.disk_full = DiskFull{folder.path(), 10'000};
  setup.command = {"sh", "-c",
                   fmt::format("cd {}; for i in 1 2 3 4; do head -c 4000 /dev/zero >$i 2>/dev/null "
                               "|| echo $i failed; done; head -c 50000 /dev/zero >{} && echo fits",
                               folder.path(), other.file("big"))};
  CHECK(run_setup(setup, *world).out == "3 failed\n4 failed\nfits\n");
  CHECK(std::filesystem::file_size(folder.file("2")) == 4000);
  CHECK(std::filesystem::file_size(folder.file("3")) == 2000);
  // And again from the beginning in the next trial.
  CHECK(run_setup(setup, *world).out == "3 failed\n4 failed\nfits\n");
}

TEST_CASE("a full disk is noticed however a program writes") {
  const std::unique_ptr<World> world = real_world();
  const TestFolder folder;
  TrialSetup setup;
  setup.disk_full = DiskFull{folder.path(), 100};
  const std::string path = folder.file("out");
  const std::string ways[] = {
      "open(p, 'w').write('x' * 9000)",
      "os.write(os.open(p, os.O_CREAT | os.O_WRONLY), b'x' * 99); f = os.open(p, os.O_WRONLY); "
      "os.write(f, b'x'); os.write(f, b'x')",
      "f = os.open(p, os.O_CREAT | os.O_WRONLY); os.pwrite(f, b'x' * 100, 5); os.pwrite(f, b'x', "
      "5)",
      "f = os.open(p, os.O_CREAT | os.O_WRONLY); os.writev(f, [b'x' * 90] * 2); "
      "[os.writev(f, [b'x'] * 20) for i in range(20)]",
      "os.posix_fallocate(os.open(p, os.O_CREAT | os.O_WRONLY), 0, 101)",
      "import shutil; shutil.copyfile('/proc/self/exe', p)",
      "import sqlite3; c = sqlite3.connect(p); c.execute('create table t(a)'); c.commit()",
      // The C library's own streams.
      "import ctypes; c = ctypes.CDLL(None, use_errno=True); c.fopen.restype = ctypes.c_void_p\n"
      "f = c.fopen(p.encode(), b'w'); n = c.fputs(b'x' * 9000, ctypes.c_void_p(f))\n"
      "if n < 0 or c.fflush(ctypes.c_void_p(f)) < 0: raise OSError(ctypes.get_errno(), 'full')",
  };
  for (const std::string& way : ways) {
    CAPTURE(way);
    std::filesystem::remove(path);
    setup.command = {"python3", "-c",
                     fmt::format(
                         "import os, errno\np = '{}'\ntry:\n{}\nexcept OSError as e: "
                         "print(e.errno == errno.ENOSPC)\n"
                         "except Exception as e: print('full' in str(e))",
                         path, "  " + [&] {
                           std::string lines = way;
                           for (std::size_t at = 0;
                                (at = lines.find('\n', at)) != std::string::npos; at += 3) {
                             lines.insert(at + 1, "  ");
                           }
                           return lines;
                         }())};
    CHECK(run_setup(setup, *world).out == "True\n");
  }
}

TEST_CASE("a slow disk delays opens, writes and syncs below its folder, and no others") {
  const std::unique_ptr<World> world = real_world();
  const TestFolder folder;
  const TestFolder other;
  TrialSetup setup;
  setup.disk_delay = DiskDelay{folder.path(), std::chrono::milliseconds(100)};
  const auto took = [&](const std::string& path) {
    setup.command = {"python3", "-c",
                     fmt::format("import os, time\nbegin = time.monotonic()\n"
                                 "f = os.open('{}', os.O_CREAT | os.O_WRONLY)\nos.write(f, b'x')\n"
                                 "os.fsync(f)\nprint(time.monotonic() - begin)",
                                 path)};
    return std::stod(run_setup(setup, *world).out);
  };
  CHECK(took(folder.file("slow")) >= 0.3);
  CHECK(took(other.file("fast")) < 0.25);
}

TEST_CASE("the wall clock is shifted by libfaketime, the monotonic one is not, nothing stays") {
  const std::unique_ptr<World> world = real_world();
  const std::set<std::string> before = clock_files();
  check_clocks(*world);
  CHECK(clock_files() == before);
}

TEST_CASE("without libfaketime the shim shifts it") {
  const std::unique_ptr<World> world = real_world();
  const TestFolder folder;
  ::setenv("CULPRIT_FAKETIME", "none", 1);
  check_clocks(*world);
  TrialSetup setup;
  setup.clock = "+1d";
  setup.command = {"sh", "-c", "date +%s; touch $0; stat -c %Y $0", folder.file("touched")};
  std::istringstream words(run_setup(setup, *world).out);
  double wall = 0;
  double touched = 0;
  words >> wall >> touched;
  CHECK(wall - touched > 86'000);  // times of files are left alone
  ::unsetenv("CULPRIT_FAKETIME");
}

TEST_CASE("the zone's switch of clocks is passed under a shifted clock") {
  const std::unique_ptr<World> world = real_world();
  TrialSetup setup;
  setup.environment["TZ"] = "Australia/Lord_Howe";
  setup.clock = "dst-gap";
  setup.command = {"date", "+%H:%M %z"};
  CHECK(run_setup(setup, *world).out == "01:59 +1030\n");
}

TEST_CASE("a full disk and a shifted clock go together") {
  const std::unique_ptr<World> world = real_world();
  const TestFolder folder;
  TrialSetup setup;
  setup.clock = "2038";
  setup.disk_full = DiskFull{folder.path(), 0};
  setup.command = {"sh", "-c", "date -u +%Y; echo x 2>/dev/null >$0 || echo full",
                   folder.file("f")};
  CHECK(run_setup(setup, *world).out == "2038\nfull\n");
}

}  // namespace culprit
