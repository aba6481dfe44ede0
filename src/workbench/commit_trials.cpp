#include "workbench/commit_trials.h"

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <limits>
#include <system_error>

namespace culprit {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr int attempts_max = 3;
constexpr std::size_t failing_max = 3;      // so many commits in a row: it is the machine
constexpr std::size_t unsteady_max = 1000;  // files that runs change, of which copies are kept
constexpr double slower_max = 10;           // as of tests: DESIGN, command contract
constexpr Duration build_timeout_min = std::chrono::minutes(1);
constexpr int not_found = 127;   // sh(1)
constexpr int untestable = 125;  // git bisect run(1)
constexpr int died_of_signal = 128;

// Tells that the command began, and how it ended, where its runner may say anything.
constexpr const char* telling_script =
    "told=$1; shift; : >\"$told.begun\"; \"$@\"; code=$?; "
    "echo $code >\"$told.part\"; mv \"$told.part\" \"$told\"; exit $code";

double since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// A shell gives a death by signal as 128 and the signal. Those by which programs die themselves are
// failures; what comes from outside (the cluster, its memory limits) says nothing.
bool dies_itself(int signal) {
  for (const int one : {SIGABRT, SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGSYS}) {
    if (one == signal) return true;
  }
  return false;
}

// A list of folders, where one of the user's checkout is another's.
std::string with_folder(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = text.find(from); at != text.npos; at = text.find(from, at)) {
    const bool begins = at == 0 || text[at - 1] == ':';
    const std::size_t end = at + from.size();
    const bool ends = end == text.size() || text[end] == ':' || text[end] == '/';
    if (begins && ends) text.replace(at, from.size(), to);
    at += begins && ends ? to.size() : from.size();
  }
  return text;
}

}  // namespace

GitProgram supervised_git() {
  return GitProgram(
      [](const std::vector<std::string>& command, const std::string& directory) -> Result<Ran> {
        TrialSetup setup;
        setup.command = command;
        setup.directory = directory;
        const Trial trial = TRY(run_trial(setup));
        return Ran{trial.exit_code.value_or(died_of_signal + trial.signal), trial.out.text,
                   trial.error.text};
      });
}

CommitTrials::CommitTrials(World& world, Worktrees& worktrees, CommitTrialsOptions options)
    : world_(world), worktrees_(worktrees), options_(std::move(options)) {}

std::string CommitTrials::temporary() const { return worktrees_.root(); }

bool CommitTrials::built(const TreeMark& mark) const {
  return std::any_of(places_.begin(), places_.end(), [&](const Place& place) {
    return !place.busy && place.ready && place.mark == mark;
  });
}

// Of those that are free, what has nothing built, else the least worth, else the longest unused.
std::size_t CommitTrials::least_worth(const std::function<double(const TreeMark&)>& worth) const {
  std::size_t chosen = places_.size();
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < places_.size(); ++i) {
    const Place& place = places_[i];
    if (place.busy) continue;
    const double value = place.ready ? worth(place.mark) : -1;
    const bool older =
        chosen < places_.size() && value == least && place.used < places_[chosen].used;
    if (chosen < places_.size() && value >= least && !older) continue;
    least = value;
    chosen = i;
  }
  return chosen;
}

std::size_t CommitTrials::take(const std::string& sha, const TreeMark& mark,
                               const std::function<double(const TreeMark&)>& worth) {
  const auto same = std::find_if(places_.begin(), places_.end(), [&](const Place& place) {
    return !place.busy && place.ready && place.mark == mark;
  });
  auto chosen = static_cast<std::size_t>(same - places_.begin());
  if (same == places_.end() && places_.size() >= options_.places_max) chosen = least_worth(worth);
  // Where all are busy, one more is better than none.
  if (chosen == places_.size()) chosen = add_place();
  Place& place = places_[chosen];
  if (place.mark != mark) place.ready = false;
  place.sha = sha;
  place.mark = mark;
  place.busy = true;
  place.used = ++uses_;
  return chosen;
}

