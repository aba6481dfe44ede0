#include <algorithm>
#include <map>
#include <queue>
#include <unordered_map>
#include <utility>

#include "contrast/enclosing.h"
#include "repo/git_state.h"
#include "repo/line_diff.h"

// The history of a few lines of a file, newest commit first.
//
// Lines are followed from child to parent: what a commit left alone passes to its parents, what it
// wrote is its own. Unlike a blame it also sees what was removed between the lines, since a missing
// check is a fault that no line shows. A merge that has one parent's version passes everything to
// that one; it is never blamed itself.
namespace culprit {
namespace {

constexpr git_object_size_t blob_bytes_max = 1024 * 1024;

// Lines as one commit has them. `alive[i]` tells what line `first + i` is at the revision asked
// for; 0: it is not there any more.
struct Followed {
  std::string path;
  std::size_t first = 0;
  std::vector<std::size_t> alive;
  std::size_t last() const { return first + alive.size() - 1; }
};

std::string_view content_of(const git_blob* blob) {
  return {static_cast<const char*>(git_blob_rawcontent(blob)),
          static_cast<std::size_t>(git_blob_rawsize(blob))};
}

std::vector<LineHunk> hunks_between(const git_blob* before, const git_blob* after) {
  return line_hunks(lines_of(content_of(before)), lines_of(content_of(after)), WhiteSpace::ignored);
}

// What a commit did to followed lines, and the same lines in its parent.
struct Step {
  Followed before;
  LineTouch touch;
};

constexpr std::size_t far = 1'000'000;

std::size_t distance_of(std::size_t alive, std::size_t own) {
  if (alive == 0 || own == 0) return far;
  return alive > own ? alive - own : own - alive;
}

// Of lines that were removed before `at` (an index): those around are what can be measured from.
std::size_t distance_of_gap(const Followed& lines, std::size_t at, std::size_t own) {
  std::size_t nearest = far;
  for (std::size_t i = at; i-- > 0;) {
    if (lines.alive[i] == 0) continue;
    nearest = distance_of(lines.alive[i], own);
    break;
  }
  for (std::size_t i = at; i < lines.alive.size(); ++i) {
    if (lines.alive[i] == 0) continue;
    return std::min(nearest, distance_of(lines.alive[i], own));
  }
  return nearest;
}

// `pass` keeps the lines of a hunk for the parent, each at the place that it would have had.
enum class Hunks : unsigned char { stay, pass };

Step step_back(const Followed& after, const std::vector<LineHunk>& hunks, std::size_t own,
               Hunks kept) {
  Step step;
  step.before.path = after.path;
  step.touch.distance = far;
  std::size_t line = after.first;  // of the child, the next to pass on
  std::size_t shift_old = 0;       // so many lines more the parent has before `line`
  std::size_t shift_new = 0;
  std::optional<std::size_t> first_old;
  const auto keep = [&](std::size_t old, std::size_t alive) {
    if (!first_old) first_old = old;
    step.before.alive.resize(std::max(step.before.alive.size(), old - *first_old + 1), 0);
    if (alive != 0) step.before.alive[old - *first_old] = alive;
  };
  const auto pass_until = [&](std::size_t end) {
    for (; line < end && line <= after.last(); ++line) {
      keep(line + shift_old - shift_new, after.alive[line - after.first]);
    }
  };
  for (const LineHunk& hunk : hunks) {
    const std::size_t new_begin = hunk.new_begin + 1;  // lines count from 1 here
    const std::size_t old_begin = hunk.old_begin + 1;
    const std::size_t new_end = new_begin + hunk.new_count;
    if (new_begin > after.last()) break;
    const bool inside = hunk.new_count > 0 ? new_end > after.first
                                           : new_begin > after.first && new_begin <= after.last();
    if (inside) {
      pass_until(new_begin);
      for (std::size_t i = 0; i < hunk.old_count; ++i) keep(old_begin + i, 0);
      step.touch.removed += hunk.old_count;
      for (; line < new_end && line <= after.last(); ++line) {
        const std::size_t alive = after.alive[line - after.first];
        step.touch.written += alive != 0 ? 1 : 0;
        step.touch.distance = std::min(step.touch.distance, distance_of(alive, own));
        if (kept == Hunks::pass && hunk.old_count > 0) {
          keep(old_begin + std::min(line - new_begin, hunk.old_count - 1), alive);
        }
      }
      const std::size_t at = new_begin > after.first ? new_begin - after.first : 0;
      if (hunk.old_count > 0) {
        const std::size_t gap = distance_of_gap(after, std::min(at, after.alive.size()), own);
        step.touch.distance = std::min(step.touch.distance, gap);
      }
    }
    shift_old = old_begin + hunk.old_count;
    shift_new = new_end;
  }
  pass_until(after.last() + 1);
  step.before.first = first_old.value_or(0);
  return step;
}

class Tracer {
 public:
  Tracer(const Repository::State& state, std::span<const Commit> commits,
         const LineHistoryHints& hints)
      : state_(state), commits_(commits), hints_(hints) {
    for (std::size_t i = 0; i < commits.size(); ++i) index_.emplace(commits[i].sha, i);
  }

  std::vector<LineTouch> run(const std::string& start, Followed lines, std::size_t own);

