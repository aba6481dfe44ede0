#include "workbench/repro_spec.h"

#include <doctest/doctest.h>

namespace culprit {
namespace {

ReproRecord full_record() {
  ReproRecord record;
  record.setup.command = {"sh", "-c", "printf '\"a\\b\"\\n'\t\nexit 1", "", "it's"};
  record.setup.directory = "/srv/the app";
  record.setup.timeout = std::chrono::milliseconds(2500);
  record.setup.environment = {{"TZ", "Asia/Kolkata"}, {"EMPTY", ""}, {"a.b", "two\nlines"}};
  record.setup.limits.memory_bytes_max = 1 << 30;
  record.setup.limits.descriptors_max = 64;
  record.setup.limits.file_bytes_max = 5'000'000'000;
  record.setup.limits.processors = 1;
  record.setup.limits.idle = true;
  record.setup.hogs = 3;
  record.setup.stalls = {0.2, 18'446'744'073'709'551'615ULL};
  record.toxics = {"latency(db): 250ms", "slicer(db): 10"};
  record.conditions = {{"latency(db)", "250ms"}, {"tz", "Asia/Kolkata"}, {"idle", "on"}};
  record.faketime = "+30d";
  record.signature = "stdout ~ \"lost\"";
  record.seed = 18'446'744'073'709'551'615ULL;
  record.rate = 0.9;
  record.interval = {0.78, 0.96};
  record.trials = 50;
  record.failures = 45;
  record.baseline_rate = 0.05;
  record.baseline = {0.0012, 0.24};
  record.baseline_trials = 20;
  record.baseline_failures = 1;
  record.commit = "3f2c1a";
  record.versions = {{"culprit", "0.1.0"}};
  return record;
}

}  // namespace

TEST_CASE("what was written is read back, to the last byte") {
  for (const ReproRecord& record : {full_record(), [] {
                                      ReproRecord least;
                                      least.setup.command = {"./test.sh"};
                                      return least;
                                    }()}) {
    const std::string text = repro_toml(record);
    const auto read = read_repro_toml(text, "repro.toml");
    REQUIRE_MESSAGE(read.has_value(), read.error().what);
    CHECK(repro_toml(*read) == text);
    CHECK(read->setup.command == record.setup.command);
    CHECK(read->setup.environment == record.setup.environment);
    CHECK(read->conditions.size() == record.conditions.size());
    CHECK(read->seed == record.seed);
    CHECK(read->setup.stalls.seed == record.setup.stalls.seed);
  }
}

TEST_CASE("typos and values of another kind are named") {
  struct Row {
    std::string text, says;
  };
  const std::string command = "command = [\"true\"]\n";
  for (const Row& row :
       {Row{command + "sede = 1\n", "line 2, column 1: a reproduction has no 'sede'"},
        Row{command + "[limits]\nprocesors = 1\n", "line 3, column 1: [limits] has no 'procesors'"},
        Row{command + "seed = \"many\"\n", "seed is a whole number"},
        Row{command + "[limits]\nidle = 3\n", "idle is true or false"},
        Row{command + "[limits]\nprocessors = -1\n", "processors is a whole number"},
        Row{command + "timeout_seconds = -2\n", "timeout_seconds is a number"},
        Row{command + "schema_version = 2\n", "schema_version is 1"},
        Row{command + "[[condition]]\nfaktor = \"a\"\n", "a condition has no 'faktor'"},
        Row{command + "[[condition]]\nfactor = \"a\"\n", "a condition has a factor and a level"},
        Row{command + "[environment]\nPORT = 1\n", "PORT is a text"},
        Row{"seed = 1\n", "it has no command"}, Row{"command = [\n", "line 1"}}) {
    CAPTURE(row.text);
    const auto read = read_repro_toml(row.text, "repro.toml");
    REQUIRE(!read.has_value());
    CHECK(read.error().fault == Fault::usage);
    CHECK(read.error().what.find(row.says) != std::string::npos);
  }
}

}  // namespace culprit
