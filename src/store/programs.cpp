#include "store/programs.h"

#include <array>

#include "base/zone.h"
#include "parse/timestamp.h"

namespace culprit {
namespace {

constexpr std::string_view journal = "journald:";
constexpr std::string_view docker = "docker:";
constexpr std::size_t line_bytes_max = 16 << 20;  // then it is kept in parts
constexpr std::size_t complaint_bytes_max = 300;

std::string_view argument_of(std::string_view name) { return name.substr(name.find(':') + 1); }

// How to have the same without culprit asking.
std::string other_way(std::string_view name) {
  if (!name.starts_with(docker)) return "journalctl -o json > journal.ndjson   and name that file";
  return fmt::format("docker logs --timestamps {} > container.log 2>&1   and name that file",
                     argument_of(name));
}

Error failed(std::string_view name, const std::string& why) {
  if (name.ends_with(':')) name.remove_suffix(1);
  Error made = error(Fault::unavailable, "{}: {}", name, why);
  made.advice = other_way(name);
  return made;
}

bool begins_with_time(std::string_view line) {
  const std::size_t space = line.find(' ');
  return space != std::string_view::npos && space >= 20 &&
         read_timestamp(line.substr(0, space), Zone{}).zoned;
}

// Lines on their way into the spool.
class Copying {
 public:
  Copying(World& world, std::string name) : world_(world), name_(std::move(name)) {}

  Result<std::shared_ptr<File>> copy(Child& child) {
    File spool = TRY(world_.spool());
    std::string buffer(1 << 18, '\0');
    for (;;) {
      const std::size_t got = TRY(child.out().read_next(buffer));
      if (interrupted()) return interrupted_error();
      add({buffer.data(), got}, got == 0);
      TRY(spool.append(lines_));
      bytes_ += lines_.size();
      lines_.clear();
      if (got == 0) break;
    }
    return std::make_shared<File>(std::move(spool));
  }

  std::uint64_t bytes() const { return bytes_; }
  const std::string& complaint() const { return complaint_; }

 private:
  void add(std::string_view bytes, bool ended) {
    rest_ += bytes;
    std::size_t at = 0;
    for (std::size_t end = rest_.find('\n'); end != std::string::npos; end = rest_.find('\n', at)) {
      line(std::string_view(rest_).substr(at, end - at));
      at = end + 1;
    }
    if ((ended && at < rest_.size()) || rest_.size() - at > line_bytes_max) {
      line(std::string_view(rest_).substr(at));
      at = rest_.size();
    }
    rest_.erase(0, at);
  }

  // What docker itself complains has no time before it.
  void line(std::string_view text) {
    if (name_.starts_with(docker) && !begins_with_time(text)) {
      complaint_ = text.substr(0, complaint_bytes_max);
    } else {
      lines_ += program_line(name_, text);
    }
  }

  World& world_;
  std::string name_;
  std::string rest_;   // not yet a whole line
  std::string lines_;  // to be written
  std::string complaint_;
  std::uint64_t bytes_ = 0;
};

}  // namespace

bool is_program(std::string_view name) {
  return name.starts_with(journal) || name.starts_with(docker);
}

Result<std::vector<std::string>> program_of(std::string_view name, Following following) {
  const std::string argument(argument_of(name));
  const bool follow = following == Following::yes;
  if (name.starts_with(journal)) {
    std::vector<std::string> command = {"journalctl", "--output=json", "--all", "--no-pager",
                                        "--quiet"};
    if (!argument.empty()) command.push_back("--unit=" + argument);
    if (follow) command.insert(command.end(), {"--follow", "--lines=10"});
    return command;
  }
  if (argument.empty() || argument.front() == '-') {
    Error made = error(Fault::usage, "{} names no container", name);
    made.advice = "docker:NAME, as docker ps shows it";
    return made;
  }
  if (follow) {
    return std::vector<std::string>{"docker",   "logs",      "--timestamps",
                                    "--follow", "--tail=10", argument};
  }
  return std::vector<std::string>{"docker", "logs", "--timestamps", argument};
}

// A container's standard error comes as that of docker; in one pipe both keep their order.
World::Complaints complaints_of(std::string_view name) {
  return name.starts_with(docker) ? World::Complaints::joined : World::Complaints::kept;
}

std::string program_line(std::string_view name, std::string_view line) {
  const std::size_t space = line.find(' ');
  if (!name.starts_with(docker) || !begins_with_time(line)) return std::string(line) + "\n";
  return fmt::format("{} stdout F {}\n", line.substr(0, space), line.substr(space + 1));
}

Result<std::shared_ptr<File>> program_output(World& world, const std::string& name,
                                             std::vector<SourceNote>& notes) {
  const std::vector<std::string> command = TRY(program_of(name, Following::no));
  auto started = world.start(command, complaints_of(name));
  if (!started && started.error().fault == Fault::missing) {
    return failed(name, fmt::format("the program {} is not here", command.front()));
  }
  if (!started) return started.error();
  Child child = std::move(started).value();
  Copying copying(world, name);
  std::shared_ptr<File> spool = TRY(copying.copy(child));
  const Ran ran = TRY(child.finish());
  if (ran.exit_code == 0) return spool;
  std::string why = copying.complaint();
  if (why.empty()) why = ran.error.substr(0, std::min(ran.error.find('\n'), complaint_bytes_max));
  if (why.empty()) why = fmt::format("{} ended with exit code {}", command.front(), ran.exit_code);
  if (copying.bytes() == 0) return failed(name, why);
  notes.push_back({"unreadable", fmt::format("{}: {} broke off: {}", name, command.front(), why)});
  return spool;
}

}  // namespace culprit
