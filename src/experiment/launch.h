// A Launch is a command made ready to become a process: found, its words and variables in place.
//
// Everything that needs memory happens here, before the fork: between fork and exec of a program
// with threads nothing may be allocated.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "experiment/trial_setup.h"

namespace culprit {

struct Launch {
  std::string path;  // of the program
  std::string directory;
  std::optional<StandIn> stand_in;
  std::vector<std::string> words;      // of both kinds of arguments
  std::vector<std::string> variables;  // "NAME=value"
  std::vector<char*> arguments;        // point into words, and end with nullptr
  std::vector<char*> shell_arguments;  // for a script without a first line that names its shell
  std::vector<char*> environment;      // point into variables

  Launch() = default;
  Launch(Launch&&) = default;  // strings keep their place: their vectors are moved whole
  Launch& operator=(Launch&&) = default;
  Launch(const Launch&) = delete;
  Launch& operator=(const Launch&) = delete;
};

// Errors: usage, where there is no such command or it cannot be run; missing, no such directory.
Result<Launch> launch_of(const TrialSetup& setup);

}  // namespace culprit
