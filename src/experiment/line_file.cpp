#include "experiment/line_file.h"

#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace culprit {
namespace {

constexpr std::size_t waiting_bytes_max = 256 << 10;

Error cannot_write(const std::string& path) {
  const Fault fault = errno == EACCES ? Fault::denied : Fault::unavailable;
  Error made = error(fault, "cannot write {}: {}", path, std::strerror(errno));
  if (errno == ENOSPC) made.advice = "make room, or write elsewhere";
  return made;
}

}  // namespace

Result<LineFile> LineFile::open(const std::string& path) {
  if (path == "-") return LineFile(::dup(STDOUT_FILENO), "standard output");
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (descriptor < 0) return cannot_write(path);
  return LineFile(descriptor, path);
}

LineFile::LineFile(int descriptor, std::string path)
    : descriptor_(descriptor), path_(std::move(path)) {}

LineFile::LineFile(LineFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      path_(std::move(other.path_)),
      waiting_(std::move(other.waiting_)) {}

LineFile& LineFile::operator=(LineFile&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(path_, other.path_);
  std::swap(waiting_, other.waiting_);
  return *this;
}

LineFile::~LineFile() {
  if (descriptor_ < 0) return;
  static_cast<void>(flush());
  ::close(descriptor_);
}

void LineFile::add(std::string_view line) {
  waiting_ += line;
  waiting_ += '\n';
  if (waiting_.size() >= waiting_bytes_max) static_cast<void>(flush());
}

Status LineFile::flush() {
  while (!waiting_.empty()) {
    const ssize_t written = ::write(descriptor_, waiting_.data(), waiting_.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return cannot_write(path_);
    waiting_.erase(0, static_cast<std::size_t>(written));
  }
  return ok();
}

}  // namespace culprit
