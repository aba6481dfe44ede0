#include <unistd.h>
#include <cerrno>

#include "cli/command.h"

namespace culprit {

Status print(std::string_view text) {
  while (!text.empty()) {
    const ssize_t wrote = ::write(STDOUT_FILENO, text.data(), text.size());
    // A terminal that was closed has sent its SIGHUP, and cannot be written.
    if (wrote < 0 && interrupted()) return interrupted_error();
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return error(Fault::unavailable, "standard output cannot be written");
    text.remove_prefix(static_cast<std::size_t>(wrote));
  }
  return ok();
}

void say(std::string_view text) {
  while (!text.empty()) {
    const ssize_t wrote = ::write(STDERR_FILENO, text.data(), text.size());
    if (wrote < 0 && errno == EINTR && !interrupted()) continue;
    if (wrote < 0) return;
    text.remove_prefix(static_cast<std::size_t>(wrote));
  }
}

}  // namespace culprit
