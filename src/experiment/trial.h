// A Trial is one run of a command to its end: how it ended, how long it took, what it said.
//
// run_trial() promises that afterwards nothing of it is left: neither the command nor what it
// forked, not even daemons that left its group (see supervisor.h), whether it ended, timed out, was
// stopped or culprit itself was killed. The command reads from nothing, writes as much as it likes
// without ever waiting for us, and has a session of its own, so that no Ctrl-C reaches it.
//
// A command that fails is a Trial like any other; judging is verdict.h's. `stalls` and `hogs` of
// its setup are not applied here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/world.h"
#include "experiment/trial_setup.h"

namespace culprit {

struct TrialOutput {
  std::string text;                   // its beginning and its end, with a line between that says so
  std::uint64_t bytes_discarded = 0;  // in the middle
};

struct Trial {
  std::optional<int> exit_code;  // nothing: it died of a signal
  int signal = 0;                // that it died of
  bool timed_out = false;        // and was ended for it; neither of the above then
  double seconds = 0;
  TrialOutput out;
  TrialOutput error;
};

// What whoever runs a trial has to say while it runs.
struct TrialWatch {
  // Asked ten times a second; true ends the trial, which is Fault::interrupted then.
  std::function<bool()> stop = interrupted;
  // Called with the process that is about to become the command and waits for this to return, so
  // that it can be traced from its first instruction on. An Error gives the trial up.
  std::function<Status(int process)> before_exec = nullptr;
};

// Errors: usage (no such command, not executable), missing (directory), denied or unavailable (a
// limit that the system refuses, no more processes), interrupted. Safe from several threads.
Result<Trial> run_trial(const TrialSetup& setup, const TrialWatch& watch = {});

// With no more of its output than is usually kept, where more was for a signature to look at.
void shorten_output(Trial& trial);

}  // namespace culprit
