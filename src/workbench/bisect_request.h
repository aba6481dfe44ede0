// A BisectRequest is what a user asks of `bisect`, in words; here it becomes a search that can be
// run, with a folder that keeps its history.
//
// The history lies in .culprit/bisect/ID, where the id follows from the two commits and the
// command: the same command line finds it again. It holds the journal, the output of each run, and
// the patch that would take the culprit back.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/world.h"
#include "repo/ancestry.h"
#include "workbench/bisect.h"
#include "workbench/bisected.h"

namespace culprit {

struct BisectRequest {
  std::string good;  // both empty: of `replay`, or with `resume` of the newest bisection
  std::string bad;
  std::vector<std::string> command;
  std::string repository = ".";
  double confidence = 0.95;
  std::size_t workers = 1;
  struct Rates {
    double good = 0;
    double bad = 1;
  };
  std::optional<Rates> rates;
  std::string
      rates_from;  // a repro.toml; empty: ./repro.toml, where that is of BAD and the command
  std::optional<std::size_t> calibrate;
  std::string prior = "none";  // "none", "case" or a file
  Follow follow = Follow::all_parents;
  std::string signature;  // EXPR; empty: by the exit code
  std::string build;
  std::vector<std::string> paths;  // that the build and the test read
  std::optional<std::size_t> builds;
  std::vector<std::string> kept;   // paths that a switch to another commit leaves alone
  std::vector<std::string> links;  // paths shared with the user's checkout
  std::string runner;
  std::string worktrees;  // where their folder is made; empty: TMPDIR
  Duration timeout = Duration::zero();
  Duration time_max = Duration::zero();
  std::size_t runs_max = 2000;
  std::string log;     // written, as of `git bisect log`
  std::string replay;  // read
  enum class Begin : std::uint8_t { anew, resume };
  Begin begin = Begin::anew;
  enum class Keep : std::uint8_t { in_folder, nothing };
  Keep keep = Keep::in_folder;
  std::function<void(const BisectProgress&)> progress = nullptr;
  std::function<void(const std::string&)> warning = nullptr;  // told before the first run
};

// Errors: as of bisect(), of the repository, revisions and files; usage.
Result<Bisected> run_bisect(World& world, const BisectRequest& request);

}  // namespace culprit
