#include "repo/tree_nodes.h"

#include <cerrno>
#include <climits>
#include <cstring>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <optional>

#include "base/world.h"

namespace culprit {
namespace {

constexpr unsigned mode_bits = 07777;
constexpr std::size_t read_bytes = 1 << 18;
constexpr std::uint64_t stat_block_bytes = 512;  // whatever the file system's are (stat(3))

bool is_gone(int code) { return code == ENOENT || code == ENOTDIR; }

Result<TreeNode> seen_at(const std::string& path, struct stat& status) {
  if (::lstat(path.c_str(), &status) != 0) {
    if (is_gone(errno)) return TreeNode{};
    return path_error("cannot look at", path, errno);
  }
  TreeNode node;
  node.mode = status.st_mode & mode_bits;
  if (S_ISREG(status.st_mode)) {
    node.kind = TreeNode::Kind::file;
    node.size = static_cast<std::uint64_t>(status.st_size);
  } else if (S_ISDIR(status.st_mode)) {
    node.kind = TreeNode::Kind::folder;
  } else if (S_ISLNK(status.st_mode)) {
    node.kind = TreeNode::Kind::link;
    node.mode = 0;
    std::string target(PATH_MAX, '\0');
    const ssize_t length = ::readlink(path.c_str(), target.data(), target.size());
    if (length < 0 && (is_gone(errno) || errno == EINVAL)) return TreeNode{};
    if (length < 0) return path_error("cannot read the link", path, errno);
    target.resize(static_cast<std::size_t>(length));
    node.target = std::move(target);
  } else {
    return TreeNode{};
  }
  return node;
}

// Where most of the bytes are, for whoever has to leave something out.
std::string largest_of(const TreeListing& listing) {
  const auto& sizes = listing.bytes_below;
  const auto largest = std::max_element(
      sizes.begin(), sizes.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  return largest == sizes.end() ? "" : largest->first;
}

Error too_large(const std::string& root, const TreeListing& listing, const TreeLimits& limits) {
  Error made = listing.nodes.size() > limits.entries_max
                   ? error(Fault::usage, "{} holds more than {} files", root, limits.entries_max)
                   : error(Fault::usage, "{} holds more than {} MiB", root, limits.bytes_max >> 20);
  made.advice = fmt::format("--link {} shares what the test only reads; or a higher --copy-max",
                            largest_of(listing));
  return made;
}

// Nothing: the folder is there no more.
Result<std::optional<std::vector<std::string>>> names_in(const std::string& folder) {
  DIR* opened = ::opendir(folder.c_str());
  if (opened == nullptr && is_gone(errno)) return std::optional<std::vector<std::string>>();
  if (opened == nullptr) return path_error("cannot read", folder, errno);
  std::vector<std::string> names;
  int code = 0;
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(opened);
    if (entry == nullptr) code = errno;
    if (entry == nullptr) break;
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  ::closedir(opened);
  if (code != 0 && !is_gone(code)) return path_error("cannot read", folder, code);
  return std::optional(std::move(names));
}

bool is_skipped(const std::string& path, const TreeLimits& limits) {
  if (path == ".git" || path == ".culprit" || path.ends_with("/.culprit")) return true;
  return std::find(limits.left_out.begin(), limits.left_out.end(), path) != limits.left_out.end();
}

// One entry of a folder; folders among them are listed later.
Status add(const std::string& root, const std::string& path, TreeListing& listing,
           std::vector<std::string>& folders) {
  struct stat status {};
  const TreeNode node = TRY(seen_at(root + "/" + path, status));
  if (node.kind == TreeNode::Kind::absent) {
    const bool vanished = status.st_mode == 0 || S_ISLNK(status.st_mode);
    if (!vanished) listing.unusual.push_back(path);
    return ok();
  }
  // Of a submodule or a linked worktree: in a copy it would lead to the original's repository.
  if (node.kind == TreeNode::Kind::file && path.ends_with("/.git")) return ok();
  // A block may be shared or hold less than it could, but a copy takes no more than the size.
  const auto blocks = static_cast<std::uint64_t>(status.st_blocks) * stat_block_bytes;
  const std::uint64_t bytes = std::min(node.size, blocks);
  listing.bytes += bytes;
  listing.bytes_below[path.substr(0, path.find('/'))] += bytes;
  if (node.kind == TreeNode::Kind::folder) folders.push_back(path);
  listing.nodes.emplace(path, node);
  return ok();
}

class Descriptor {
 public:
  explicit Descriptor(const std::string& path)
      : number_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  bool opened() const { return number_ >= 0; }
  // The first byte from there on that is in no hole, as far as the file system tells; the end of
  // the file, where none is.
  off_t data_from(off_t at) const {
    const off_t found = ::lseek(number_, at, SEEK_DATA);
    if (found >= 0) return found;
    return errno == ENXIO ? ::lseek(number_, 0, SEEK_END) : at;
  }
  // Fewer than asked for only at the end; negative: errno says why.
  ssize_t fill(std::string& into, off_t from) const {
    std::size_t filled = 0;
    while (filled < into.size()) {
      const ssize_t got = ::pread(number_, into.data() + filled, into.size() - filled,
                                  from + static_cast<off_t>(filled));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return got;
      if (got == 0) break;
      filled += static_cast<std::size_t>(got);
    }
    return static_cast<ssize_t>(filled);
  }

 private:
  int number_;
};

}  // namespace

Error path_error(std::string_view doing, const std::string& path, int code) {
  const bool denied = code == EACCES || code == EPERM || code == EROFS;
  const bool missing = is_gone(code);
  Error made = error(denied    ? Fault::denied
                     : missing ? Fault::missing
                               : Fault::unavailable,
                     "{} {}: {}", doing, path, std::strerror(code));
  if (code == ENOSPC || code == EDQUOT) made.advice = "set TMPDIR to a folder with more room";
  return made;
}

Error with_way_around(Error made, const std::string& path) {
  if (made.fault == Fault::denied && !path.empty() && made.advice.empty())
    made.advice = fmt::format("--link {} shares what only others may read", path);
  return made;
}

Result<TreeNode> node_at(const std::string& path) {
  struct stat status {};
  return seen_at(path, status);
}

Result<TreeNode> node_in_tree(const std::string& root, const std::string& path) {
  for (std::size_t end = path.find('/'); end != path.npos; end = path.find('/', end + 1)) {
    const TreeNode folder = TRY(node_at(root + "/" + path.substr(0, end)));
    if (folder.kind != TreeNode::Kind::folder) return TreeNode{};
  }
  return node_at(root + "/" + path);
}

Result<TreeListing> list_tree(const std::string& root, const TreeLimits& limits) {
  TreeListing listing;
  std::vector<std::string> folders{""};
  while (!folders.empty()) {
    if (interrupted()) return interrupted_error();
    const std::string folder = std::move(folders.back());
    folders.pop_back();
    const auto read = names_in(folder.empty() ? root : root + "/" + folder);
    if (!read) return with_way_around(read.error(), folder);
    const auto& names = *read;
    if (!names && folder.empty()) return path_error("cannot read", root, ENOENT);
    if (!names) {
      listing.nodes.erase(folder);
      continue;
    }
    for (const std::string& name : *names) {
      const std::string path = folder.empty() ? name : folder + "/" + name;
      if (is_skipped(path, limits)) continue;
      TRY(add(root, path, listing, folders));
    }
    if (listing.bytes > limits.bytes_max || listing.nodes.size() > limits.entries_max) {
      return too_large(root, listing, limits);
    }
  }
  return listing;
}

Result<bool> same_bytes(const std::string& a, const std::string& b) {
  const Descriptor first(a);
  if (!first.opened()) return path_error("cannot read", a, errno);
  const Descriptor second(b);
  if (!second.opened()) return path_error("cannot read", b, errno);
  std::string of_first(read_bytes, '\0');
  std::string of_second(read_bytes, '\0');
  for (off_t at = 0;;) {
    at = std::max(at, std::min(first.data_from(at), second.data_from(at)));
    const ssize_t got = first.fill(of_first, at);
    if (got < 0) return path_error("cannot read", a, errno);
    const ssize_t other = second.fill(of_second, at);
    if (other < 0) return path_error("cannot read", b, errno);
    const auto bytes = static_cast<std::size_t>(got);
    if (got != other || std::memcmp(of_first.data(), of_second.data(), bytes) != 0) return false;
    if (bytes < of_first.size()) return true;
    at += static_cast<off_t>(bytes);
  }
}

}  // namespace culprit
