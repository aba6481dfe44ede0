#include "repo/mounts.h"

#include <sys/mount.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

namespace culprit {
namespace {

// proc(5): a space, tab, newline or backslash stands there as \040 and the like.
std::string unescaped(const std::string& text) {
  std::string made;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool octal = text[i] == '\\' && i + 3 < text.size();
    made += octal ? static_cast<char>(std::stoi(text.substr(i + 1, 3), nullptr, 8)) : text[i];
    i += octal ? 3 : 0;
  }
  return made;
}

}  // namespace

std::vector<std::string> mounts_below(const std::string& folder) {
  std::vector<std::string> found;
  std::ifstream file("/proc/self/mountinfo");
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string word;
    for (int i = 0; i < 5; ++i) words >> word;  // id, parent, device, root, mount point
    const std::string place = unescaped(word);
    if (place.starts_with(folder + "/")) found.push_back(place);
  }
  std::reverse(found.begin(), found.end());  // later ones stand on earlier ones
  return found;
}

Status take_off_mounts(const std::string& folder) {
  for (const std::string& place : mounts_below(folder)) {
    if (::umount2(place.c_str(), MNT_DETACH | UMOUNT_NOFOLLOW) == 0) continue;
    Error made = error(Fault::denied, "something is mounted at {}, and what it holds would go: {}",
                       place, std::strerror(errno));
    made.advice = "umount " + place;
    return made;
  }
  return ok();
}

}  // namespace culprit
