#include <unistd.h>
#include <cerrno>

#include "cli/command.h"

namespace culprit {

Status print(std::string_view text) {
  while (!text.empty()) {
    const ssize_t wrote = ::write(STDOUT_FILENO, text.data(), text.size());
    if (wrote < 0 && errno == EINTR && interrupted()) return interrupted_error();
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return error(Fault::unavailable, "standard output cannot be written");
    text.remove_prefix(static_cast<std::size_t>(wrote));
  }
  return ok();
}

}  // namespace culprit
