#include "workbench/try.h"

#include <algorithm>
#include <climits>
#include <cstdlib>
#include <set>

#include <sys/stat.h>
#include <unistd.h>

#include "base/usage_error.h"
#include "experiment/stand_in.h"
#include "experiment/trial_reading.h"
#include "experiment/trials.h"
#include "repo/lent_objects.h"
#include "repo/tree_copy.h"
#include "search/anytime_interval.h"
#include "workbench/test_files.h"
#include "workbench/trial_room.h"
#include "workbench/try_pending.h"
#include "workbench/try_record.h"
#include "workbench/try_references.h"
#include "workbench/try_restore.h"
#include "workbench/try_times.h"
#include "workbench/try_trees.h"

namespace culprit {
namespace {

using State = TreeChange::State;
using Verdict = RateComparison::Verdict;
using Side = RateComparison::Side;

constexpr std::size_t named_max = 3;  // paths in a message
constexpr std::uint64_t kept_bytes_noted = std::uint64_t{500} << 20;
// Of both states together. A change of source code has less; the patch of what is binary takes more
// room than the two, and git more memory than they.
constexpr std::uint64_t patched_bytes_max = std::uint64_t{4} << 20;

// A path below the root as it is spelled in a listing, and not git's own.
bool can_be_shared(const std::string& link) {
  const std::string parts = "/" + link + "/";
  for (const char* no : {"//", "/./", "/../"}) {
    if (parts.find(no) != parts.npos) return false;
  }
  return !parts.starts_with("/.git/") && !parts.starts_with("/.culprit/");
}

std::string without_slash(std::string path) {
  while (path.ends_with('/')) path.pop_back();
  return path;
}

Status check(const TryRequest& request) {
  if (request.hypothesis.empty())
    return usage_error("a try needs a hypothesis", "culprit try 'the pool is shared' -- ./test.sh");
  if (request.test.empty())
    return usage_error("a try needs a test", "culprit try HYPOTHESIS -- ./test.sh");
  for (const std::string& link : request.links) {
    if (!can_be_shared(without_slash(link))) {
      return usage_error(
          fmt::format("{} cannot be shared: it is no path below the tree's root", link),
          "--link node_modules");
    }
  }
  if (request.trials_max < 2) return usage_error("one trial compares nothing", "--trials 200");
  if (request.confidence < 0.5 || request.confidence >= 1)
    return usage_error(fmt::format("no confidence of {}", request.confidence), "--confidence 0.95");
  return ok();
}

Result<std::optional<Expr>> signature_of(const std::string& text) {
  if (text.empty()) return std::optional<Expr>();
  Expr signature = TRY(parse_expr(text));
  TRY(check_signature(signature));
  return std::optional<Expr>(std::move(signature));
}

std::string listed(const std::vector<std::string>& paths) {
  std::string text;
  for (std::size_t i = 0; i < paths.size() && i < named_max; ++i)
    text += (i == 0 ? "" : ", ") + paths[i];
  return paths.size() > named_max ? text + ", ..." : text;
}

// A shell that git itself started (a hook, rebase --exec) names the user's repository to every git.
std::vector<std::string> without_repository(World& world, const std::vector<std::string>& command) {
  std::vector<std::string> words;
  for (const char* name : {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"}) {
    if (!world.environment(name).empty()) words.insert(words.end(), {"-u", name});
  }
  if (!words.empty()) words.insert(words.begin(), "env");
  words.insert(words.end(), command.begin(), command.end());
  return words;
}

// Those that were not seen may have been good or bad.
Interval possible_rates(const SideCounts& counts, double confidence) {
  const double total = counts.total + counts.unseen;
  return {anytime_interval(counts.bad, total, confidence).low,
          anytime_interval(counts.bad + counts.unseen, total, confidence).high};
}

// One try, from the tree as it is to the verdict.
class Trying {
 public:
  Trying(World& world, const TryRequest& request, WorkTree tree, Tries tries)
      : world_(world), request_(request), tree_(std::move(tree)), tries_(std::move(tries)) {}

  Result<Tried> run();

 private:
  Result<Tried> steps();
  Status refuse_other_changes();
  Status try_again();
  Status make_trees();
  Status take_back_in_copy();
  Status apply_in_copy();
  Status note_references() const;
  Status save_change();
  Status save_index(TreeChange::Trees& trees);
  Status refuse_unlisted() const;
  void save_patch();
  Result<PairedOutcome> run_trials();
  void note_namespace(const RateComparison& comparison) const;
  void place(TrialSetup& setup, State state, std::size_t worker, const std::string& below) const;
  void judge(Tried& tried) const;
  std::string from_here(const std::string& path) const;
  void note_room() const;
  void settle(Tried& tried);
  Status settle_tree(Tried& tried);
  bool of_command() const { return !request_.apply.empty(); }
  void note(const std::string& text) const {
    if (request_.note) request_.note(text);
  }

  World& world_;
  const TryRequest& request_;
  WorkTree tree_;
  Tries tries_;
  WorkTree::Differences differences_;
  std::vector<PendingTry> pending_;
  TryRecord record_;
  std::optional<TryTrees> trees_;
  std::optional<TryTimes> times_;
  std::optional<TreeChange> change_;
  std::string patch_;
  std::optional<std::string> staged_;  // what the tree's index said, before the trials
  std::string below_;                  // from the root to where culprit was started
};

Status Trying::refuse_other_changes() {
  differences_ = TRY(tree_.differences());
  const std::string under_way = tree_.under_way();
  if (!under_way.empty() && !of_command()) {
    const std::string conflicts =
        differences_.unmerged.empty() ? "" : ": " + listed(differences_.unmerged);
    return usage_error(
        fmt::format("git {} is under way, and its commit would be lost{}", under_way, conflicts),
        fmt::format("finish it first, or give it up with git {} --abort", under_way));
  }
  if (!differences_.unmerged.empty() && !of_command()) {
    return usage_error(
        fmt::format("{} is in conflict", listed(differences_.unmerged)),
        "resolve it and git add it; git restore --source HEAD --staged --worktree gives "
        "it up");
  }
  if (!differences_.submodules.empty() && !of_command()) {
    return usage_error(
        fmt::format("the submodule {} differs from HEAD, and a try takes back files only",
                    listed(differences_.submodules)),
        "commit it, or try the change from within the submodule");
  }
  for (const std::string& path : differences_.changed) {
    for (const std::string& link : request_.links) {
      const bool below = (path + "/").starts_with(without_slash(link) + "/");
      if (of_command() || !below) continue;
      return usage_error(
          fmt::format("{} is a part of the change, and --link {} shows it to both sides", path,
                      link),
          "--link what the test only reads and the change has nothing of");
    }
  }
  if (!of_command() && tree_.head().empty())
    return usage_error("there is no commit yet to compare with", "git commit, or --apply COMMAND");
  if (!of_command() && differences_.changed.empty()) {
    return usage_error("nothing differs from HEAD: there is no change to try",
                       "change something (a new file joins by git add), or --apply COMMAND");
  }
  pending_ = TRY(pending_tries(tries_, tree_, differences_, PendingFiles::listed));
  if (pending_.empty()) return ok();
  std::optional<std::string> beyond = TRY(path_beyond(pending_, tree_, differences_));
  if (of_command()) beyond = "--apply";
  if (!beyond) return try_again();
  if (request_.pending == TryRequest::Pending::stacked) return ok();
  const TryRecord& first = pending_.front().record;
  const bool goes = TRY(can_be_taken_back(pending_.front(), tree_));
  return usage_error(
      fmt::format(
          "the change of try {} (\"{}\", {}) is in the tree still, and {} would be a second",
          first.id, first.hypothesis, first.verdict, *beyond),
      fmt::format(
          "git commit it, {1}or --stack; culprit try --restore {0} --forget: it is no try "
          "any more",
          first.id,
          goes ? fmt::format("take it back with culprit try --restore {}, ", first.id) : ""));
}

// The newest change that is pending, alone: those below it are on both sides.
Status Trying::try_again() {
  const std::string again = pending_.front().record.id;
  pending_ = TRY(below_newest(std::move(pending_)));
  if (!pending_.empty()) {
    note(fmt::format("the change of try {} is tried again on top of what try {} left in the tree",
                     again, pending_.front().record.id));
  }
  return ok();
}

Status Trying::make_trees() {
  const std::string temporary = world_.environment("TMPDIR");
  TryTrees::Options options;
  options.folder = fmt::format("{}/culprit-try-{:016x}", temporary.empty() ? "/tmp" : temporary,
                               world_.random_seed());
  char real[PATH_MAX];  // it may be a link
  const bool there = ::realpath(temporary.c_str(), real) != nullptr;
  const bool inside = there && (std::string(real) + "/").starts_with(tree_.root() + "/");
  if (inside || options.folder.starts_with(tree_.root() + "/")) {
    return usage_error(fmt::format("TMPDIR lies in the tree: {}", temporary),
                       "TMPDIR=/tmp culprit try ...");
  }
  if (runs_nothing(temporary.empty() ? "/tmp" : temporary) && !runs_nothing(tree_.root())) {
    return usage_error(
        fmt::format("{} is mounted noexec: no program of a copy of the tree can be run there",
                    temporary.empty() ? "/tmp" : temporary),
        "TMPDIR=DIR culprit try ..., a folder where programs can be run");
  }
  options.limits.bytes_max = request_.copy_bytes_max;
  for (const std::string& link : request_.links) options.links.push_back(without_slash(link));
  record_.hypothesis = request_.hypothesis;
  record_.prediction = name_of(request_.prediction);
  record_.origin = of_command() ? TryRecord::Origin::command : TryRecord::Origin::tree;
  record_.root = tree_.root();
  record_.head = tree_.head();
  record_.temporary = options.folder;
  record_ = TRY(tries_.begin(record_));
  TryTrees made = TRY(TryTrees::make(tree_, options));
  trees_.emplace(std::move(made));
  const std::set<std::string> tracked = TRY(tree_.tracked());
  TryTimes times = TRY(TryTimes::of(trees_->root(State::without), trees_->limits(), tracked));
  times_.emplace(std::move(times));
  if (!can_stand_in())
    note(
        fmt::format("this system gives users no mount namespaces: trials run in copies beside {}, "
                    "and what knows it by that path sees the tree itself",
                    tree_.root()));
  if (!trees_->unusual().empty()) note(fmt::format("not copied: {}", listed(trees_->unusual())));
  return ok();
}

// HEAD's files, and those of pending changes on which this one is stacked.
Status Trying::take_back_in_copy() {
  const std::string root = trees_->root(State::without);
  for (const std::string& path : differences_.changed) {
    const TreeNode now = TRY(node_in_tree(root, path));
    if (now.kind == TreeNode::Kind::file || now.kind == TreeNode::Kind::link)
      ::unlink((root + "/" + path).c_str());
  }
  TRY(tree_.reset_copy(root).during("making the tree without the change"));
  for (auto one = pending_.rbegin(); one != pending_.rend(); ++one) {
    TRY(one->change.bring({root, root + "/.git/index", State::with})
            .during("stacking on try {}", one->record.id));
  }
  return ok();
}

// Compiled files that Python keeps elsewhere are known by the path of the tree, which is the same
// on both sides: each copy has a folder of its own for them, as it has of those in the tree.
void Trying::place(TrialSetup& setup, State state, std::size_t worker,
                   const std::string& below) const {
  trees_->place(setup, state, worker, below);
  constexpr const char* cache = "PYTHONPYCACHEPREFIX";
  if (world_.environment(cache).empty()) return;
  setup.environment[cache] = fmt::format("{}/pycache-{}-{}", trees_->folder(),
                                         state == State::with ? "with" : "without", worker);
}

Status Trying::note_references() const {
  const std::string left = TRY(references_left(world_, trees_->root(State::without),
                                               trees_->root(State::with), request_.apply));
  if (!left.empty()) note(left);
  const WorkTree copy = TRY(WorkTree::open(world_, trees_->root(State::with)));
  const std::string merge = TRY(merge_left(tree_, copy, request_.apply));
  if (!merge.empty()) note(merge);
  return ok();
}

Status Trying::apply_in_copy() {
  TrialSetup setup;
  setup.command = without_repository(world_, {"/bin/sh", "-c", request_.apply});
  place(setup, State::with, 0, "");
  const Trial trial = TRY(run_trial(setup).during("running {}", request_.apply));
  const std::string repository = trees_->root(State::with) + "/.git";
  if (trial.exit_code == 0 && !world_.info(repository)) {
    return usage_error(fmt::format("{} took the repository away", request_.apply),
                       "a change is of files and of the index");
  }
  if (trial.exit_code == 0) return note_references();
  const std::string how = trial.exit_code ? fmt::format("exit {}", *trial.exit_code)
                                          : fmt::format("signal {}", trial.signal);
  const std::string said = last_line(trial.error.text);
  return usage_error(fmt::format("the change could not be made: {} of {}", how, request_.apply),
                     said.empty() ? "run it by hand first" : fmt::format("it says: {}", said));
}

// The index is a part of the change only where it says something else.
Status Trying::save_index(TreeChange::Trees& trees) {
  const std::string without = trees_->root(State::without) + "/.git/index";
  const std::string with = trees_->root(State::with) + "/.git/index";
  const std::string of_without = TRY(tree_.index_text(without));
  const std::string of_with = TRY(tree_.index_text(with));
  staged_ = of_command() ? of_without : of_with;
  if (of_without == of_with) return ok();
  trees.without_index = without;
  trees.with_index = with;
  return ok();
}

void Trying::save_patch() {
  std::uint64_t bytes = 0;
  for (const TreeChange::Part* part : change_->differing())
    bytes += part->without.size + part->with.size;
  if (bytes > patched_bytes_max) return;
  const std::string path = tries_.folder_of(record_) + "/change.patch";
  const Result<std::string> text =
      WorkTree::patch(world_, change_->folder_of(State::without), change_->folder_of(State::with),
                      trees_->scratch());
  if (text && !text->empty() && world_.write(path, *text)) patch_ = path;
}

// What git does not list is no part of a change that is in the tree, and would go with it: an
// untracked file where a file of HEAD has to stand, an edit that git was told not to look at.
Status Trying::refuse_unlisted() const {
  using Kind = TreeNode::Kind;
  std::set<std::string> listed_paths(differences_.changed.begin(), differences_.changed.end());
  for (const PendingTry& one : pending_) {
    for (const TreeChange::Part* part : one.change.differing()) listed_paths.insert(part->path);
  }
  for (const TreeChange::Part* part : change_->differing()) {
    const auto is_file = [](const TreeNode& node) {
      return node.kind == Kind::file || node.kind == Kind::link;
    };
    if (!is_file(part->without) && !is_file(part->with)) continue;
    if (listed_paths.contains(part->path)) continue;
    return usage_error(
        fmt::format("{} is in the way of HEAD's files, and git does not list it as "
                    "changed",
                    part->path),
        "git add it, or move it out of the tree; git ls-files -v shows what git was told "
        "not to look at");
  }
  return ok();
}

Status Trying::save_change() {
  TreeChange::Trees trees;
  trees.without = trees_->root(State::without);
  trees.with = trees_->root(State::with);
  trees.limits = trees_->limits();
  trees.mark = fmt::format("{:016x}", world_.random_seed());
  TRY(save_index(trees));
  TreeChange made = TRY(TreeChange::save(trees, tries_.folder_of(record_)));
  change_.emplace(std::move(made));
  if (change_->empty())
    return usage_error(of_command() ? fmt::format("{} changes nothing in the tree", request_.apply)
                                    : "the change is empty",
                       "there is nothing to try then");
  if (!of_command()) TRY(refuse_unlisted());
  if (!of_command() && change_->differing().empty()) {
    return usage_error("only the index differs from HEAD, and the test cannot see it",
                       "git diff --cached shows what is staged; the change has to be in the files");
  }
  const std::string kept = tries_.folder_of(record_) + "/repository";
  if (of_command()) TRY(keep_made_objects(trees.with + "/.git", tree_.repository(), kept));
  if (!of_command() && change_->has_index())
    TRY(tree_.keep_staged(change_->index_of(State::with), kept));
  save_patch();
  return ok();
}

// As short as it can be typed.
std::string Trying::from_here(const std::string& path) const {
  const std::string here = world_.working_directory() + "/";
  return path.starts_with(here) ? path.substr(here.size()) : path;
}

// Their servers run outside of the trial.
std::string server_in(const std::vector<std::string>& command) {
  for (const std::string& word : command) {
    for (const char* name : {"docker", "podman", "gradle", "bazel"}) {
      if (word.find(name) != word.npos) return name;
    }
  }
  return "";
}

Result<PairedOutcome> Trying::run_trials() {
  const std::string server = server_in(request_.test);
  if (!server.empty())
    note(
        fmt::format("a server of {} that runs already sees the tree itself, on both sides, and "
                    "not the copies",
                    server));
  PairedTrials plan;
  plan.setup.command = without_repository(world_, request_.test);
  plan.setup.timeout = request_.timeout;
  plan.place = [this](TrialSetup& setup, Side side, std::size_t worker) {
    place(setup, side == Side::with ? State::with : State::without, worker, below_);
  };
  plan.signature = TRY(signature_of(request_.signature));
  plan.compare = {request_.prediction, request_.confidence};
  plan.trials_max = request_.trials_max;
  plan.workers = request_.workers;
  plan.seed = request_.seed;
  plan.progress = request_.progress;
  plan.temporary = trees_->folder();
  PairedOutcome outcome = TRY(run_paired(plan));
  note_namespace(outcome.comparison);
  return outcome;
}

// What fails for want of a right fails on both sides, and looks like a refuted change.
void Trying::note_namespace(const RateComparison& comparison) const {
  for (const Side side : {Side::without, Side::with}) {
    const SideCounts& counts = comparison.counts(side);
    if (counts.total == 0 || counts.bad < counts.total) return;
  }
  if (::geteuid() == 0 || !can_stand_in()) return;
  note(
      "every trial failed; if TEST passes by hand: sudo and groups beside your own give a trial "
      "nothing here, and CULPRIT_STAND_IN=none runs it beside the tree with all of them");
}

void Trying::judge(Tried& tried) const {
  const RateComparison& comparison = tried.outcome.comparison;
  tried.verdict = comparison.verdict();
  const SideCounts& without = comparison.counts(Side::without);
  const SideCounts& with = comparison.counts(Side::with);
  tried.without = possible_rates(without, request_.confidence);
  tried.with = possible_rates(with, request_.confidence);
  tried.difference = comparison.difference();
  for (const TreeChange::Part* part : change_->differing()) tried.paths.push_back(part->path);
  if (tried.paths.empty()) tried.paths.emplace_back("(index)");
  tried.id = record_.id;
  tried.root = tree_.root();
  tried.copy = from_here(tries_.folder_of(record_));
  if (!patch_.empty()) tried.patch = from_here(patch_);
  tried.staged = change_->has_index();
  const auto space = world_.run({"git", "-C", tree_.root(), "config", "apply.whitespace"}, "");
  tried.space_judged = space && !space->out.empty() && space->out.find("warn") == std::string::npos;
}

// The verdict is known: what cannot be done now does not take it away.
void Trying::settle(Tried& tried) {
  const Status settled = settle_tree(tried);
  if (settled) return;
  const bool half = record_.phase == TryRecord::Phase::owing;
  tried.tree = half ? Tried::Tree::half_done : Tried::Tree::in_the_way;
  tried.why = settled.error().what;
}

// Where the change is to be from now on.
Status Trying::settle_tree(Tried& tried) {
  const bool refuted = tried.verdict == Verdict::refuted;
  const bool known = tried.outcome.judged() && tried.outcome.end != PairedOutcome::End::interrupted;
  const bool stays = !refuted || request_.refuted == TryRequest::Refuted::kept;
  record_.verdict = name_of(tried.verdict);
  record_.temporary.clear();
  record_.phase = TryRecord::Phase::ended;
  // What was not judged is no change of a try.
  const bool in_tree = !of_command() && known;
  record_.place = in_tree ? TryRecord::Place::in_tree : TryRecord::Place::elsewhere;
  const bool moves = of_command() ? known && stays : !stays;
  TRY(tries_.write(record_));
  if (!moves) return ok();
  if (of_command())
    TRY(lend_kept_objects(tries_.folder_of(record_) + "/repository", tree_.repository()));
  WorkTree now = TRY(WorkTree::open(world_, tree_.root()));
  const State to = of_command() ? State::with : State::without;
  if (now.head() != record_.head) return head_moved(record_.head, now.head());
  TRY(bring_state(tries_, record_, *change_, now, to, staged_));
  tried.tree = of_command() ? Tried::Tree::applied : Tried::Tree::taken_back;
  return ok();
}

void Trying::note_room() const {
  const std::uint64_t bytes = tries_.bytes();
  if (bytes < kept_bytes_noted) return;
  note(
      fmt::format("tries have kept {} MiB in .culprit/tries; culprit try --prune removes all but "
                  "the newest, and those in the tree",
                  bytes >> 20));
}

// What never came to a trial leaves nothing behind.
Result<Tried> Trying::run() {
  Result<Tried> tried = steps();
  if (!tried && !record_.id.empty() && record_.phase == TryRecord::Phase::trials) {
    trees_.reset();
    remove_tree(tries_.folder_of(record_));
  }
  return tried;
}

Result<Tried> Trying::steps() {
  const PutRight before = TRY(put_right(tries_, tree_));
  for (const std::string& text : before.notes) note(text);
  TRY(refuse_other_changes());
  const std::string here = world_.working_directory();
  if (here.starts_with(tree_.root() + "/")) below_ = here.substr(tree_.root().size());
  TRY(make_trees());
  times_->outlast();
  TRY(of_command() ? apply_in_copy() : take_back_in_copy());
  TRY(save_change());
  const std::string own = TRY(test_files_apart(*change_, request_.test, {tree_.root(), below_}));
  if (!own.empty()) note(own);
  TRY(times_->set_apart(*change_, *trees_, of_command() ? State::with : State::without));
  for (const State state : {State::without, State::with}) {
    TRY(make_folders(trees_->root(state) + below_));  // one that came with the change, or went
  }
  TRY(trees_->add_workers(request_.workers));
  TRY(trees_->give_owners(request_.workers));
  Tried tried;
  if (request_.begins) {
    judge(tried);
    request_.begins(tried.paths);
    tried.paths.clear();
  }
  tried.outcome = TRY(run_trials());
  judge(tried);
  trees_.reset();
  settle(tried);
  note_room();
  return tried;
}

}  // namespace

Result<Tried> run_try(World& world, const TryRequest& request) {
  TRY(check(request));
  WorkTree tree = TRY(WorkTree::open(world, world.working_directory()));
  Tries tries = TRY(Tries::open(world, tree.root()));
  Result<Tried> tried = Trying(world, request, tree, tries).run();
  tries.give_to_owner(tree.root());
  return tried;
}

std::string_view name_of(RateComparison::Verdict verdict) {
  switch (verdict) {
    case Verdict::supported: return "supported";
    case Verdict::refuted: return "refuted";
    case Verdict::undecided: break;
  }
  return "undecided";
}

std::string_view name_of(RateComparison::Prediction prediction) {
  switch (prediction) {
    case RateComparison::Prediction::lower: return "lower";
    case RateComparison::Prediction::higher: return "higher";
    case RateComparison::Prediction::same: break;
  }
  return "same";
}

}  // namespace culprit
