#include "workbench/named_paths.h"

#include <filesystem>

namespace culprit {

std::set<std::string> named_paths(const std::vector<std::string>& command, const std::string& root,
                                  const std::string& here) {
  namespace fs = std::filesystem;
  const std::string below = fs::path(root + "/").lexically_normal().string();
  std::set<std::string> made;
  for (const std::string& word : command) {
    for (const std::string& text : {word, word.substr(word.rfind('=') + 1)}) {
      const fs::path said = text.substr(0, text.find("::"));
      const std::string path = (fs::path(here) / said).lexically_normal().string();
      if (path.starts_with(below)) made.insert(path.substr(below.size()));
    }
  }
  return made;
}

}  // namespace culprit
