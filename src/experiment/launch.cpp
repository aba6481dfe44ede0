#include "experiment/launch.h"

#include <cstdlib>

#include <sys/stat.h>
#include <unistd.h>

extern char** environ;

namespace culprit {
namespace {

bool is_file(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode);
}

bool is_directory(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

bool runs(const std::string& path) { return is_file(path) && ::access(path.c_str(), X_OK) == 0; }

// As the command will see it, which starts in `directory`.
std::string seen_from(const std::string& directory, const std::string& path) {
  return directory.empty() || path.starts_with('/') ? path : directory + "/" + path;
}

// Where the command finds its directory once a copy stands in for the folder.
std::string seen_directory(const TrialSetup& setup) {
  if (!setup.stand_in || !setup.directory.starts_with(setup.stand_in->copy)) return setup.directory;
  return setup.stand_in->folder + setup.directory.substr(setup.stand_in->copy.size());
}

std::string search_path(const TrialSetup& setup) {
  const auto own = setup.environment.find("PATH");
  if (own != setup.environment.end()) return own->second;
  const char* outer = std::getenv("PATH");
  return outer == nullptr ? "/usr/local/bin:/usr/bin:/bin" : outer;
}

Error cannot_run(const std::string& name) {
  Error made = error(Fault::usage, "cannot run {}: it is not executable", name);
  made.advice = fmt::format("chmod +x {0}   or name what runs it: sh {0}", name);
  return made;
}

Error no_command(const TrialSetup& setup, const std::string& name) {
  Error made = error(Fault::usage, "no such command: {}", name);
  made.advice = name.find('/') != std::string::npos ? "check the path"
                : is_file(seen_from(setup.directory, name))
                    ? fmt::format("a program in this folder is ./{}", name)
                    : fmt::format(
                          "check the spelling, or install it; a line for the shell is: sh -c "
                          "'{} ...'",
                          name);
  return made;
}

Result<std::string> program_of(const TrialSetup& setup) {
  const std::string& name = setup.command.front();
  if (name.find('/') != std::string::npos) {
    const std::string path = seen_from(setup.directory, name);
    if (runs(path)) return name;
    return is_file(path) ? cannot_run(name) : no_command(setup, name);
  }
  const std::string path = search_path(setup);
  for (std::size_t from = 0; from <= path.size();) {
    const std::size_t to = std::min(path.find(':', from), path.size());
    const std::string folder = to == from ? "." : path.substr(from, to - from);
    if (runs(seen_from(setup.directory, folder + "/" + name))) return folder + "/" + name;
    from = to + 1;
  }
  return no_command(setup, name);
}

std::vector<std::string> variables_of(const TrialSetup& setup) {
  std::vector<std::string> variables;
  for (char** one = environ; *one != nullptr; ++one) {
    const std::string_view variable = *one;
    const std::string name(variable.substr(0, variable.find('=')));
    if (setup.environment.contains(name) || setup.unset.contains(name)) continue;
    variables.emplace_back(variable);
  }
  for (const auto& [name, value] : setup.environment) variables.push_back(name + "=" + value);
  return variables;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (std::string& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

}  // namespace

Result<Launch> launch_of(const TrialSetup& setup) {
  if (setup.command.empty() || setup.command.front().empty()) {
    Error made = error(Fault::usage, "there is no command to run");
    made.advice = "culprit repro -- ./test.sh";
    return made;
  }
  if (!setup.directory.empty() && !is_directory(setup.directory)) {
    return error(Fault::missing, "no such directory: {}", setup.directory);
  }
  Launch launch;
  launch.path = TRY(program_of(setup));
  launch.stand_in = setup.stand_in;
  launch.directory = seen_directory(setup);
  launch.variables = variables_of(setup);
  launch.environment = pointers(launch.variables);
  // The shell's words are "/bin/sh", the script, and the command's without its first.
  launch.words = {"/bin/sh", launch.path};
  launch.words.insert(launch.words.end(), setup.command.begin(), setup.command.end());
  launch.shell_arguments = pointers(launch.words);
  launch.arguments.assign(launch.shell_arguments.begin() + 2, launch.shell_arguments.end());
  launch.shell_arguments.erase(launch.shell_arguments.begin() + 2);
  return launch;
}

}  // namespace culprit
