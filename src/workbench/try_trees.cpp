#include "workbench/try_trees.h"

#include <cctype>
#include <cerrno>

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "repo/tree_copy.h"

namespace culprit {
namespace {

// Of git's folder in a copy: what is there was let in.
const TreeLimits any_size = {std::numeric_limits<std::uint64_t>::max(), 10'000'000, {}};

// Not "/home/tree" in "/home/tree-2" or in "/mnt/home/tree".
bool stands_alone(const std::string& word, std::size_t at, std::size_t length) {
  const auto goes_on = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '_' || c == '-';
  };
  const bool before = at > 0 && goes_on(word[at - 1]);
  const bool behind = at + length < word.size() && goes_on(word[at + length]);
  return !before && !behind;
}

}  // namespace

TryTrees::TryTrees(TryTrees&& other) noexcept { *this = std::move(other); }

TryTrees& TryTrees::operator=(TryTrees&& other) noexcept {
  std::swap(options_, other.options_);
  std::swap(limits_, other.limits_);
  std::swap(name_, other.name_);
  std::swap(source_, other.source_);
  std::swap(objects_, other.objects_);
  std::swap(large_, other.large_);
  std::swap(repository_, other.repository_);
  std::swap(large_parts_, other.large_parts_);
  std::swap(unusual_, other.unusual_);
  return *this;
}

TryTrees::~TryTrees() {
  if (!options_.folder.empty()) remove_tree(options_.folder);
}

std::string TryTrees::root(State state, std::size_t worker) const {
  return fmt::format("{}/{}-{}/{}", options_.folder, state == State::with ? "with" : "without",
                     worker, name_);
}

// A place that the original is mounted on, where that can be; else a link to it.
Status TryTrees::share(const std::string& link, const std::string& to) const {
  const std::string target = source_ + "/" + link;
  const std::string at = to + "/" + link;
  TreeNode node = TRY(node_in_tree(source_, link));
  if (node.kind != TreeNode::Kind::folder && node.kind != TreeNode::Kind::file)
    return error(Fault::usage, "there is no file or folder {} in {} to be shared", link, source_);
  if (!can_stand_in()) node = {TreeNode::Kind::link, 0, 0, target};
  if (node.kind != TreeNode::Kind::file) return copy_node("", node, at);
  return copy_node("/dev/null", node, at);
}

// The same for what lies in git's folder, but that a link would let a trial write into the user's.
Status TryTrees::share_large(const std::string& to) const {
  for (const auto& [name, listing] : large_parts_) {
    const std::string at = to + "/.git/" + name;
    TRY(copy_node("", {TreeNode::Kind::folder, 0755, 0, ""}, at));
    if (!can_stand_in()) TRY(copy_tree(repository_ + "/" + name, listing, at));
  }
  return ok();
}

// Listed before anything is copied: without mounts they count as the tree's own files do.
Status TryTrees::find_large(const WorkTree& tree, std::uint64_t bytes) {
  const std::vector<std::string> names = TRY(tree.large_parts());
  for (const std::string& name : names) {
    large_parts_[name];
    if (can_stand_in()) continue;
    TreeLimits limits = any_size;
    limits.bytes_max = limits_.bytes_max - std::min(bytes, limits_.bytes_max);
    Result<TreeListing> listing = list_tree(repository_ + "/" + name, limits);
    if (!listing && listing.error().fault == Fault::usage) return too_large_there(name);
    if (!listing) return listing.error();
    bytes += listing->bytes;
    large_parts_[name] = std::move(*listing);
  }
  return ok();
}

Error TryTrees::too_large_there(const std::string& name) const {
  Error made = error(Fault::usage, "{}/{} makes what has to be copied more than {} MiB",
                     repository_, name, limits_.bytes_max >> 20);
  made.advice =
      "a higher --copy-max (--copy-max 8GiB); where users have mount namespaces it is not copied";
  return made;
}

Status TryTrees::copy(const std::string& from, const TreeListing& listing,
                      const std::string& to) const {
  TRY(make_folders(to));
  TRY(copy_tree(from, listing, to));
  for (const std::string& link : options_.links) {
    TRY(share(link, to));
  }
  return ok();
}

