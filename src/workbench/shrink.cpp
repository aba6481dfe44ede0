#include "workbench/shrink.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>
#include <set>

#include "experiment/trial_reading.h"

namespace culprit {
namespace {

constexpr const char* set_variable =
    "CULPRIT_INPUT";  // carries a trial's number to where it is run

std::string said_by(const Trial& trial) {
  const std::string said = last_line(trial.error.text);
  return said.empty() ? last_line(trial.out.text) : said;
}

Error cannot_be_run(const Trial& trial) {
  Error made = error(Fault::usage, "the command cannot be run: exit {}", *trial.exit_code);
  const std::string said = said_by(trial);
  made.advice = said.empty() ? "run it by hand first" : fmt::format("it says: {}", said);
  return made;
}

std::string ending_of(const Trial& trial) {
  if (trial.timed_out) return "timed_out = true";
  if (trial.signal != 0) return fmt::format("signal = {}", trial.signal);
  return fmt::format("exit = {}", *trial.exit_code);
}

// A candidate on whose PATH the command is not found fails as a shell would have it fail.
Trial not_found(const Error& why) {
  Trial made;
  made.exit_code = why.what.starts_with("no such command") ? 127 : 126;
  made.error.text = why.what;
  return made;
}

// One search under way.
class Shrinking {
 public:
  Shrinking(World& world, const ShrinkOptions& options)
      : world_(world), options_(options), search_(options.count, options.search) {}

  Status run();
  Shrunk result() const;

 private:
  std::optional<PlannedTrial> next(std::size_t running);
  Result<Trial> try_out(const TrialSetup& setup, const TrialWatch& watch);
  AfterTrial finish(const FinishedTrial& finished);
  void learn(const Subset& tried, const FinishedTrial& finished);
  std::size_t untold() const;
  Duration timeout() const;
  Shrunk::End end() const;

