#include "workbench/process_room.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

namespace culprit {
namespace {

namespace fs = std::filesystem;

// A test that met a limit has ended since, and what it started too: so it counts as near from here.
bool near(double used, double most) {
  constexpr double share = 0.8;
  return used >= share * most;
}

bool one_fails() {
  const pid_t child = ::fork();
  if (child < 0) return true;
  if (child == 0) ::_exit(0);
  ::waitpid(child, nullptr, 0);
  return false;
}

// Threads count as processes do.
double tasks_of_user() {
  double all = 0;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator("/proc", ignored)) {
    const std::string name = entry.path().filename().string();
    struct stat status {};
    if (std::isdigit(static_cast<unsigned char>(name.front())) == 0) continue;
    if (::stat(entry.path().c_str(), &status) != 0 || status.st_uid != ::getuid()) continue;
    const fs::directory_iterator tasks(entry.path() / "task", ignored);
    all += static_cast<double>(std::distance(begin(tasks), end(tasks)));
  }
  return all;
}

// No limit holds for root.
bool user_is_near() {
  rlimit limit{};
  if (::getuid() == 0 || ::getrlimit(RLIMIT_NPROC, &limit) != 0) return false;
  if (limit.rlim_cur == RLIM_INFINITY) return false;
  return near(tasks_of_user(), static_cast<double>(limit.rlim_cur));
}

bool group_is_near(const fs::path& folder) {
  double used = 0;
  double most = 0;
  std::ifstream current(folder / "pids.current");
  std::ifstream max(folder / "pids.max");  // "max": there is none
  return (current >> used) && (max >> most) && near(used, most);
}

// "0::/path" of the second version, "4:pids:/path" of the first; limits hold for all below.
bool a_group_is_near() {
  std::ifstream groups("/proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (second == line.npos) continue;
    const bool of_pids = line.find("pids", first) < second;
    if (second != first + 1 && !of_pids) continue;
    const fs::path root = of_pids ? "/sys/fs/cgroup/pids" : "/sys/fs/cgroup";
    fs::path at = line.substr(second + 1);
    for (int levels = 0; levels < 64; ++levels, at = at.parent_path()) {
      if (group_is_near(root / at.relative_path())) return true;
      if (!at.has_relative_path()) break;
    }
  }
  return false;
}

}  // namespace

bool processes_are_scarce() { return one_fails() || user_is_near() || a_group_is_near(); }

}  // namespace culprit