void TryTrees::place(TrialSetup& setup, State state, std::size_t worker,
                     const std::string& below) const {
  const std::string copy = root(state, worker);
  setup.directory = copy + below;
  if (can_stand_in()) {
    using Access = StandIn::Shared::Access;
    setup.stand_in = StandIn{source_, copy, {{objects_, objects_seen(), Access::read_only}}};
    if (!large_.empty())
      setup.stand_in->shared.push_back({large_, large_seen(), Access::read_only});
    for (const auto& [name, listing] : large_parts_) {
      setup.stand_in->shared.push_back(
          {repository_ + "/" + name, source_ + "/.git/" + name, Access::read_only});
    }
    for (const std::string& link : options_.links) {
      setup.stand_in->shared.push_back({source_ + "/" + link, source_ + "/" + link});
    }
    return;
  }
  for (std::string& word : setup.command) {
    for (std::size_t at = word.find(source_); at != word.npos; at = word.find(source_, at)) {
      const bool whole = stands_alone(word, at, source_.size());
      if (whole) word.replace(at, source_.size(), copy);
      at += whole ? copy.size() : source_.size();
    }
  }
}

Result<TryTrees> TryTrees::make(const WorkTree& tree, const Options& options) {
  TryTrees made;
  made.source_ = tree.root();
  made.name_ = tree.root().substr(tree.root().rfind('/') + 1);
  made.limits_ = options.limits;
  made.limits_.left_out.insert(made.limits_.left_out.end(), options.links.begin(),
                               options.links.end());
  const TreeListing listing = TRY(list_tree(tree.root(), made.limits_));
  made.repository_ = tree.repository();
  TRY(made.find_large(tree, listing.bytes));
  if (::mkdir(options.folder.c_str(), 0700) != 0)
    return path_error("cannot make", options.folder, errno);
  made.options_ = options;
  made.objects_ = tree.objects();
  TRY(make_folders(made.objects_seen()));
  made.unusual_ = listing.unusual;
  const std::string with = made.root(State::with);
  const std::string without = made.root(State::without);
  TRY(made.copy(tree.root(), listing, with));
  // From the first copy: the tree may change meanwhile.
  TRY(made.copy(with, listing, without));
  const TreeNode large = TRY(node_at(tree.large_files()));
  if (large.kind == TreeNode::Kind::folder) made.large_ = tree.large_files();
  if (can_stand_in() && !made.large_.empty()) TRY(make_folders(made.large_seen()));
  for (const std::string& copy : {with, without}) {
    TRY(tree.copy_repository(copy, made.objects_seen()));
    TRY(made.share_large(copy));
  }
  return made;
}

Status TryTrees::give_owners(std::size_t workers) const {
  if (::geteuid() != 0) return ok();
  give_owner_of(source_, options_.folder);
  for (const State state : {State::without, State::with}) {
    for (std::size_t worker = 0; worker < workers; ++worker) {
      const std::string copy = root(state, worker);
      const TreeListing listing = TRY(list_tree(copy, limits_));
      const TreeListing git = TRY(list_tree(copy + "/.git", any_size));
      give_owner_of(source_, copy.substr(0, copy.rfind('/')));
      culprit::give_owners(source_, listing, copy);
      culprit::give_owners(repository_, git, copy + "/.git");
    }
  }
  return ok();
}

Status TryTrees::add_workers(std::size_t workers) {
  for (const State state : {State::without, State::with}) {
    const std::string first = root(state);
    const TreeListing listing = TRY(list_tree(first, limits_));
    const TreeListing git = TRY(list_tree(first + "/.git", any_size));
    for (std::size_t worker = 1; worker < workers; ++worker) {
      TRY(copy(first, listing, root(state, worker)));
      const std::string into = root(state, worker) + "/.git";
      TRY(make_folders(into));
      TRY(copy_tree(first + "/.git", git, into));
    }
  }
  return ok();
}

}  // namespace culprit
