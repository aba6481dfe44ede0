#include <algorithm>
#include <cstdint>
#include <deque>
#include <queue>
#include <unordered_map>
#include <utility>

#include "repo/git_state.h"

// Which commits a range holds, and when each of them reached the branch.
//
// libgit2's own walk stops with an error where a shallow clone was cut, hence this one: commits
// are visited by time, latest first, and whatever `from` can reach is painted hidden.
namespace culprit {
namespace {

// Commits with a wrong clock are passed over as long as fewer than this many stand in a row
// (the same idea as the slop of five in git's own walk).
constexpr std::size_t slop = 8;

// When only hidden commits are left, the walk goes on for this many: with a wrong clock one of
// them may yet reach a commit that was taken as wanted.
constexpr std::size_t slop_hidden = 256;

constexpr std::size_t visited_max = 2'000'000;

struct Node {
  git_oid id = {};
  git_time_t at = 0;
  std::vector<std::size_t> parents;  // nodes; those that a shallow clone lacks are left out
  std::size_t parents_total = 0;
  std::size_t queued = 0;  // times that it stands in the queue
  bool hidden = false;
  bool visited = false;
  bool assigned = false;
};

struct OidHash {
  // A SHA-1 is uniform already.
  std::size_t operator()(const git_oid& id) const {
    std::size_t hash = 0;
    for (std::size_t i = 0; i < sizeof hash; ++i) hash = (hash << 8U) | id.id[i];
    return hash;
  }
};
struct OidEqual {
  bool operator()(const git_oid& a, const git_oid& b) const { return git_oid_equal(&a, &b) != 0; }
};

class Walk {
 public:
  explicit Walk(const Repository::State& state) : state_(state) {}

  std::optional<std::size_t> add(const git_oid& id);  // nothing: not in this clone
  void hide(const git_oid& id);
  void run(const git_oid& start, std::size_t wanted_max);

  bool wanted(std::size_t node) const { return nodes_[node].visited && !nodes_[node].hidden; }
  std::vector<std::size_t> chain(const git_oid& start);  // first parents, latest first
  // The wanted commits that came with this merge, latest first.
  std::vector<std::size_t> brought_by(std::size_t merge);
  Node& node(std::size_t index) { return nodes_[index]; }

 private:
  void load_parents(std::size_t index);
  void push(std::size_t index);
  std::size_t pop();
  void turn_hidden(std::size_t index);
  void visit(std::size_t index);

