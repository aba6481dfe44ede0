// A TestFolder is an empty folder of one test, removed with its value; the shim that was built is
// found while it lives.
#pragma once

#include <climits>
#include <cstdlib>

#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "experiment/process_test.h"
#include "experiment/surroundings.h"

namespace culprit {

class TestFolder {
 public:
  TestFolder() {
    std::string pattern = std::filesystem::temp_directory_path() / "culprit-test-XXXXXX";
    path_ = std::filesystem::canonical(::mkdtemp(pattern.data()));
    const auto tests = std::filesystem::read_symlink("/proc/self/exe").parent_path();
    ::setenv("CULPRIT_SHIM", (tests.parent_path() / "libculprit-shim.so").c_str(), 1);
  }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;
  ~TestFolder() {
    std::filesystem::remove_all(path_);
    ::unsetenv("CULPRIT_SHIM");
  }
  std::string path() const { return path_; }
  std::string file(std::string_view name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

// Runs a setup as a trial would.
inline TestRan run_setup(const TrialSetup& setup, World& world, std::uint64_t seed = 1) {
  const Result<Surroundings> surroundings = Surroundings::of(setup, seed, world);
  if (!surroundings) return {-1, surroundings.error().what};
  return run_test_process(setup.command, setup.limits, surroundings->environment());
}

}  // namespace culprit
