#include "base/world.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "base/sim_world.h"

namespace culprit {
namespace {

// A folder of this test's own that is gone afterwards.
class Folder {
 public:
  Folder() : path_("/tmp/culprit-world-test-XXXXXX") { REQUIRE(mkdtemp(path_.data()) != nullptr); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    if (std::system(("rm -rf '" + path_ + "'").c_str()) != 0) MESSAGE("left behind: " << path_);
  }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::string read_all(File& file, std::size_t at_a_time) {
  std::string text;
  std::string buffer(at_a_time, '\0');
  for (;;) {
    const auto got = file.read_next(buffer);
    REQUIRE(got);
    if (*got == 0) return text;
    text.append(buffer, 0, *got);
  }
}

// How a process ends that winds up for a tenth of a second after its first signal, and what it
// says on stderr. The signals come one after another, each once the one before has been seen.
struct Stopped {
  int status = 0;
  std::string said;
};

Stopped stopped_by(const std::vector<int>& signals) {
  int heard[2];
  int said[2];
  REQUIRE(::pipe(heard) == 0);
  REQUIRE(::pipe(said) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(said[1], STDERR_FILENO);
    watch_for_interrupts();
    if (::write(heard[1], "r", 1) != 1) ::_exit(1);
    for (std::size_t i = 0; i < signals.size(); ++i) {
      // A second in which no signal comes is too long.
      if (::usleep(999'999) == 0) ::_exit(2);
      if (::write(heard[1], "h", 1) != 1) ::_exit(1);
    }
    ::_exit(interrupted() ? 128 + interrupting_signal() : 3);
  }
  ::close(heard[1]);
  ::close(said[1]);
  char one = 0;
  for (const int signal : signals) {
    REQUIRE(::read(heard[0], &one, 1) == 1);
    ::usleep(50'000);  // it sleeps by now
    ::kill(child, signal);
  }
  Stopped stopped;
  ::waitpid(child, &stopped.status, 0);
  for (ssize_t got = 0; (got = ::read(said[0], &one, 1)) == 1;) stopped.said += one;
  ::close(heard[0]);
  ::close(said[0]);
  return stopped;
}

}  // namespace

TEST_CASE("a written file is read back, whole, in parts and from any offset") {
  const Folder folder;
  const auto world = real_world();
  const std::string path = folder / "a.log";
  REQUIRE(world->write(path, "one\ntwo\nthree\n"));
  CHECK(*world->read(path, 100) == "one\ntwo\nthree\n");
  auto opened = world->open(path);
  REQUIRE(opened);
  File file = std::move(opened).value();
  CHECK(file.size() == 14);
  CHECK(file.path() == path);
  CHECK(read_all(file, 3) == "one\ntwo\nthree\n");
  std::string part(5, '.');
  CHECK(*file.read_at(4, part) == 5);
  CHECK(part == "two\nt");
  CHECK(*file.read_at(12, part) == 2);
  CHECK(*file.read_at(99, part) == 0);
  auto again = file.reopened();
  REQUIRE(again);
  File copy = std::move(again).value();
  CHECK(read_all(copy, 100) == "one\ntwo\nthree\n");
}

TEST_CASE("writing replaces a file whole and leaves nothing else behind") {
  const Folder folder;
  const auto world = real_world();
  REQUIRE(world->write(folder / "a", "a long text"));
  REQUIRE(world->write(folder / "a", "short"));
  CHECK(*world->read(folder / "a", 100) == "short");
  CHECK(*world->list(folder.path()) == std::vector<std::string>{"a"});
  CHECK_FALSE(world->write(folder / "missing/a", "x"));
}

TEST_CASE("writing through a link keeps the link, and what is replaced keeps its mode") {
  const Folder folder;
  const auto world = real_world();
  REQUIRE(world->write(folder / "target", "old"));
  REQUIRE(::chmod((folder / "target").c_str(), 0600) == 0);
  REQUIRE(::symlink("target", (folder / "link").c_str()) == 0);
  REQUIRE(::symlink("link", (folder / "second").c_str()) == 0);
  REQUIRE(::symlink("not-yet", (folder / "dangling").c_str()) == 0);
  REQUIRE(::symlink("round", (folder / "round").c_str()) == 0);
  REQUIRE(world->write(folder / "second", "new"));
  REQUIRE(world->write(folder / "dangling", "made"));
  CHECK_FALSE(world->write(folder / "round", "x"));
  CHECK(*world->read(folder / "target", 100) == "new");
  CHECK(*world->read(folder / "not-yet", 100) == "made");
  struct stat status {};
  REQUIRE(::lstat((folder / "second").c_str(), &status) == 0);
  CHECK(S_ISLNK(status.st_mode));
  REQUIRE(::stat((folder / "target").c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0600);
}

TEST_CASE("a named pipe is written into and stays one; without a reader that is an error") {
  const Folder folder;
  const auto world = real_world();
  const std::string path = folder / "pipe";
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  const Status unread = world->write(path, "x");
  REQUIRE_FALSE(unread);
  CHECK(unread.error().what == "cannot write " + path + ": nobody reads it");
  const int reader = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  REQUIRE(world->write(path, "text"));
  char got[8];
  CHECK(::read(reader, got, sizeof got) == 4);
  ::close(reader);
  CHECK(world->info(path)->type == FileInfo::Type::pipe);
  CHECK(*world->list(folder.path()) == std::vector<std::string>{"pipe"});
}

TEST_CASE("a file larger than the caller wants is an error, not a part") {
  const Folder folder;
  const auto world = real_world();
  REQUIRE(world->write(folder / "a", std::string(200'000, 'x')));
  CHECK(world->read(folder / "a", 200'000)->size() == 200'000);
  const auto refused = world->read(folder / "a", 199'999);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().fault == Fault::malformed);
}

TEST_CASE("what is not there is missing, with the path and what to do") {
  const Folder folder;
  const auto world = real_world();
  const std::string path = folder / "none.log";
  for (const Error& made : {world->open(path).error(), world->info(path).error(),
                            world->list(path).error(), world->read(path, 1).error()}) {
    CHECK(made.fault == Fault::missing);
    CHECK(made.what == "no such file or directory: " + path);
    CHECK(made.advice != "");
  }
}

TEST_CASE("names in a folder are sorted, without the folder and its parent") {
  const Folder folder;
  const auto world = real_world();
  for (const char* name : {"b", "a", ".hidden", "10", "9"})
    REQUIRE(world->write(folder / name, ""));
  CHECK(*world->list(folder.path()) == std::vector<std::string>{".hidden", "10", "9", "a", "b"});
}

TEST_CASE("two names of one file have one identity; other files have others") {
  const Folder folder;
  const auto world = real_world();
  REQUIRE(world->write(folder / "a", "text"));
  REQUIRE(world->write(folder / "b", "text"));
  REQUIRE(::link((folder / "a").c_str(), (folder / "hard").c_str()) == 0);
  REQUIRE(::symlink("a", (folder / "soft").c_str()) == 0);
  const auto identity = [&](const std::string& name) {
    return world->info(folder / name)->identity;
  };
  CHECK(identity("a") == identity("hard"));
  CHECK(identity("a") == identity("soft"));
  CHECK(identity("a") != identity("b"));
}

TEST_CASE("a path is a file, a folder, a pipe or something else") {
  const Folder folder;
  const auto world = real_world();
  REQUIRE(world->write(folder / "file", "12345"));
  REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
  CHECK(world->info(folder / "file")->type == FileInfo::Type::regular);
  CHECK(world->info(folder / "file")->size == 5);
  CHECK(world->info(folder.path())->type == FileInfo::Type::directory);
  CHECK(world->info(folder / "pipe")->type == FileInfo::Type::pipe);
  CHECK(world->info("/dev/null")->type == FileInfo::Type::other);
}

TEST_CASE("a folder can be opened but not read") {
  const Folder folder;
  const auto read = real_world()->read(folder.path(), 100);
  REQUIRE_FALSE(read);
  CHECK(read.error().what.find(folder.path()) == 0);
}

TEST_CASE("a spool takes what is appended and gives it back to several readers") {
  const auto world = real_world();
  auto made = world->spool();
  REQUIRE(made);
  File spool = std::move(made).value();
  std::string text;
  for (int i = 0; i < 1000; ++i) {
    const std::string line = "line " + std::to_string(i) + "\n";
    REQUIRE(spool.append(line));
    text += line;
  }
  CHECK(spool.size() == text.size());
  auto first = spool.reopened();
  auto second = spool.reopened();
  REQUIRE(first);
  REQUIRE(second);
  File reader = std::move(first).value();
  std::string part(9, '.');
  CHECK(*second->read_at(text.size() - 9, part) == 9);
  CHECK(part == text.substr(text.size() - 9));
  CHECK((read_all(reader, 512) == text));
}

TEST_CASE("a spool in a folder that does not exist says so") {
  const auto world = real_world();
  const std::string before = world->environment("TMPDIR");
  ::setenv("TMPDIR", "/nonexistent/folder", 1);
  const auto made = world->spool();
  before.empty() ? ::unsetenv("TMPDIR") : ::setenv("TMPDIR", before.c_str(), 1);
  REQUIRE_FALSE(made);
  CHECK(made.error().what.find("/nonexistent/folder") != std::string::npos);
}

TEST_CASE("a program's output, error and exit code come back") {
  const Folder folder;
  const auto world = real_world();
  const auto ran = world->run({"sh", "-c", "pwd; echo oops >&2; exit 7"}, folder.path());
  REQUIRE(ran);
  CHECK(ran->exit_code == 7);
  CHECK(ran->out == folder.path() + "\n");
  CHECK(ran->error == "oops\n");
}

TEST_CASE("a program reads nothing, and may write more than a pipe holds to both ends") {
  const auto world = real_world();
  CHECK(world->run({"cat"}, "")->out == "");
  const auto ran = world->run(
      {"sh", "-c", "head -c 300000 /dev/zero; head -c 200000 /dev/zero >&2; head -c 9 /dev/zero"},
      "");
  REQUIRE(ran);
  CHECK(ran->out.size() == 300'009);
  CHECK(ran->error.size() == 200'000);
}

TEST_CASE("a program that dies of a signal has the exit code a shell gives") {
  CHECK(real_world()->run({"sh", "-c", "kill -TERM $$"}, "")->exit_code == 128 + 15);
}

TEST_CASE("a program that does not exist is an error") {
  const auto ran = real_world()->run({"culprit-no-such-program"}, "");
  REQUIRE_FALSE(ran);
  CHECK(ran.error().fault == Fault::missing);
  CHECK(ran.error().what.find("culprit-no-such-program") != std::string::npos);
}

TEST_CASE("a simulated world keeps files, denies some, and fails when told") {
  SimWorld world;
  world.put("logs/a.log", "one\n");
  world.put("logs/sub/b.log", "two\n");
  world.deny("logs/a.log");
  CHECK(*world.list("logs") == std::vector<std::string>{"a.log", "sub"});
  CHECK(world.info("logs")->type == FileInfo::Type::directory);
  CHECK(world.info("logs/a.log")->size == 4);
  CHECK(world.open("logs/a.log").error().fault == Fault::denied);
  CHECK(*world.read("logs/sub/b.log", 10) == "two\n");
  CHECK(world.open("logs/none").error().fault == Fault::missing);

  SimWorld failing;
  failing.put("a", "x");
  failing.fail_operation(2);
  CHECK(failing.open("a"));
  CHECK(failing.open("a").error().fault == Fault::unavailable);
  CHECK(failing.open("a"));
}

TEST_CASE("what cannot be written is told by its own name, and why") {
  const std::unique_ptr<World> world = real_world();
  const Status written = world->write("/nowhere/at/all.txt", "x");
  REQUIRE(!written);
  CHECK(written.error().what == "cannot write /nowhere/at/all.txt: No such file or directory");
}

TEST_CASE("the first signal asks for the end, the second is answered, the third is the end") {
  const std::string told = "culprit: winding up; a third ends it at once\n";
  struct Row {
    std::vector<int> signals;
    int exit;    // -1: none,
    int signal;  // it died of this one
    std::string said;
  };
  const std::vector<Row> rows = {
      {{SIGINT}, 130, 0, ""},
      {{SIGTERM}, 143, 0, ""},
      {{SIGHUP}, 129, 0, ""},
      {{SIGQUIT}, 143, 0, ""},
      {{SIGINT, SIGINT}, 130, 0, told},
      {{SIGTERM, SIGINT}, 143, 0, told},
      {{SIGQUIT, SIGQUIT}, 143, 0, told},
      {{SIGINT, SIGINT, SIGINT}, -1, SIGINT, told},
      {{SIGINT, SIGTERM, SIGTERM}, -1, SIGTERM, told},
      {{SIGQUIT, SIGQUIT, SIGQUIT}, -1, SIGTERM, told},
  };
  for (const Row& row : rows) {
    CAPTURE(row.signals.front());
    CAPTURE(row.signals.size());
    const Stopped stopped = stopped_by(row.signals);
    CHECK((WIFEXITED(stopped.status) ? WEXITSTATUS(stopped.status) : -1) == row.exit);
    CHECK((WIFSIGNALED(stopped.status) ? WTERMSIG(stopped.status) : 0) == row.signal);
    CHECK(stopped.said == row.said);
  }
}

}  // namespace culprit
