#include "store/follow.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include <doctest/doctest.h>
#include <fmt/ranges.h>

#include "base/sim_world.h"

namespace culprit {
namespace {

namespace fs = std::filesystem;

// A folder of this test's own that is gone afterwards.
class Folder {
 public:
  Folder() : path_("/tmp/culprit-follow-test-XXXXXX") { REQUIRE(mkdtemp(path_.data()) != nullptr); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { fs::remove_all(path_); }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

void write(const std::string& path, const std::string& text, const char* mode = "a") {
  std::FILE* file = std::fopen(path.c_str(), mode);
  REQUIRE(file != nullptr);
  std::fwrite(text.data(), 1, text.size(), file);
  std::fclose(file);
}

// "2025-11-20T14:00:07Z INFO line 7"
std::string line(int i) {
  return fmt::format("2025-11-20T14:{:02}:{:02}Z INFO line {}\n", i / 60, i % 60, i);
}

std::string lines(int from, int to) {
  std::string text;
  for (int i = from; i < to; ++i) text += line(i);
  return text;
}

class Following {
 public:
  explicit Following(const std::string& named) : world_(real_world()) {
    GatherOptions options;
    options.sources = {named};
    options.endless = GatherOptions::Endless::left;
    auto found = find_sources(*world_, options);
    REQUIRE(found);
    std::vector<Source> sources = std::move(found).value();
    REQUIRE(find_ends(*world_, sources));
    follower_.emplace(*world_, options, std::move(sources));
    CHECK(seen() == "");
  }

  // The numbers at the ends of what came, over so many looks; the last one lets go of open records.
  std::string seen(int looks = 2) {
    std::vector<std::string> numbers;
    for (int i = 0; i < looks; ++i) {
      auto records = follower_->look();
      REQUIRE(records);
      for (const Record& record : *records) {
        numbers.push_back(record.text.substr(record.text.find_last_of(' ') + 1));
      }
    }
    return fmt::format("{}", fmt::join(numbers, " "));
  }
  std::string news() { return fmt::format("{}", fmt::join(follower_->take_news(), "; ")); }

 private:
  std::unique_ptr<World> world_;
  std::optional<Follower> follower_;
};

}  // namespace

TEST_CASE("what is appended is given once, a line when it is whole") {
  const Folder folder;
  write(folder / "app.log", lines(0, 5) + "2025-11-20T14:00:05Z INFO li");
  Following following(folder / "app.log");
  write(folder / "app.log", "ne 5\n" + line(6));
  CHECK(following.seen() == "5 6");
  CHECK(following.seen() == "");
  write(folder / "app.log", "2025-11-20T14:00:07Z INF");
  CHECK(following.seen() == "");
  write(folder / "app.log", "O line 7\n");
  CHECK(following.seen() == "7");
}

TEST_CASE("lines that continue an event come with it") {
  const Folder folder;
  write(folder / "app.log", lines(0, 5));
  Following following(folder / "app.log");
  write(folder / "app.log",
        "2025-11-20T14:00:05Z ERROR failed\nTraceback (most recent call last):\n");
  CHECK(following.seen(1) == "");
  write(folder / "app.log", "  File \"a.py\", line 3, in main\n" + line(6));
  CHECK(following.seen(1) == "main");
  CHECK(following.seen(1) == "6");
}

TEST_CASE("a rotation by rename is followed: the old file to its end, the new one from its start") {
  const Folder folder;
  write(folder / "app.log", lines(0, 5));
  Following following(folder / "app.log");
  write(folder / "app.log", line(5));
  fs::rename(folder / "app.log", folder / "app.log.1");
  CHECK(following.seen() == "5");
  write(folder / "app.log.1", line(6));  // the writer has not been told yet
  CHECK(following.seen() == "6");
  write(folder / "app.log", lines(7, 9));
  write(folder / "app.log.1", line(9));
  CHECK(following.seen(4) == "7 8 9");
  CHECK(following.news() == folder / "app.log was replaced: the new file is followed");
  write(folder / "app.log", line(10));
  CHECK(following.seen() == "10");
}

TEST_CASE("a file that is cut is followed from its start") {
  const Folder folder;
  write(folder / "app.log", lines(0, 5));
  Following following(folder / "app.log");
  write(folder / "app.log", line(5));
  CHECK(following.seen() == "5");
  REQUIRE(::truncate((folder / "app.log").c_str(), 0) == 0);
  write(folder / "app.log", line(6));
  CHECK(following.seen() == "6");
  CHECK(following.news().find("was cut and is read from its start") != std::string::npos);
  // Cut and written on to more than it was, between two looks.
  write(folder / "app.log", lines(20, 40), "w");
  CHECK(following.seen().starts_with("20 21"));
}

TEST_CASE("in a folder, rotated files are not shown again and others are followed") {
  const Folder folder;
  write(folder / "app.log", lines(0, 5));
  write(folder / "app.log.1", lines(40, 45));
  Following following(folder.path());
  fs::rename(folder / "app.log.1", folder / "app.log.2");
  fs::rename(folder / "app.log", folder / "app.log.1");
  write(folder / "app.log", line(5));
  CHECK(following.seen(70) == "5");  // until the renamed file is let go
  following.news();
  // copytruncate: the copy is another file with the lines that were shown.
  fs::copy_file(folder / "app.log", folder / "app.log.3");
  REQUIRE(::truncate((folder / "app.log").c_str(), 0) == 0);
  write(folder / "app.log", line(6));
  CHECK(following.seen(12) == "6");
  write(folder / "db.log", lines(7, 9));
  CHECK(following.seen(12) == "7 8");
  CHECK(following.news().find("db.log appeared and is followed") != std::string::npos);
  write(folder / "db.log", line(9));
  CHECK(following.seen() == "9");
}

TEST_CASE("several sources come in the order of time within a look") {
  const Folder folder;
  write(folder / "a.log", line(0));
  write(folder / "b.log", line(1));
  Following following(folder.path());
  write(folder / "b.log", line(2) + line(5));
  write(folder / "a.log", line(3) + line(4) + line(6));
  CHECK(following.seen(1) == "2 3 4");
  CHECK(following.seen(1) == "5 6");
}

TEST_CASE("more files than may be held open are followed too") {
  const Folder folder;
  for (int i = 0; i < 400; ++i) write(folder / fmt::format("{:03}.log", i), line(i));
  Following following(folder.path());
  write(folder / "007.log", line(1007));
  fs::rename(folder / "007.log", folder / "007.log.1");
  write(folder / "007.log", line(1008));
  write(folder / "399.log", line(1009));
  CHECK(following.seen(10) == "1007 1008 1009");
}

TEST_CASE("a document is given when it is whole, wherever it was begun") {
  const Folder folder;
  const auto document = [](int i) {
    return fmt::format("{{\n  \"ts\": \"2025-11-20T14:00:{:02}Z\",\n  \"msg\": \"n {}\"\n}}\n", i,
                       i);
  };
  // As the end of a record's text has it: ..."msg":"n 7"}
  const std::string begun = document(3);
  write(folder / "app.json", document(1) + document(2) + begun.substr(0, 20));
  Following following(folder / "app.json");
  write(folder / "app.json", begun.substr(20, 15));
  CHECK(following.seen() == "");
  write(folder / "app.json", begun.substr(35) + document(4));
  CHECK(following.seen() == "3\"} 4\"}");
  REQUIRE(::truncate((folder / "app.json").c_str(), 0) == 0);
  write(folder / "app.json", document(5));
  CHECK(following.seen() == "5\"}");
}

TEST_CASE("a document that begins in an empty file or a pipe is whole too") {
  const Folder folder;
  write(folder / "app.json", "");
  Following following(folder / "app.json");
  write(folder / "app.json", "[\n  {\"ts\": \"2025-11-20T14:00:01Z\",\n   \"msg\": \"n 1\"},\n");
  CHECK(following.seen() == "1\"}");
  write(folder / "app.json", "  {\"ts\": \"2025-11-20T14:00:02Z\",\n   \"msg\": \"n 2\"}\n]\n");
  CHECK(following.seen() == "2\"}");
}

TEST_CASE("a line that its runtime cut into parts is given as one") {
  const Folder folder;
  const std::string at = "2025-11-20T14:00:0";
  write(folder / "0.log", at + "1Z stdout F line 1\n" + at + "2Z stdout P line ");
  write(folder / "0.log", "\n");
  Following following(folder / "0.log");
  CHECK(following.seen() == "");
  write(folder / "0.log", at + "3Z stdout F 2\n" + at + "4Z stdout P line 3\n");
  CHECK(following.seen() == "2");
  CHECK(following.seen(20) == "");
  CHECK(following.seen(10) == "3");  // its end did not come
  write(folder / "0.log", at + "5Z stdout F line 4\n");
  CHECK(following.seen() == "4");
}

TEST_CASE("an empty file is recognised by its first lines") {
  const Folder folder;
  write(folder / "app.log", "");
  Following following(folder / "app.log");
  write(folder / "app.log", line(1));
  CHECK(following.seen() == "1");
}

TEST_CASE("what a program writes comes as it does, until it ends") {
  SimWorld world;
  world.answer("docker logs --timestamps --follow --tail=10 web",
               {1, "2025-11-20T14:00:00.5Z level=info msg=ready\n", "gone away\n"});
  GatherOptions options;
  options.sources = {"docker:web"};
  options.endless = GatherOptions::Endless::left;
  auto sources = find_sources(world, options);
  REQUIRE(sources);
  Follower follower(world, options, std::move(sources).value());
  auto records = follower.look();
  REQUIRE(records);
  REQUIRE(records->size() == 2);
  CHECK((*records)[0].level == Level::info);
  CHECK((*records)[1].text == "gone away");
  CHECK(follower.ended());
  CHECK(follower.take_news().size() == 1);
}

}  // namespace culprit
