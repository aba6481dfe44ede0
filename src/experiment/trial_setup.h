// A TrialSetup says how one trial of a command is run: its words, its surroundings, its limits.
//
// A plain value, so that a plan can be printed, stored and run again. What is not set stays as it
// is outside. Factors of a search (latency of an upstream, starved processors, another zone) are
// written into it by the table of constraints; a trial reads nothing else.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/time.h"
#include "experiment/stand_in.h"

namespace culprit {

// Limits that a process gives itself before it becomes the command.
struct Limits {
  std::optional<std::uint64_t> memory_bytes_max = {};  // of its address space
  std::optional<std::uint64_t> descriptors_max = {};   // open at once
  std::optional<std::uint64_t> file_bytes_max = {};    // of any file that it writes
  std::optional<std::uint32_t> processors = {};        // on so many of those that it may use
  bool idle = false;                                   // runs only where nothing else wants to
};

// Threads of the command that are stopped now and then, each for itself.
struct Stalls {
  double share = 0;  // of the time that a thread stands still, at most; 0: never
  std::uint64_t seed = 0;
};

// What happens to regular files that the command has under a folder; "/" is any folder.
struct DiskFull {
  std::string folder = "/";
  std::uint64_t bytes_max = 0;  // written by all its processes together; then there is no space
};
struct DiskDelay {
  std::string folder = "/";
  Duration each = Duration::zero();  // of every open, write and sync
};

struct TrialSetup {
  std::vector<std::string> command;
  std::map<std::string, std::string> environment;  // added to culprit's own
  std::set<std::string> unset;                     // taken out of culprit's own
  std::string directory;                           // empty: where culprit runs
  // A copy that the command sees in the place of a folder; `directory` lies in the copy then.
  std::optional<StandIn> stand_in = {};
  Duration timeout = Duration::zero();                    // zero: none
  std::size_t output_bytes_max = std::size_t{512} << 10;  // kept of each stream: beginning and end
  Limits limits;
  Stalls stalls;
  std::uint32_t hogs = 0;  // busy processes beside it, on each of its processors
  std::string clock;       // "+1d", "2038-01-19T03:14:05Z", "dst-gap"; empty: as outside
  std::vector<std::string> fresh_numbers;  // variables that get another number in each trial
  std::optional<DiskFull> disk_full;
  std::optional<DiskDelay> disk_delay;
  // Of each upstream that a proxy stands before: "latency(latency=20)".
  std::map<std::string, std::vector<std::string>> toxics;
  // Of the command, that run at once; or, where {concurrency} stands in its words, that number.
  std::uint32_t copies = 1;
  bool burst = false;  // {burst} in its words is --burst then
};

}  // namespace culprit
