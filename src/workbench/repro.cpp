#include "workbench/repro.h"

#include <algorithm>

#include "base/usage_error.h"
#include "experiment/trial_reading.h"
#include "search/anytime_interval.h"
#include "search/sprt.h"
#include "workbench/repro_journal.h"

namespace culprit {
namespace {

constexpr double hiding_max = 0.01;  // of Fisher's test, for factors that hide a failure

Error cannot_be_run(const Trial& trial) {
  Error made = error(Fault::usage, "the command cannot be run: exit {}", *trial.exit_code);
  const std::string said = last_line(trial.error.text);
  made.advice = said.empty() ? "run it by hand first" : fmt::format("it says: {}", said);
  return made;
}

std::vector<SearchFactor> factors_of(const ReproOptions& options) {
  std::vector<SearchFactor> factors;
  for (const ReproFactor& one : options.factors) factors.push_back(one.factor);
  return factors;
}

ConditionSearch::Options search_options(const ReproOptions& options, std::uint64_t seed) {
  ConditionSearch::Options made;
  made.trials_max = options.trials_max;
  made.confidence = options.confidence;
  made.seed = seed;
  return made;
}

// One reproduction under way: what is known of it, and what is done next.
class Reproducing {
 public:
  Reproducing(World& world, const ReproOptions& options, ReproJournal journal);

  Status run();
  Reproduction result() const;

 private:
  using End = Reproduction::End;

  Result<std::optional<PlannedTrial>> next(std::size_t running);
  std::optional<FactorLevels> ask(std::size_t running) const;
  AfterTrial finish(const FinishedTrial& finished);
  void learn(const ReproJournal::Row& row);
  std::optional<End> ended() const;
  std::optional<bool> at_least() const;
  Duration timeout() const;
  FactorLevels off() const;
  void say(const FinishedTrial& finished);
  void tell_rate(Reproduction& made) const;
  void tell_searched(Reproduction& made) const;
  std::string_view phase() const;