 private:
  // One commit with the lines that reached it, perhaps by several children.
  void arrive(const std::string& sha, Followed lines);
  void visit(std::size_t index, const Followed& lines);
  GitTreeEntry entry_at(const std::string& sha, const std::string& path) const;
  GitBlob blob_at(const GitTreeEntry& entry) const;

  const Repository::State& state_;
  std::span<const Commit> commits_;
  const LineHistoryHints& hints_;
  std::unordered_map<std::string, std::size_t> index_;
  // By time, latest first; what was visited once is not visited again.
  std::priority_queue<std::pair<Time, std::size_t>> queue_;
  std::unordered_map<std::size_t, Followed> waiting_;
  std::set<std::size_t> done_;
  std::size_t own_ = 0;
  std::vector<LineTouch> touches_;
};

// NOLINTNEXTLINE(performance-unnecessary-value-param): moved, which clang-tidy 14 does not see
void Tracer::arrive(const std::string& sha, Followed lines) {
  const auto found = index_.find(sha);
  if (found == index_.end() || lines.first == 0 || lines.alive.empty()) return;
  if (done_.count(found->second) > 0) return;
  const auto [at, fresh] = waiting_.try_emplace(found->second, std::move(lines));
  if (fresh) queue_.emplace(commits_[found->second].at, found->second);
}

GitTreeEntry Tracer::entry_at(const std::string& sha, const std::string& path) const {
  git_oid id;
  if (git_oid_fromstr(&id, sha.c_str()) != 0) return nullptr;
  const GitCommit commit = commit_with(state_, id);
  git_tree* root = nullptr;
  if (!commit || git_commit_tree(&root, commit.get()) != 0) return nullptr;
  const GitTree tree(root);
  git_tree_entry* entry = nullptr;
  if (git_tree_entry_bypath(&entry, tree.get(), path.c_str()) != 0) return nullptr;
  return GitTreeEntry(entry);
}

GitBlob Tracer::blob_at(const GitTreeEntry& entry) const {
  git_blob* blob = nullptr;
  if (!entry || git_blob_lookup(&blob, state_.repository, git_tree_entry_id(entry.get())) != 0) {
    return nullptr;
  }
  GitBlob owned(blob);
  if (git_blob_rawsize(blob) > blob_bytes_max || git_blob_is_binary(blob) != 0) return nullptr;
  return owned;
}

void Tracer::visit(std::size_t index, const Followed& lines) {
  const Commit& commit = commits_[index];
  if (!hints_.may_touch.empty() && hints_.may_touch[index] == 0 && commit.parent_shas.size() == 1) {
    arrive(commit.parent_shas.front(), lines);
    return;
  }
  const GitTreeEntry own = entry_at(commit.sha, lines.path);
  if (!own) return;
  std::vector<GitTreeEntry> parents;
  for (const std::string& parent : commit.parent_shas) {
    parents.push_back(entry_at(parent, lines.path));
    const git_tree_entry* entry = parents.back().get();
    if (entry == nullptr) continue;
    if (git_oid_equal(git_tree_entry_id(entry), git_tree_entry_id(own.get())) != 0) {
      arrive(parent, lines);
      return;
    }
  }
  const GitBlob after = blob_at(own);
  if (!after) return;
  const bool passes = hints_.ignored.count(commit.sha) > 0;
  bool any = false;
  for (std::size_t i = 0; i < parents.size(); ++i) {
    const GitBlob before = blob_at(parents[i]);
    if (!before) continue;
    any = true;
    Step step = step_back(lines, hunks_between(before.get(), after.get()), own_,
                          passes ? Hunks::pass : Hunks::stay);
    const bool touched = step.touch.written + step.touch.removed > 0;
    if (touched && !passes && parents.size() == 1) {
      step.touch.sha = commit.sha;
      touches_.push_back(step.touch);
    }
    arrive(commit.parent_shas[i], std::move(step.before));
  }
  if (any || passes) return;
  // The file came with this commit.
  LineTouch touch{commit.sha, 0, 0, far};
  for (std::size_t alive : lines.alive) {
    touch.written += alive != 0 ? 1 : 0;
    touch.distance = std::min(touch.distance, distance_of(alive, own_));
  }
  if (touch.written > 0) touches_.push_back(touch);
}

std::vector<LineTouch> Tracer::run(const std::string& start, Followed lines, std::size_t own) {
  own_ = own;
  arrive(start, std::move(lines));
  while (!queue_.empty()) {
    const std::size_t index = queue_.top().second;
    queue_.pop();
    if (!done_.insert(index).second) continue;
    const auto found = waiting_.find(index);
    const Followed here = std::move(found->second);
    waiting_.erase(found);
    visit(index, here);
  }
  return std::move(touches_);
}

}  // namespace

Result<std::vector<LineTouch>> Repository::line_history(const LinePlace& place,
                                                        std::span<const Commit> commits,
                                                        const LineHistoryHints& hints) const {
  const git_oid id = TRY(commit_named(*state_, place.revision));
  VERIFY(hints.may_touch.empty() || hints.may_touch.size() == commits.size());
  Followed lines;
  lines.path = place.path;
  lines.first = std::max<std::size_t>(1, place.range.first);
  for (std::size_t line = lines.first; line <= place.range.last; ++line)
    lines.alive.push_back(line);
  return Tracer(*state_, commits, hints).run(sha_of(id), std::move(lines), place.line);
}

}  // namespace culprit
