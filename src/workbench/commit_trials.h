// CommitTrials run a command at commits: in a worktree that holds the commit, built before.
//
// A few worktrees stay as they are when others are needed, so that going back to a commit that was
// built costs no build; commits whose read files are equal share one. Trouble of the machine (no
// space, no processes, a runner that did not run it) is no answer of the command: it is tried
// again. Where it stays, that commit is left out; an end, or the third commit in a row, is an
// Error.
//
// With a runner (`srun -N1 --`) build and command run through it, wherever that is. Then a file
// beside the worktrees says that the command itself ended, and how.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "experiment/trial.h"
#include "repo/built_files.h"
#include "repo/file_second.h"
#include "repo/git.h"
#include "repo/worktrees.h"
#include "workbench/trial_room.h"

namespace culprit {

// git, supervised like a trial: a Ctrl-C ends it, and nothing of it outlives culprit.
GitProgram supervised_git();

struct CommitTrialsOptions {
  std::string build;                // for the shell; empty: the command builds what it needs
  std::vector<std::string> runner;  // before both
  std::vector<std::string> before;  // words before the command itself, within the runner
  std::string subfolder;            // of the worktree, in which both run
  std::string good;                 // the ends, by their ids: without them nothing can be said
  std::string bad;
  std::size_t places_max = 1;
  // Variables such as PYTHONPATH that name `checkout`, the user's: a worktree takes its place.
  std::map<std::string, std::string> search_paths = {};
  std::string checkout = {};
  // Whether a switch leaves a part of a worktree alone. Compiled files there are told from stale
  // ones by whole seconds, so no place is switched twice in one.
  enum class Switched : std::uint8_t { whole, in_part };
  Switched switched = Switched::whole;
  enum class Kept : std::uint8_t { journal, nothing };  // nothing: there is no --resume
  Kept kept = Kept::journal;
  Duration build_timeout = Duration::zero();  // zero: ten times the longest so far

  static constexpr Duration first_build_timeout = std::chrono::hours(6);
};

struct CommitTrial {
  enum class Kind : std::uint8_t {
    tested,
    broken,     // it does not build, or cannot be checked out
    unjudged,   // its build timed out, or its folder, or the command, is not there
    abandoned,  // stopped, since nobody needs it any more
  };
  Kind kind = Kind::tested;
  Trial trial;               // of the command; of the build, where that failed
  std::string reason;        // of all but `tested`
  bool fresh = false;        // the first in this worktree since it became this commit's
  double ready_seconds = 0;  // for checkout and build, or to put its files back
};

class CommitTrials {
 public:
  CommitTrials(World& world, Worktrees& worktrees, CommitTrialsOptions options);

  // These three are called by one thread at a time. Whether a free worktree has it built:
  bool built(const TreeMark& mark) const;
  // A place for a trial of the commit, which keeps it until left. `worth` says how much those that
  // are built are still worth; the least gives way.
  std::size_t take(const std::string& sha, const TreeMark& mark,
                   const std::function<double(const TreeMark&)>& worth);
  void leave(std::size_t place);
  // One that nothing runs in, for other use when no trial follows; empty: there is none.
  std::string spare() const;

  // Where trials find room of their own: it goes when the worktrees go, and a runner sees it too.
  std::string temporary() const;

  // From any thread: to its end. Errors: interrupted, unavailable (after some attempts), denied.
  Result<CommitTrial> run(std::size_t place, const TrialSetup& setup, const TrialWatch& watch);

 private:
  struct Place {
    std::string worktree;  // empty: not there yet
    std::string sha;       // that it is to have
    TreeMark mark;
    std::string checked_out;  // what it has; empty: nobody knows
    FileSecond switched_at = never_written;
    BuiltFiles built = {};  // what the build left there
    bool ready = false;     // built, and of that mark
    bool tried = false;     // a command ran in it since
    bool busy = false;
    std::size_t used = 0;
  };

  Place& place_at(std::size_t place);
  std::size_t add_place();
  std::size_t least_worth(const std::function<double(const TreeMark&)>& worth) const;
  Result<CommitTrial> attempt(Place& place, TrialSetup setup, const TrialWatch& watch);
  Status check_out(Place& place);
  Status make_ready_again(Place& place);
  Status note_built(Place& place);
  void learn_unsteady(const std::vector<std::string>& lost);
  void outlast_switch(const Place& place) const;
  Result<CommitTrial> build(Place& place, const TrialSetup& setup, const TrialWatch& watch);
  Result<Trial> run_in(const Place& place, TrialSetup setup, const TrialWatch& watch) const;
  Result<Trial> as_told(Trial trial, const std::string& marker) const;
  RanAt ran() const;
  std::string marker_of(const Place& place) const;
  bool is_end(const std::string& sha) const { return sha == options_.good || sha == options_.bad; }
  bool may_be_left_out(const Place& place);
  CommitTrial left_out(const Place& place, const Error& failed) const;
  Error given_up(Error failed, const std::string& sha) const;

  World& world_;
  Worktrees& worktrees_;
  CommitTrialsOptions options_;
  std::deque<Place> places_;
  std::size_t uses_ = 0;
  std::mutex lock_;  // of the table of places, and of what builds took and runs change
  double longest_build_ = 0;
  std::set<std::string> failing_;   // commits that could not be run, since one could
  std::set<std::string> unsteady_;  // what was built, and runs change
};

}  // namespace culprit
