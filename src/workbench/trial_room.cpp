#include "workbench/trial_room.h"

#include <sys/statvfs.h>

#include <filesystem>
#include <string_view>
#include <system_error>

#include "workbench/process_room.h"

namespace culprit {
namespace {

constexpr std::uintmax_t space_min = 32 << 20;  // bytes; what fails with less is not judged

bool says(const Trial& trial, std::string_view text) {
  return trial.error.text.find(text) != std::string::npos ||
         trial.out.text.find(text) != std::string::npos;
}

}  // namespace

bool runs_nothing(const std::string& folder) {
  struct statvfs mounted {};
  return ::statvfs(folder.c_str(), &mounted) == 0 && (mounted.f_flag & ST_NOEXEC) != 0;
}

bool out_of_space(const std::string& folder) {
  std::error_code failed;
  const std::filesystem::space_info space = std::filesystem::space(folder, failed);
  return !failed && space.available < space_min;
}

std::string trouble_of(const Trial& trial, const std::string& folder, RanAt at) {
  if (trial.exit_code == 0 || trial.timed_out) return "";
  if (says(trial, "No space left on device") && out_of_space(folder)) return "no space left";
  const bool none = says(trial, "fork: ") && says(trial, "Resource temporarily unavailable");
  if (none && (at == RanAt::runner || processes_are_scarce()))
    return "no more processes can be started";
  return "";
}

}  // namespace culprit
