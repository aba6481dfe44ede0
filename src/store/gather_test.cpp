#include "store/gather.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <thread>

#include <doctest/doctest.h>
#include <fmt/ranges.h>

#include "base/sim_world.h"
#include "store/embedded/embedded.h"
#include "store/oracle_evidence.h"

namespace culprit {
namespace {

const std::string line = R"({"ts":"2025-11-20T14:00:00Z","msg":"started","status":200})"
                         "\n";

// "name" of each source, with its fault behind a colon where it has one.
std::string found(World& world, std::vector<std::string> named) {
  GatherOptions options;
  options.sources = std::move(named);
  const auto sources = find_sources(world, options);
  if (!sources) return "Error " + sources.error().what;
  std::vector<std::string> texts;
  for (const Source& source : *sources) {
    texts.push_back(source.fault.empty() ? source.name : source.name + ": " + source.fault);
    if (!source.copy_of.empty()) texts.back() += ", a copy";
  }
  return fmt::format("{}", fmt::join(texts, "; "));
}

SimWorld some_logs() {
  SimWorld world;
  for (const char* path :
       {"logs/app.log", "logs/app.log.1", "logs/db/pg.log", "logs/db/old/pg.log",
        "logs/.hidden.log", "logs/.git/x.log", "top.log", "a?c.log", "abc.log"}) {
    world.put(path, fmt::format(R"({{"ts":"2025-11-20T14:00:00Z","file":"{}"}})", path) + "\n");
  }
  return world;
}

// A folder of this test's own that is gone afterwards.
class Folder {
 public:
  Folder() : path_("/tmp/culprit-gather-test-XXXXXX") { REQUIRE(mkdtemp(path_.data()) != nullptr); }
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

}  // namespace

TEST_CASE("files, folders and globs are found in a fixed order, hidden files left out") {
  SimWorld world = some_logs();
  CHECK(found(world, {"top.log"}) == "top.log");
  CHECK(found(world, {"logs"}) ==
        "logs/app.log; logs/app.log.1; logs/db/old/pg.log; logs/db/pg.log");
  CHECK(found(world, {"logs/*.log"}) == "logs/app.log");
  CHECK(found(world, {"logs/app*"}) == "logs/app.log; logs/app.log.1");
  CHECK(found(world, {"logs/.*.log"}) == "logs/.hidden.log");
  CHECK(found(world, {"logs/*/*.log"}) == "logs/db/pg.log");
  CHECK(found(world, {"logs/*/old/*"}) == "logs/db/old/pg.log");
  CHECK(found(world, {"l*s/d?/pg.log"}) == "logs/db/pg.log");
  CHECK(found(world, {"logs/d*"}) == "logs/db/old/pg.log; logs/db/pg.log");
}

TEST_CASE("a name that exists is itself, not a glob") {
  SimWorld world = some_logs();
  CHECK(found(world, {"a?c.log"}) == "a?c.log");
  CHECK(found(world, {"ab?.log"}) == "abc.log");
}

TEST_CASE("the same file counts once, whatever names it") {
  SimWorld world = some_logs();
  CHECK(found(world, {"top.log", "top.log", "t*.log"}) == "top.log");
  CHECK(found(world, {"logs/db", "logs", "logs/db/pg.log"}) ==
        "logs/db/old/pg.log; logs/db/pg.log; logs/app.log; logs/app.log.1");

  const Folder folder;
  const auto real = real_world();
  REQUIRE(real->write(folder / "a.log", line));
  REQUIRE(::link((folder / "a.log").c_str(), (folder / "hard.log").c_str()) == 0);
  REQUIRE(::symlink("a.log", (folder / "soft.log").c_str()) == 0);
  CHECK(found(*real, {folder / "soft.log", folder.path()}) ==
        fmt::format("{0}/soft.log; {0}/a.log, a copy; {0}/hard.log, a copy", folder.path()));
}

TEST_CASE("a link that leads back up is walked once") {
  const Folder folder;
  const auto real = real_world();
  REQUIRE(::mkdir((folder / "sub").c_str(), 0700) == 0);
  for (const char* name : {"one", "two", "three"}) {
    REQUIRE(::symlink("..", (folder / ("sub/" + std::string(name))).c_str()) == 0);
  }
  REQUIRE(real->write(folder / "sub/a.log", line));
  CHECK(found(*real, {folder / "sub"}) == folder / "sub/a.log");
}

TEST_CASE("what cannot be read is named, and the rest goes on") {
  SimWorld world = some_logs();
  world.deny("logs/app.log");
  world.put("binary", std::string("\x7f"
                                  "ELF\x02\x01\x01\0\0\0\0\0\0",
                                  13));
  CHECK(found(world, {"logs/app.log", "none.log", "*.none", "binary", "top.log"}) ==
        "logs/app.log: no permission to read logs/app.log; "
        "none.log: no such file or directory: none.log; "
        "*.none: nothing matches *.none; binary: binary is not text; top.log");
}

TEST_CASE("nothing to read at all is an error that says what to name") {
  SimWorld world;
  world.put("empty/.hidden", "x");
  world.put("denied.log", line);
  world.deny("denied.log");
  CHECK(found(world, {"none.log"}) == "Error no such file or directory: none.log");
  CHECK(found(world, {"none.log", "also.log"}) ==
        "Error no such file or directory: none.log, nor the other source");
  CHECK(found(world, {"empty"}) == "Error no files to read in empty");
  CHECK(found(world, {"denied.log"}) == "Error no permission to read denied.log");
  CHECK(found(world, {}) == "Error no source is named");
  GatherOptions options;
  options.sources = {"denied.log"};
  CHECK(find_sources(world, options).error().fault == Fault::denied);
  options.sources = {};
  CHECK(find_sources(world, options).error().fault == Fault::usage);
}

TEST_CASE("a link to nothing is a fault of its own") {
  const Folder folder;
  const auto real = real_world();
  REQUIRE(real->write(folder / "a.log", line));
  REQUIRE(::symlink("gone", (folder / "b.log").c_str()) == 0);
  const std::string expected = folder / "a.log" + "; " + folder / "b.log" +
                               ": no such file or directory: " + folder / "b.log";
  CHECK(found(*real, {folder / ""}) == expected);
  CHECK(found(*real, {folder / "*.log"}) == expected);
}

TEST_CASE("a pipe is read once and kept") {
  const Folder folder;
  const auto real = real_world();
  REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += line;
  std::thread writer([&] {
    std::FILE* pipe = std::fopen((folder / "pipe").c_str(), "w");
    std::fwrite(text.data(), 1, text.size(), pipe);
    std::fclose(pipe);
  });
  GatherOptions options;
  options.sources = {folder / "pipe"};
  options.threads = 2;
  const auto engine = Embedded::gather(*real, options);
  writer.join();
  REQUIRE(engine);
  CHECK((*engine)->schema().events == 20'000);
  CHECK((*engine)->schema().bytes == text.size());
  const std::vector<Place> places = {{0, text.size() - line.size()}};
  CHECK((*engine)->lines_at(places).front() + "\n" == line);
}

TEST_CASE("packing and format are told by content") {
  SimWorld world;
  world.put("a.txt", gzipped(line));
  world.put("b.gz", "ts=2025-11-20T14:00:00Z level=info msg=started\n");
  GatherOptions options;
  options.sources = {"a.txt", "b.gz"};
  const auto sources = find_sources(world, options);
  REQUIRE(sources);
  CHECK((*sources)[0].packing == Packing::gzip);
  CHECK((*sources)[0].dialect.format->name == "ndjson");
  CHECK_FALSE((*sources)[0].seekable);
  CHECK((*sources)[1].packing == Packing::plain);
  CHECK((*sources)[1].dialect.format->name == "logfmt");
  CHECK((*sources)[1].seekable);
}

TEST_CASE("a damaged archive gives its lines and a fault with its name") {
  SimWorld world;
  std::string text;
  for (int i = 0; i < 50'000; ++i) text += line.substr(0, 40) + std::to_string(i * 7919) + "\"}\n";
  const std::string packed = gzipped(text);
  world.put("a.gz", packed.substr(0, packed.size() / 2));
  GatherOptions options;
  options.sources = {"a.gz"};
  const auto engine = Embedded::gather(world, options);
  REQUIRE(engine);
  CHECK((*engine)->schema().events > 10'000);
  CHECK((*engine)->schema().sources[0].fault.find("a.gz: the gzip data is cut off") == 0);
}

TEST_CASE("whichever operation fails, it is an error or a named fault, until none does") {
  const std::string whole = "app.log; db/pg.log; a.gz; sub/x.log";
  bool passed = false;
  for (std::size_t n = 1; !passed && n < 100; ++n) {
    CAPTURE(n);
    SimWorld world;
    for (const char* path : {"app.log", "db/pg.log", "sub/x.log"}) world.put(path, line + line);
    world.put("a.gz", gzipped(line));
    world.fail_operation(n);
    GatherOptions options;
    options.sources = {"app.log", "db", "*.gz", "su?/*"};
    options.threads = 1;
    const auto engine = Embedded::gather(world, options);
    if (!engine) {
      CHECK(engine.error().what.find("simulated failure") != std::string::npos);
      continue;
    }
    std::uint64_t events = 0;
    std::size_t faults = 0;
    for (const SourceSummary& source : (*engine)->schema().sources) {
      events += source.events;
      if (source.fault.empty()) continue;
      ++faults;
      CHECK(source.fault.find("simulated failure of operation " + std::to_string(n)) !=
            std::string::npos);
    }
    passed = faults == 0;
    CHECK(events <= 7);
    CHECK((events == 7) == passed);
  }
  CHECK(passed);
}

}  // namespace culprit