  World& world_;
  const ShrinkOptions& options_;
  SetSearch search_;
  std::mutex lock_;  // of running_, which trials read on threads of their own
  std::map<std::size_t, Subset> running_;
  std::size_t next_id_ = 0;
  double slowest_good_ = 0;
  std::atomic<bool> good_known_ = false;        // trials read it on threads of their own
  std::map<Subset, Shrunk::Failure> failures_;  // the last one of each set
  std::set<std::string> bad_endings_;
  std::optional<Shrunk::End> stopped_;
  std::optional<Error> failed_;
  Shrunk made_;  // reasons and seconds gather here
};

Duration Shrinking::timeout() const {
  if (options_.setup.timeout > Duration::zero()) return options_.setup.timeout;
  if (!good_known_) return ShrinkOptions::first_timeout;
  return patience_after(slowest_good_);
}

std::optional<PlannedTrial> Shrinking::next(std::size_t running) {
  if (stopped_ || search_.done()) return std::nullopt;
  if (search_.tests() + search_.checks() + running >= options_.trials_max) return std::nullopt;
  const std::optional<Subset> set = search_.ask(running);
  if (!set) return std::nullopt;
  PlannedTrial planned;
  planned.id = next_id_++;
  planned.setup = options_.setup;
  planned.setup.timeout = timeout();
  planned.setup.environment[set_variable] = std::to_string(planned.id);
  const std::lock_guard locked(lock_);
  running_[planned.id] = *set;
  return planned;
}

Result<Trial> Shrinking::try_out(const TrialSetup& setup, const TrialWatch& watch) {
  TrialSetup own = setup;
  Subset set;
  {
    const std::lock_guard locked(lock_);
    set = running_.at(std::stoul(own.environment[set_variable]));
  }
  own.environment.erase(set_variable);
  Result<Trial> ran = options_.run(set, own, watch);
  const bool lost = !ran && ran.error().fault == Fault::usage;
  if (lost && good_known_ && size_of(set) > 0) return not_found(ran.error());
  return ran;
}

void Shrinking::learn(const Subset& tried, const FinishedTrial& finished) {
  const auto& [outcome, stops, reason] = finished.judgement;
  made_.seconds += finished.trial.seconds;
  if (!outcome) ++made_.unjudged_reasons[reason];
  if (outcome == Outcome::bad) {
    made_.failure = {reason, said_by(finished.trial), ending_of(finished.trial)};
    failures_[tried] = made_.failure;
    if (size_of(tried) == tried.size()) bad_endings_.insert(made_.failure.ended);
  }
  if (outcome && size_of(tried) == 0) {
    slowest_good_ = std::max(slowest_good_, finished.trial.seconds);
    good_known_ = true;
  }
  search_.tell(tried, outcome);
}

AfterTrial Shrinking::finish(const FinishedTrial& finished) {
  Subset tried;
  {
    const std::lock_guard locked(lock_);
    tried = running_.extract(finished.id).mapped();
  }
  // At BAD it is a failure: a PATH, say, on which something is not found.
  if (!good_known_ && size_of(tried) == 0 && says_cannot_run(finished.trial)) {
    failed_ = cannot_be_run(finished.trial);
    return AfterTrial::stop;
  }
  if (finished.judgement.stops) {
    stopped_ = Shrunk::End::asked_to_stop;
    made_.failure = {finished.judgement.reason, said_by(finished.trial), ending_of(finished.trial)};
    made_.death = shell_death(finished.trial.exit_code.value_or(0));
    return AfterTrial::stop;
  }
  learn(tried, finished);
  if (options_.progress) {
    options_.progress({search_.phase(), search_.tests() + search_.checks(), size_of(search_.kept()),
                       finished.judgement.reason});
  }
  return search_.done() ? AfterTrial::stop : AfterTrial::go_on;
}

Status Shrinking::run() {
  TrialsOptions trials;
  trials.next = [this](std::size_t running) -> Result<std::optional<PlannedTrial>> {
    return next(running);
  };
  trials.done = [this](const FinishedTrial& finished) { return finish(finished); };
  trials.workers = std::max<std::size_t>(1, options_.workers);
  trials.signature = options_.signature;
  trials.run = [this](const TrialSetup& setup, const TrialWatch& watch) {
    return try_out(setup, watch);
  };
  const std::string temporary = world_.environment("TMPDIR");
  if (!temporary.empty()) trials.temporary = temporary;
  Status ran = run_trials(trials);
  if (failed_) return *failed_;
  if (ran) return ok();
  if (ran.error().fault != Fault::interrupted) return ran;
  stopped_ = Shrunk::End::interrupted;
  return ok();
}

Shrunk::End Shrinking::end() const {
  if (stopped_) return *stopped_;
  if (!search_.done()) return Shrunk::End::trials_spent;
  switch (search_.verdict()) {
    case SetSearch::Verdict::found:
      return search_.unsure() ? Shrunk::End::unsure : Shrunk::End::searched;
    case SetSearch::Verdict::good_fails: return Shrunk::End::good_fails;
    case SetSearch::Verdict::bad_passes: return Shrunk::End::bad_passes;
    case SetSearch::Verdict::same_rate: return Shrunk::End::same_rate;
    case SetSearch::Verdict::inconsistent: return Shrunk::End::inconsistent;
    case SetSearch::Verdict::unjudged: break;
  }
  return Shrunk::End::untestable;
}

Shrunk::Verdict verdict_of(Shrunk::End end) {
  switch (end) {
    case Shrunk::End::searched: return Shrunk::Verdict::found;
    case Shrunk::End::equal:
    case Shrunk::End::good_fails:
    case Shrunk::End::bad_passes:
    case Shrunk::End::same_rate: return Shrunk::Verdict::no_difference;
    default: return Shrunk::Verdict::inconclusive;
  }
}

// Members of what was found of which it is not known what is without them.
std::size_t Shrinking::untold() const {
  if (!search_.done() || search_.verdict() != SetSearch::Verdict::found) return 0;
  const std::vector<std::size_t> members = members_of(search_.kept());
  return static_cast<std::size_t>(
      std::count_if(members.begin(), members.end(), [&](std::size_t member) {
        Subset less = search_.kept();
        less[member] = false;
        const TrialCounts known = search_.counts(less);
        return known.total() == 0 && known.unjudged > 0;
      }));
}

Shrunk Shrinking::result() const {
  Shrunk made = made_;
  made.end = end();
  made.verdict = verdict_of(made.end);
  made.kept = search_.kept();
  made.tests = search_.tests();
  made.checks = search_.checks();
  made.flaky = search_.flaky();
  made.contradicted = search_.contradicted();
  made.rates = search_.rates();
  made.untold = untold();
  const auto failure_of = [&](const Subset& set) {
    const auto known = failures_.find(set);
    return known == failures_.end() ? Shrunk::Failure() : known->second;
  };
  made.bad = failure_of(Subset(options_.count, true));
  if (!stopped_ && failures_.contains(made.kept)) made.failure = failure_of(made.kept);
  made.fails_as_bad = bad_endings_.empty() || bad_endings_.contains(made.failure.ended);
  made.kept_counts = search_.counts(made.kept);
  made.good_counts = search_.counts(Subset(options_.count, false));
  made.bad_counts = search_.counts(Subset(options_.count, true));
  return made;
}

}  // namespace

Result<Shrunk> shrink(World& world, const ShrinkOptions& options) {
  if (options.signature) TRY(check_signature(*options.signature));
  if (options.count == 0) {
    Shrunk equal;
    equal.end = Shrunk::End::equal;
    equal.verdict = verdict_of(equal.end);
    return equal;
  }
  Shrinking shrinking(world, options);
  TRY(shrinking.run());
  return shrinking.result();
}

std::string_view name_of(Shrunk::Verdict verdict) {
  constexpr std::array<std::string_view, 3> names{"found", "inconclusive", "no_difference"};
  return names[static_cast<std::size_t>(verdict)];
}

std::string_view name_of(Shrunk::End end) {
  constexpr std::array<std::string_view, 11> names{
      "searched", "equal",        "good_fails",  "bad_passes",    "same_rate", "inconsistent",
      "unsure",   "trials_spent", "interrupted", "asked_to_stop", "untestable"};
  return names[static_cast<std::size_t>(end)];
}

}  // namespace culprit
