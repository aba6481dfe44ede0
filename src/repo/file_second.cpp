#include "repo/file_second.h"

#include <cerrno>
#include <ctime>

#include <fcntl.h>
#include <sys/stat.h>

#include "repo/tree_nodes.h"

namespace culprit {

FileSecond second_of(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return never_written;
  return status.st_mtim.tv_sec;
}

// Times of files come from the kernel's coarse clock, which is some milliseconds behind the other.
FileSecond file_second_now() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME_COARSE, &now);
  return now.tv_sec;
}

void outlast(FileSecond second) {
  constexpr timespec step{0, 10'000'000};  // twice that of a coarse clock
  while (file_second_now() == second) ::nanosleep(&step, nullptr);
}

Status touch(const std::string& path) {
  if (::utimensat(AT_FDCWD, path.c_str(), nullptr, AT_SYMLINK_NOFOLLOW) == 0) return ok();
  return path_error("cannot set the time of", path, errno);
}

}  // namespace culprit
