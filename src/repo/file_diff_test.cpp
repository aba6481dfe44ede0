#include "repo/file_diff.h"

#include <string>

#include <doctest/doctest.h>

namespace culprit {
namespace {

FileDiff diff_of(std::string_view before, std::string_view after, std::size_t bytes_max = 4096) {
  FileDiff file;
  read_file_diff(before, after, bytes_max, file);
  return file;
}

constexpr std::string_view pool = R"(class Pool:
    def take(self):
        return self.free.pop()

    def give(self, one):
        self.free.append(one)
)";

std::string with(std::string_view from, std::string_view to) {
  std::string text(pool);
  return text.replace(text.find(from), from.size(), to);
}

TEST_CASE("a changed line tells the function and the class it stands in") {
  const FileDiff file = diff_of(pool, with("free.pop()", "free.pop(0)"));
  CHECK(file.removed == "        return self.free.pop()\n");
  CHECK(file.added == "        return self.free.pop(0)\n");
  CHECK(file.context == "def take(self):\nclass Pool:\n");
  CHECK(file.nearby.find("def give") != std::string::npos);
  CHECK(file.fresh.empty());
}

TEST_CASE("a whole new function is kept apart, and its neighbour is not its context") {
  const FileDiff file =
      diff_of(pool, std::string(pool) + "\n    def close(self):\n        self.free.clear()\n");
  CHECK(file.fresh == "    def close(self):\n        self.free.clear()\n");
  CHECK(file.added == "\n");
  CHECK(file.context.empty());
}

TEST_CASE("a function that was renamed or got another parameter is not new") {
  const FileDiff file = diff_of(pool, with("def take(self):\n        return self.free.pop()",
                                           "def take(self, n):\n        return self.free[n]"));
  CHECK(file.fresh.empty());
  CHECK(file.added == "    def take(self, n):\n        return self.free[n]\n");
}

TEST_CASE("a file that came or went says so") {
  FileDiff file;
  LineCounts counts = read_file_diff(std::nullopt, pool, 4096, file);
  CHECK(file.fate == FileFate::created);
  CHECK(file.added == pool);
  CHECK(counts.added == 6);
  file = {};
  counts = read_file_diff(pool, std::nullopt, 4096, file);
  CHECK(file.fate == FileFate::removed);
  CHECK(file.removed == pool);
  CHECK(counts.removed == 6);
}

TEST_CASE("settings have sections instead of functions") {
  CHECK(diff_of("[pool]\nsize = 4\n", "[pool]\nsize = 1\n").context == "[pool]\n");
  CHECK(diff_of("jobs:\n  retries: 1\n", "jobs:\n  retries: 9\n").context == "jobs:\n");
}

TEST_CASE("no more than the room given is taken") {
  std::string long_text;
  for (int i = 0; i < 1000; ++i) long_text += "line " + std::to_string(i) + "\n";
  const FileDiff file = diff_of(pool, long_text, 500);
  CHECK(file.added.size() + file.removed.size() + file.fresh.size() + file.context.size() <= 500);
  CHECK(!file.removed.empty());
}

}  // namespace
}  // namespace culprit
