#include "workbench/bisect.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <memory>
#include <mutex>

#include "case/mask.h"
#include "experiment/trial_reading.h"
#include "experiment/trials.h"
#include "experiment/verdict.h"
#include "workbench/learned_seconds.h"

namespace culprit {
namespace {

// A run that teaches less than this share of what the next one would is stopped.
constexpr double needless_share = 0.05;

constexpr std::size_t sha_shown = 9;  // letters of it, in progress

Error cannot_be_run(const Trial& trial) {
  Error made = error(Fault::usage, "the command cannot be run: exit {} at GOOD too",
                     trial.exit_code.value_or(0));
  const std::string said = last_line(trial.error.text);
  made.advice = "a test that is younger than GOOD is best copied out of the repository";
  if (!said.empty()) made.during.push_back("it said: " + said);
  return made;
}

// One run under way.
struct Mission {
  BisectRow::Where where = BisectRow::Where::commit;
  Point point = 0;
  std::size_t number = 0;
  std::string sha;
  std::size_t place = 0;
  std::atomic<bool> needless = false;
  bool short_of_time = false;  // it may run until all time is over, and not until its timeout
  CommitTrial made;

  // What the end of all time cut says nothing: neither that it hangs nor that it cannot be tested.
  bool cut() const { return short_of_time && made.trial.timed_out; }
};

// One bisection under way: what is known of it, and what is done next.
class Bisecting {
 public:
  Bisecting(World& world, CommitTrials& trials, const BisectOptions& options);

  Status run();
  Bisection result() const;

 private:
  void count_sides(Bisection& made, Point likeliest) const;
  void doubt(Bisection& made) const;
  void listen(const Mission& mission);
  using End = Bisection::End;
  using Where = BisectRow::Where;

  Result<std::optional<PlannedTrial>> next(std::size_t running);
  std::optional<Point> asked(std::size_t running);
  std::optional<PlannedTrial> plan(Point point);
  Result<Trial> tried(const TrialSetup& setup, const TrialWatch& watch);
  AfterTrial finish(const FinishedTrial& finished);
  BisectRow row_of(const Mission& mission, const Judgement& judgement) const;
  void learn(const BisectRow& row);
  void recall(std::span<const BisectRow> history);
  void set_aside(BisectRow row);
  bool timed_out_too_early(const BisectRow& row) const;
  void stop_needless();
  void say();

  std::optional<End> ended() const;
  bool searched() const;
  Calibration::Running running_ends() const;
  std::vector<Point> running_points() const;
  ChangeCosts costs() const;
  double worth(const TreeMark& mark, std::span<const double> bits) const;
  Duration timeout() const;
  std::optional<Point> point_of(const BisectRow& row) const;
  Point bad_end() const { return static_cast<Point>(options_.range.shas.size() - 1); }
  Where where_is(Point point) const;
  const TreeMark& mark_of(Point point) const;

