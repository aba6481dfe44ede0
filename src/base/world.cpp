#include "base/world.h"

#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <random>

extern char** environ;

namespace culprit {
namespace {

std::atomic<int> stop_signal{0};  // the first
std::atomic<int> stops_asked{0};
static_assert(std::atomic<int>::is_always_lock_free);  // else no handler may use them

// The first asks for the end. The second is answered: the first is being followed, and what it
// tidies up (worktrees, copies of trees) would stay. The third is the end, and SIGQUIT a SIGTERM:
// nobody wants culprit's core. Does nothing but what signal-safety(7) allows.
void note_stop(int came) {
  const int signal = came == SIGQUIT ? SIGTERM : came;
  const int code = errno;
  const int asked = ++stops_asked;
  if (asked == 1) stop_signal = signal;
  if (asked == 2) {
    constexpr std::string_view told = "culprit: winding up; a third ends it at once\n";
    const ssize_t ignored = ::write(STDERR_FILENO, told.data(), told.size());
    (void)ignored;
  }
  if (asked >= 3) {
    ::signal(signal, SIG_DFL);
    ::raise(signal);  // at once, or when this handler returns
  }
  errno = code;
}

// What whoever started the program has it ignore, as nohup(1) does, stays ignored.
void watch_unless_ignored(int signal, const struct sigaction& action) {
  struct sigaction before {};
  ::sigaction(signal, nullptr, &before);
  if (before.sa_handler != SIG_IGN) ::sigaction(signal, &action, nullptr);
}

Error system_error(int code, const std::string& path) {
  switch (code) {
    case ENOENT:
    case ENOTDIR: {
      Error made = error(Fault::missing, "no such file or directory: {}", path);
      made.advice = "check the path; a glob may be given in quotes, culprit expands it too";
      return made;
    }
    case EACCES:
    case EPERM: {
      Error made = error(Fault::denied, "no permission to read {}", path);
      made.advice =
          fmt::format("sudo cat {} | culprit ... -   (or copy it where you can read it)", path);
      return made;
    }
    default: return error(Fault::unavailable, "{}: {}", path, std::strerror(code));
  }
}

FileInfo::Type type_of(mode_t mode) {
  if (S_ISREG(mode)) return FileInfo::Type::regular;
  if (S_ISDIR(mode)) return FileInfo::Type::directory;
  if (S_ISFIFO(mode) || S_ISSOCK(mode)) return FileInfo::Type::pipe;
  return FileInfo::Type::other;
}

FileInfo info_of(const struct stat& status) {
  const auto identity = (std::uint64_t{status.st_dev} << 40) ^ std::uint64_t{status.st_ino};
  const Time changed = from_nanoseconds(status.st_mtim.tv_sec * std::int64_t{1'000'000'000} +
                                        status.st_mtim.tv_nsec);
  return {type_of(status.st_mode), static_cast<std::uint64_t>(status.st_size), identity, changed};
}

// A signal that comes just before a read would otherwise be noticed only when that is over.
constexpr int look_every = 100;  // milliseconds

}  // namespace

File File::of_descriptor(int descriptor, std::string path) {
  File file;
  file.descriptor_ = descriptor;
  file.path_ = std::move(path);
  return file;
}

File File::of_bytes(std::shared_ptr<const std::string> bytes, std::string path) {
  File file;
  file.bytes_ = std::move(bytes);
  file.path_ = std::move(path);
  return file;
}

File::File(File&& other) noexcept { *this = std::move(other); }

File& File::operator=(File&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(bytes_, other.bytes_);
  std::swap(position_, other.position_);
  std::swap(path_, other.path_);
  return *this;
}

File::~File() {
  if (descriptor_ > 2) ::close(descriptor_);
}

Result<std::size_t> File::read_at(std::uint64_t offset, std::span<char> into) const {
  if (bytes_) {
    if (offset >= bytes_->size()) return std::size_t{0};
    return bytes_->copy(into.data(), into.size(), offset);
  }
  std::size_t filled = 0;
  while (filled < into.size()) {
    const ssize_t got = ::pread(descriptor_, into.data() + filled, into.size() - filled,
                                static_cast<off_t>(offset + filled));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_error(errno, path_);
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  return filled;
}

Result<std::size_t> File::read_next(std::span<char> into) {
  if (bytes_) {
    const std::size_t got = bytes_->copy(into.data(), into.size(), position_);
    position_ += got;
    return got;
  }
  for (;;) {
    const bool ready = TRY(readable(std::chrono::milliseconds(look_every)));
    if (!ready) continue;
    const ssize_t got = ::read(descriptor_, into.data(), into.size());
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno != EINTR && errno != EAGAIN) return system_error(errno, path_);
  }
}

Result<bool> File::readable(Duration within) const {
  if (bytes_) return true;
  pollfd waiting{descriptor_, POLLIN, 0};
  const auto limit = std::chrono::duration_cast<std::chrono::milliseconds>(within);
  const int ready = ::poll(&waiting, 1, static_cast<int>(limit.count()));
  if (interrupted()) return interrupted_error();
  if (ready < 0 && errno != EINTR) return system_error(errno, path_);
  return ready > 0;
}

Status File::append(std::span<const char> bytes) {
  while (!bytes.empty()) {
    const ssize_t wrote = ::write(descriptor_, bytes.data(), bytes.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) {
      Error made = error(Fault::unavailable, "cannot write {}: {}", path_, std::strerror(errno));
      made.advice = "set TMPDIR to a folder with more room";
      return made;
    }
    bytes = bytes.subspan(static_cast<std::size_t>(wrote));
  }
  return ok();
}

Result<File> File::reopened() const {
  if (bytes_) return of_bytes(bytes_, path_);
  // Through /proc it gets a position of its own, also where the file has no name any more.
  const std::string own = fmt::format("/proc/self/fd/{}", descriptor_);
  const int opened = ::open(own.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (opened >= 0) return of_descriptor(opened, path_);
  const int copy = ::fcntl(descriptor_, F_DUPFD_CLOEXEC, 3);
  if (copy < 0 || ::lseek(copy, 0, SEEK_SET) != 0) return system_error(errno, path_);
  return of_descriptor(copy, path_);
}

std::optional<std::uint64_t> File::size() const {
  if (bytes_) return bytes_->size();
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  return static_cast<std::uint64_t>(status.st_size);
}

Result<FileInfo> File::info() const {
  if (bytes_) return FileInfo{FileInfo::Type::regular, bytes_->size(), 0, no_time};
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0) return system_error(errno, path_);
  return info_of(status);
}

Result<std::string> World::read(const std::string& path, std::size_t bytes_max) {
  File file = TRY(open(path));
  std::string text;
  std::string buffer(1 << 16, '\0');
  for (;;) {
    const std::size_t got = TRY(file.read_next(buffer));
    if (got == 0) return text;
    text.append(buffer, 0, got);
    if (text.size() > bytes_max) {
      return error(Fault::malformed, "{} is larger than {} bytes", path, bytes_max);
    }
  }
}

namespace {

// Reads both pipes of a child until they close.
void drain(int out, int errors, Ran& ran) {
  pollfd waiting[2] = {{out, POLLIN, 0}, {errors, POLLIN, 0}};
  std::string* sinks[2] = {&ran.out, &ran.error};
  char buffer[1 << 16];
  while (waiting[0].fd >= 0 || waiting[1].fd >= 0) {
    // After a signal `revents` says nothing; reading then could wait for ever.
    const int ready = ::poll(waiting, 2, -1);
    if (ready < 0 && errno == EINTR) continue;
    if (ready < 0) return;
    for (int i = 0; i < 2; ++i) {
      if (waiting[i].fd < 0 || waiting[i].revents == 0) continue;
      const ssize_t got = ::read(waiting[i].fd, buffer, sizeof buffer);
      if (got <= 0) {
        waiting[i].fd = -1;
      } else if (sinks[i]->size() < Ran::output_bytes_max) {
        sinks[i]->append(buffer, static_cast<std::size_t>(got));
      }
    }
  }
}

// A pipe whose two ends are closed when it goes out of scope.
struct Pipe {
  int ends[2] = {-1, -1};
  Pipe() {
    if (::pipe2(ends, O_CLOEXEC) != 0) ends[0] = ends[1] = -1;
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    close_end(0);
    close_end(1);
  }
  void close_end(int end) {
    if (ends[end] >= 0) ::close(ends[end]);
    ends[end] = -1;
  }
};

constexpr std::size_t complaint_bytes_max = 4096;

int exit_code_of(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

Result<pid_t> spawn(const std::vector<std::string>& command, const std::string& directory, int out,
                    int errors) {
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, out, 1);
  posix_spawn_file_actions_adddup2(&actions, errors, 2);
  if (!directory.empty()) posix_spawn_file_actions_addchdir_np(&actions, directory.c_str());
  pid_t child = 0;
  const int failed =
      ::posix_spawnp(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) return system_error(failed, command.front());
  return child;
}

class RealWorld final : public World {
 public:
  Time now() override {
    return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
  }
  std::uint64_t random_seed() override {
    std::random_device device;
    return (std::uint64_t{device()} << 32) | device();
  }
  std::string environment(std::string_view name) override {
    const char* value = std::getenv(std::string(name).c_str());
    return value == nullptr ? "" : value;
  }
  std::string working_directory() override {
    char buffer[PATH_MAX];
    return ::getcwd(buffer, sizeof buffer) == nullptr ? "." : buffer;
  }

