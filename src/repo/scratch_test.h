// A ScratchRepository is a git repository for one test: a script of shell and git fills it.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <utility>

#include <doctest/doctest.h>

#include "repo/git.h"

namespace culprit {

// A folder with a repository that the git program fills; gone when the test is.
class ScratchRepository {
 public:
  ScratchRepository() {
    std::string pattern = (std::filesystem::temp_directory_path() / "culprit-git-XXXXXX").string();
    REQUIRE(mkdtemp(pattern.data()) != nullptr);
    root_ = pattern;
  }
  ~ScratchRepository() {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
  }
  ScratchRepository(const ScratchRepository&) = delete;
  ScratchRepository& operator=(const ScratchRepository&) = delete;

  std::string path(const std::string& name = "repo") const { return (root_ / name).string(); }

  // Runs a shell script in the repository: fixed identity, no settings of the user's.
  void run(const std::string& script) const {
    std::filesystem::create_directories(path());
    const std::string file = path("script");
    std::ofstream(file)
        << "set -e\ncd " << path() << "\n"
        << "export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null\n"
        << "export GIT_AUTHOR_NAME=Ada GIT_AUTHOR_EMAIL=ada@example.com\n"
        << "export GIT_COMMITTER_NAME=Ada GIT_COMMITTER_EMAIL=ada@example.com\n"
        << "at() { export GIT_AUTHOR_DATE=\"@$1 +0000\" "
           "GIT_COMMITTER_DATE=\"@$1 +0000\"; }\n"
        << "commit() { at $1; git add -A; git commit -q --allow-empty -m \"$2\"; }\n"
        << script << "\n";
    REQUIRE(std::system(("sh " + file + " >" + path("log") + " 2>&1").c_str()) == 0);
  }

 private:
  std::filesystem::path root_;
};

inline Repository opened(const std::string& path) {
  auto repository = Repository::open(path);
  REQUIRE(repository.has_value());
  return std::move(repository).value();
}

}  // namespace culprit
