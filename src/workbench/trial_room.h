// The room of trials is the folder in which they run: programs of it have to start, and write.
//
// Where they cannot, what fails is the machine. It says nothing of a commit or of a change, and it
// is the same on both sides of a comparison, so that a change that helps looks like one that does
// not.
#pragma once

#include <cstdint>
#include <string>

#include "experiment/trial.h"

namespace culprit {

// Whether the file system there is mounted so that no program of it can be run.
bool runs_nothing(const std::string& folder);

// So little is left that what fails is not judged by it.
bool out_of_space(const std::string& folder);

// What holds of processes where a runner runs it is not known here: its own words are believed.
enum class RanAt : std::uint8_t { here, runner };

// "no space left", or no processes: without them no command can say anything. Empty: all is well.
std::string trouble_of(const Trial& trial, const std::string& folder, RanAt at);

}  // namespace culprit
