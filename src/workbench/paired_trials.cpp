#include "workbench/paired_trials.h"

#include <algorithm>
#include <cstdlib>

#include "base/dice.h"
#include "workbench/trial_room.h"

namespace culprit {
namespace {

using Side = RateComparison::Side;
using End = PairedOutcome::End;

constexpr std::size_t unjudged_max = 8;      // of a side, of which none was ever judged
constexpr std::size_t first_limits_max = 2;  // of those, that took all of the first limit

// A trial's side travels in its directory until it is known which worker runs it.
constexpr std::string_view side_names[] = {"without", "with"};

class Pairing {
 public:
  explicit Pairing(const PairedTrials& plan)
      : plan_(plan), dice_(plan.seed), made_{RateComparison(plan.compare)} {}

  Status run();
  PairedOutcome result() const;

 private:
  AfterTrial finish(const FinishedTrial& finished);
  void learn(const FinishedTrial& finished);
  Result<Trial> run_one(const TrialSetup& setup, const TrialWatch& watch) const;
  Side side_of(std::size_t trial);
  bool own_limit() const { return plan_.setup.timeout == Duration::zero(); }
  Duration timeout() const;
  bool never_judged(Side side) const;
  std::optional<End> ended() const;
  std::optional<Error> unrunnable(const FinishedTrial& finished) const;