  World& world_;
  const ReproOptions& options_;
  ReproJournal journal_;
  std::optional<ConditionSearch> search_;  // where something varies
  Time start_;
  TrialCounts all_;
  std::size_t trials_ = 0;
  double slowest_off_ = 0;  // seconds of judged trials with all factors off
  std::size_t judged_off_ = 0;
  std::map<std::size_t, FactorLevels> running_;  // by the id of their trial
  std::size_t next_id_ = 0;
  Reproduction made_;  // reasons, failures and seconds gather here
  std::optional<End> stopped_;
  std::optional<Error> failed_;
};

Reproducing::Reproducing(World& world, const ReproOptions& options, ReproJournal journal)
    : world_(world), options_(options), journal_(std::move(journal)), start_(world.now()) {
  if (!options_.factors.empty()) {
    search_.emplace(journal_.factors, search_options(options_, journal_.seed));
  }
  for (const ReproJournal::Row& row : journal_.rows) learn(row);
}

FactorLevels Reproducing::off() const {
  return {std::vector<std::size_t>(options_.factors.size(), 0)};
}

void Reproducing::learn(const ReproJournal::Row& row) {
  ++trials_;
  ConditionCounts one;
  count(one, row.condition, row.outcome);
  all_.bad += one[row.condition].bad;
  all_.good += one[row.condition].good;
  all_.unjudged += one[row.condition].unjudged;
  if (search_) search_->tell(row.condition, row.outcome);
  made_.seconds += row.seconds;
  if (row.outcome == Outcome::bad) ++made_.bad_reasons[row.reason];
  if (!row.outcome) ++made_.unjudged_reasons[row.reason];
  if (row.outcome && row.condition == off()) {
    slowest_off_ = std::max(slowest_off_, row.seconds);
    ++judged_off_;
  }
}

Duration Reproducing::timeout() const {
  if (options_.setup.timeout > Duration::zero()) return options_.setup.timeout;
  if (judged_off_ == 0) return ReproOptions::first_timeout;
  return patience_after(slowest_off_);
}

std::optional<bool> Reproducing::at_least() const {
  if (!options_.rate_at_least) return std::nullopt;
  const auto decided = [&](const TrialCounts& counts) {
    Sprt test = Sprt::of_rate(*options_.rate_at_least, 1 - options_.confidence);
    test.tell(counts.bad, counts.good);
    return test.decided();
  };
  if (!search_) {
    const auto verdict = decided(all_);
    if (!verdict) return std::nullopt;
    return *verdict == Sprt::Verdict::at_least;
  }
  // That no condition does can be known of those only that were tried: a search is never sure of
  // it.
  const ConditionSearch::Findings findings = search_->findings();
  const bool fresh = findings.found && search_->phase() >= ConditionSearch::Phase::confirming;
  if (decided(findings.baseline_counts) == Sprt::Verdict::at_least) return true;
  if (fresh && decided(findings.counts) == Sprt::Verdict::at_least) return true;
  return std::nullopt;
}

std::optional<Reproduction::End> Reproducing::ended() const {
  if (stopped_) return stopped_;
  if (at_least()) return End::decided;
  const ConditionSearch::Options usual;
  if (trials_ >= usual.baseline_trials && all_.total() == 0) return End::untestable;
  if (trials_ >= options_.trials_max) return End::trials_spent;
  if (search_ && search_->phase() == ConditionSearch::Phase::finished) return End::searched;
  const bool late =
      options_.time_max > Duration::zero() && world_.now() - start_ >= options_.time_max;
  if (late) return End::time_spent;
  return std::nullopt;
}

std::optional<FactorLevels> Reproducing::ask(std::size_t running) const {
  if (search_) return search_->ask(running);
  if (trials_ + running < options_.trials_max) return off();
  return std::nullopt;
}

Result<std::optional<PlannedTrial>> Reproducing::next(std::size_t running) {
  if (ended()) return std::optional<PlannedTrial>();
  const std::optional<FactorLevels> condition = ask(running);
  if (!condition) return std::optional<PlannedTrial>();
  PlannedTrial planned;
  planned.id = next_id_++;
  planned.setup = TRY(setup_at(options_, *condition));
  planned.setup.timeout = timeout();
  running_[planned.id] = *condition;
  return std::optional<PlannedTrial>(std::move(planned));
}

AfterTrial Reproducing::finish(const FinishedTrial& finished) {
  const FactorLevels condition = running_.extract(finished.id).mapped();
  const Trial& trial = finished.trial;
  if (condition == off() && judged_off_ == 0 && says_cannot_run(trial)) {
    failed_ = cannot_be_run(trial);
    return AfterTrial::stop;
  }
  if (finished.judgement.stops) {
    stopped_ = End::asked_to_stop;
    ++made_.unjudged_reasons[finished.judgement.reason];
    return AfterTrial::stop;
  }
  ReproJournal::Row row{condition, finished.judgement.outcome, trial.seconds,
                        finished.judgement.reason};
  const bool failed = row.outcome == Outcome::bad;
  if (failed && made_.failures.size() < Reproduction::failures_kept_max) {
    made_.failures.push_back({condition, row.reason, trial});
  }
  if (options_.journal) options_.journal(row_line(row));
  learn(row);
  say(finished);
  return ended() ? AfterTrial::stop : AfterTrial::go_on;
}

std::string_view Reproducing::phase() const {
  return search_ ? name_of(search_->phase()) : "measuring";
}

void Reproducing::say(const FinishedTrial& finished) {
  if (!options_.progress) return;
  options_.progress({phase(), trials_, options_.trials_max, static_cast<std::size_t>(all_.bad),
                     finished.judgement.reason});
}

Status Reproducing::run() {
  TrialsOptions trials;
  trials.next = [this](std::size_t running) { return next(running); };
  trials.done = [this](const FinishedTrial& finished) { return finish(finished); };
  trials.workers = std::max<std::size_t>(1, options_.workers);
  trials.signature = options_.signature;
  trials.run = options_.run;
  const std::string temporary = world_.environment("TMPDIR");
  if (!temporary.empty()) trials.temporary = temporary;
  Status ran = run_trials(trials);
  if (failed_) return *failed_;
  if (ran) return ran;
  if (ran.error().fault != Fault::interrupted) return ran;
  stopped_ = End::interrupted;
  return ok();
}

// Where nothing varies, or nothing of what varies makes it fail more often. All trials count then,
// but for those of factors that make it fail less.
void Reproducing::tell_rate(Reproduction& made) const {
  made.counts = all_;
  if (search_) {
    const TrialCounts none = search_->findings().baseline_counts;
    const double hidden =
        fisher_tail(none.bad, none.total(), all_.bad - none.bad, all_.total() - none.total());
    if (hidden < hiding_max) made.counts = none;
  }
  // A number of trials that was fixed before, and reached, takes the narrower interval.
  const bool fixed = !search_ && !options_.rate_at_least && made.end == End::trials_spent;
  made.interval = fixed
                      ? clopper_pearson(made.counts.bad, made.counts.total(), options_.confidence)
                      : anytime_interval(made.counts.bad, made.counts.total(), options_.confidence);
  if (!search_) {
    made.baseline_counts = all_;
    made.baseline = made.interval;
  }
}

void Reproducing::tell_searched(Reproduction& made) const {
  const ConditionSearch::Findings findings = search_->findings();
  made.baseline_counts = findings.baseline_counts;
  made.baseline = findings.baseline;
  for (std::size_t i = 0; i < journal_.factors.size(); ++i) {
    made.beliefs.push_back({journal_.factors[i].name, findings.matters[i], findings.effects[i]});
  }
  if (!findings.found) return;
  made.best = findings.best;
  made.counts = findings.counts;
  made.interval = findings.rate;
  made.confirmed = findings.confirmed;
  for (std::size_t i = 0; i < made.best.levels.size(); ++i) {
    const std::size_t level = made.best.levels[i];
    const SearchFactor& factor = journal_.factors[i];
    if (level > 0) made.conditions.push_back({factor.name, factor.levels[level]});
  }
}

Reproduction Reproducing::result() const {
  Reproduction made = made_;
  made.seed = journal_.seed;
  made.trials = trials_;
  made.timeout = timeout();
  made.at_least = at_least();
  made.end = ended().value_or(End::searched);
  made.best = off();
  tell_rate(made);
  if (search_) tell_searched(made);
  if (made.counts.total() > 0) made.rate = made.counts.bad / made.counts.total();
  const bool failed = made.counts.bad > 0;
  const bool enough = options_.rate_at_least ? made.at_least.value_or(false) : failed;
  made.verdict = enough ? Reproduction::Verdict::reproduced : Reproduction::Verdict::not_reproduced;
  return made;
}

}  // namespace

Result<TrialSetup> setup_at(const ReproOptions& options, const FactorLevels& condition) {
  TrialSetup setup = options.setup;
  for (std::size_t i = 0; i < options.factors.size(); ++i) {
    const ReproFactor& one = options.factors[i];
    const std::size_t level = condition.levels[i];
    TRY(one.apply(level, setup)
            .during("setting {} to {}", one.factor.name, one.factor.levels[level]));
  }
  return setup;
}

namespace {

Status check(const ReproOptions& options) {
  if (options.signature) TRY(check_signature(*options.signature));
  if (options.trials_max == 0) return usage_error("a budget of no trials", "--trials 150");
  if (options.factors.size() > factors_max) {
    return usage_error(fmt::format("{} factors are too many", options.factors.size()),
                       fmt::format("at most {} can vary at once", factors_max));
  }
  for (const ReproFactor& one : options.factors) {
    if (one.factor.levels.size() >= 2) continue;
    return usage_error(fmt::format("{} does not vary", one.factor.name),
                       "give it a range: --vary NAME=A..B");
  }
  const double rate = options.rate_at_least.value_or(0.5);
  if (rate <= 0 || rate > 1) {
    return usage_error(fmt::format("a rate of {} cannot be looked for", rate),
                       "--rate-at-least 0.5");
  }
  if (options.confidence < 0.5 || options.confidence >= 1) {
    return usage_error(fmt::format("no confidence of {}", options.confidence), "--confidence 0.95");
  }
  return ok();
}

}  // namespace

Result<Reproduction> reproduce(World& world, const ReproOptions& options) {
  TRY(check(options));
  ReproJournal journal{options.seed, factors_of(options), options.setup.command, {}};
  if (!options.history.empty()) journal = TRY(read_journal(options.history, journal));
  if (options.history.empty() && options.journal) options.journal(head_line(journal));
  Reproducing reproducing(world, options, std::move(journal));
  TRY(reproducing.run());
  return reproducing.result();
}

Result<ReproRecord> record_of(const ReproOptions& options, const Reproduction& made) {
  ReproRecord record;
  record.setup = TRY(setup_at(options, made.best));
  record.setup.timeout = made.timeout;
  for (std::size_t i = 0; i < options.factors.size(); ++i) {
    const ReproFactor& one = options.factors[i];
    if (!one.toxic || made.best.levels[i] == 0) continue;
    record.toxics.push_back(one.toxic(made.best.levels[i]));
  }
  record.conditions = made.conditions;
  if (options.signature) record.signature = to_string(*options.signature);
  record.seed = made.seed;
  record.rate = made.rate;
  record.interval = made.interval;
  record.confidence = options.confidence;
  record.trials = static_cast<std::size_t>(made.counts.total());
  record.failures = static_cast<std::size_t>(made.counts.bad);
  record.baseline = made.baseline;
  record.baseline_trials = static_cast<std::size_t>(made.baseline_counts.total());
  record.baseline_failures = static_cast<std::size_t>(made.baseline_counts.bad);
  if (record.baseline_trials > 0) {
    record.baseline_rate = made.baseline_counts.bad / made.baseline_counts.total();
  }
  return record;
}

std::string_view name_of(Reproduction::End end) {
  switch (end) {
    case Reproduction::End::decided: return "decided";
    case Reproduction::End::searched: return "searched";
    case Reproduction::End::trials_spent: return "trials_spent";
    case Reproduction::End::time_spent: return "time_spent";
    case Reproduction::End::interrupted: return "interrupted";
    case Reproduction::End::asked_to_stop: return "asked_to_stop";
    case Reproduction::End::untestable: break;
  }
  return "untestable";
}

}  // namespace culprit
