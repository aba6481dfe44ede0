#include "repo/path_filter.h"

#include <fnmatch.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace culprit {
namespace {

constexpr std::array<std::string_view, 6> endings = {".md",   ".markdown", ".rst",
                                                     ".adoc", ".asciidoc", ".mdx"};
constexpr std::array<std::string_view, 12> names = {
    "license", "licence", "copying", "authors",   "contributors", "maintainers",
    "readme",  "notice",  "changes", "changelog", "news",         "codeowners"};

std::string lower(std::string_view text) {
  std::string made(text);
  std::transform(made.begin(), made.end(), made.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return made;
}

}  // namespace

// A folder `docs` may hold what a test reads, so the ending decides.
bool is_document(std::string_view path) {
  const std::string name = lower(path.substr(path.rfind('/') + 1));
  const auto ends = [&](std::string_view ending) { return name.ends_with(ending); };
  if (std::any_of(endings.begin(), endings.end(), ends)) return true;
  const std::string stem = name.ends_with(".txt") ? name.substr(0, name.size() - 4) : name;
  return std::find(names.begin(), names.end(), stem) != names.end();
}

bool PathFilter::reads(const std::string& path) const {
  if (patterns_.empty()) return !is_document(path);
  return std::any_of(patterns_.begin(), patterns_.end(), [&](const std::string& pattern) {
    if (::fnmatch(pattern.c_str(), path.c_str(), 0) == 0) return true;
    const std::string_view folder =
        pattern.ends_with('/') ? std::string_view(pattern).substr(0, pattern.size() - 1) : pattern;
    return path.starts_with(folder) && path.size() > folder.size() && path[folder.size()] == '/';
  });
}

}  // namespace culprit
