// A Constraint is a way in which a command can be made to run under worse conditions, one row of a
// visible table; a Factor is one that a user asked for, with the levels that a search may choose.
//
//   --vary starvation=0..8   --vary "env(REGION)=us,eu"   --vary clock
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/world.h"
#include "experiment/trial_setup.h"

namespace culprit {

struct Factor;

struct Constraint {
  enum class Argument : std::uint8_t { none, wanted, allowed };  // in parentheses

  std::string_view name;
  std::string_view what;  // what it does to the command, for a list of all
  std::string_view unit;  // of its levels
  Argument argument;
  std::string_view argument_name;  // "NAME"; empty: none
  std::string_view range;          // where a user gives none; empty: he has to
  Result<std::vector<std::string>> (*levels)(const Constraint&, std::string_view range);
  Status (*apply)(const Factor&, std::string_view level, TrialSetup&);
  Status (*available)(const Factor&, const TrialSetup&, World&);
};

std::span<const Constraint> constraints();

struct Factor {
  const Constraint* constraint = nullptr;  // of constraints(); never null
  std::string argument;                    // "REGION"; empty: none
  std::vector<std::string> levels;         // from harmless to strongest, two or more

  std::string name() const;  // "env(REGION)", "tz"

  // Writes one of its levels into a setup; "off" changes nothing there.
  Status apply(std::string_view level, TrialSetup& setup) const;
  // Whether this machine can apply it to that command; the Error says why not.
  Status available(const TrialSetup& setup, World& world) const;
};

// "NAME=RANGE", "NAME(ARGUMENT)=RANGE", or without "=RANGE".
Result<Factor> read_factor(std::string_view text);

}  // namespace culprit
