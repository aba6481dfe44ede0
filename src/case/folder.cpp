#include "case/folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace culprit {
namespace {

constexpr const char* folder_name = ".culprit";

Error cannot(const std::string& doing, const std::string& path) {
  const int code = errno;
  Error result =
      error(code == EACCES || code == EPERM || code == EROFS ? Fault::denied : Fault::unavailable,
            "{} {}: {}", doing, path, std::strerror(code));
  result.advice = "make the folder writable, or keep nothing with --no-case";
  return result;
}

// A file that did not exist; an existing one is left alone.
Status make_file(const std::string& path, std::string_view bytes) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) return errno == EEXIST ? Status(ok()) : Status(cannot("cannot make", path));
  const ssize_t wrote = ::write(file, bytes.data(), bytes.size());
  const bool failed = wrote != static_cast<ssize_t>(bytes.size());
  const Error fault = failed ? cannot("cannot write", path) : Error{};
  ::close(file);
  if (failed) return fault;
  return ok();
}

}  // namespace

std::string case_folder(const std::string& directory) {
  namespace fs = std::filesystem;
  std::error_code ignored;
  std::string nearest;
  for (fs::path at = fs::path(directory).lexically_normal();; at = at.parent_path()) {
    if (nearest.empty() && fs::is_directory(at / folder_name, ignored)) nearest = at / folder_name;
    // `.git` is a file in a worktree. Outside of a repository only the directory itself counts.
    if (fs::exists(at / ".git", ignored) && !nearest.empty()) return nearest;
    if (fs::exists(at / ".git", ignored) || at == at.parent_path()) break;
  }
  return fs::path(directory) / folder_name;
}

Status make_case_folder(const std::string& folder) {
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return cannot("cannot make", folder);
  std::error_code ignored;
  if (!std::filesystem::is_directory(folder, ignored)) {
    Error in_the_way = error(Fault::malformed, "{} is in the way: it is no folder", folder);
    in_the_way.advice = "move it away, or keep nothing with --no-case";
    return in_the_way;
  }
  TRY(make_file(folder + "/.gitignore", "*\n"));
  return make_file(database_path(folder), "");
}

std::string index_folder(const std::string& folder) { return folder + "/index"; }

Status make_index_folder(const std::string& folder) {
  TRY(make_case_folder(folder));
  const std::string made = index_folder(folder);
  if (::mkdir(made.c_str(), 0700) != 0 && errno != EEXIST) return cannot("cannot make", made);
  return ok();
}

std::string database_path(const std::string& folder) { return folder + "/cases.db"; }

}  // namespace culprit
