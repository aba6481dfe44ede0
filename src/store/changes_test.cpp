#include "store/changes.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>

#include <doctest/doctest.h>

#include "store/embedded/embedded.h"

namespace culprit {
namespace {

namespace fs = std::filesystem;

// A folder of this test's own that is gone afterwards.
class Folder {
 public:
  Folder() : path_("/tmp/culprit-changes-test-XXXXXX") {
    REQUIRE(mkdtemp(path_.data()) != nullptr);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { fs::remove_all(path_); }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::string lines(std::size_t from, std::size_t to) {
  std::string text;
  for (std::size_t i = from; i < to; ++i) {
    text += fmt::format("{{\"ts\":{},\"status\":200,\"n\":\"n{:06}\"}}\n", 1763647200 + i, i);
  }
  return text;
}

void write(const std::string& path, const std::string& text, const char* mode = "w") {
  std::FILE* file = std::fopen(path.c_str(), mode);
  REQUIRE(file != nullptr);
  std::fwrite(text.data(), 1, text.size(), file);
  std::fclose(file);
}

struct Seen {
  std::uint64_t events = 0;
  std::size_t distinct = 0;  // values of "n": fewer than events, and a line was read twice
  std::string notes;
  std::string fault;
};

// Reads a folder in which something happens between finding the sources and reading them.
Seen seen_while(const Folder& folder, const std::function<void()>& happening) {
  const auto world = real_world();
  GatherOptions options;
  options.sources = {folder.path()};
  options.chunk_bytes = 4096;
  options.window_of = [&](World&, const std::vector<Source>&) {
    happening();
    return Result<Window>(Window{});
  };
  auto engine = Embedded::gather(*world, options);
  REQUIRE(engine);
  const Schema& schema = (*engine)->schema();
  Seen seen;
  seen.events = schema.events;
  seen.distinct = schema.field("n") == nullptr ? 0 : schema.field("n")->distinct;
  for (const SourceSummary& source : schema.sources) {
    for (const SourceNote& note : source.notes) seen.notes += note.code + ": " + note.text + "\n";
    seen.fault += source.fault;
  }
  const std::string prefix = folder.path() + "/";
  for (std::string* text : {&seen.notes, &seen.fault}) {
    for (std::size_t at = text->find(prefix); at != std::string::npos; at = text->find(prefix)) {
      text->erase(at, prefix.size());
    }
  }
  return seen;
}

}  // namespace

TEST_CASE("a file that nothing happens to gives all of its lines and no notes") {
  const Folder folder;
  write(folder / "app.log", lines(0, 1000));
  const Seen seen = seen_while(folder, [] {});
  CHECK(seen.events == 1000);
  CHECK(seen.distinct == 1000);
  CHECK(seen.notes == "");
}

TEST_CASE("what a file grew by while it was read is said, and not read in part") {
  const Folder folder;
  write(folder / "app.log", lines(0, 1000));
  const Seen seen = seen_while(folder, [&] { write(folder / "app.log", lines(1000, 1010), "a"); });
  CHECK(seen.events == 1000);
  CHECK(seen.distinct == 1000);
  CHECK(seen.notes ==
        "changed_while_read: app.log grew while it was read: its last 450 bytes are "
        "not in the answer\n");
}

TEST_CASE("the line that was being written when the file was found is read to its end") {
  const Folder folder;
  const std::string text = lines(0, 1000);
  write(folder / "app.log", text.substr(0, text.size() - 20));
  const Seen seen =
      seen_while(folder, [&] { write(folder / "app.log", text.substr(text.size() - 20), "a"); });
  CHECK(seen.events == 1000);
  CHECK(seen.distinct == 1000);
}

TEST_CASE("a file that is cut while it is read gives what is left, and says what is gone") {
  const Folder folder;
  write(folder / "app.log", lines(0, 1000));
  const Seen half =
      seen_while(folder, [&] { REQUIRE(::truncate((folder / "app.log").c_str(), 22'500) == 0); });
  CHECK(half.events == 500);
  CHECK(half.distinct == 500);
  CHECK(half.notes ==
        "changed_while_read: app.log was cut to 22500 bytes while it was read: 22500 "
        "bytes were gone before they were read\n");
  write(folder / "app.log", lines(0, 1000));
  const Seen none =
      seen_while(folder, [&] { REQUIRE(::truncate((folder / "app.log").c_str(), 0) == 0); });
  CHECK(none.events == 0);
  CHECK(none.notes.find("45000 bytes were gone") != std::string::npos);
}

TEST_CASE("a file that is cut and written anew is told by its beginning") {
  const Folder folder;
  write(folder / "app.log", lines(0, 1000));
  const Seen seen = seen_while(folder, [&] { write(folder / "app.log", lines(5000, 6100)); });
  CHECK(seen.events == 1000);
  CHECK(seen.distinct == 1000);
  CHECK(seen.notes.find("app.log was written anew while it was read") != std::string::npos);
}

TEST_CASE("a rotation while reading loses nothing and reads nothing twice") {
  const Folder folder;
  write(folder / "app.log", lines(0, 1000));
  const Seen seen = seen_while(folder, [&] {
    fs::rename(folder / "app.log", folder / "app.log.1");
    write(folder / "app.log", lines(1000, 1100));
  });
  CHECK(seen.events == 1000);
  CHECK(seen.distinct == 1000);
  CHECK(seen.fault == "");
}

TEST_CASE("a file that is removed while it is read was held open") {
  const Folder folder;
  write(folder / "app.log", lines(0, 1000));
  const Seen seen = seen_while(folder, [&] { fs::remove(folder / "app.log"); });
  CHECK(seen.events == 1000);
  CHECK(seen.fault == "");
}

TEST_CASE("of more files than can be held, renamed ones are found and removed ones are named") {
  const Folder folder;
  for (std::size_t i = 0; i < 400; ++i) {
    write(folder / fmt::format("{:03}.log", i), lines(i * 10, i * 10 + 10));
  }
  const Seen seen = seen_while(folder, [&] {
    fs::rename(folder / "007.log", folder / "007.log.1");
    write(folder / "007.log", lines(9000, 9100));
    fs::remove(folder / "008.log");
  });
  CHECK(seen.events == 3990);
  CHECK(seen.distinct == 3990);
  CHECK(seen.fault == "008.log was removed while it was read");
}

}  // namespace culprit
