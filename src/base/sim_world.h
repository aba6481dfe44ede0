// A SimWorld is a World in memory: files are strings, the clock moves when told, and the n-th
// operation on a file can be made to fail, so that every error path can be walked in a test.
#pragma once

#include <functional>

#include "base/world.h"

namespace culprit {

class SimWorld final : public World {
 public:
  void put(const std::string& path, std::string bytes);
  void deny(const std::string& path);       // opening it fails with Fault::denied
  void fail_operation(std::size_t number);  // counted from 1 over open, list, info, write
  void advance(Duration by) { now_ += by; }
  void set_environment(const std::string& name, std::string value);
  // What run() answers for a command whose words, joined by spaces, are `command`.
  void answer(const std::string& command, Ran ran);
  // Called by sleep(), once the clock has moved: what happens outside while culprit waits.
  void on_sleep(std::function<void()> happening) { happening_ = std::move(happening); }
  const std::string* content(const std::string& path) const;  // nullptr: no such file

  Time now() override { return now_; }
  void sleep(Duration time) override;
  std::uint64_t random_seed() override { return ++seed_; }
  std::string environment(std::string_view name) override;
  std::string working_directory() override { return "/sim"; }
  Result<File> open(const std::string& path) override;
  Result<File> standard_input() override { return open("-"); }
  Result<File> spool() override;
  Result<FileInfo> info(const std::string& path) override;
  Result<std::vector<std::string>> list(const std::string& directory) override;
  Status write(const std::string& path, std::string_view bytes) override;
  Result<Ran> run(const std::vector<std::string>& command, const std::string& directory) override;
  Result<Child> start(const std::vector<std::string>& command, Complaints complaints) override;

 private:
  Status count_operation(const std::string& path);

  Time now_ = from_nanoseconds(1'763'647'200'000'000'000);  // 2025-11-20T14:00:00Z
  std::uint64_t seed_ = 0;
  std::size_t operations_ = 0;
  std::size_t failing_operation_ = 0;  // 0: none
  std::map<std::string, std::shared_ptr<const std::string>> files_;
  std::map<std::string, std::string> environment_;
  std::map<std::string, Ran> answers_;
  std::vector<std::string> denied_;
  std::function<void()> happening_;  // may be empty
};

}  // namespace culprit
