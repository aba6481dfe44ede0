#include "experiment/worker_place.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <deque>
#include <filesystem>
#include <mutex>
#include <system_error>
#include <utility>

namespace culprit {
namespace {

constexpr std::size_t ports_remembered = 256;  // more than workers can have at once
constexpr int attempts_max = 64;

// Ports that were handed out lately: the system gives one again as soon as nobody listens on it.
struct Given {
  std::mutex lock;
  std::deque<std::uint16_t> ports;
};
Given& given() {
  static Given all;
  return all;
}

Error no_port(int code) {
  return error(Fault::unavailable, "no free port on 127.0.0.1: {}", std::strerror(code));
}

// What the system picks; 0: errno says why not.
std::uint16_t picked_port() {
  const int opened = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (opened < 0) return 0;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* plain = reinterpret_cast<sockaddr*>(&address);
  const bool bound = ::bind(opened, plain, size) == 0 && ::getsockname(opened, plain, &size) == 0;
  const int code = errno;
  ::close(opened);
  errno = code;
  return bound ? ntohs(address.sin_port) : std::uint16_t{0};
}

// Folders that a test made unwritable are made writable first.
void remove_folder(const std::string& folder) {
  namespace fs = std::filesystem;
  std::error_code ignored;
  if (fs::remove_all(folder, ignored) != static_cast<std::uintmax_t>(-1)) return;
  std::vector<fs::path> open{folder};
  while (!open.empty()) {
    const fs::path one = open.back();
    open.pop_back();
    fs::permissions(one, fs::perms::owner_all, fs::perm_options::add, ignored);
    for (const auto& entry : fs::directory_iterator(one, ignored)) {
      if (entry.is_directory(ignored) && !entry.is_symlink(ignored)) open.push_back(entry.path());
    }
  }
  fs::remove_all(folder, ignored);
}

}  // namespace

Result<std::uint16_t> free_port() {
  Given& all = given();
  const std::lock_guard locked(all.lock);
  for (int attempt = 0; attempt < attempts_max; ++attempt) {
    const std::uint16_t port = picked_port();
    if (port == 0) return no_port(errno);
    if (std::find(all.ports.begin(), all.ports.end(), port) != all.ports.end()) continue;
    all.ports.push_back(port);
    if (all.ports.size() > ports_remembered) all.ports.pop_front();
    return port;
  }
  all.ports.clear();  // the system has few to give
  return no_port(EADDRINUSE);
}

Result<WorkerPlace> WorkerPlace::make(std::size_t worker, const std::string& temporary) {
  WorkerPlace place;
  place.worker_ = worker;
  place.port_ = TRY(free_port());
  std::string pattern = temporary + "/culprit-trial-XXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr) {
    Error made = error(Fault::unavailable, "cannot make a folder in {}: {}", temporary,
                       std::strerror(errno));
    made.advice = "set TMPDIR to a folder with more room";
    return made;
  }
  place.folder_ = pattern;
  return place;
}

WorkerPlace::WorkerPlace(WorkerPlace&& other) noexcept { *this = std::move(other); }

WorkerPlace& WorkerPlace::operator=(WorkerPlace&& other) noexcept {
  std::swap(worker_, other.worker_);
  std::swap(port_, other.port_);
  std::swap(folder_, other.folder_);
  return *this;
}

WorkerPlace::~WorkerPlace() {
  if (!folder_.empty()) remove_folder(folder_);
}

void WorkerPlace::write_into(TrialSetup& setup) const {
  setup.environment.emplace("CULPRIT_WORKER", std::to_string(worker_));
  setup.environment.emplace("CULPRIT_PORT", std::to_string(port_));
  setup.environment.emplace("TMPDIR", folder_);
}

}  // namespace culprit
