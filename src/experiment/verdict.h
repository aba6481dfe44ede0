// A Judgement says what a trial was: good, bad, or nothing that could be judged, and why.
//
// A command speaks as git bisect's test does: 0 good, 125 cannot be tested, 1 to 127 bad, 128 and
// above stops whatever is run. Death by a signal that culprit saw itself is bad; a timeout is not
// judged, since a slow machine is no failure, unless the signature asks for timed_out. A report of
// a sanitizer is bad whatever the exit code: some of them go on to 0.
//
// A signature (an EXPR over exit, signal, timed_out, seconds, stdout, stderr, output) says which
// failure is looked for: what matches is bad, also where the command itself ends with 0; any other
// failure is not judged, so that a second bug does not lead astray. It looks at all of an output up
// to 64 MiB a stream; of more, at the beginning and the end, and the reason says what it did not
// see. Why not line by line while it runs: a regex may span lines.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "event/event.h"
#include "event/expr.h"
#include "experiment/trial.h"

namespace culprit {

struct Judgement {
  std::optional<Outcome> outcome;
  bool stops = false;  // the command asks for the end of everything
  std::string reason;  // "exit 1", "killed by SIGSEGV", "AddressSanitizer: heap-use-after-free"
};

// "SIGSEGV" of 139: what a shell gives for a program that died of it; empty: no fatal signal.
std::string shell_death(int exit_code);

// How much of each stream has to be kept for it.
std::size_t output_bytes_for(const std::optional<Expr>& signature);

Judgement judge(const Trial& trial, const std::optional<Expr>& signature);

// The exit code that tells git bisect the same: 0, 1 to 127 (the command's own where it has one),
// 125, or 128 and above.
int bisect_code(const Trial& trial, const Judgement& judgement);

// Errors: usage, where it asks for a field that no trial has.
Status check_signature(const Expr& signature);

}  // namespace culprit
