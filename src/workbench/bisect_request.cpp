#include "workbench/bisect_request.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <thread>

#include "base/usage_error.h"
#include "case/case.h"
#include "experiment/verdict.h"
#include "repo/commit_reader.h"
#include "workbench/bisect_checks.h"
#include "workbench/bisect_folder.h"
#include "workbench/bisect_log.h"
#include "workbench/bisect_prior.h"
#include "workbench/bisect_settings.h"
#include "workbench/kept_findings.h"
#include "workbench/repro_spec.h"
#include "workbench/shell_words.h"
#include "workbench/trial_room.h"
#include "workbench/user_folder.h"

namespace culprit {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t file_bytes_max = std::size_t{64} << 20;
constexpr std::size_t builds_usual = 8;
constexpr std::size_t workers_each_core_max = 16;  // a test may wait more than it computes
constexpr std::size_t workers_max = 1024;          // through a runner
// Rates that the user names weigh as if they had been measured so often.
constexpr double runs_of_given_rates = 1000;

using Identity = BisectFolder::Identity;

// One request on its way to a search.
class Asking {
 public:
  Asking(World& world, BisectRequest request)
      : world_(world),
        request_(std::move(request)),
        reading_(GitProgram::of_world(world)),
        here_(world, reading_) {}

  Result<Bisected> run();

 private:
  Status take_resumed();
  Status take_replayed();
  Status find_ends();
  Status find_here();
  Status find_range();
  Status find_prior(const std::vector<CommitTouch>& touches);
  Status find_rates();
  Status take_rates_file(const std::string& path);
  Status open_folder();
  Result<std::string> sha_of(const std::string& revision) const;
  std::vector<std::string> ends() const { return {done_.bad_sha, options_.range.base}; }
  Identity identity() const;
  Status check_unchanged() const;

  Result<WorktreesOptions> worktrees_options();
  std::string from_here(const std::string& path) const;
  void bound_workers();
  void note_workers();
  std::string ignored_folder() const;  // that the command needs; empty: none
  void note_ignored();
  void warn_of_mount(const std::string& folder);
  Result<Bisection> searched(CommitTrials& trials) const;
  CommitTrialsOptions trials_options() const;

  void kept(const BisectRow& row, const CommitTrial& trial);
  void find_elsewhere(const std::string& top);
  std::string seen_from_elsewhere(const std::string& path) const;
  void note_of_runs();
  void write_log();
  Status try_revert(Worktrees& worktrees, const CommitTrials& trials);
  void note(std::string text) { done_.notes.push_back(std::move(text)); }

