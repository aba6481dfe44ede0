#include "experiment/event_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <mutex>

namespace culprit {
namespace {

Error cannot_write(const std::string& path, int code) {
  // Never unavailable: that a server is not there is another thing than a full disk.
  const Fault fault = code == EACCES || code == EROFS ? Fault::denied : Fault::missing;
  return error(fault, "cannot write {}: {}", path, std::strerror(code));
}

// Two that write one file at once would both lose their lines. Pipes and devices are shared.
Status keep_to_ourselves(int descriptor, const std::string& path) {
  struct stat info {};
  const bool regular = ::fstat(descriptor, &info) == 0 && S_ISREG(info.st_mode);
  if (!regular || ::flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) return ok();
  Error made = error(Fault::usage, "{} is being written by another culprit", path);
  made.advice = "write to another file or folder";
  return made;
}

}  // namespace

struct EventFile::State {
  std::string path;
  int descriptor = -1;
  int failed = 0;  // errno of the first failure
  std::mutex mutex;

  ~State() { close(); }
  void close() {
    if (descriptor >= 0 && ::close(std::exchange(descriptor, -1)) != 0 && failed == 0) {
      failed = errno;
    }
  }
};

EventFile::EventFile(std::unique_ptr<State> state) : state_(std::move(state)) {}
EventFile::EventFile(EventFile&&) noexcept = default;
EventFile& EventFile::operator=(EventFile&&) noexcept = default;
EventFile::~EventFile() = default;

Result<EventFile> EventFile::open(const std::string& path, Begin begin) {
  auto state = std::make_unique<State>();
  state->path = path;
  state->descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_APPEND, 0666);
  if (state->descriptor < 0) return cannot_write(path, errno);
  TRY(keep_to_ourselves(state->descriptor, path));
  if (begin == Begin::empty && ::ftruncate(state->descriptor, 0) != 0 && errno != EINVAL) {
    return cannot_write(path, errno);
  }
  return EventFile(std::move(state));
}

void EventFile::append(std::string_view lines) {
  const std::lock_guard lock(state_->mutex);
  while (!lines.empty() && state_->failed == 0) {
    const ssize_t written = ::write(state_->descriptor, lines.data(), lines.size());
    if (written > 0)
      lines.remove_prefix(static_cast<std::size_t>(written));
    else if (errno != EINTR)
      state_->failed = errno;
  }
}

Status EventFile::written() const {
  const std::lock_guard lock(state_->mutex);
  if (state_->failed != 0) return cannot_write(state_->path, state_->failed);
  return ok();
}

Status EventFile::finish() {
  state_->close();
  if (state_->failed != 0) return cannot_write(state_->path, state_->failed);
  return ok();
}

std::string json_text_of(std::string_view text) {
  std::string made = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') made += '\\';
    if (byte < 0x20)
      made += fmt::format("\\u{:04x}", byte);
    else
      made += c;
  }
  return made + '"';
}

}  // namespace culprit
