#include "experiment/limits.h"

#include <chrono>
#include <thread>

#include <doctest/doctest.h>

#include "experiment/process_test.h"

namespace culprit {
namespace {

std::string allowed_after(std::uint32_t processors) {
  return run_test_process({"python3", "-c", "import os; print(len(os.sched_getaffinity(0)))"},
                          {.processors = processors})
      .out;
}

}  // namespace

TEST_CASE("a program finds the limits that it was given, and cannot take them back") {
  const Limits limits{.memory_bytes_max = 1 << 30, .descriptors_max = 17, .file_bytes_max = 4096};
  const TestRan ran = run_test_process({"python3", "-c", R"(
import resource
for limit in resource.RLIMIT_AS, resource.RLIMIT_NOFILE, resource.RLIMIT_FSIZE:
    print(*resource.getrlimit(limit))
)"},
                                       limits);
  CAPTURE(ran.code);
  CHECK(ran.out == "1073741824 1073741824\n17 17\n4096 4096\n");
}

TEST_CASE("a command that is idle has the scheduler's lowest class") {
  // No more than that: where others are busy, it hardly gets to anything.
  TestProcess process({"sleep", "30"}, {.idle = true});
  process.go();
  int scheduler = SCHED_OTHER;
  for (int round = 0; round < 2000 && scheduler != SCHED_IDLE; ++round) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    scheduler = ::sched_getscheduler(process.id());
  }
  CHECK(scheduler == SCHED_IDLE);
}

TEST_CASE("what is not limited stays as it is outside") {
  const TestProcess::Words ask = {"sh", "-c", "ulimit -n; ulimit -v; ulimit -f; nproc"};
  const std::string outside = run_test_process(ask).out;
  CHECK_FALSE(outside.empty());
  const Limits wide{.memory_bytes_max = ~0ULL, .descriptors_max = ~0ULL, .processors = 8192};
  CHECK(run_test_process(ask, wide).out == outside);
}

TEST_CASE("limits bite") {
  SUBCASE("memory") {
    const TestProcess::Words take = {"python3", "-c", "bytearray(200 << 20)"};
    CHECK(run_test_process(take).code == 0);
    CHECK(run_test_process({"sh", "-c", "python3 -c 'bytearray(200 << 20)' 2>/dev/null"},
                           {.memory_bytes_max = 128 << 20})
              .code == 1);
  }
  SUBCASE("descriptors") {
    const std::string open =
        "import os\ntry:\n  for i in range(64): os.open('/', 0)\n"
        "except OSError as error: print(error.errno)";
    CHECK(run_test_process({"python3", "-c", open}, {.descriptors_max = 32}).out == "24\n");
  }
  SUBCASE("the size of a file") {
    // Python ignores SIGXFSZ, of which others die.
    const std::string fill =
        "import tempfile\nfile = tempfile.TemporaryFile(buffering=0)\n"
        "print(file.write(bytes(9000)))\ntry: file.write(b'1')\n"
        "except OSError as error: print(error.errno)";
    CHECK(run_test_process({"python3", "-c", fill}, {.file_bytes_max = 8192}).out == "8192\n27\n");
  }
  SUBCASE("processors") { CHECK(allowed_after(1) == "1\n"); }
}

TEST_CASE("no processor at all is refused") {
  CHECK(run_test_process({"true"}, {.processors = 0}).code == 126);
}

TEST_CASE("sets of processors") {
  const ProcessorSet all = ProcessorSet::allowed();
  const int count = all.count();
  REQUIRE(count > 0);
  CHECK(all.first(1).count() == 1);
  CHECK(all.first(8192).count() == count);
  CHECK(all.only(0).count() == 1);
  CHECK(std::memcmp(all.only(0).words, all.only(count).words, sizeof all.words) == 0);
  CHECK(std::memcmp(all.only(0).words, all.first(1).words, sizeof all.words) == 0);
}

}  // namespace culprit
