#include "base/sim_world.h"

#include <algorithm>
#include <atomic>
#include <functional>

#include <fmt/ranges.h>

namespace culprit {

void SimWorld::put(const std::string& path, std::string bytes) {
  files_[path] = std::make_shared<const std::string>(std::move(bytes));
}
void SimWorld::deny(const std::string& path) { denied_.push_back(path); }
void SimWorld::fail_operation(std::size_t number) { failing_operation_ = number; }
void SimWorld::set_environment(const std::string& name, std::string value) {
  environment_[name] = std::move(value);
}
void SimWorld::answer(const std::string& command, Ran ran) { answers_[command] = std::move(ran); }

const std::string* SimWorld::content(const std::string& path) const {
  const auto found = files_.find(path);
  return found == files_.end() ? nullptr : found->second.get();
}

std::string SimWorld::environment(std::string_view name) {
  const auto found = environment_.find(std::string(name));
  return found == environment_.end() ? "" : found->second;
}

Status SimWorld::count_operation(const std::string& path) {
  // Readers open files from several threads.
  const std::size_t number = std::atomic_ref(operations_).fetch_add(1) + 1;
  if (number == failing_operation_) {
    return error(Fault::unavailable, "{}: simulated failure of operation {}", path, number);
  }
  return ok();
}

Result<File> SimWorld::open(const std::string& path) {
  TRY(count_operation(path));
  if (std::find(denied_.begin(), denied_.end(), path) != denied_.end()) {
    return error(Fault::denied, "no permission to read {}", path);
  }
  const auto found = files_.find(path);
  if (found == files_.end()) return error(Fault::missing, "no such file or directory: {}", path);
  return File::of_bytes(found->second, path);
}

Result<File> SimWorld::spool() {
  return error(Fault::unavailable, "a simulated world has no spool");
}

Result<FileInfo> SimWorld::info(const std::string& path) {
  TRY(count_operation(path));
  if (const std::string* bytes = content(path)) {
    return FileInfo{FileInfo::Type::regular, bytes->size(), std::hash<std::string>{}(path), now_};
  }
  const std::string prefix = path == "." ? "" : path + "/";
  const auto below = files_.lower_bound(prefix);
  if (below != files_.end() && below->first.starts_with(prefix)) {
    return FileInfo{FileInfo::Type::directory, 0, std::hash<std::string>{}(path), now_};
  }
  return error(Fault::missing, "no such file or directory: {}", path);
}

Result<std::vector<std::string>> SimWorld::list(const std::string& directory) {
  TRY(count_operation(directory));
  std::vector<std::string> names;
  const std::string prefix = directory == "." ? "" : directory + "/";
  for (auto file = files_.lower_bound(prefix); file != files_.end(); ++file) {
    if (!file->first.starts_with(prefix)) break;
    const std::string rest = file->first.substr(prefix.size());
    const std::string name = rest.substr(0, rest.find('/'));
    if (names.empty() || names.back() != name) names.push_back(name);
  }
  return names;
}

Status SimWorld::write(const std::string& path, std::string_view bytes) {
  TRY(count_operation(path));
  put(path, std::string(bytes));
  return ok();
}

Result<Ran> SimWorld::run(const std::vector<std::string>& command, const std::string&) {
  const auto found = answers_.find(fmt::format("{}", fmt::join(command, " ")));
  if (found == answers_.end()) {
    return error(Fault::missing, "no such program: {}", command.front());
  }
  return found->second;
}

Result<Child> SimWorld::start(const std::vector<std::string>& command, Complaints complaints) {
  Ran ran = TRY(run(command, ""));
  if (complaints == Complaints::joined) ran.out += std::exchange(ran.error, {});
  return Child::of_answer(ran);
}

void SimWorld::sleep(Duration time) {
  now_ += time;
  if (happening_) happening_();
}

}  // namespace culprit
