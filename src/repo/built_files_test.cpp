#include "repo/built_files.h"

#include <fstream>

#include "repo/scratch_test.h"

namespace culprit {
namespace {

namespace fs = std::filesystem;

struct Built {
  explicit Built(const std::set<std::string>& unsteady = {}) {
    repository.run(
        "git init -q\necho 1 > tracked; commit 1 one\nmkdir -p out/empty out/deep/er\n"
        "echo o > out/o; echo l > out/deep/er/l; ln -s o out/link");
    files = BuiltFiles::of(root, head(), repository.path("aside"), unsteady);
    REQUIRE(files.has_value());
  }
  std::string head() const { return git.text({"rev-parse", "HEAD"}, root).value().substr(0, 40); }
  void write(const std::string& path, const std::string& text) const {
    std::ofstream(root + "/" + path) << text;
  }
  bool lies_there(const std::string& path) const {
    return fs::symlink_status(root + "/" + path).type() != fs::file_type::not_found;
  }
  std::vector<std::string> undone() const {
    auto lost = files->undo(git);
    REQUIRE_MESSAGE(lost.has_value(), (lost ? "" : lost.error().what));
    return std::move(lost).value();
  }

  ScratchRepository repository;
  std::string root = repository.path();
  std::unique_ptr<World> world = real_world();
  GitProgram git = GitProgram::of_world(*world).at(root + "/.git", root);
  Result<BuiltFiles> files = BuiltFiles();
};

using Paths = std::vector<std::string>;

TEST_CASE("what came since a build goes, files and folders, and nothing else") {
  const Built built;
  CHECK(built.undone() == Paths());
  for (const char* folder : {"lock", "out/new/deep", "locked/in"})
    fs::create_directories(built.root + "/" + folder);
  built.write("out/new/file", "x");
  fs::create_symlink("o", built.root + "/out/other");
  fs::permissions(built.root + "/locked", fs::perms::none);
  built.write("tracked", "changed: a checkout's business");
  CHECK(built.undone() == Paths());
  for (const char* path : {"lock", "out/new", "out/other", "locked"})
    CHECK(!built.lies_there(path));
  for (const char* path : {"out/o", "out/empty", "out/link"}) CHECK(built.lies_there(path));
}

TEST_CASE("what was built and is lost is named, but for folders, which are made again") {
  const Built built;
  fs::remove_all(built.root + "/out/deep");
  fs::remove(built.root + "/out/empty");
  fs::remove(built.root + "/out/link");
  fs::create_symlink("p", built.root + "/out/link");
  built.write("out/o", "other");
  CHECK(built.undone() == Paths({"out/deep/er/l", "out/link", "out/o"}));
  CHECK(built.lies_there("out/empty"));
  CHECK(built.lies_there("out/deep/er"));
}

TEST_CASE("of what is known to be changed copies are kept, and put back as they were") {
  const Built built({"out/o", "out/deep/er/l", "never/built"});
  for (int runs = 0; runs < 2; ++runs) {
    fs::remove_all(built.root + "/out/deep");
    built.write("out/o", "other");
    CHECK(built.undone() == Paths());
    std::string text;
    std::ifstream(built.root + "/out/o") >> text;
    CHECK(text == "o");
    CHECK(built.lies_there("out/deep/er/l"));
  }
}

TEST_CASE("what a build made of tracked files is put back, but not over another commit's own") {
  const Built built;
  BuiltFiles files = *built.files;
  built.write("tracked", "built");
  const auto kept = files.keep_tracked(built.git);
  REQUIRE(kept.has_value());
  CHECK(*kept);
  const auto text = [&] {
    std::string found;
    std::ifstream(built.root + "/tracked") >> found;
    return found;
  };
  built.repository.run("git checkout -qf HEAD");
  CHECK(text() == "1");
  CHECK(files.undo(built.git).has_value());
  CHECK(text() == "built");
  built.repository.run("git checkout -qf HEAD; echo 2 > tracked; commit 2 two");
  CHECK(files.undo(built.git).has_value());
  CHECK(text() == "2");
}

TEST_CASE("permissions are put back without a copy, and what a closed folder holds is not lost") {
  const Built built;
  const auto mode = [&](const std::string& path) {
    return fs::status(built.root + "/" + path).permissions();
  };
  const fs::perms file = mode("out/o");
  const fs::perms folder = mode("out/deep");
  fs::permissions(built.root + "/out/o", fs::perms::all);
  fs::permissions(built.root + "/out/deep/er/l", fs::perms::none);
  fs::permissions(built.root + "/out/deep/er", fs::perms::none);
  fs::permissions(built.root + "/out/deep", fs::perms::none);
  CHECK(built.undone() == Paths());
  CHECK(mode("out/o") == file);
  CHECK(mode("out/deep/er/l") == file);
  CHECK(mode("out/deep") == folder);
  CHECK(mode("out/deep/er") == folder);
}

}  // namespace
}  // namespace culprit