  const PairedTrials& plan_;
  Dice dice_;
  PairedOutcome made_;
  std::vector<Side> sides_;                       // of planned trials
  std::map<std::size_t, FinishedTrial> waiting_;  // for one that was planned before them
  std::size_t told_ = 0;
  std::size_t unjudged_[2] = {0, 0};
  double slowest_good_ = 0;
  std::optional<End> stopped_;
  std::optional<Error> failed_;
};

Side Pairing::side_of(std::size_t trial) {
  while (sides_.size() <= trial) {
    const bool with_first = dice_.below(2) == 1;
    sides_.push_back(with_first ? Side::with : Side::without);
    sides_.push_back(with_first ? Side::without : Side::with);
  }
  return sides_[trial];
}

Duration Pairing::timeout() const {
  if (!own_limit()) return plan_.setup.timeout;
  return slowest_good_ == 0 ? plan_.first_timeout : plan_.patience(slowest_good_);
}

// And it is not worth the time to go on.
bool Pairing::never_judged(Side side) const {
  const SideCounts& counts = made_.comparison.counts(side);
  if (counts.total > 0) return false;
  const bool long_limit = own_limit() && slowest_good_ == 0;
  if (long_limit && counts.unseen >= first_limits_max) return true;
  return unjudged_[static_cast<std::size_t>(side)] >= unjudged_max;
}

std::optional<End> Pairing::ended() const {
  if (stopped_) return stopped_;
  if (made_.comparison.verdict() != RateComparison::Verdict::undecided) return End::decided;
  if (never_judged(Side::without) || never_judged(Side::with)) return End::untestable;
  if (made_.trials >= plan_.trials_max) return End::trials_spent;
  return std::nullopt;
}

AfterTrial Pairing::finish(const FinishedTrial& finished) {
  waiting_.emplace(finished.id, finished);
  for (auto first = waiting_.begin(); first != waiting_.end() && first->first == told_;
       first = waiting_.begin()) {
    learn(first->second);
    waiting_.erase(first);
    ++told_;
    if (failed_ || ended()) return AfterTrial::stop;
  }
  return AfterTrial::go_on;
}

std::optional<Error> Pairing::unrunnable(const FinishedTrial& finished) const {
  if (made_.judged() || !says_cannot_run(finished.trial)) return std::nullopt;
  if (sides_[finished.id] == Side::with) return std::nullopt;
  Error made = error(Fault::usage, "the test cannot be run: exit {}", *finished.trial.exit_code);
  const std::string said = last_line(finished.trial.error.text);
  made.advice = said.empty() ? "run it by hand first" : fmt::format("it says: {}", said);
  return made;
}

void Pairing::learn(const FinishedTrial& finished) {
  if (!failed_) failed_ = unrunnable(finished);
  if (failed_) return;
  const Side side = sides_[finished.id];
  ++made_.trials;
  made_.seconds += finished.trial.seconds;
  if (finished.judgement.stops) {
    stopped_ = End::asked_to_stop;
    made_.stop_code = finished.trial.exit_code;
  }
  const auto& outcome = finished.judgement.outcome;
  if (outcome == Outcome::bad) ++made_.bad_reasons[finished.judgement.reason];
  if (outcome == Outcome::good) slowest_good_ = std::max(slowest_good_, finished.trial.seconds);
  if (outcome) {
    made_.comparison.tell(side, *outcome);
  } else {
    if (finished.trial.timed_out) ++made_.timed_out;
    if (finished.trial.timed_out && own_limit()) made_.comparison.tell_unseen(side);
    ++made_.unjudged_reasons[finished.judgement.reason];
    ++unjudged_[static_cast<std::size_t>(side)];
  }
  if (plan_.progress) {
    plan_.progress({made_.trials, plan_.trials_max, made_.comparison.counts(Side::without),
                    made_.comparison.counts(Side::with)});
  }
}

Result<Trial> Pairing::run_one(const TrialSetup& setup, const TrialWatch& watch) const {
  const Side side = setup.directory == side_names[1] ? Side::with : Side::without;
  const auto worker = setup.environment.find("CULPRIT_WORKER");
  TrialSetup placed = setup;
  plan_.place(placed, side, std::strtoul(worker->second.c_str(), nullptr, 10));
  const Trial trial = TRY(run_trial(placed, watch));
  const std::string trouble = trouble_of(trial, plan_.temporary, RanAt::here);
  if (trouble.empty()) return trial;
  Error made = error(Fault::unavailable, "{}: the test cannot say anything so", trouble);
  made.during.push_back(fmt::format("a trial ran in {}", plan_.temporary));
  made.advice = "make room, or TMPDIR=DIR with more of it";
  return made;
}

Status Pairing::run() {
  std::size_t planned = 0;
  TrialsOptions trials;
  trials.next = [&](std::size_t) -> Result<std::optional<PlannedTrial>> {
    if (planned >= plan_.trials_max || ended()) return std::optional<PlannedTrial>();
    PlannedTrial one;
    one.id = planned++;
    one.setup = plan_.setup;
    one.setup.timeout = timeout();
    one.setup.directory = side_names[static_cast<std::size_t>(side_of(one.id))];
    return std::optional<PlannedTrial>(std::move(one));
  };
  trials.done = [this](const FinishedTrial& finished) { return finish(finished); };
  trials.workers = std::max<std::size_t>(1, plan_.workers);
  trials.signature = plan_.signature;
  trials.run = [this](const TrialSetup& setup, const TrialWatch& watch) {
    return run_one(setup, watch);
  };
  trials.temporary = plan_.temporary;
  Status ran = run_trials(trials);
  if (failed_) return *failed_;
  if (ran || ran.error().fault != Fault::interrupted) return ran;
  stopped_ = End::interrupted;
  return ok();
}

PairedOutcome Pairing::result() const {
  PairedOutcome made = made_;
  made.end = ended().value_or(End::trials_spent);
  return made;
}

}  // namespace

Result<PairedOutcome> run_paired(const PairedTrials& plan) {
  Pairing pairing(plan);
  TRY(pairing.run());
  return pairing.result();
}

std::string_view name_of(PairedOutcome::End end) {
  switch (end) {
    case End::decided: return "decided";
    case End::trials_spent: return "trials_spent";
    case End::interrupted: return "interrupted";
    case End::asked_to_stop: return "asked_to_stop";
    case End::untestable: break;
  }
  return "untestable";
}

}  // namespace culprit
