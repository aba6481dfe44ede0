#include "repo/worktrees.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <system_error>

#include "repo/mounts.h"
#include "repo/submodules.h"
#include "repo/tree_copy.h"
#include "repo/user_stashes.h"
#include "repo/worktree_owner.h"
#include "repo/worktree_registration.h"

namespace culprit {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t pointer_bytes_max = 1024;  // git-lfs, docs/spec.md
constexpr std::string_view pointer_start = "version https://git-lfs.github.com/spec/";

}  // namespace

struct Worktrees::State {
  GitProgram git;
  WorktreesOptions options;
  fs::path common;
  std::string checkout;
  fs::path root;
  std::optional<OwnedFolder> owned;
  std::vector<std::string> checkout_setting;
  std::mutex mutex;  // git finds a free name for a worktree by looking, so one at a time
  std::size_t added = 0;
  // Of each worktree, as it was when it was made; looked up by every thread.
  std::map<std::string, WorktreeRegistration> registrations;
  mutable std::mutex registrations_mutex;
  std::set<std::string> left;  // that could not be removed
  std::vector<std::string> notes;
  WorktreeExtras extras;
  std::optional<UserStashes> stashes;

  State(GitProgram program, WorktreesOptions wanted)
      : git(std::move(program)),
        options(std::move(wanted)),
        extras(options.links, options.copies) {}
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State();

  Status check_out(const std::string& worktree, const std::string& sha);
  Status fill(const std::string& worktree, Leftovers leftovers) const;
  fs::path registration_of(const std::string& worktree) const;  // empty: none
  WorktreeRegistration* known_registration(const std::string& worktree);
  GitProgram in(const std::string& worktree) const;
  Status mend_link(const std::string& worktree) const;
  Result<fs::path> register_new(const std::string& worktree) const;
  void discard(const std::string& worktree);
  void note(const std::string& text);
  void note_pointers(const fs::path& worktree);
};

Worktrees::State::~State() {
  if (stashes) stashes->put_back();
  if (root.empty() || !take_off_mounts(root.string())) return;
  for (const RegisteredWorktree& one : registered_worktrees(common)) {
    if (one.worktree.parent_path() != root) continue;
    remove_tree(one.worktree);
    remove_registration(common, one.registration);
  }
  remove_tree(root);
  remove_registrations_below(common, root);
}

std::string link_text(const fs::path& registration) {
  return "gitdir: " + registration.string() + "\n";
}

// What `.git` of a new worktree names. A core.worktree that holds for all worktrees, as it does
// with extensions.worktreeConfig, would lead git to the user's files.
Result<fs::path> Worktrees::State::register_new(const std::string& worktree) const {
  constexpr std::string_view start = "gitdir: ";
  const std::string line = first_line(fs::path(worktree) / ".git");
  const fs::path registration = line.starts_with(start) ? line.substr(start.size()) : "";
  if (registration.parent_path() != common / "worktrees")
    return error(Fault::unavailable, "git made no worktree of {}", worktree);
  const std::string top = TRY(git.text({"rev-parse", "--show-toplevel"}, worktree));
  if (text_lines(top).front() == worktree) return registration;
  Error made = error(Fault::usage, "core.worktree of this repository leads every worktree to {}",
                     text_lines(top).front());
  made.advice = "git config --unset core.worktree, and set it by git config --worktree";
  return made;
}

fs::path Worktrees::State::registration_of(const std::string& worktree) const {
  const std::lock_guard locked(registrations_mutex);
  const auto found = registrations.find(worktree);
  return found == registrations.end() ? fs::path() : found->second.folder();
}

GitProgram Worktrees::State::in(const std::string& worktree) const {
  const fs::path registration = registration_of(worktree);
  return git.at(registration.empty() ? (root / "gone").string() : registration.string(), worktree);
}

// A test may have removed it, or made a repository of its own there.
Status Worktrees::State::mend_link(const std::string& worktree) const {
  const fs::path registration = registration_of(worktree);
  if (registration.empty())
    return error(Fault::unavailable, "{} is no worktree any more", worktree);
  const std::string text = link_text(registration);
  const fs::path link = fs::path(worktree) / ".git";
  std::error_code ignored;
  const bool plain = fs::symlink_status(link, ignored).type() == fs::file_type::regular;
  if (plain && first_line(link) + "\n" == text) return ok();
  remove_tree(link);
  std::ofstream(link) << text;
  return ok();
}

