// A ReproRecord is a reproduction as it is written down, so that anyone can run it again.
//
// repro.toml holds everything: the command, the conditions and what they set, the seed, and what to
// expect. repro.sh runs one trial of it and exits as git bisect's test does: with culprit, which
// can apply all conditions; without it, by env, ulimit, taskset, chrt and faketime where these
// suffice, and else it says what is missing and exits 125. Both are pure texts of the record: the
// same record gives the same bytes.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/statistics.h"
#include "experiment/trial_setup.h"

namespace culprit {

struct ReproCondition {
  std::string factor;  // "latency(db)"
  std::string level;   // "250ms"
};

struct ReproRecord {
  TrialSetup setup;                        // with the conditions applied
  std::vector<std::string> toxics;         // of upstreams, each one line, as the proxy reads them
  std::vector<std::string> upstreams;      // "db=127.0.0.1:5432"
  std::vector<ReproCondition> conditions;  // the plan in words
  std::vector<std::string> vary;           // of a spec: what a search is to vary
  std::string faketime;                    // "+30d", for libfaketime; empty: the clock is real
  std::string signature;                   // an EXPR; empty: none
  std::uint64_t seed = 0;
  double rate = 0;  // that is expected
  Interval interval;
  double confidence = 0.95;
  std::size_t trials = 0;    // under these conditions,
  std::size_t failures = 0;  // and how many of them failed
  double baseline_rate = 0;
  Interval baseline;
  std::size_t baseline_trials = 0;
  std::size_t baseline_failures = 0;
  std::string program;                          // the culprit that wrote it; empty: in PATH
  std::string commit;                           // of the code under test; empty: not known
  std::map<std::string, std::string> versions;  // "culprit": "0.1.0", and what else matters
};

std::string repro_toml(const ReproRecord& record);
// `toml_name`: where it lies, seen from the script's folder.
std::string repro_sh(const ReproRecord& record, const std::string& toml_name = "repro.toml");

// In single quotes, so that a shell takes it as one word.
std::string shell_word(const std::string& word);

}  // namespace culprit