void CommitTrials::leave(std::size_t place) { places_[place].busy = false; }

std::string CommitTrials::spare() const {
  const auto found = std::find_if(places_.begin(), places_.end(), [](const Place& place) {
    return !place.busy && !place.worktree.empty();
  });
  return found == places_.end() ? "" : found->worktree;
}

// A deque leaves its elements where they are when it grows, but not its own table of them.
CommitTrials::Place& CommitTrials::place_at(std::size_t place) {
  const std::lock_guard locked(lock_);
  return places_[place];
}

std::size_t CommitTrials::add_place() {
  const std::lock_guard locked(lock_);
  places_.emplace_back();
  return places_.size() - 1;
}

RanAt CommitTrials::ran() const { return options_.runner.empty() ? RanAt::here : RanAt::runner; }

std::string CommitTrials::marker_of(const Place& place) const { return place.worktree + ".told"; }

// What stays after all attempts.
Error CommitTrials::given_up(Error failed, const std::string& sha) const {
  failed.during.push_back(fmt::format("testing {}, {} times", sha.substr(0, 12), attempts_max));
  if (out_of_space(worktrees_.root())) {
    failed.during.push_back(fmt::format("there is no space left for {}", worktrees_.root()));
    failed.advice = "make room, or --worktrees DIR with more of it";
  }
  if (options_.kept == CommitTrialsOptions::Kept::nothing) return failed;
  failed.advice += failed.advice.empty() ? "the same command with --resume goes on from here"
                                         : "; then --resume goes on from here";
  return failed;
}

Result<Trial> CommitTrials::run_in(const Place& place, TrialSetup setup,
                                   const TrialWatch& watch) const {
  setup.directory =
      options_.subfolder.empty() ? place.worktree : place.worktree + "/" + options_.subfolder;
  // A test that lost its `.git` finds none above it either.
  std::string& ceilings = setup.environment["GIT_CEILING_DIRECTORIES"];
  const std::string theirs = world_.environment("GIT_CEILING_DIRECTORIES");
  ceilings = theirs.empty() ? worktrees_.root() : worktrees_.root() + ":" + theirs;
  for (const auto& [name, value] : options_.search_paths)
    setup.environment[name] = with_folder(value, options_.checkout, place.worktree);
  std::vector<std::string> words = options_.before;
  words.insert(words.end(), setup.command.begin(), setup.command.end());
  const std::string marker = marker_of(place);
  if (!options_.runner.empty()) {
    std::error_code ignored;
    for (const char* ending : {"", ".begun", ".part"}) fs::remove(marker + ending, ignored);
    std::vector<std::string> told = options_.runner;
    for (const char* word : {"/bin/sh", "-c", telling_script, "culprit"}) told.emplace_back(word);
    told.push_back(marker);
    words.insert(words.begin(), told.begin(), told.end());
  }
  setup.command = std::move(words);
  Result<Trial> trial = run_trial(setup, watch);
  if (!trial || options_.runner.empty() || trial->timed_out) return trial;
  return as_told(std::move(trial).value(), marker);
}

// How the command itself ended, whatever its runner made of it.
Result<Trial> CommitTrials::as_told(Trial trial, const std::string& marker) const {
  std::ifstream told(marker);
  int code = 0;
  if (!(told >> code)) {
    return error(Fault::unavailable, "the runner {} did not run it to its end: {}",
                 options_.runner.front(), trial.error.text.substr(0, trial.error.text.find('\n')));
  }
  if (code == died_of_signal + SIGKILL || code == died_of_signal + SIGTERM) {
    return error(Fault::unavailable, "the command was killed from outside (exit {})", code);
  }
  const bool signalled = code > died_of_signal && dies_itself(code - died_of_signal);
  trial.signal = signalled ? code - died_of_signal : 0;
  trial.exit_code = signalled ? std::optional<int>() : std::optional<int>(code);
  return trial;
}

void CommitTrials::outlast_switch(const Place& place) const {
  if (options_.switched == CommitTrialsOptions::Switched::in_part) outlast(place.switched_at);
}