void Worktrees::State::note(const std::string& text) {
  const std::lock_guard locked(mutex);
  if (std::find(notes.begin(), notes.end(), text) == notes.end()) notes.push_back(text);
}

// Without git-lfs, or before `git lfs install`, git leaves the pointers to large files.
void Worktrees::State::note_pointers(const fs::path& worktree) {
  std::ifstream file(worktree / ".gitattributes");
  const std::string attributes((std::istreambuf_iterator<char>(file)), {});
  if (attributes.find("filter=lfs") == attributes.npos) return;
  const Result<Ran> listed =
      in(worktree.string()).ran({"ls-files", "-z", ":(attr:filter=lfs)"}, worktree.string());
  if (!listed) return;
  for (const std::string& name : text_lines(listed->out, '\0')) {
    const fs::path path = worktree / name;
    std::error_code ignored;
    if (fs::file_size(path, ignored) > pointer_bytes_max) continue;
    if (!first_line(path).starts_with(pointer_start)) continue;
    return note(
        "large files are pointers only: git-lfs is not set up (apt install git-lfs; git lfs "
        "install)");
  }
}

// A checkout of 20,000 files takes half the time on two cores, and git takes one, unless told.
std::vector<std::string> parallel_checkout(const GitProgram& git, const std::string& repository) {
  const Result<Ran> theirs = git.ran({"config", "--get", "checkout.workers"}, repository);
  if (!theirs || theirs->exit_code == 0) return {};
  return {"-c", "checkout.workers=0"};  // as many as there are cores
}

Result<Worktrees> Worktrees::open(GitProgram git, WorktreesOptions options) {
  auto state = std::make_unique<State>(std::move(git), std::move(options));
  const std::string& repository = state->options.repository;
  const std::string common =
      TRY(state->git.text({"rev-parse", "--path-format=absolute", "--git-common-dir"}, repository));
  std::error_code failed;
  state->common = fs::canonical(text_lines(common).front(), failed);
  const Ran top = TRY(state->git.ran({"rev-parse", "--show-toplevel"}, repository));
  if (top.exit_code == 0) state->checkout = text_lines(top.out).front();
  const fs::path folder = fs::canonical(state->options.folder, failed);
  if (failed) {
    return error(Fault::missing, "no folder {} for worktrees", state->options.folder);
  }
  state->options.folder = folder.string();
  remove_abandoned(state->common, folder);
  state->owned = TRY(OwnedFolder::make(state->options.folder, state->common));
  state->root = state->owned->root;
  state->stashes.emplace(state->git.at(state->common, state->common), state->common);
  state->checkout_setting = parallel_checkout(state->git, repository);
  TRY(state->extras.keep(state->root / "copies"));
  return Worktrees(std::move(state));
}

Worktrees::Worktrees(std::unique_ptr<State> state) : state_(std::move(state)) {}
Worktrees::Worktrees(Worktrees&&) noexcept = default;
Worktrees& Worktrees::operator=(Worktrees&&) noexcept = default;
Worktrees::~Worktrees() = default;

Result<std::string> Worktrees::add(const std::string& sha) {
  State& state = *state_;
  std::string path;
  {
    const std::lock_guard locked(state.mutex);
    path = (state.root / state.owned->name_of_worktree(state.added++)).string();
    TRY(state.git.done({"worktree", "add", "--quiet", "--detach", "--no-checkout", "--lock",
                        "--reason", owner_text(), path, sha},
                       state.options.repository));
    Result<fs::path> registration = state.register_new(path);
    if (!registration) {
      state.discard(path);
      return registration.error();
    }
    const std::lock_guard known(state.registrations_mutex);
    state.registrations[path] = WorktreeRegistration(std::move(registration).value());
  }
  const Status switched = switch_to(path, sha);
  if (switched) return path;
  remove(path);
  return switched.error();
}

