#include "experiment/repro_script.h"

#include <doctest/doctest.h>

#include "experiment/trial.h"
#include "experiment/trial_folder_test.h"

namespace culprit {
namespace {

ReproRecord record_of(const std::string& script) {
  ReproRecord record;
  record.setup.command = {"sh", "-c", script, "it's", "two words"};
  record.seed = 18'446'744'073'709'551'615ULL;
  record.rate = 0.9;
  record.interval = {0.78, 0.96};
  record.trials = 50;
  record.failures = 45;
  record.baseline_trials = 20;
  record.baseline = {0, 0.17};
  record.conditions = {{"TZ", "Asia/Kolkata"}, {"descriptors", "64"}};
  record.setup.environment["TZ"] = "Asia/Kolkata";
  record.setup.limits.descriptors_max = 64;
  record.commit = "3f2c1a";
  record.versions["culprit"] = "0.1.0";
  return record;
}

// Runs the script with no culprit in PATH but the one that is put there.
Trial run(const ReproRecord& record, const std::string& culprit = "") {
  const ScratchFolder folder;
  folder.write_script("repro.sh", repro_sh(record));
  folder.write("repro.toml", repro_toml(record));
  if (!culprit.empty()) folder.write_script("culprit", culprit);
  TrialSetup setup;
  setup.command = {"./repro.sh"};
  setup.directory = folder.path();
  setup.environment["PATH"] = folder.path() + ":/usr/bin:/bin";
  auto trial = run_trial(setup);
  REQUIRE(trial.has_value());
  return std::move(trial).value();
}

}  // namespace

TEST_CASE("without culprit the script applies environment and limits itself, and passes the code") {
  const Trial trial = run(record_of("echo $TZ; ulimit -n; echo \"$0\" \"$1\"; exit 7"));
  CHECK(trial.exit_code == 7);
  CHECK(trial.out.text == "Asia/Kolkata\n64\nit's two words\n");
}

TEST_CASE("memory, sizes of files, processors and idle scheduling without culprit") {
  ReproRecord record = record_of("ulimit -v; ulimit -f; nproc; chrt -p $$ | head -n 1");
  record.setup.limits.memory_bytes_max = 2'000 << 20;
  record.setup.limits.file_bytes_max = 1 << 20;
  record.setup.limits.processors = 1;
  record.setup.limits.idle = true;
  const Trial trial = run(record);
  CHECK(trial.out.text.starts_with("2048000\n2048\n1\n"));
  CHECK(trial.out.text.find("SCHED_IDLE") != std::string::npos);
  CHECK(trial.exit_code == 0);
}

TEST_CASE("with culprit it is left to culprit, whose code is the script's") {
  const Trial trial = run(record_of("exit 7"), "#!/bin/sh\necho \"$@\"\nexit 3\n");
  CHECK(trial.exit_code == 3);
  CHECK(trial.out.text == "repro --spec ./repro.toml --once\n");
}

TEST_CASE("without culprit too it has a port and a folder of its own, and a signal is a failure") {
  const Trial trial = run(
      record_of("touch $TMPDIR/mine; [ $CULPRIT_PORT -ge 20000 ]; echo $? $TMPDIR; kill -SEGV $$"));
  CHECK(trial.exit_code == 1);
  CHECK(trial.out.text.starts_with("0 /"));
  const std::string folder = trial.out.text.substr(2, trial.out.text.find('\n') - 2);
  CHECK(!std::filesystem::exists(folder));
  CHECK(run(record_of("exit 200")).exit_code == 200);
}

TEST_CASE("what only culprit can apply is said, and not judged") {
  ReproRecord record = record_of("exit 7");
  record.toxics = {"latency(db): 250ms"};
  const Trial trial = run(record);
  CHECK(trial.exit_code == 125);
  CHECK(trial.error.text.find("faults between it and its upstreams") != std::string::npos);
}

TEST_CASE("a run that takes too long is not judged") {
  ReproRecord record = record_of("sleep 20");
  record.setup.timeout = std::chrono::milliseconds(200);
  CHECK(run(record).exit_code == 125);
  record.setup.command = {"sh", "-c", "exit 6"};
  CHECK(run(record).exit_code == 6);
}

TEST_CASE("the toml says all that the record holds") {
  ReproRecord record = record_of("printf '\"a\\b\"\\n'");
  record.toxics = {"latency(db): 250ms"};
  record.setup.stalls = {0.2, 9};
  record.signature = "stdout ~ \"lost\"";
  record.setup.environment["ODD"] = "tab\there\nnext";
  const std::string text = repro_toml(record);
  for (const char* line :
       {"# Fails in 90.0% of runs (78.0..96.0%, 45 of 50 trials); without these conditions in 0.0% "
        "(0 of 20):\n",
        "#   TZ = Asia/Kolkata\n", "\nschema_version = 1\n",
        "\ncommand = [\"sh\", \"-c\", \"printf '\\\"a\\\\b\\\"\\\\n'\", \"it's\", \"two words\"]\n",
        "\nseed = \"18446744073709551615\"\n", "\ncommit = \"3f2c1a\"\n",
        "\nsignature = \"stdout ~ \\\"lost\\\"\"\n", "\ntoxics = [\"latency(db): 250ms\"]\n",
        "\n[expected]\nrate = 0.9000\nlow = 0.7800\nhigh = 0.9600\ntrials = 50\nfailures = 45\n",
        "\n[baseline]\nrate = 0.0000\nlow = 0.0000\nhigh = 0.1700\ntrials = 20\nfailures = 0\n",
        "\ndescriptors_max = 64\n", "\nstalls_share = 0.2000\n",
        "\n\"ODD\" = \"tab\\u0009here\\nnext\"\n", "\n[versions]\n\"culprit\" = \"0.1.0\"\n",
        "\n[[condition]]\nfactor = \"TZ\"\nlevel = \"Asia/Kolkata\"\n"}) {
    CAPTURE(line);
    CHECK(text.find(line) != std::string::npos);
  }
}

TEST_CASE("texts of a record are read back by Python's own TOML reader") {
  ReproRecord record = record_of("echo \"$TZ\" 'x' \\ \t");
  const ScratchFolder folder;
  folder.write("repro.toml", repro_toml(record));
  TrialSetup setup;
  setup.directory = folder.path();
  setup.command = {"python3", "-c",
                   "import tomllib\nt = tomllib.load(open('repro.toml', 'rb'))\n"
                   "print(t['command'][2], end='')\n"
                   "assert t['environment'] == {'TZ': 'Asia/Kolkata'}\n"
                   "assert t['condition'][1]['factor'] == 'descriptors'\n"
                   "assert t['expected']['failures'] == 45\n"};
  const auto trial = run_trial(setup);
  REQUIRE(trial.has_value());
  CHECK(trial->error.text.empty());
  CHECK(trial->out.text == record.setup.command[2]);
}

}  // namespace culprit