  using Entry = std::pair<git_time_t, std::size_t>;
  const Repository::State& state_;
  std::unordered_map<git_oid, std::size_t, OidHash, OidEqual> known_;
  std::deque<Node> nodes_;
  std::priority_queue<Entry> queue_;
  std::size_t wanted_in_queue_ = 0;
};

std::optional<std::size_t> Walk::add(const git_oid& id) {
  const auto found = known_.find(id);
  if (found != known_.end()) return found->second;
  const GitCommit commit = commit_with(state_, id);
  if (!commit) return std::nullopt;
  Node node;
  node.id = id;
  node.at = git_commit_time(commit.get());
  node.parents_total = git_commit_parentcount(commit.get());
  nodes_.push_back(std::move(node));
  known_.emplace(id, nodes_.size() - 1);
  return nodes_.size() - 1;
}

void Walk::load_parents(std::size_t index) {
  const GitCommit commit = commit_with(state_, nodes_[index].id);
  if (!commit) return;
  for (unsigned i = 0; i < git_commit_parentcount(commit.get()); ++i) {
    if (const auto parent = add(*git_commit_parent_id(commit.get(), i))) {
      nodes_[index].parents.push_back(*parent);
    }
  }
}

void Walk::push(std::size_t index) {
  queue_.emplace(nodes_[index].at, index);
  ++nodes_[index].queued;
  if (!nodes_[index].hidden) ++wanted_in_queue_;
}

std::size_t Walk::pop() {
  const std::size_t index = queue_.top().second;
  queue_.pop();
  --nodes_[index].queued;
  if (!nodes_[index].hidden) --wanted_in_queue_;
  return index;
}

void Walk::turn_hidden(std::size_t index) {
  nodes_[index].hidden = true;
  wanted_in_queue_ -= nodes_[index].queued;
}

void Walk::hide(const git_oid& id) {
  const auto index = add(id);
  if (!index) return;
  nodes_[*index].hidden = true;
  push(*index);
}

// A commit is queued again when it turns hidden after it was visited, to paint its parents too.
void Walk::visit(std::size_t index) {
  const bool first = !nodes_[index].visited;
  if (first) load_parents(index);
  nodes_[index].visited = true;
  for (std::size_t parent : nodes_[index].parents) {
    const bool turns = nodes_[index].hidden && !nodes_[parent].hidden;
    if (turns) turn_hidden(parent);
    if (turns || (first && !nodes_[parent].visited && nodes_[parent].queued == 0)) push(parent);
  }
}

void Walk::run(const git_oid& start, std::size_t wanted_max) {
  if (const auto index = add(start)) push(*index);
  std::size_t wanted_count = 0;
  std::size_t hidden_since = 0;
  while (!queue_.empty() && nodes_.size() < visited_max && wanted_count < wanted_max) {
    hidden_since = wanted_in_queue_ == 0 ? hidden_since + 1 : 0;
    if (hidden_since > slop_hidden) return;
    const std::size_t index = pop();
    if (!nodes_[index].hidden && !nodes_[index].visited) ++wanted_count;
    visit(index);
  }
}

std::vector<std::size_t> Walk::chain(const git_oid& start) {
  std::vector<std::size_t> found;
  auto index = add(start);
  while (index && wanted(*index)) {
    found.push_back(*index);
    const GitCommit commit = commit_with(state_, nodes_[*index].id);
    if (!commit || git_commit_parentcount(commit.get()) == 0) break;
    index = add(*git_commit_parent_id(commit.get(), 0));
  }
  return found;
}

std::vector<std::size_t> Walk::brought_by(std::size_t merge) {
  std::vector<std::size_t> found;
  std::vector<std::size_t> open = {merge};
  while (!open.empty()) {
    const std::size_t index = open.back();
    open.pop_back();
    for (std::size_t parent : nodes_[index].parents) {
      if (!wanted(parent) || nodes_[parent].assigned) continue;
      nodes_[parent].assigned = true;
      found.push_back(parent);
      open.push_back(parent);
    }
  }
  std::sort(found.begin(), found.end(), [&](std::size_t a, std::size_t b) {
    return nodes_[a].at != nodes_[b].at ? nodes_[a].at > nodes_[b].at : a < b;
  });
  return found;
}

// The latest commit of the first-parent chain that is not after `until`, and the first one that
// is before `since`: everything that the former reaches and the latter does not arrived between.
struct Ends {
  std::optional<git_oid> start;
  std::optional<git_oid> before;
};

Ends ends_of(const Repository::State& state, const git_oid& to, const CommitRange& range) {
  Ends ends;
  std::size_t older = 0;
  git_oid id = to;
  for (std::size_t steps = 0; steps < visited_max; ++steps) {
    const GitCommit commit = commit_with(state, id);
    if (!commit) return ends;
    const Time at = time_of(git_commit_time(commit.get()));
    if (!ends.start && (!range.until || at <= *range.until)) ends.start = id;
    const bool old = range.since && at < *range.since;
    older = old ? older + 1 : 0;
    if (older == 1) ends.before = id;
    if (older == 0) ends.before.reset();
    const bool found = ends.start && (!range.since || older >= slop);
    if (found || git_commit_parentcount(commit.get()) == 0) return ends;
    id = *git_commit_parent_id(commit.get(), 0);
  }
  return ends;
}

std::string text_or_empty(const char* text) { return text == nullptr ? "" : text; }

Commit commit_of(const Repository::State& state, const Node& node, Time reached) {
  Commit result;
  result.sha = sha_of(node.id);
  result.at = time_of(node.at);
  result.reached = reached;
  result.parents = node.parents_total;
  const GitCommit commit = commit_with(state, node.id);
  if (!commit) return result;
  for (unsigned i = 0; i < git_commit_parentcount(commit.get()); ++i) {
    result.parent_shas.push_back(sha_of(*git_commit_parent_id(commit.get(), i)));
  }
  result.subject = text_or_empty(git_commit_summary(commit.get()));
  result.message = text_or_empty(git_commit_message(commit.get()));
  if (const git_signature* author = git_commit_author(commit.get())) {
    result.author = text_or_empty(author->name) + " <" + text_or_empty(author->email) + ">";
  }
  return result;
}

bool within(Time reached, const CommitRange& range) {
  return (!range.since || reached >= *range.since) && (!range.until || reached <= *range.until);
}

}  // namespace

Result<std::vector<Commit>> Repository::commits(const CommitRange& range) const {
  if (range.to.empty() && range.from.empty() && empty()) return std::vector<Commit>{};
  const git_oid to = TRY(commit_named(*state_, range.to));
  const Ends ends = ends_of(*state_, to, range);
  if (!ends.start) return std::vector<Commit>{};
  Walk walk(*state_);
  if (!range.from.empty()) {
    const git_oid from = TRY(commit_named(*state_, range.from));
    walk.hide(from);
  }
  if (ends.before) walk.hide(*ends.before);
  walk.run(*ends.start, range.commits_max);
  const std::vector<std::size_t> chain = walk.chain(*ends.start);
  for (std::size_t index : chain) walk.node(index).assigned = true;
  std::vector<std::vector<std::size_t>> brought(chain.size());
  for (std::size_t i = chain.size(); i-- > 0;) brought[i] = walk.brought_by(chain[i]);
  std::vector<Commit> commits;
  for (std::size_t i = 0; i < chain.size(); ++i) {
    const Time reached = time_of(walk.node(chain[i]).at);
    if (!within(reached, range)) continue;
    commits.push_back(commit_of(*state_, walk.node(chain[i]), reached));
    for (std::size_t index : brought[i]) {
      commits.push_back(commit_of(*state_, walk.node(index), reached));
    }
  }
  return commits;
}

}  // namespace culprit
