#include "repo/tree_copy.h"

#include <cerrno>

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <system_error>
#include <vector>

#include "base/world.h"

namespace culprit {
namespace {

constexpr std::size_t buffer_bytes = 1 << 18;
constexpr std::size_t span_bytes = std::size_t{1} << 30;  // of one call of copy_file_range
constexpr off_t end_of_any = std::numeric_limits<off_t>::max();
constexpr unsigned owner_all = 0700;
constexpr int looks_max = 5;  // at a file that comes and goes

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

// From `at` to `end`, or to the end of the file where that comes first. 0, or an errno.
int copy_through_memory(int from, int to, off_t at, off_t end) {
  std::vector<char> buffer(buffer_bytes);
  while (at < end) {
    const auto wanted = std::min<off_t>(static_cast<off_t>(buffer.size()), end - at);
    const ssize_t got = ::pread(from, buffer.data(), static_cast<std::size_t>(wanted), at);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno;
    if (got == 0) return 0;
    for (ssize_t done = 0; done < got;) {
      const auto left = static_cast<std::size_t>(got - done);
      const ssize_t wrote = ::pwrite(to, buffer.data() + done, left, at + done);
      if (wrote < 0 && errno == EINTR) continue;
      if (wrote < 0) return errno;
      done += wrote;
    }
    at += got;
  }
  return 0;
}

// By the kernel, else by us, from where it stopped.
int copy_span(int from, int to, off_t at, off_t end) {
  off_t into = at;
  while (at < end) {
    const auto left = std::min<std::size_t>(static_cast<std::size_t>(end - at), span_bytes);
    const ssize_t got = ::copy_file_range(from, &at, to, &into, left, 0);
    if (got > 0 || (got < 0 && errno == EINTR)) continue;
    // Some file systems answer 0 for files that have bytes: reading on finds out.
    return copy_through_memory(from, to, at, end);
  }
  return 0;
}

// Blocks are shared, else what is no hole is copied. A file system that knows no holes says so, or
// that all of it is data.
int copy_bytes(int from, int to) {
  if (::ioctl(to, FICLONE, from) == 0) return 0;
  const off_t size = ::lseek(from, 0, SEEK_END);
  off_t at = 0;
  while (at < size) {
    off_t data = ::lseek(from, at, SEEK_DATA);
    if (data < 0) data = errno == ENXIO ? size : at;
    off_t hole = data < size ? ::lseek(from, data, SEEK_HOLE) : size;
    if (hole <= data) hole = size;
    const int failed = copy_span(from, to, data, hole);
    if (failed != 0) return failed;
    at = hole;
  }
  // What is no regular file has no size, and a file may have grown: reading on finds out.
  const int failed = copy_through_memory(from, to, at, end_of_any);
  struct stat made {};
  if (failed != 0 || size < 0 || ::fstat(to, &made) != 0 || made.st_size >= size) return failed;
  return ::ftruncate(to, size) == 0 ? 0 : errno;
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

namespace {

// What came, went or was replaced since it was listed is copied as it is by then, or not at all.
Status copy_as_it_is(const std::string& from, TreeNode node, const std::string& to) {
  for (int looks = 1;; ++looks) {
    Status copied = copy_node(from, node, to);
    if (copied) return ok();
    const TreeNode now = TRY(node_at(from));
    const bool moved = copied.error().fault == Fault::missing || now.kind != node.kind;
    if (now.kind == TreeNode::Kind::absent) return ok();
    if (!moved || looks == looks_max) return copied;
    ::unlink(to.c_str());
    node = now;
  }
}

}  // namespace

Status copy_tree(const std::string& root, const TreeListing& listing, const std::string& into) {
  for (const auto& [path, node] : listing.nodes) {
    if (interrupted()) return interrupted_error();
    Status copied = copy_as_it_is(root + "/" + path, node, into + "/" + path);
    if (!copied) return with_way_around(std::move(copied).error(), path);
  }
  // From within outwards: a folder that may not be written to is closed after what is in it.
  for (auto at = listing.nodes.rbegin(); at != listing.nodes.rend(); ++at) {
    const auto& [path, node] = *at;
    if (node.kind != TreeNode::Kind::folder || (node.mode & owner_all) == owner_all) continue;
    ::chmod((into + "/" + path).c_str(), node.mode);
  }
  return ok();
}

namespace {

std::string folder_of(const std::string& path) {
  const std::size_t end = path.rfind('/');
  return end == path.npos ? "" : path.substr(0, end + 1);
}

}  // namespace

void give_owner_of(const std::string& like, const std::string& made) {
  struct stat wanted {};
  struct stat has {};
  if (::geteuid() != 0 || ::lstat(made.c_str(), &has) != 0) return;
  const auto is_known = [&](const std::string& path) {
    return !path.empty() && ::lstat(path.c_str(), &wanted) == 0;
  };
  if (!is_known(like) && !is_known(folder_of(like)) && !is_known(folder_of(made))) return;
  if (wanted.st_uid == has.st_uid && wanted.st_gid == has.st_gid) return;
  if (::lchown(made.c_str(), wanted.st_uid, wanted.st_gid) != 0 || S_ISLNK(has.st_mode)) return;
  // The kernel takes set-uid away with the owner.
  if ((has.st_mode & (S_ISUID | S_ISGID)) != 0) ::chmod(made.c_str(), has.st_mode & 07777);
}

void give_owners(const std::string& root, const TreeListing& listing, const std::string& copy) {
  if (::geteuid() != 0) return;
  give_owner_of(root, copy);
  // In order: a folder comes before what is in it and may have to be given to whom it belongs.
  for (const auto& [path, node] : listing.nodes)
    give_owner_of(root + "/" + path, copy + "/" + path);
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
