#include "repo/git_program.h"

#include <array>

namespace culprit {
namespace {

constexpr int not_found = 127;  // env(1)

// git(1), githooks(5): what names another repository, index or object store.
constexpr std::array handed_down = {
    "GIT_DIR",        "GIT_WORK_TREE", "GIT_INDEX_FILE",       "GIT_PREFIX",
    "GIT_COMMON_DIR", "GIT_NAMESPACE", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES"};

constexpr std::array settings = {
    "core.hooksPath=/dev/null", "core.fsmonitor=false",    "gc.auto=0",
    "maintenance.auto=false",   "submodule.recurse=false", "advice.detachedHead=false",
    "core.pager=cat",           "color.ui=false",          "rerere.enabled=false"};

std::vector<std::string> whole(const std::vector<std::string>& place,
                               const std::vector<std::string>& variables,
                               const std::vector<std::string>& words) {
  std::vector<std::string> command = {"env"};
  for (const char* name : handed_down) {
    command.emplace_back("-u");
    command.emplace_back(name);
  }
  for (const char* one : {"GIT_TERMINAL_PROMPT=0", "GIT_OPTIONAL_LOCKS=0", "LC_ALL=C.UTF-8"}) {
    command.emplace_back(one);
  }
  command.insert(command.end(), place.begin(), place.end());
  command.insert(command.end(), variables.begin(), variables.end());
  command.emplace_back("git");
  for (const char* one : settings) {
    command.emplace_back("-c");
    command.emplace_back(one);
  }
  command.insert(command.end(), words.begin(), words.end());
  return command;
}

// The line that says what is wrong; hints and progress stand around it.
std::string complaint_of(const Ran& ran) {
  std::string found;
  for (const std::string& line : text_lines(ran.error)) {
    if (line.starts_with("fatal: ") || line.starts_with("error: ")) return line.substr(7);
    if (!line.empty()) found = line;
  }
  return found.empty() ? fmt::format("exit {}", ran.exit_code) : found;
}

// git itself names the folder that it means, and quotes it where that is needed.
std::string safe_directory_advice(const std::string& said, const std::string& directory) {
  constexpr std::string_view words = "git config --global --add safe.directory ";
  const std::size_t at = said.find(words);
  if (at == said.npos) return fmt::format("{}{}", words, directory);
  return said.substr(at, said.find('\n', at) - at);
}

// What of git was called: before it stand settings, and flags of git itself.
std::string subcommand(const std::vector<std::string>& words) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (!words[i].starts_with('-')) return words[i];
    if (words[i] == "-c" || words[i] == "-C") ++i;
  }
  return "";
}

Error refusal(const Ran& ran, const std::vector<std::string>& words, const std::string& directory) {
  const std::string why = complaint_of(ran);
  const auto says = [&](std::string_view text) {
    return ran.error.find(text) != std::string::npos;
  };
  const bool denied = says("dubious ownership") || says("Permission denied");
  Error made =
      error(denied ? Fault::denied : Fault::unavailable, "git {}: {}", subcommand(words), why);
  if (says("dubious ownership")) {
    made.advice = safe_directory_advice(ran.error, directory);
  } else if (says("No space left")) {
    made.advice = "make room, or set TMPDIR to a folder with more of it";
  }
  return made;
}

}  // namespace

GitProgram GitProgram::of_world(World& world) {
  return GitProgram(
      [&world](const std::vector<std::string>& command, const std::string& directory) {
        return world.run(command, directory);
      });
}

GitProgram GitProgram::at(const std::string& git_folder, const std::string& work_tree) const {
  GitProgram made = *this;
  made.place_ = {"GIT_DIR=" + git_folder, "GIT_WORK_TREE=" + work_tree};
  return made;
}

Result<Ran> GitProgram::ran_with(const std::vector<std::string>& variables,
                                 const std::vector<std::string>& words,
                                 const std::string& directory) const {
  Ran ran = TRY(run_(whole(place_, variables, words), directory));
  if (ran.exit_code != not_found) return ran;
  Error made = error(Fault::missing, "git is not installed");
  made.advice = "apt install git";
  return made;
}

Result<Ran> GitProgram::ran(const std::vector<std::string>& words,
                            const std::string& directory) const {
  return ran_with({}, words, directory);
}

Result<std::string> GitProgram::text(const std::vector<std::string>& words,
                                     const std::string& directory) const {
  Ran ran = TRY(ran_with({}, words, directory));
  if (ran.exit_code != 0) return refusal(ran, words, directory);
  return std::move(ran.out);
}

Result<bool> GitProgram::affirmed(const std::vector<std::string>& words,
                                  const std::string& directory) const {
  const Ran ran = TRY(ran_with({}, words, directory));
  if (ran.exit_code > 1) return refusal(ran, words, directory);
  return ran.exit_code == 0;
}

Status GitProgram::done(const std::vector<std::string>& words, const std::string& directory) const {
  TRY(text(words, directory));
  return ok();
}

std::vector<std::string> text_lines(const std::string& text, char end) {
  std::vector<std::string> lines;
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t to = std::min(text.find(end, from), text.size());
    lines.push_back(text.substr(from, to - from));
    from = to + 1;
  }
  return lines;
}

std::vector<std::string> handed_down_variables() {
  return {handed_down.begin(), handed_down.end()};
}

}  // namespace culprit