Status CommitTrials::check_out(Place& place) {
  place.checked_out.clear();
  place.tried = false;
  if (!place.worktree.empty()) {
    outlast_switch(place);
    Status switched = worktrees_.switch_to(place.worktree, place.sha);
    if (!switched && switched.error().fault == Fault::interrupted) return switched;
    if (!switched) {
      // What a test left there cannot be cleaned: a fresh one is.
      worktrees_.remove(place.worktree);
      place.worktree.clear();
    }
  }
  if (place.worktree.empty()) place.worktree = TRY(worktrees_.add(place.sha));
  place.checked_out = place.sha;
  place.switched_at = file_second_now();
  return ok();
}

// Copies of what runs change are put back from then on: another build each time would be dear.
void CommitTrials::learn_unsteady(const std::vector<std::string>& lost) {
  const std::lock_guard locked(lock_);
  if (unsteady_.empty()) {
    worktrees_.note(
        fmt::format("the command changes what was built ({}): before each run it is put back, or "
                    "built again",
                    lost.front()));
  }
  for (const std::string& path : lost) {
    if (unsteady_.size() < unsteady_max) unsteady_.insert(path);
  }
}

Status CommitTrials::note_built(Place& place) {
  std::set<std::string> unsteady;
  {
    const std::lock_guard locked(lock_);
    unsteady = unsteady_;
  }
  TRY(worktrees_.complete(place.worktree));
  place.built = TRY(BuiltFiles::of(place.worktree, place.sha, place.worktree + ".built", unsteady));
  const bool whole = TRY(place.built.keep_tracked(worktrees_.git_in(place.worktree)));
  if (!whole) {
    worktrees_.note(
        "the build changes more of the tracked files than is kept: its first run at a commit sees "
        "that, the others see the commit's own");
  }
  return ok();
}

// What the runs before left there would speak in the next one's place: tracked files are the
// commit's again, and beside them is what the build made; where that cannot be had, it is not ready
// any more. Without a build what the command itself built at that commit stays.
Status CommitTrials::make_ready_again(Place& place) {
  const bool builds = !options_.build.empty();
  if (place.checked_out != place.sha) {
    // What is built is good for it, but what the test reads may be another.
    outlast_switch(place);
    TRY(builds ? worktrees_.move_to(place.worktree, place.sha)
               : worktrees_.switch_to(place.worktree, place.sha));
    place.checked_out = place.sha;
    place.switched_at = file_second_now();
  } else {
    TRY(worktrees_.restore(place.worktree, place.sha));
  }
  if (!builds) return ok();
  const std::vector<std::string> lost = TRY(place.built.undo(worktrees_.git_in(place.worktree)));
  if (lost.empty()) return ok();
  learn_unsteady(lost);
  place.ready = false;
  return ok();
}

Result<CommitTrial> CommitTrials::build(Place& place, const TrialSetup& setup,
                                        const TrialWatch& watch) {
  CommitTrial made;
  TrialSetup building;
  building.command = {"/bin/sh", "-c", options_.build};
  building.environment = setup.environment;
  building.timeout = options_.build_timeout;
  if (building.timeout == Duration::zero()) {
    const std::lock_guard locked(lock_);
    building.timeout = longest_build_ > 0
                           ? std::max(build_timeout_min, from_seconds(slower_max * longest_build_))
                           : CommitTrialsOptions::first_build_timeout;
  }
  made.trial = TRY(run_in(place, building, watch));
  if (made.trial.timed_out) {
    made.kind = CommitTrial::Kind::unjudged;
    made.reason = fmt::format("its build timed out after {:.3g} s", made.trial.seconds);
    return made;
  }
  if (made.trial.exit_code != 0) {
    made.kind = CommitTrial::Kind::broken;
    made.reason = made.trial.exit_code
                      ? fmt::format("does not build: exit {}", *made.trial.exit_code)
                      : fmt::format("does not build: signal {}", made.trial.signal);
    return made;
  }
  const std::lock_guard locked(lock_);
  longest_build_ = std::max(longest_build_, made.trial.seconds);
  return made;
}

