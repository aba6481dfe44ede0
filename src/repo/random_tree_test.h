// Working trees as odd as they come, from a seed: for tests of what copies and restores them.
#pragma once

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <vector>

#include <doctest/doctest.h>

#include "base/dice.h"
#include "repo/tree_copy.h"
#include "repo/tree_nodes.h"

namespace culprit {

// An empty folder of one test, gone with its value.
class TreeFolder {
 public:
  TreeFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "culprit-tree-XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  ~TreeFolder() { remove_tree(path_); }
  TreeFolder(const TreeFolder&) = delete;
  TreeFolder& operator=(const TreeFolder&) = delete;

  std::string path(const std::string& name) const { return path_ + "/" + name; }
  std::string made(const std::string& name) const {
    std::filesystem::create_directories(path(name));
    return path(name);
  }

 private:
  std::string path_;
};

class RandomTree {
 public:
  explicit RandomTree(std::uint64_t seed) : dice_(seed) {}

  void fill(const std::string& root) {
    for (std::size_t i = 0, count = 1 + dice_.below(12); i < count; ++i) grow(root);
  }
  // What a change does: more of it, less of it, other bytes, modes and kinds.
  void disturb(const std::string& root) {
    for (std::size_t i = 0, count = 1 + dice_.below(6); i < count; ++i) {
      const std::vector<std::string> paths = all(root);
      if (paths.empty() || dice_.below(3) == 0) {
        grow(root);
        continue;
      }
      const std::string& one = paths[dice_.below(paths.size())];
      switch (dice_.below(3)) {
        case 0: std::filesystem::remove_all(one); break;
        case 1: ::chmod(one.c_str(), mode()); break;
        default: replace(one);
      }
    }
  }

 private:
  mode_t mode() {
    constexpr mode_t modes[] = {0644, 0755, 0600, 0444, 0700, 0500, 01777, 02755};
    return modes[dice_.below(std::size(modes))];
  }
  std::string name() {
    const std::vector<std::string> names = {"a",     "b c", "new\nline", "caf\xc3\xa9", "\xff\xfe",
                                            "-x",    "a-b", "a.b",       "\\20",        "tab\t",
                                            "stage", ".x",  "CON",       "*",           "d"};
    return names[dice_.below(names.size())];
  }
  std::string bytes() {
    constexpr std::size_t sizes[] = {0, 1, 10, 5000};
    std::string made(sizes[dice_.below(std::size(sizes))], '\0');
    for (char& byte : made) byte = static_cast<char>(dice_.below(256));
    return made;
  }
  static std::vector<std::string> all(const std::string& root) {
    std::vector<std::string> paths;
    const auto listing = list_tree(root, {});
    REQUIRE(listing.has_value());
    for (const auto& [path, node] : listing->nodes) paths.push_back(root + "/" + path);
    return paths;
  }
  void put(const std::string& path) {
    switch (dice_.below(4)) {
      case 0: ::symlink(dice_.below(2) == 0 ? "a" : "../no where", path.c_str()); break;
      case 1: std::filesystem::create_directory(path); break;
      default: std::ofstream(path, std::ios::binary) << bytes(); ::chmod(path.c_str(), mode());
    }
  }
  void replace(const std::string& path) {
    std::filesystem::remove_all(path);
    put(path);
  }
  // One more entry, somewhere.
  void grow(const std::string& root) {
    std::string folder = root;
    for (std::size_t depth = dice_.below(4); depth > 0; --depth) {
      folder += "/" + name();
      std::error_code ignored;
      const auto status = std::filesystem::symlink_status(folder, ignored);
      if (std::filesystem::exists(status) && !std::filesystem::is_directory(status)) return;
      std::filesystem::create_directory(folder, ignored);
    }
    const std::string path = folder + "/" + name();
    if (!std::filesystem::exists(std::filesystem::symlink_status(path))) put(path);
  }

  Dice dice_;
};

// The first path at which two trees differ; empty: they are alike, byte for byte.
inline std::string difference_of(const std::string& a, const std::string& b) {
  const auto first = list_tree(a, {});
  const auto second = list_tree(b, {});
  REQUIRE(first.has_value());
  REQUIRE(second.has_value());
  for (const auto& [path, node] : first->nodes) {
    const auto other = second->nodes.find(path);
    if (other == second->nodes.end() || !(other->second == node)) return path;
    if (node.kind == TreeNode::Kind::file && !*same_bytes(a + "/" + path, b + "/" + path))
      return path;
  }
  for (const auto& [path, node] : second->nodes) {
    if (!first->nodes.contains(path)) return path;
  }
  return "";
}

inline void copy_whole(const std::string& from, const std::string& into) {
  const auto listing = list_tree(from, {});
  REQUIRE(listing.has_value());
  REQUIRE(copy_tree(from, *listing, into).has_value());
}

}  // namespace culprit
