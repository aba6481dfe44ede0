// A ReproRequest is what a user asks of `repro`, in words; here it becomes a search that can be
// run.
//
// The factors come from --vary (experiment/constraint.h), the upstreams from --upstream; each trial
// gets its conditions by ConditionedTrials. What comes out is written beside: repro.toml, which
// holds all of it, repro.sh, which runs one trial of it, and repro.journal, from which a search
// goes on. Files of these names that culprit did not write are never touched.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/world.h"
#include "experiment/constraint.h"
#include "experiment/repro_script.h"
#include "experiment/verdict.h"
#include "workbench/repro.h"

namespace culprit {

struct ReproRequest {
  std::vector<std::string> command;
  std::map<std::string, std::string> environment;  // added to culprit's own
  std::vector<std::string> vary;                   // "latency(db)=0..500ms"
  std::vector<std::string> upstreams;              // "db=127.0.0.1:5432"
  std::string prior;                               // "case" or a file: its findings are varied, too
  std::string load;       // a spec of `culprit load`, in place of a command
  std::string signature;  // EXPR; empty: by the exit code
  std::optional<double> rate_at_least;
  double confidence = 0.95;
  std::size_t trials_max = 150;
  Duration time_max = Duration::zero();
  Duration timeout = Duration::zero();
  std::size_t workers = 1;
  std::uint64_t seed = 1;
  std::string folder = ".";  // for the three files
  enum class Begin : std::uint8_t { anew, resume };
  Begin begin = Begin::anew;
  enum class Impossible : std::uint8_t { refused, left_out };
  Impossible impossible = Impossible::refused;  // factors that this machine cannot apply
  std::string version;                          // of culprit,
  std::string program;                          // and where it lies
  std::function<void(const ReproProgress&)> progress = nullptr;
};

struct Reproduced {
  Reproduction made;
  ReproRecord record;
  std::string script;                 // the path of repro.sh; empty: nothing was reproduced, or
  std::string unwritten;              // why it could not be written
  std::vector<std::string> needless;  // factors that it does not take, as --vary names them
  std::vector<std::string> left_out;  // factors, and why
};
// Errors: as of reproduce(), and of factors, upstreams and files.
Result<Reproduced> run_repro(World& world, const ReproRequest& request);

// Of a repro.toml: its command, upstreams and signature, and its conditions, on or off.
Status read_repro_spec(World& world, const std::string& path, ReproRequest& request);

// One trial of a repro.toml.
struct OnceDone {
  Trial trial;
  Judgement judgement;
};
Result<OnceDone> run_repro_once(World& world, const std::string& toml);

}  // namespace culprit