  World& world_;
  CommitTrials& trials_;
  const BisectOptions& options_;
  Calibration calibration_;
  ChangeSearch search_;
  Time start_;
  std::map<std::string, Point> points_;
  std::vector<Point> batch_;  // chosen together for workers that are free
  std::vector<BisectRow> rows_;
  std::size_t runs_ = 0;
  std::size_t skipped_ = 0;
  double seconds_ = 0;
  double slowest_good_ = 0;  // of judged tests at GOOD
  LearnedSeconds learned_;
  std::map<std::size_t, std::unique_ptr<Mission>> missions_;
  std::mutex missions_lock_;  // workers look theirs up
  std::size_t next_id_ = 0;
  std::string last_;  // what came of the last run, for progress
  std::optional<End> stopped_;
  std::string shell_death_;
  std::map<Where, std::string> said_;  // last, at each end
  std::optional<Error> failed_;
};

ChangeSearch::Options search_options(const BisectOptions& options) {
  ChangeSearch::Options made;
  made.confidence = options.confidence;
  made.no_change = options.no_change;
  made.at_good = options.ends.good;
  made.at_bad = options.ends.bad;
  if (options.ends.known == Calibration::Options::Known::stated) {
    made.counts = ChangeSearch::Options::Counts::stated;
  }
  return made;
}

Bisecting::Bisecting(World& world, CommitTrials& trials, const BisectOptions& options)
    : world_(world),
      trials_(trials),
      options_(options),
      calibration_(options.ends),
      search_(ChangeGraph(options.range.parents), options.prior, search_options(options)),
      start_(world.now()) {
  for (std::size_t i = 0; i < options_.range.shas.size(); ++i) {
    points_.emplace(options_.range.shas[i], static_cast<Point>(i));
  }
  recall(options_.history);
}

bool judged(const BisectRow& row) {
  return row.observation == Observation::good || row.observation == Observation::bad;
}

// It had a limit that is longer by now. A limit that follows from GOOD's runs grows as they are
// made, which takes no evidence back. A journal rounds seconds.
bool Bisecting::timed_out_too_early(const BisectRow& row) const {
  const bool asked = options_.setup.timeout > Duration::zero();
  return row.timed_out && row.seconds + 1e-3 < seconds(timeout()) && (asked || !judged(row));
}

// A run whose answer does not count any more.
void Bisecting::set_aside(BisectRow row) {
  if (timed_out_too_early(row)) row.reason += " (not counted: it may take longer by now)";
  row.observation = Observation::unjudged;
  ++runs_;
  ++skipped_;
  seconds_ += row.seconds + row.ready_seconds;
  rows_.push_back(std::move(row));
}

// What was seen before. Whoever goes on may have mended what no run of an end could be judged for.
void Bisecting::recall(std::span<const BisectRow> history) {
  for (const BisectRow& row : history) {
    if (row.told) continue;
    const bool shows = row.where == Where::good_end && judged(row) && !row.timed_out;
    if (shows) slowest_good_ = std::max(slowest_good_, row.seconds);
    next_id_ = std::max(next_id_ + 1, row.number + 1);
  }
  for (const BisectRow& row : history) {
    const bool of_end = row.where != Where::commit && !judged(row) && !row.told;
    if (of_end || timed_out_too_early(row)) {
      set_aside(row);
    } else {
      learn(row);
    }
  }
}

std::optional<Point> Bisecting::point_of(const BisectRow& row) const {
  if (row.where == Where::good_end) return search_.good_end();
  const auto found = points_.find(row.sha);
  return found == points_.end() ? std::nullopt : std::optional<Point>(found->second);
}

Bisecting::Where Bisecting::where_is(Point point) const {
  if (point == search_.good_end()) return Where::good_end;
  return point == bad_end() ? Where::bad_end : Where::commit;
}

void Bisecting::learn(const BisectRow& row) {
  rows_.push_back(row);
  std::optional<Outcome> outcome;
  if (row.observation == Observation::good) outcome = Outcome::good;
  if (row.observation == Observation::bad) outcome = Outcome::bad;
  if (!row.told) {
    ++runs_;
    skipped_ += outcome ? 0 : 1;
    seconds_ += row.seconds + row.ready_seconds;
    using Seen = LearnedSeconds::Seen;
    const Seen seen = row.fresh ? Seen::first : Seen::again;
    if (row.ready_seconds > 0) learned_.add_ready(row.ready_seconds, seen);
    if (outcome) learned_.add_test(row.seconds, seen);
  }
  if (row.where != Where::commit) {
    const bool good = row.where == Where::good_end;
    const RangeEnd end = good ? RangeEnd::good : RangeEnd::bad;
    const bool broken = row.observation == Observation::broken;
    if (broken) calibration_.tell_broken(end);
    if (!broken) calibration_.tell(end, outcome, row.seconds);
    if (good && outcome && !row.told) slowest_good_ = std::max(slowest_good_, row.seconds);
  }
  if (const auto point = point_of(row)) search_.tell(*point, row.observation);
  batch_.clear();
}

Duration Bisecting::timeout() const {
  if (options_.setup.timeout > Duration::zero()) return options_.setup.timeout;
  if (slowest_good_ == 0) return BisectOptions::first_timeout;
  return patience_after(slowest_good_);
}

bool Bisecting::searched() const { return search_.state() != ChangeSearch::State::searching; }

std::optional<Bisection::End> Bisecting::ended() const {
  if (stopped_) return stopped_;
  if (calibration_.trouble()) return End::trouble;
  if (calibration_.enough() && searched()) {
    return search_.state() == ChangeSearch::State::stuck ? End::stuck : End::decided;
  }
  if (runs_ >= options_.runs_max) return End::runs_spent;
  const bool late =
      options_.time_max > Duration::zero() && world_.now() - start_ >= options_.time_max;
  if (late) return End::time_spent;
  return std::nullopt;
}

Calibration::Running Bisecting::running_ends() const {
  Calibration::Running running;
  for (const auto& [id, mission] : missions_) {
    running.good += mission->where == Where::good_end ? 1 : 0;
    running.bad += mission->where == Where::bad_end ? 1 : 0;
  }
  return running;
}

std::vector<Point> Bisecting::running_points() const {
  std::vector<Point> points;
  for (const auto& [id, mission] : missions_) {
    if (!mission->needless) points.push_back(mission->point);
  }
  return points;
}

ChangeCosts Bisecting::costs() const {
  ChangeCosts costs;
  costs.test = std::max(1e-3, learned_.test());
  const double build = learned_.build();
  if (build == 0) return costs;
  for (Point point = 0; point <= search_.good_end(); ++point) {
    costs.build.push_back(trials_.built(mark_of(point)) ? 0 : build);
  }
  return costs;
}

// Of what is built there: what a test of it could still teach. Ends are needed until they are
// known.
double Bisecting::worth(const TreeMark& mark, std::span<const double> bits) const {
  const bool end = mark == TreeMark() || mark == mark_of(bad_end());
  if (end && !calibration_.enough()) return 1;
  double most = 0;
  for (Point point = 0; point <= search_.good_end(); ++point) {
    if (mark_of(point) == mark) most = std::max(most, bits[point]);
  }
  return most;
}

const TreeMark& Bisecting::mark_of(Point point) const {
  static const TreeMark base;
  return point == search_.good_end() ? base : options_.range.marks[point];
}

std::optional<PlannedTrial> Bisecting::plan(Point point) {
  auto mission = std::make_unique<Mission>();
  mission->where = where_is(point);
  mission->point = point;
  mission->sha = point == search_.good_end() ? options_.range.base : options_.range.shas[point];
  const std::vector<double> bits = search_.expected_bits();
  mission->place = trials_.take(mission->sha, mark_of(point),
                                [&](const TreeMark& mark) { return worth(mark, bits); });
  PlannedTrial planned;
  planned.id = mission->number = options_.number ? options_.number() : next_id_++;
  planned.setup = options_.setup;
  planned.setup.timeout = timeout();
  if (options_.time_max > Duration::zero()) {
    // Nothing runs on for long when the time is over.
    const Duration left = options_.time_max - (world_.now() - start_);
    mission->short_of_time = left < timeout();
    planned.setup.timeout = std::clamp(left, Duration(std::chrono::milliseconds(1)), timeout());
  }
  planned.setup.environment["CULPRIT_COMMIT"] = mission->sha;
  planned.setup.environment["CULPRIT_RUN"] = std::to_string(planned.id);
  {
    const std::lock_guard locked(missions_lock_);
    missions_[planned.id] = std::move(mission);
  }
  say();
  return planned;
}

// Nothing: the search waits for what runs, or is over.
std::optional<Point> Bisecting::asked(std::size_t running) {
  if (batch_.empty()) {
    const std::size_t free = options_.workers > running ? options_.workers - running : 1;
    batch_ = search_.ask_for(free, costs(), running_points());
    std::reverse(batch_.begin(), batch_.end());
  }
  if (batch_.empty()) return std::nullopt;
  const Point point = batch_.back();
  batch_.pop_back();
  return point;
}

Result<std::optional<PlannedTrial>> Bisecting::next(std::size_t running) {
  if (ended() || runs_ + running >= options_.runs_max) return std::optional<PlannedTrial>();
  if (const auto end = calibration_.ask(running_ends())) {
    return plan(*end == RangeEnd::good ? search_.good_end() : bad_end());
  }
  // Other workers need not wait for the ends, which mostly say what they are expected to.
  const bool ahead = options_.workers > 1 && calibration_.as_expected();
  if (!calibration_.enough() && !ahead) return std::optional<PlannedTrial>();
  const std::optional<Point> point = asked(running);
  if (!point) return std::optional<PlannedTrial>();
  return plan(*point);
}

Result<Trial> Bisecting::tried(const TrialSetup& setup, const TrialWatch& watch) {
  const std::size_t id = std::stoul(setup.environment.at("CULPRIT_RUN"));
  Mission* mission = nullptr;
  {
    const std::lock_guard locked(missions_lock_);
    mission = missions_.at(id).get();
  }
  TrialWatch mine = watch;
  mine.stop = [&] { return watch.stop() || mission->needless; };
  mission->made = TRY(trials_.run(mission->place, setup, mine));
  return std::move(mission->made.trial);
}

BisectRow Bisecting::row_of(const Mission& mission, const Judgement& judgement) const {
  BisectRow row;
  row.where = mission.where;
  row.sha = mission.sha;
  row.seconds = mission.made.trial.seconds;
  row.ready_seconds = mission.made.ready_seconds;
  row.fresh = mission.made.fresh;
  row.reason = mission.made.reason;
  row.timed_out = mission.made.trial.timed_out;
  row.number = mission.number;
  if (mission.made.kind == CommitTrial::Kind::broken) {
    row.observation = Observation::broken;
    row.seconds = 0;  // counted in ready_seconds
  } else if (mission.made.kind == CommitTrial::Kind::tested) {
    row.reason = judgement.reason;
    if (judgement.outcome == Outcome::good) row.observation = Observation::good;
    if (judgement.outcome == Outcome::bad) row.observation = Observation::bad;
  }
  return row;
}

// What came of a run, in the order in which they end.
AfterTrial Bisecting::finish(const FinishedTrial& finished) {
  std::unique_ptr<Mission> mission;
  {
    const std::lock_guard locked(missions_lock_);
    mission = std::move(missions_.extract(finished.id).mapped());
  }
  trials_.leave(mission->place);
  mission->made.trial = finished.trial;
  const bool abandoned = mission->made.kind == CommitTrial::Kind::abandoned || mission->cut();
  if (abandoned) return AfterTrial::go_on;
  const bool tested = mission->made.kind == CommitTrial::Kind::tested;
  const bool first_good = mission->where == Where::good_end && calibration_.good().good == 0;
  if (first_good && tested && says_cannot_run(finished.trial)) {
    failed_ = cannot_be_run(finished.trial);
    return AfterTrial::stop;
  }
  const BisectRow row = row_of(*mission, finished.judgement);
  if (options_.journal) options_.journal(row, mission->made);
  learn(row);
  listen(*mission);
  last_ =
      fmt::format("{} {} ({})", row.sha.substr(0, sha_shown), name_of(row.observation), row.reason);
  say();
  if (tested && finished.judgement.stops) {
    stopped_ = End::asked_to_stop;
    shell_death_ = shell_death(finished.trial.exit_code.value_or(0));
  }
  if (ended()) return AfterTrial::stop;
  stop_needless();
  return AfterTrial::go_on;
}

void Bisecting::listen(const Mission& mission) {
  if (mission.where == Where::commit) return;
  const Trial& trial = mission.made.trial;
  const bool of_error = trial.error.text.find_first_not_of("\r\n ") != std::string::npos;
  said_[mission.where] = masked(last_line(of_error ? trial.error.text : trial.out.text));
}

void Bisecting::stop_needless() {
  if (missions_.empty() || !calibration_.enough()) return;
  const auto best = search_.ask(costs());
  if (!best) return;
  const std::vector<double> bits = search_.expected_bits();
  for (const auto& [id, mission] : missions_) {
    if (bits[mission->point] < needless_share * bits[*best]) mission->needless = true;
  }
}

void Bisecting::say() {
  if (!options_.progress) return;
  BisectProgress progress;
  progress.phase =
      calibration_.enough() ? BisectProgress::Phase::searching : BisectProgress::Phase::ends;
  progress.runs = runs_;
  progress.runs_left = search_.runs_left();
  const double each = runs_ > 0 ? seconds_ / static_cast<double>(runs_) : 0;
  progress.seconds_left =
      progress.runs_left * each / static_cast<double>(std::max<std::size_t>(1, options_.workers));
  progress.posterior = search_.posterior();
  progress.last = last_;
  for (const auto& [id, mission] : missions_) {
    progress.under_way.push_back(mission->sha.substr(0, sha_shown));
  }
  options_.progress(progress);
}

Status Bisecting::run() {
  TrialsOptions trials;
  trials.next = [this](std::size_t running) { return next(running); };
  trials.done = [this](const FinishedTrial& finished) { return finish(finished); };
  trials.workers = std::max<std::size_t>(1, options_.workers);
  trials.signature = options_.signature;
  trials.temporary = trials_.temporary();
  trials.run = [this](const TrialSetup& setup, const TrialWatch& watch) {
    return tried(setup, watch);
  };
  Status ran = run_trials(trials);
  if (failed_) return *failed_;
  if (ran) return ran;
  if (ran.error().fault != Fault::interrupted) return ran;
  stopped_ = End::interrupted;
  return ok();
}

void Bisecting::count_sides(Bisection& made, Point likeliest) const {
  for (const BisectRow& row : rows_) {
    const std::optional<Point> at = point_of(row);
    if (!at) continue;
    const bool has = *at != search_.good_end() && search_.graph().has(*at, likeliest);
    TrialCounts& side = has ? made.since : made.before;
    side.bad += row.observation == Observation::bad ? 1 : 0;
    side.good += row.observation == Observation::good ? 1 : 0;
  }
}

// Where something outside broke for good, no run since says anything of a commit.
void Bisecting::doubt(Bisection& made) const {
  made.broke = lasting_break(rows_);
  if (!made.broke) return;
  made.trouble.reset();
  made.likeliest.reset();
  made.credible.clear();
  made.verdict = Bisection::Verdict::inconclusive;
  const bool over = made.end == End::decided || made.end == End::trouble || made.end == End::stuck;
  if (over) made.end = End::broke;
}

bool is_of_bad(Calibration::Trouble trouble) {
  using Trouble = Calibration::Trouble;
  return trouble == Trouble::bad_passes || trouble == Trouble::bad_untestable;
}

Bisection Bisecting::result() const {
  using State = ChangeSearch::State;
  Bisection made;
  made.trouble = calibration_.trouble();
  if (made.trouble) {
    const auto heard = said_.find(is_of_bad(*made.trouble) ? Where::bad_end : Where::good_end);
    if (heard != said_.end()) made.said = heard->second;
  }
  made.end = ended().value_or(End::stuck);
  const bool decided = made.end == End::decided;
  if (decided && search_.state() == State::found) made.verdict = Bisection::Verdict::found;
  if (decided && search_.state() == State::no_change) made.verdict = Bisection::Verdict::no_change;
  if (made.trouble && !Calibration::is_untestable(*made.trouble)) {
    made.verdict = Bisection::Verdict::no_change;
  }
  made.shell_death = shell_death_;
  made.posterior = search_.posterior();
  made.no_change = search_.no_change();
  const Point likeliest = search_.likeliest();
  if (made.posterior[likeliest] > made.no_change) made.likeliest = likeliest;
  made.probability = made.posterior[likeliest];
  made.credible = search_.state() == State::stuck ? search_.rivals()
                                                  : search_.credible_set(options_.confidence);
  made.evidence_ratio = search_.evidence_ratio(likeliest);
  for (Point i = 0; i < made.posterior.size(); ++i)
    made.untestable.push_back(search_.testability().hopeless(i));
  made.rates = search_.rates();
  count_sides(made, likeliest);
  made.at_good = calibration_.good();
  made.at_bad = calibration_.bad();
  made.rows = rows_;
  made.runs = runs_;
  made.skipped = skipped_;
  made.seconds = seconds_;
  made.runs_left = search_.runs_left();
  made.timeout = timeout();
  doubt(made);
  return made;
}

}  // namespace

Result<Bisection> bisect(World& world, CommitTrials& trials, const BisectOptions& options) {
  Bisecting bisecting(world, trials, options);
  TRY(bisecting.run());
  return bisecting.result();
}

std::string_view name_of(Bisection::Verdict verdict) {
  switch (verdict) {
    case Bisection::Verdict::found: return "found";
    case Bisection::Verdict::no_change: return "no_change";
    case Bisection::Verdict::inconclusive: break;
  }
  return "inconclusive";
}

std::string_view name_of(Bisection::End end) {
  switch (end) {
    case Bisection::End::decided: return "decided";
    case Bisection::End::trouble: return "trouble";
    case Bisection::End::stuck: return "stuck";
    case Bisection::End::broke: return "broke";
    case Bisection::End::runs_spent: return "runs_spent";
    case Bisection::End::time_spent: return "time_spent";
    case Bisection::End::interrupted: return "interrupted";
    case Bisection::End::asked_to_stop: break;
  }
  return "asked_to_stop";
}

}  // namespace culprit