Result<CommitTrial> CommitTrials::attempt(Place& place, TrialSetup setup, const TrialWatch& watch) {
  CommitTrial made;
  const Clock::time_point start = Clock::now();
  if (place.ready) TRY(make_ready_again(place));
  if (!place.ready) {
    TRY(check_out(place));
    if (!options_.build.empty()) made = TRY(build(place, setup, watch));
    made.ready_seconds = since(start);
    made.fresh = true;
    if (made.kind != CommitTrial::Kind::tested) return made;
    if (!options_.build.empty()) TRY(note_built(place));
    place.ready = true;
  }
  made.ready_seconds = since(start);
  std::error_code ignored;
  if (!fs::is_directory(place.worktree + "/" + options_.subfolder, ignored)) {
    made.kind = CommitTrial::Kind::unjudged;
    made.reason = fmt::format("it has no folder {}", options_.subfolder);
    made.trial.exit_code = untestable;
    return made;
  }
  made.fresh = !place.tried;
  place.tried = true;
  Result<Trial> trial = run_in(place, std::move(setup), watch);
  // There is no such command at this commit, which is no failure of it. At GOOD it is the user's
  // mistake, said as a shell does.
  if (!trial && trial.error().fault == Fault::usage && options_.runner.empty()) {
    if (place.sha != options_.good) made.kind = CommitTrial::Kind::unjudged;
    made.reason = trial.error().what;
    made.trial.exit_code = not_found;
    made.trial.error.text = trial.error().what + "\n";
    return made;
  }
  made.trial = TRY(std::move(trial));
  return made;
}

// Trouble of one commit is not that of the others.
bool CommitTrials::may_be_left_out(const Place& place) {
  const std::lock_guard locked(lock_);
  failing_.insert(place.sha);
  return !is_end(place.sha) && !out_of_space(worktrees_.root()) && failing_.size() < failing_max;
}

CommitTrial CommitTrials::left_out(const Place& place, const Error& failed) const {
  CommitTrial made;
  const bool there = !place.checked_out.empty();
  made.kind = there ? CommitTrial::Kind::unjudged : CommitTrial::Kind::broken;
  made.reason = there ? failed.what : "cannot be checked out: " + failed.what;
  made.trial.exit_code = untestable;
  return made;
}

Result<CommitTrial> CommitTrials::run(std::size_t place, const TrialSetup& setup,
                                      const TrialWatch& watch) {
  Place& here = place_at(place);
  TrialWatch watchful = watch;
  watchful.stop = [&] {
    worktrees_.look_at_stashes();
    return watch.stop();
  };
  for (int attempts = 1;; ++attempts) {
    Result<CommitTrial> made = attempt(here, setup, watchful);
    worktrees_.keep_stashes();
    if (!made && made.error().fault == Fault::interrupted) {
      here.ready = here.ready && !options_.build.empty();
      if (interrupted()) return made;
      CommitTrial abandoned;
      abandoned.kind = CommitTrial::Kind::abandoned;
      abandoned.trial.exit_code = untestable;
      return abandoned;
    }
    if (!made && made.error().fault == Fault::usage) return made;  // no wait mends that
    const std::string trouble =
        made ? trouble_of(made->trial, worktrees_.root(), ran()) : made.error().what;
    if (trouble.empty()) {
      const bool again = made->kind == CommitTrial::Kind::broken && is_end(here.sha);
      if (again && attempts < attempts_max) continue;  // a build may fail only sometimes
      const std::lock_guard locked(lock_);
      failing_.clear();
      return made;
    }
    here.ready = false;
    if (attempts == attempts_max) {
      if (!made && may_be_left_out(here)) return left_out(here, made.error());
      return given_up(made ? error(Fault::unavailable, "{}", trouble) : made.error(), here.sha);
    }
    world_.sleep(std::chrono::seconds(attempts));
  }
}

}  // namespace culprit