  Result<File> open(const std::string& path) override {
    // A named pipe is opened without waiting for its writer: read_next() waits, and can be stopped.
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (descriptor < 0) return system_error(errno, path);
    return File::of_descriptor(descriptor, path);
  }

  Result<File> standard_input() override { return File::of_descriptor(0, "-"); }

  Result<File> spool() override {
    std::string path = environment("TMPDIR");
    if (path.empty()) path = "/tmp";
    const int descriptor = ::open(path.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (descriptor >= 0) return File::of_descriptor(descriptor, path + " (spool)");
    path += "/culprit-spool-XXXXXX";
    const int named = ::mkostemp(path.data(), O_CLOEXEC);
    if (named < 0) return system_error(errno, path);
    ::unlink(path.c_str());
    return File::of_descriptor(named, path);
  }

  Result<FileInfo> info(const std::string& path) override {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return system_error(errno, path);
    return info_of(status);
  }

  Result<std::vector<std::string>> list(const std::string& directory) override {
    DIR* opened = ::opendir(directory.c_str());
    if (opened == nullptr) return system_error(errno, directory);
    std::vector<std::string> names;
    while (const dirent* entry = ::readdir(opened)) {
      const std::string name = entry->d_name;
      if (name != "." && name != "..") names.push_back(name);
    }
    ::closedir(opened);
    std::sort(names.begin(), names.end());
    return names;
  }

  static Error cannot_write(const std::string& path, int code) {
    const bool denied = code == EACCES || code == EPERM || code == EROFS;
    Error made = error(denied           ? Fault::denied
                       : code == ENOENT ? Fault::missing
                                        : Fault::unavailable,
                       "cannot write {}: {}", path, std::strerror(code));
    if (code == ENOSPC) made.advice = "make room, or write elsewhere";
    return made;
  }

  // A device or a pipe is written into: a file in its place would take it from everybody.
  static Status write_into(const std::string& path, std::string_view bytes) {
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (descriptor < 0 && errno == ENXIO) {
      return error(Fault::unavailable, "cannot write {}: nobody reads it", path);
    }
    if (descriptor < 0) return cannot_write(path, errno);
    ::fcntl(descriptor, F_SETFL, 0);  // only the opening must not wait
    File file = File::of_descriptor(descriptor, path);
    return file.append(bytes) ? ok() : cannot_write(path, errno);
  }

  // What links lead to, whether it is there or not.
  static Result<std::string> followed(std::string path) {
    constexpr int links_max = 40;  // as Linux follows
    char target[PATH_MAX];
    for (int links = 0; links < links_max; ++links) {
      const ssize_t size = ::readlink(path.c_str(), target, sizeof target);
      if (size < 0) return path;
      const std::string_view next(target, static_cast<std::size_t>(size));
      path = next.starts_with('/') ? next : path.substr(0, path.rfind('/') + 1).append(next);
    }
    return cannot_write(path, ELOOP);
  }

  Status write(const std::string& path, std::string_view bytes) override {
    struct stat before {};
    const bool there = ::stat(path.c_str(), &before) == 0;
    if (there && !S_ISREG(before.st_mode)) return write_into(path, bytes);
    const std::string target = TRY(followed(path));
    // A name of its own: another culprit may be writing the same file.
    const std::string staged = fmt::format("{}.{}.part", target, ::getpid());
    const mode_t mode = there ? before.st_mode & 0777 : 0644;
    const int descriptor = ::open(staged.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    if (descriptor < 0) return cannot_write(path, errno);
    File file = File::of_descriptor(descriptor, staged);
    if (there) ::fchmod(descriptor, mode);  // whatever the umask
    Status written = file.append(bytes);
    if (!written) written = cannot_write(path, errno);
    if (written && (::fsync(descriptor) != 0 || ::rename(staged.c_str(), target.c_str()) != 0)) {
      written = cannot_write(path, errno);
    }
    if (!written) ::unlink(staged.c_str());
    return written;
  }

  Result<Ran> run(const std::vector<std::string>& command, const std::string& directory) override {
    Pipe out;
    Pipe errors;
    const pid_t child = TRY(spawn(command, directory, out.ends[1], errors.ends[1]));
    out.close_end(1);
    errors.close_end(1);
    Ran ran;
    drain(out.ends[0], errors.ends[0], ran);
    ran.exit_code = exit_code_of(child);
    return ran;
  }

  Result<Child> start(const std::vector<std::string>& command, Complaints complaints) override {
    Pipe out;
    const int errors = ::memfd_create("errors", MFD_CLOEXEC);
    if (errors < 0) return system_error(errno, command.front());
    File kept = File::of_descriptor(errors, command.front());
    const pid_t child = TRY(
        spawn(command, "", out.ends[1], complaints == Complaints::joined ? out.ends[1] : errors));
    const int reading = std::exchange(out.ends[0], -1);
    return Child::of_process(child, File::of_descriptor(reading, command.front()), std::move(kept));
  }

  void sleep(Duration time) override {
    const auto whole = std::chrono::duration_cast<std::chrono::seconds>(time);
    timespec wanted{whole.count(), static_cast<long>((time - whole).count())};
    ::nanosleep(&wanted, nullptr);
  }
};

}  // namespace

Child Child::of_process(int id, File out, File errors) {
  Child child;
  child.id_ = id;
  child.out_ = std::move(out);
  child.errors_ = std::move(errors);
  return child;
}

Child Child::of_answer(const Ran& ran) {
  Child child;
  child.out_ = File::of_bytes(std::make_shared<const std::string>(ran.out), "(output)");
  child.ran_ = {ran.exit_code, "", ran.error};
  return child;
}

Child::Child(Child&& other) noexcept { *this = std::move(other); }

Child& Child::operator=(Child&& other) noexcept {
  std::swap(id_, other.id_);
  std::swap(out_, other.out_);
  std::swap(errors_, other.errors_);
  std::swap(ran_, other.ran_);
  return *this;
}

// It is asked to end, and made to where it does not within a second.
Child::~Child() {
  if (id_ == 0) return;
  out_.reset();
  ::kill(id_, SIGTERM);
  for (int looks = 0; looks < 100; ++looks) {
    if (::waitpid(id_, nullptr, WNOHANG) != 0) return;
    ::usleep(10'000);
  }
  ::kill(id_, SIGKILL);
  exit_code_of(id_);
}

Result<Ran> Child::finish() {
  if (id_ == 0) return ran_;
  ran_.exit_code = exit_code_of(std::exchange(id_, 0));
  std::string said(complaint_bytes_max, '\0');
  const std::size_t count = TRY(errors_->read_at(0, said));
  ran_.error = said.substr(0, count);
  return ran_;
}

std::unique_ptr<World> real_world() { return std::make_unique<RealWorld>(); }

void watch_for_interrupts() {
  struct sigaction action {};
  action.sa_handler = note_stop;  // without SA_RESTART: a read that was waiting ends
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
  watch_unless_ignored(SIGQUIT, action);
  watch_unless_ignored(SIGHUP, action);  // a closed terminal
  ::signal(SIGPIPE, SIG_DFL);
  ::signal(SIGXFSZ, SIG_IGN);  // a limit on the size of files is an error of the write
}

bool interrupted() { return stop_signal != 0; }
int interrupting_signal() { return stop_signal; }

Error interrupted_error() { return error(Fault::interrupted, "interrupted"); }

}  // namespace culprit