// A worktree is one thread's at a time, and so is what is known of it.
WorktreeRegistration* Worktrees::State::known_registration(const std::string& worktree) {
  const std::lock_guard locked(registrations_mutex);
  const auto found = registrations.find(worktree);
  return found == registrations.end() ? nullptr : &found->second;
}

Status Worktrees::State::check_out(const std::string& worktree, const std::string& sha) {
  TRY(take_off_mounts(worktree));
  TRY(mend_link(worktree));
  const GitProgram here = in(worktree);
  WorktreeRegistration& registration = *known_registration(worktree);
  TRY(registration.clear(here, worktree));
  std::vector<std::string> words = checkout_setting;
  for (const char* word : {"checkout", "--quiet", "--force", "--detach"}) words.emplace_back(word);
  words.push_back(sha);
  TRY(here.done(words, worktree));
  return registration.checked_out(here, worktree, sha);
}

Status Worktrees::State::fill(const std::string& worktree, Leftovers leftovers) const {
  return fill_submodules(git, {worktree, registration_of(worktree).string(), common.string()},
                         leftovers);
}

Status Worktrees::restore(const std::string& worktree, const std::string& sha) {
  TRY(state_->check_out(worktree, sha));
  TRY(state_->fill(worktree, Leftovers::kept));
  return state_->extras.give_again(worktree, state_->in(worktree));
}

Status Worktrees::complete(const std::string& worktree) {
  return state_->extras.complete(worktree, state_->in(worktree));
}

Status Worktrees::switch_to(const std::string& worktree, const std::string& sha) {
  TRY(state_->check_out(worktree, sha).during("checking out {}", sha.substr(0, 12)));
  std::vector<std::string> clean = {"clean", "-ffdxq"};
  for (const std::string& path : state_->options.kept) {
    clean.emplace_back("-e");
    clean.push_back("/" + path);
  }
  TRY(state_->in(worktree).done(clean, worktree).during("cleaning {}", worktree));
  TRY(state_->fill(worktree, Leftovers::removed));
  TRY(state_->extras.give(worktree, state_->in(worktree)));
  state_->note_pointers(worktree);
  return ok();
}

Status Worktrees::move_to(const std::string& worktree, const std::string& sha) {
  TRY(state_->check_out(worktree, sha).during("checking out {}", sha.substr(0, 12)));
  TRY(state_->fill(worktree, Leftovers::kept));
  return state_->extras.give_again(worktree, state_->in(worktree));
}

// A folder that cannot be emptied (files of another user, made by a container) stays, and is said.
void Worktrees::State::discard(const std::string& worktree) {
  const fs::path registration = registration_of(worktree);
  std::error_code ignored;
  if (take_off_mounts(worktree)) remove_tree(worktree);
  if (fs::exists(worktree, ignored)) left.insert(worktree);
  if (registration.parent_path() == common / "worktrees") remove_registration(common, registration);
  const std::lock_guard locked(registrations_mutex);
  registrations.erase(worktree);
}

void Worktrees::remove(const std::string& worktree) {
  const std::lock_guard locked(state_->mutex);
  state_->discard(worktree);
}

GitProgram Worktrees::git_in(const std::string& worktree) const { return state_->in(worktree); }

const std::string& Worktrees::root() const { return state_->root.native(); }
const std::string& Worktrees::common() const { return state_->common.native(); }
const std::string& Worktrees::checkout() const { return state_->checkout; }

void Worktrees::look_at_stashes() { state_->stashes->look(); }
void Worktrees::keep_stashes() { state_->stashes->put_back(); }

void Worktrees::note(const std::string& text) { state_->note(text); }

std::vector<std::string> Worktrees::notes() const {
  const std::lock_guard locked(state_->mutex);
  std::vector<std::string> all = state_->notes;
  for (std::string& text : state_->extras.notes()) all.push_back(std::move(text));
  for (std::string& text : state_->stashes->notes()) all.push_back(std::move(text));
  if (!state_->left.empty()) {
    all.push_back(fmt::format(
        "{} cannot be removed: somebody else's files are in it, as a container makes them",
        fmt::join(state_->left, ", ")));
  }
  return all;
}

}  // namespace culprit
