#include "experiment/trial_reading.h"

#include <algorithm>

namespace culprit {
namespace {

constexpr int not_executable = 126;
constexpr int not_found = 127;
constexpr std::size_t said_bytes_max = 200;
constexpr double slower_max = 10;
constexpr Duration patience_min = std::chrono::seconds(5);

}  // namespace

bool says_cannot_run(const Trial& trial) {
  return trial.exit_code == not_executable || trial.exit_code == not_found;
}

std::string last_line(std::string_view text) {
  while (text.ends_with('\n')) text.remove_suffix(1);
  return std::string(text.substr(text.rfind('\n') + 1).substr(0, said_bytes_max));
}

Duration patience_after(double slowest_seconds) {
  return std::max(patience_min, from_seconds(slower_max * slowest_seconds));
}

}  // namespace culprit
