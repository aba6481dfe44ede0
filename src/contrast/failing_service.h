// A FailingService is one in which units that failed met their failure, or that they went through.
//
// A failure deep in a chain of services is told again by each one above it: who said first that
// something is wrong is where to look. What failed there before the onset too, at its old rate, is
// no part of the incident (difference in differences).
#pragma once

#include <span>
#include <string>
#include <vector>

namespace culprit {

// What is known of one failing unit, read line by line.
struct UnitPath {
  std::string first = {};                  // who first said that something is wrong; empty: nobody
  std::vector<std::string> services = {};  // with a line in it
  std::vector<std::string> named = {};     // other services that the first failing line speaks of
};

struct FailingService {
  std::string name;
  double first = 0;    // of the failures that the incident added, those that it told first
  double named = 0;    // likewise, of which another service told first, and named this one
  double present = 0;  // of the failing units since the onset, those with a line of it
  double logged = 0;   // of the successful units since the onset, likewise
  // Of the failures that the first of all services tells first, those that came by this one too;
  // and likewise of the units that went well through that service (1: not known). Where nearly all
  // of these failures did and not nearly all of these units, only what comes by this one fails.
  double among = 0;
  double beside = 1;
};

struct UnitPaths {
  std::span<const UnitPath> before;  // failing, before the onset
  std::span<const UnitPath> after;   // failing, since
  std::span<const UnitPath> good;    // successful, since
  std::span<const UnitPath> good_before = {};
  double background = 0;  // of the failures since the onset, those due at the old rate
};

// Every service that a path names; those with most failures first.
std::vector<FailingService> failing_services(const UnitPaths& paths);

}  // namespace culprit
