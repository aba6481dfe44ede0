// A TestProcess is a real process of a test: started with limits, watched through /proc, and gone
// with its value.
#pragma once

#include <csignal>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "experiment/limits.h"
#include "experiment/stalls.h"

namespace culprit {

class TestProcess {
 public:
  using Words = std::vector<std::string>;
  using Variables = std::map<std::string, std::string>;

  // It waits for go() before it becomes the command.
  explicit TestProcess(const Words& command, const Limits& limits = {},
                       const Variables& variables = {}, int (*program)() = nullptr) {
    int gate[2] = {-1, -1};
    int pipe[2] = {-1, -1};
    if (::pipe2(gate, O_CLOEXEC) != 0 || ::pipe2(pipe, O_CLOEXEC) != 0) std::abort();
    process_ = ::fork();
    if (process_ == 0) {
      enter(gate, pipe[1]);
      if (program != nullptr) ::_exit(program());
      become(command, limits, variables);
    }
    ::setpgid(process_, process_);  // here too: whoever is first
    ::close(gate[0]);
    ::close(pipe[1]);
    gate_ = gate[1];
    out_ = pipe[0];
  }
  // A function instead of a command.
  explicit TestProcess(int (*program)()) : TestProcess(Words{}, {}, {}, program) {}
  TestProcess(const TestProcess&) = delete;
  TestProcess& operator=(const TestProcess&) = delete;
  ~TestProcess() {
    if (!status_) ::kill(process_, SIGKILL);
    ::kill(-process_, SIGKILL);
    if (!status_) finish();
    go();
    ::close(out_);
  }

  int id() const { return process_; }
  void go() {
    if (gate_ >= 0) ::close(gate_);
    gate_ = -1;
  }
  // Waits for its end: the code of its exit, or 128 and the signal.
  int finish() {
    while (!status_) {
      int status = 0;
      if (::waitpid(process_, &status, 0) != process_) continue;
      status_ = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    }
    return *status_;
  }
  // One line of its output, or what came until it closed that or 20 s were over.
  std::string line() { return read_until('\n'); }
  std::string rest() { return read_until('\0'); }

 private:
  static void enter(const int (&gate)[2], int out) {
    ::setpgid(0, 0);
    allow_stalls();
    ::close(gate[1]);
    char none = 0;
    while (::read(gate[0], &none, 1) < 0) {
    }
    ::dup2(out, 1);
  }
  [[noreturn]] static void become(const Words& command, const Limits& limits,
                                  const Variables& variables) {
    std::vector<char*> words;
    for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);
    for (const auto& [name, value] : variables) ::setenv(name.c_str(), value.c_str(), 1);
    if (apply_limits(limits) != 0) ::_exit(126);
    ::execvp(words[0], words.data());
    ::_exit(127);
  }
  std::string read_until(char end) {
    std::string text;
    for (char byte = 0;;) {
      pollfd waiting{out_, POLLIN, 0};
      if (::poll(&waiting, 1, 20'000) <= 0 || ::read(out_, &byte, 1) != 1) return text;
      if (byte == end) return text;
      text += byte;
    }
  }

  int process_ = -1;
  int gate_ = -1;
  int out_ = -1;
  std::optional<int> status_;
};

struct TestRan {
  int code = 0;
  std::string out;
};

inline TestRan run_test_process(const TestProcess::Words& command, const Limits& limits = {},
                                const TestProcess::Variables& variables = {}) {
  TestProcess process(command, limits, variables);
  process.go();
  std::string out = process.rest();
  return {process.finish(), std::move(out)};
}

// A row of /proc/PID/status ("State", "TracerPid"); empty: no such process.
inline std::string status_row(int process, std::string_view name) {
  std::ifstream rows("/proc/" + std::to_string(process) + "/status");
  for (std::string row; std::getline(rows, row);) {
    if (!row.starts_with(std::string(name) + ":")) continue;
    const std::size_t from = row.find_first_not_of(" \t", name.size() + 1);
    return from == std::string::npos ? "" : row.substr(from);
  }
  return "";
}

}  // namespace culprit
