#include "experiment/stand_in.h"

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

namespace culprit {
namespace {

constexpr std::size_t shared_max = 64;
constexpr std::size_t text_bytes = 64;

// A number as text, without memory or locale.
char* write_number(char* at, std::uint64_t number) {
  char digits[24];
  int count = 0;
  do {
    digits[count++] = static_cast<char>('0' + number % 10);
    number /= 10;
  } while (number > 0);
  while (count > 0) *at++ = digits[--count];
  return at;
}

int write_file(const char* path, const char* text, std::size_t bytes) {
  const int file = ::open(path, O_WRONLY | O_CLOEXEC);
  if (file < 0) return errno;
  const bool wrote = ::write(file, text, bytes) == static_cast<ssize_t>(bytes);
  const int code = errno;
  ::close(file);
  return wrote ? 0 : code;
}

// "1000 1000 1": outside and inside the same one.
int map_to_itself(const char* path, std::uint64_t id) {
  char text[text_bytes];
  char* end = write_number(text, id);
  *end++ = ' ';
  end = write_number(end, id);
  *end++ = ' ';
  *end++ = '1';
  return write_file(path, text, static_cast<std::size_t>(end - text));
}

int enter_namespace() {
  const uid_t user = ::geteuid();
  const gid_t group = ::getegid();
  if (::unshare(CLONE_NEWNS) != 0) {
    if (::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return errno;
    if (const int failed = write_file("/proc/self/setgroups", "deny", 4)) return failed;
    if (const int failed = map_to_itself("/proc/self/uid_map", user)) return failed;
    if (const int failed = map_to_itself("/proc/self/gid_map", group)) return failed;
  }
  return ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 ? 0 : errno;
}

int bind(const char* from, const char* to) {
  return ::mount(from, to, nullptr, MS_BIND | MS_REC, nullptr) == 0 ? 0 : errno;
}

// What was opened before its name was hidden.
int bind_opened(int opened, const char* to) {
  char from[text_bytes];
  std::strcpy(from, "/proc/self/fd/");
  *write_number(from + std::strlen(from), static_cast<std::uint64_t>(opened)) = '\0';
  return bind(from, to);
}

// What the system locks of a mount in a user's namespace has to be said again, or it refuses.
int forbid_writing(const char* at) {
  struct statvfs status {};
  if (::statvfs(at, &status) != 0) return errno;
  unsigned long flags = MS_REMOUNT | MS_BIND | MS_RDONLY;
  if ((status.f_flag & ST_NOSUID) != 0) flags |= MS_NOSUID;
  if ((status.f_flag & ST_NODEV) != 0) flags |= MS_NODEV;
  if ((status.f_flag & ST_NOEXEC) != 0) flags |= MS_NOEXEC;
  return ::mount(nullptr, at, nullptr, flags, nullptr) == 0 ? 0 : errno;
}

int share(const StandIn::Shared& what, int opened) {
  if (const int failed = bind_opened(opened, what.to.c_str())) return failed;
  const bool whole = what.access == StandIn::Shared::Access::whole;
  return whole ? 0 : forbid_writing(what.to.c_str());
}

}  // namespace

int stand_in(const StandIn& what) {
  if (what.shared.size() > shared_max) return E2BIG;
  if (const int failed = enter_namespace()) return failed;
  int opened[shared_max];
  for (std::size_t i = 0; i < what.shared.size(); ++i) {
    opened[i] = ::open(what.shared[i].from.c_str(), O_PATH | O_CLOEXEC);
    if (opened[i] < 0) return errno;
  }
  if (const int failed = bind(what.copy.c_str(), what.folder.c_str())) return failed;
  for (std::size_t i = 0; i < what.shared.size(); ++i) {
    if (const int failed = share(what.shared[i], opened[i])) return failed;
  }
  return 0;
}

bool can_stand_in() {
  static const bool can = [] {
    const char* wanted = std::getenv("CULPRIT_STAND_IN");  // "none": not to be done
    if (wanted != nullptr && std::strcmp(wanted, "none") == 0) return false;
    const StandIn itself{"/tmp", "/tmp", {}};
    const pid_t child = ::fork();
    if (child < 0) return false;
    if (child == 0) ::_exit(stand_in(itself) == 0 ? 0 : 1);
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }();
  return can;
}

}  // namespace culprit
