#include "workbench/test_files.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>

#include "base/usage_error.h"

namespace culprit {
namespace {

bool readable(const TreeNode& node) {
  return node.kind == TreeNode::Kind::file || node.kind == TreeNode::Kind::link;
}

// They say something of a file, and that it is not there is an answer.
constexpr std::array<std::string_view, 14> looking_programs = {
    "[",  "cat", "cmp", "diff", "find", "grep", "head",
    "jq", "ls",  "rg",  "stat", "tail", "test", "wc"};

bool looks_only(const std::string& program) {
  const std::string name = program.substr(program.rfind('/') + 1);
  return std::find(looking_programs.begin(), looking_programs.end(), name) !=
         looking_programs.end();
}

// Other words may name what is tested.
bool is_a_test(const std::string& path, const std::vector<std::string>& test,
               const TestPlace& place) {
  return path.find("test") != path.npos || test_files({test.front()}, place).contains(path);
}

}  // namespace

std::set<std::string> test_files(const std::vector<std::string>& test, const TestPlace& place) {
  namespace fs = std::filesystem;
  const std::string below = fs::path(place.root + "/").lexically_normal().string();
  std::set<std::string> made;
  for (const std::string& word : test) {
    for (const std::string& text : {word, word.substr(word.rfind('=') + 1)}) {
      const fs::path said = text.substr(0, text.find("::"));
      const fs::path path = fs::path(place.root + place.below) / said;
      const std::string plain = path.lexically_normal().string();
      if (plain.starts_with(below)) made.insert(plain.substr(below.size()));
    }
  }
  return made;
}

Result<std::string> test_files_apart(const TreeChange& change, const std::vector<std::string>& test,
                                     const TestPlace& place) {
  const std::set<std::string> named = test_files(test, place);
  std::string apart;
  for (const TreeChange::Part* part : change.differing()) {
    if (!named.contains(part->path)) continue;
    const bool without = readable(part->without);
    const bool with = readable(part->with);
    if (without != with && !looks_only(test.front())) {
      return usage_error(fmt::format("TEST names {}, which is there only {} the change: the other "
                                     "side would fail for want of it",
                                     part->path, with ? "with" : "without"),
                         "git commit the test by itself first, or name a copy of it outside of "
                         "the tree");
    }
    if (with && is_a_test(part->path, test, place)) apart = part->path;
  }
  if (apart.empty()) return apart;
  return fmt::format("{}, which TEST names, is a part of the change: each side has its own", apart);
}

}  // namespace culprit
