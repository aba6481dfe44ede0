#include "repo/tree_copy.h"

#include <cerrno>

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <vector>

#include "base/world.h"

namespace culprit {
namespace {

constexpr std::size_t buffer_bytes = 1 << 18;
constexpr std::size_t span_bytes = std::size_t{1} << 30;  // of one call of copy_file_range
constexpr unsigned owner_all = 0700;

class Opened {
 public:
  explicit Opened(int number) : number_(number) {}
  Opened(const Opened&) = delete;
  Opened& operator=(const Opened&) = delete;
  ~Opened() {
    if (number_ >= 0) ::close(number_);
  }
  int number() const { return number_; }

 private:
  int number_;
};

// 0, or an errno.
int copy_through_memory(int from, int to) {
  std::vector<char> buffer(buffer_bytes);
  for (;;) {
    const ssize_t got = ::read(from, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno;
    if (got == 0) return 0;
    for (ssize_t done = 0; done < got;) {
      const ssize_t wrote = ::write(to, buffer.data() + done, static_cast<std::size_t>(got - done));
      if (wrote < 0 && errno == EINTR) continue;
      if (wrote < 0) return errno;
      done += wrote;
    }
  }
}

// Blocks are shared, else copied by the kernel, else by us. All go on where the one before stopped.
int copy_bytes(int from, int to) {
  if (::ioctl(to, FICLONE, from) == 0) return 0;
  for (;;) {
    const ssize_t got = ::copy_file_range(from, nullptr, to, nullptr, span_bytes, 0);
    if (got > 0 || (got < 0 && errno == EINTR)) continue;
    // Some file systems answer 0 for files that have bytes: reading on finds out.
    return copy_through_memory(from, to);
  }
}

Status copy_file(const std::string& from, const TreeNode& node, const std::string& to,
                 CopiedTime time) {
  const Opened source(::open(from.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (source.number() < 0) return path_error("cannot read", from, errno);
  struct stat status {};
  if (::fstat(source.number(), &status) != 0) return path_error("cannot read", from, errno);
  const Opened made(::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (made.number() < 0) return path_error("cannot write", to, errno);
  const int failed = copy_bytes(source.number(), made.number());
  if (failed != 0) return path_error("cannot copy to", to, failed);
  if (::fchmod(made.number(), node.mode) != 0) return path_error("cannot change", to, errno);
  if (time == CopiedTime::kept) {
    const timespec times[2] = {status.st_atim, status.st_mtim};
    ::futimens(made.number(), times);
  }
  return ok();
}

void open_up(const std::filesystem::path& folder) {
  namespace fs = std::filesystem;
  std::error_code ignored;
  std::vector<fs::path> open{folder};
  while (!open.empty()) {
    const fs::path one = std::move(open.back());
    open.pop_back();
    fs::permissions(one, fs::perms::owner_all, fs::perm_options::add, ignored);
    for (const auto& entry : fs::directory_iterator(one, ignored)) {
      if (entry.is_directory(ignored) && !entry.is_symlink(ignored)) open.push_back(entry.path());
    }
  }
}

}  // namespace

Status copy_node(const std::string& from, const TreeNode& node, const std::string& to,
                 CopiedTime time) {
  switch (node.kind) {
    case TreeNode::Kind::absent: break;
    case TreeNode::Kind::file: return copy_file(from, node, to, time);
    case TreeNode::Kind::link:
      if (::symlink(node.target.c_str(), to.c_str()) != 0)
        return path_error("cannot make the link", to, errno);
      break;
    case TreeNode::Kind::folder:
      if (::mkdir(to.c_str(), owner_all) != 0) return path_error("cannot make", to, errno);
      if (::chmod(to.c_str(), node.mode | owner_all) != 0)
        return path_error("cannot change", to, errno);
      break;
  }
  return ok();
}

Status copy_tree(const std::string& root, const TreeListing& listing, const std::string& into) {
  for (const auto& [path, node] : listing.nodes) {
    if (interrupted()) return interrupted_error();
    Status copied = copy_node(root + "/" + path, node, into + "/" + path);
    if (copied) continue;
    const auto left = node_at(root + "/" + path);
    if (!left || left->kind != TreeNode::Kind::absent) return copied;
  }
  // From within outwards: a folder that may not be written to is closed after what is in it.
  for (auto at = listing.nodes.rbegin(); at != listing.nodes.rend(); ++at) {
    const auto& [path, node] = *at;
    if (node.kind != TreeNode::Kind::folder || (node.mode & owner_all) == owner_all) continue;
    ::chmod((into + "/" + path).c_str(), node.mode);
  }
  return ok();
}

Status make_folders(const std::string& path) {
  std::error_code failed;
  std::filesystem::create_directories(path, failed);
  if (failed) return path_error("cannot make", path, failed.value());
  return ok();
}

void remove_tree(const std::string& path) {
  std::error_code failed;
  std::filesystem::remove_all(path, failed);
  if (!failed) return;
  open_up(path);
  std::filesystem::remove_all(path, failed);
}

}  // namespace culprit