  World& world_;
  BisectRequest request_;
  GitProgram reading_;
  std::optional<CommitReader> commits_;
  BisectOptions options_;
  Bisected done_;
  std::optional<BisectFolder> folder_;
  std::string unusable_;         // a folder of worktrees where no program can be run; empty: none
  std::vector<BisectRow> told_;  // by --replay
  UserFolder here_;
  std::map<std::string, std::string> search_paths_;
  Identity begun_;  // of the newest bisection, where that is to go on; else empty
};

Result<std::string> Asking::sha_of(const std::string& revision) const {
  if (auto sha = commits_->resolve(revision)) return std::move(*sha);
  Error made = error(Fault::usage, "no commit, tag or branch {}", revision);
  made.advice = commits_->shallow() ? "the clone is shallow: git fetch --unshallow --tags"
                                    : "git fetch --tags, or name a commit that is there";
  return made;
}

// Words that were left out are those of the newest bisection.
Status Asking::take_resumed() {
  if (request_.begin != BisectRequest::Begin::resume || !request_.command.empty()) return ok();
  begun_ = TRY(BisectFolder::newest(world_));
  take_begun(request_, begun_);
  return ok();
}

Status Asking::take_replayed() {
  if (request_.replay.empty()) return ok();
  const std::string text = TRY(world_.read(request_.replay, file_bytes_max));
  const BisectLog log = TRY(read_bisect_log(text).during("reading {}", request_.replay));
  for (const BisectLog::Line& line : log.lines) {
    const bool bad = line.said == BisectLog::Said::bad;
    if (bad && request_.bad.empty()) request_.bad = line.revision;
    if (line.said == BisectLog::Said::good && request_.good.empty()) request_.good = line.revision;
    BisectRow row;
    row.sha = TRY(sha_of(line.revision).during("reading {}", request_.replay));
    row.told = true;
    row.reason = "told by " + request_.replay;
    row.observation = bad                                  ? Observation::bad
                      : line.said == BisectLog::Said::good ? Observation::good
                                                           : Observation::unjudged;
    told_.push_back(std::move(row));
  }
  return ok();
}

Status Asking::find_ends() {
  done_.good = request_.good;
  done_.bad = request_.bad;
  done_.good_sha = TRY(sha_of(request_.good));
  done_.bad_sha = TRY(sha_of(request_.bad));
  return ok();
}

Status Asking::find_here() {
  const Ran top = TRY(reading_.ran({"rev-parse", "--show-toplevel"}, request_.repository));
  const std::string checkout = top.exit_code == 0 ? text_lines(top.out).front() : "";
  here_.find(checkout, request_.repository, done_.bad_sha);
  find_elsewhere(checkout);
  return ok();
}

Status Asking::find_range() {
  const std::string& repository = request_.repository;
  Ancestry found =
      TRY(ancestry_between(reading_, repository, done_.good_sha, done_.bad_sha, request_.follow));
  BisectRange& range = options_.range;
  range.shas = std::move(found.shas);
  range.parents = std::move(found.parents);
  range.base = std::move(found.base);
  done_.suspects = range.shas.size();
  if (found.good == Ancestry::Relation::beside) {
    done_.base = range.base;
    note(
        fmt::format("{} is no ancestor of {}: the range begins where they parted, at {}, which is "
                    "tested in its place",
                    request_.good, request_.bad, range.base.substr(0, 12)));
  }
  if (commits_->shallow()) note("the clone is shallow: commits beyond its edge are not looked at");
  TRY(check_paths(reading_, request_, ends()));
  const std::vector<CommitTouch> touches =
      TRY(commits_->touches(range.shas, range.parents, range.base, PathFilter(request_.paths)));
  for (const CommitTouch& touch : touches) range.marks.push_back(touch.mark);
  // What was told of an end is of the end.
  for (BisectRow& row : told_) {
    if (row.sha == range.base) row.where = BisectRow::Where::good_end;
    if (row.sha == done_.bad_sha) row.where = BisectRow::Where::bad_end;
  }
  return find_prior(touches);
}

Status Asking::find_prior(const std::vector<CommitTouch>& touches) {
  BisectPrior prior = plain_prior(options_.range, touches);
  if (request_.prior != "none" && !request_.prior.empty()) {
    const std::string json = TRY(kept_findings(world_, request_.prior));
    prior = TRY(prior_of_findings(prior, options_.range, json));
  }
  options_.prior = std::move(prior.weights);
  options_.no_change = prior.no_change;
  return ok();
}

// A repro.toml tells how often BAD fails, where it is of that very commit.
Status Asking::take_rates_file(const std::string& path) {
  const std::string text = TRY(world_.read(path, file_bytes_max));
  const ReproRecord record = TRY(read_repro_toml(text, path));
  const bool asked = !request_.rates_from.empty();
  const auto commit = commits_->resolve(record.commit);
  if (!commit || *commit != done_.bad_sha) {
    if (!asked) return ok();
    return usage_error(fmt::format("{} is of {}, and BAD is {}", path,
                                   record.commit.empty() ? "no known commit" : record.commit,
                                   done_.bad_sha.substr(0, 12)),
                       "culprit repro at BAD, or --rates G,B");
  }
  if (!asked && record.setup.command != request_.command) return ok();
  const auto failures = static_cast<double>(record.failures);
  options_.ends.bad = {failures, static_cast<double>(record.trials) - failures};
  note(
      fmt::format("{} says that BAD fails in {} of {} runs", path, record.failures, record.trials));
  return ok();
}

Status Asking::find_rates() {
  options_.ends.runs = request_.calibrate;
  if (request_.rates) {
    const auto counts = [](double rate) {
      return TrialCounts{rate * runs_of_given_rates, (1 - rate) * runs_of_given_rates};
    };
    options_.ends.good = counts(request_.rates->good);
    options_.ends.bad = counts(request_.rates->bad);
    options_.ends.known = Calibration::Options::Known::stated;
    return ok();
  }
  if (!request_.rates_from.empty()) return take_rates_file(request_.rates_from);
  if (world_.info("repro.toml")) return take_rates_file("repro.toml");
  return ok();
}

Identity Asking::identity() const {
  Identity all = identity_of(request_);
  all["good"] = done_.good_sha;
  all["bad"] = done_.bad_sha;
  all["subfolder"] = here_.subfolder();
  std::vector<std::string> copies;
  for (const WorktreeExtra& one : here_.copies()) {
    const Result<std::string> text = world_.read(one.source, file_bytes_max);
    const std::string hash = BisectFolder::id_of({{"text", text ? *text : text.error().what}});
    copies.push_back(fmt::format("{} {}", hash, one.path));
  }
  put_texts(all, "copy", copies);
  return all;
}

// Runs of another command, or of another text of it, say nothing of this one.
Status Asking::check_unchanged() const {
  if (begun_.empty()) return ok();
  const Identity now = identity();
  const std::string folder = text_in(begun_, "subfolder");
  if (folder != here_.subfolder()) {
    return usage_error(fmt::format("it was begun in {}/{}", here_.checkout(), folder),
                       "cd there, then culprit bisect --resume");
  }
  if (texts_in(now, "copy") == texts_in(begun_, "copy")) return ok();
  return usage_error("an untracked file that the command uses was changed since it was begun",
                     "without --resume a new search begins");
}

// What a log says is told once, also where the same words go on with --resume.
bool is_told_by(const std::vector<BisectRow>& history, const BisectRow& row) {
  return std::any_of(history.begin(), history.end(), [&](const BisectRow& one) {
    return one.told && one.sha == row.sha && one.observation == row.observation;
  });
}

Status Asking::open_folder() {
  const bool resumes = request_.begin == BisectRequest::Begin::resume;
  if (request_.keep == BisectRequest::Keep::nothing) {
    if (resumes) return usage_error("--no-case keeps nothing to --resume", "leave one of them out");
    options_.history = told_;
    return ok();
  }
  TRY(check_unchanged());
  Result<BisectFolder> folder =
      resumes ? BisectFolder::resume(world_, identity())
              : BisectFolder::begin(world_, identity(), settings_of(request_));
  if (!folder) return folder.error();
  folder_ = std::move(folder).value();
  done_.folder = folder_->path();
  options_.history = folder_->history();
  if (folder_->old_runs() > 0) {
    done_.put_aside = folder_->old_path();
    const std::size_t runs = folder_->old_runs();
    note(fmt::format("--resume would have gone on with {} {} of a search before, now in {}", runs,
                     runs == 1 ? "run" : "runs", folder_->old_path()));
  }
  for (const BisectRow& row : told_) {
    if (is_told_by(options_.history, row)) continue;
    folder_->add(world_, row, {});
    options_.history.push_back(row);
  }
  return ok();
}

// A whole path of the checkout, as it is called from here.
std::string Asking::from_here(const std::string& path) const {
  if (!path.starts_with('/') || here_.checkout().empty()) return path;
  const fs::path whole = fs::path(path).lexically_normal();
  std::error_code failed;
  const fs::path folder = fs::weakly_canonical(whole.parent_path(), failed);
  const fs::path here = fs::path(here_.checkout()) / here_.subfolder();
  return (folder / whole.filename()).lexically_relative(here).string();
}

Result<WorktreesOptions> Asking::worktrees_options() {
  WorktreesOptions made;
  made.repository = request_.repository;
  made.folder = request_.worktrees;
  if (made.folder.empty()) made.folder = world_.environment("TMPDIR");
  if (made.folder.empty()) made.folder = "/tmp";
  for (const std::string& path : request_.kept) {
    std::string within = TRY(here_.inside(from_here(path)));
    made.kept.push_back(std::move(within));
  }
  for (const std::string& path : request_.links) TRY(here_.add_link(from_here(path)));
  made.links = here_.links();
  using Words = UserFolder::Words;
  std::vector<std::string> build = shell_words(request_.build);
  here_.add_copies(build, Words::build);
  here_.add_copies(request_.command,
                   request_.build.empty() ? Words::command : Words::built_command);
  // A copy: what a shell is given stays as it was written.
  std::vector<std::string> within = shell_text_words(request_.command);
  here_.add_copies(within, request_.build.empty() ? Words::command : Words::built_command);
  search_paths_ = here_.search_paths();
  for (const std::string& text : here_.notes()) note(text);
  made.copies = here_.copies();
  return made;
}

// Each has a worktree, and more than there are commits have nothing to do beside each other.
void Asking::bound_workers() {
  const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
  const std::size_t of_machine =
      request_.runner.empty() ? cores * workers_each_core_max : workers_max;
  const std::size_t useful = std::min(of_machine, options_.range.shas.size() + 1);
  if (request_.workers <= useful) return;
  note(fmt::format("--workers {}: {} are of use for {} commits here", request_.workers, useful,
                   options_.range.shas.size()));
  request_.workers = useful;
}

void Asking::note_workers() {
  const std::size_t cores = std::thread::hardware_concurrency();
  if (cores == 0 || request_.workers <= cores || !request_.runner.empty()) return;
  note(
      fmt::format("{} workers share {} cores: a test that computes is no faster so, and one that "
                  "counts on its time may fail",
                  request_.workers, cores));
}

void Asking::warn_of_mount(const std::string& folder) {
  if (!runs_nothing(folder)) return;
  unusable_ = folder;
  if (!request_.warning) return;
  request_.warning(fmt::format(
      "{} is mounted noexec: no program of a worktree can be run there; --worktrees DIR "
      "names another folder",
      folder));
}

std::string Asking::ignored_folder() const {
  std::vector<std::string> words = request_.command;
  for (std::string& word : shell_text_words(request_.command)) words.push_back(std::move(word));
  return here_.ignored_folder(words);
}

void Asking::note_ignored() {
  const std::string ignored = done_.made.trouble ? ignored_folder() : "";
  if (ignored.empty()) return;
  note(fmt::format("git ignores {0}, so no worktree has it: --link {0} shares yours", ignored));
}

Result<Bisection> Asking::searched(CommitTrials& trials) const {
  Result<Bisection> made = bisect(world_, trials, options_);
  if (made || made.error().fault != Fault::usage) return made;
  Error why = made.error();
  const std::string ignored = ignored_folder();
  if (!ignored.empty()) {
    why.during.push_back(fmt::format("git ignores {}, so no worktree has it", ignored));
    why.advice = fmt::format("--link {} shares yours with each worktree", ignored);
  }
  if (unusable_.empty()) return why;
  why.during.push_back(fmt::format("{} is mounted noexec", unusable_));
  why.advice = "--worktrees DIR, a folder where programs can be run";
  return why;
}

CommitTrialsOptions Asking::trials_options() const {
  CommitTrialsOptions made;
  made.build = request_.build;
  if (request_.keep == BisectRequest::Keep::nothing) made.kept = CommitTrialsOptions::Kept::nothing;
  made.runner = shell_words(request_.runner);
  made.subfolder = here_.subfolder();
  made.good = options_.range.base;
  made.bad = done_.bad_sha;
  made.search_paths = search_paths_;
  made.checkout = here_.checkout();
  // A worktree that is kept in part is built again from what it had: others from nothing.
  const bool in_part = !request_.kept.empty();
  if (in_part) made.switched = CommitTrialsOptions::Switched::in_part;
  const std::size_t usual = request_.build.empty() || in_part ? request_.workers : builds_usual;
  made.places_max = std::max(request_.workers, request_.builds.value_or(usual));
  std::vector<std::string> hidden = handed_down_variables();
  hidden.emplace_back("PYTHONPYCACHEPREFIX");  // beside its sources compiled code goes with them
  for (const std::string& name : hidden) {
    if (world_.environment(name).empty()) continue;
    if (made.before.empty()) made.before.emplace_back("env");
    made.before.emplace_back("-u");
    made.before.push_back(name);
  }
  return made;
}

void Asking::kept(const BisectRow& row, const CommitTrial& trial) {
  if (folder_) folder_->add(world_, row, trial);
}

// Below the top of a checkout git applies a patch to nothing, without a word.
void Asking::find_elsewhere(const std::string& top) {
  if (!here_.checkout().empty() && here_.subfolder().empty()) return;
  done_.elsewhere = top.empty() ? request_.repository : top;
}

std::string Asking::seen_from_elsewhere(const std::string& path) const {
  if (done_.elsewhere.empty()) return path;
  return (fs::path(world_.working_directory()) / path).lexically_normal().string();
}

// What stands in the way of it costs the proposal, not the answer.
Status Asking::try_revert(Worktrees& worktrees, const CommitTrials& trials) {
  if (done_.made.verdict != Bisection::Verdict::found) return ok();
  const CommitSummary& culprit = done_.credible.front();
  const Result<RevertCheck> check = check_revert(
      world_, worktrees, {culprit.sha, culprit.parents, done_.bad_sha, trials.spare()});
  if (!check) return ok();
  done_.revert = *check;
  if (!check->clean || check->needless || !folder_) return ok();
  const Result<std::string> patch = folder_->write(world_, "revert.patch", check->patch);
  if (patch) done_.revert_patch = seen_from_elsewhere(*patch);
  return ok();
}

void Asking::note_of_runs() {
  const std::string second = note_of_second_runs(done_.made.rows, request_.build);
  if (!second.empty()) note(second);
  if (done_.made.verdict != Bisection::Verdict::no_change || done_.made.broke) return;
  const std::string first = note_of_first_passes(done_.made.rows);
  if (!first.empty()) note(first);
}

void Asking::write_log() {
  if (request_.log.empty()) return;
  const Status wrote = world_.write(request_.log, text_of_log(done_, options_.range));
  if (!wrote) note(wrote.error().what);
}

Result<Bisected> Asking::run() {
  TRY(take_resumed());
  TRY(check_repository(world_, reading_, request_.repository));
  commits_ = TRY(CommitReader::open(reading_, request_.repository));
  TRY(take_replayed());
  TRY(check_words(request_));
  if (!request_.signature.empty()) {
    Expr signature = TRY(parse_expr(request_.signature));
    TRY(check_signature(signature));
    options_.signature = std::move(signature);
  }
  TRY(find_ends());
  TRY(find_here());
  request_.paths = TRY(paths_from_top(here_, request_.paths));
  TRY(find_range());
  bound_workers();
  TRY(find_rates());
  TRY(check_program(here_, request_, ends()));
  const WorktreesOptions wanted = TRY(worktrees_options());
  TRY(check_writable(reading_, request_.repository));
  TRY(open_folder());
  note_workers();
  warn_of_mount(wanted.folder);
  Worktrees worktrees = TRY(Worktrees::open(supervised_git(), wanted));
  CommitTrials trials(world_, worktrees, trials_options());
  options_.confidence = request_.confidence;
  options_.setup.command = request_.command;
  options_.setup.timeout = request_.timeout;
  options_.workers = request_.workers;
  options_.runs_max = request_.runs_max;
  options_.time_max = request_.time_max;
  options_.progress = request_.progress;
  if (folder_) options_.number = [this] { return folder_->next_number(world_); };
  options_.journal = [this](const BisectRow& row, const CommitTrial& trial) { kept(row, trial); };
  done_.made = TRY(searched(trials));
  done_.credible =
      TRY(credible_commits(done_.made, options_.range, *commits_, reading_, request_.repository));
  TRY(try_revert(worktrees, trials));
  note_of_runs();
  note_ignored();
  for (const std::string& text : worktrees.notes()) note(text);
  write_log();
  return std::move(done_);
}

}  // namespace

Result<Bisected> run_bisect(World& world, const BisectRequest& request) {
  return Asking(world, request).run();
}

}  // namespace culprit
