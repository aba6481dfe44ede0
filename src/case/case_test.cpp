#include "case/case.h"

#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <map>

#include <doctest/doctest.h>

#include "base/sim_world.h"
#include "case/folder.h"

using namespace culprit;
namespace fs = std::filesystem;

namespace {

// A folder of its own for each test; not within a repository.
class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "culprit-case-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }
  std::string at(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

void write(const std::string& path, std::string_view bytes) { std::ofstream(path) << bytes; }

std::string content(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

Entry entry_named(const std::string& summary) {
  Entry entry;
  entry.time = *parse_time("2025-11-20T14:03:12Z");
  entry.kind = "investigate";
  entry.command = "culprit investigate logs/";
  entry.summary = summary;
  entry.result = "{\"a\":[1,\"x\"]}";
  entry.report = "WHEN  since 14:03\n";
  return entry;
}

Result<Case> open_case(World& world, const std::string& directory, const std::string& id = "") {
  return Case::open(world, {directory, id, Case::Missing::is_made});
}

Result<Case> find_case(World& world, const std::string& directory, const std::string& id = "") {
  return Case::open(world, {directory, id, Case::Missing::fails});
}

std::vector<std::string> summaries(const Case& found) {
  std::vector<std::string> texts;
  const Result<std::vector<Entry>> entries = found.entries();
  REQUIRE(entries);
  for (const Entry& entry : *entries) texts.push_back(entry.summary);
  return texts;
}

// Runs in a process of its own; what it returns is its exit code.
pid_t start(const std::function<int()>& body) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(body());
  REQUIRE(child > 0);
  return child;
}

int exit_of(pid_t child) {
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

TEST_CASE("what is appended is there, in order, in a later process too") {
  const Folder folder;
  SimWorld world;
  {
    Result<Case> made = open_case(world, folder.path());
    REQUIRE(made);
    CHECK(made->id().substr(0, 11) == "2025-11-20-");
    CHECK(made->id().size() == 15);
    CHECK(*Case(std::move(made).value()).append(entry_named("first")) == 1);
  }
  Result<Case> again = open_case(world, folder.path());
  REQUIRE(again);
  Case found = std::move(again).value();
  CHECK(*found.append(entry_named("second")) == 2);
  CHECK(summaries(found) == std::vector<std::string>{"first", "second"});
  Entry expected = entry_named("second");
  expected.number = 2;
  CHECK(*found.entry(2) == expected);
  CHECK(found.entry(3).error().fault == Fault::missing);
  const Result<std::vector<CaseState>> cases = Case::list(world, folder.path());
  REQUIRE(cases);
  REQUIRE(cases->size() == 1);
  CHECK((*cases)[0].id == found.id());
  CHECK((*cases)[0].entries == 2);
  CHECK((*cases)[0].summary == "second");
  CHECK((*cases)[0].opened == world.now());
}

TEST_CASE("the folder is its owner's alone and git never sees it") {
  const Folder folder;
  SimWorld world;
  REQUIRE(open_case(world, folder.path()));
  struct stat info {};
  REQUIRE(::stat(folder.at(".culprit").c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0700);
  REQUIRE(::stat(folder.at(".culprit/cases.db").c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0600);
  CHECK(content(folder.at(".culprit/.gitignore")) == "*\n");
}

TEST_CASE("the nearest folder up to the root of the repository counts") {
  const Folder folder;
  fs::create_directories(folder.at("repo/.git"));
  fs::create_directories(folder.at("repo/a/b"));
  fs::create_directory(folder.at(".culprit"));
  CHECK(case_folder(folder.at("repo/a/b")) == folder.at("repo/a/b/.culprit"));
  fs::create_directory(folder.at("repo/.culprit"));
  CHECK(case_folder(folder.at("repo/a/b")) == folder.at("repo/.culprit"));
  CHECK(case_folder(folder.at("repo/a/b/../")) == folder.at("repo/.culprit"));
  fs::create_directory(folder.at("repo/a/.culprit"));
  CHECK(case_folder(folder.at("repo/a/b")) == folder.at("repo/a/.culprit"));
  CHECK(case_folder(folder.path()) == folder.at(".culprit"));
  fs::create_directory(folder.at("plain"));
  CHECK(case_folder(folder.at("plain")) == folder.at("plain/.culprit"));
}

TEST_CASE("the open case is the newest that is not closed") {
  const Folder folder;
  SimWorld world;
  CHECK(find_case(world, folder.path()).error().fault == Fault::missing);
  CHECK(Case::list(world, folder.path())->empty());
  CHECK_FALSE(fs::exists(folder.at(".culprit")));  // looking makes nothing
  REQUIRE(open_case(world, folder.path(), "older"));
  REQUIRE(open_case(world, folder.path(), "newer"));
  Result<Case> newest = open_case(world, folder.path());
  REQUIRE(newest);
  CHECK(newest->id() == "newer");
  Case newer = std::move(newest).value();
  REQUIRE(newer.close(world.now()));
  const Result<std::int64_t> refused = newer.append(entry_named("late"));
  REQUIRE(!refused);
  CHECK(refused.error().what == "the case newer is closed");
  CHECK(find_case(world, folder.path())->id() == "older");
  CHECK(*newer.state()->closed == world.now());
}

TEST_CASE("a case is found by a part of its name") {
  const Folder folder;
  SimWorld world;
  for (const char* id : {"pay-1", "pay-2", "pay"}) REQUIRE(open_case(world, folder.path(), id));
  CHECK(find_case(world, folder.path(), "pay")->id() == "pay");
  CHECK(open_case(world, folder.path(), "2")->id() == "pay-2");
  CHECK(open_case(world, folder.path(), "p")->id() == "p");
  CHECK(find_case(world, folder.path(), "y-2")->id() == "pay-2");
  const Result<Case> several = find_case(world, folder.path(), "pay-");
  REQUIRE(!several);
  CHECK(several.error().fault == Fault::usage);
  CHECK(several.error().what == "pay- fits 2 cases");
  CHECK(find_case(world, folder.path(), "cart").error().fault == Fault::missing);
  for (const char* wrong : {"a b", "../x", "-x", "a/b"}) {
    CHECK(open_case(world, folder.path(), wrong).error().fault == Fault::usage);
  }
}

TEST_CASE("secrets do not reach the disk") {
  const Folder folder;
  SimWorld world;
  Entry entry = entry_named("password=hunter2 seen");
  entry.command = "culprit investigate --password hunter2";
  entry.result = R"({"line":"token=hunter2","token":"hunter2"})";
  entry.report = "Authorization: Bearer hunter2\n";
  {
    Result<Case> made = open_case(world, folder.path());
    REQUIRE(made);
    Case record = std::move(made).value();
    REQUIRE(record.append(entry));
    CHECK(record.entry(1)->result == R"({"line":"token=***","token":"***"})");
  }
  for (const auto& file : fs::directory_iterator(folder.at(".culprit"))) {
    CHECK(content(file.path()).find("hunter2") == std::string::npos);
  }
}

TEST_CASE("entries are bounded") {
  const Folder folder;
  SimWorld world;
  Result<Case> made = open_case(world, folder.path());
  REQUIRE(made);
  Case record = std::move(made).value();
  Entry entry = entry_named("x");
  entry.report = std::string(Case::report_bytes_max - 1, 'x') + "\u00e9" + std::string(98, 'y');
  REQUIRE(record.append(entry));
  const std::string report = record.entry(1)->report;
  CHECK(report.substr(Case::report_bytes_max - 2) == "x\n(cut: 100 bytes more)");
  entry.result = std::string(Case::result_bytes_max + 1, 'x');
  const Result<std::int64_t> refused = record.append(entry);
  REQUIRE(!refused);
  CHECK(refused.error().what == "the result is larger than 64 MB: not stored");
}

TEST_CASE("what cannot be used as a case says so") {
  SimWorld world;
  const Folder file;
  write(file.at(".culprit"), "in the way");
  CHECK_FALSE(open_case(world, file.path()));
  const Folder garbage;
  fs::create_directory(garbage.at(".culprit"));
  write(garbage.at(".culprit/cases.db"), std::string(5000, 'x'));
  CHECK(open_case(world, garbage.path()).error().fault == Fault::malformed);
  CHECK(find_case(world, garbage.path()).error().fault == Fault::malformed);
  CHECK(Case::list(world, garbage.path()).error().fault == Fault::malformed);
  const Folder foreign;
  fs::create_directory(foreign.at(".culprit"));
  {
    const auto database = Database::open(foreign.at(".culprit/cases.db"), Database::Mode::write);
    REQUIRE(database->run("create table t (a); pragma user_version = 1"));
  }
  CHECK(open_case(world, foreign.path()).error().what == "cases.db is not a record of cases");
  const Folder newer;
  REQUIRE(open_case(world, newer.path()));
  {
    const auto database = Database::open(newer.at(".culprit/cases.db"), Database::Mode::write);
    REQUIRE(database->run("pragma user_version = 2"));
  }
  CHECK(open_case(world, newer.path()).error().what == "the case was written by a newer culprit");
  CHECK(find_case(world, newer.path()).error().advice == "update culprit, or name another folder");
  CHECK_FALSE(open_case(world, "/proc"));  // where nobody can make a folder, root neither
}

TEST_CASE("a read-only folder can be read and takes no entries") {
  const Folder folder;
  SimWorld world;
  {
    Result<Case> made = open_case(world, folder.path(), "kept");
    REQUIRE(made);
    REQUIRE(Case(std::move(made).value()).append(entry_named("first")));
  }
  ::chmod(folder.path().c_str(), 0755);
  ::chmod(folder.at(".culprit").c_str(), 0555);
  ::chmod(folder.at(".culprit/cases.db").c_str(), 0444);
  const int code = exit_of(start([&] {
    constexpr uid_t nobody = 65'534;
    if (::geteuid() == 0 && ::setuid(nobody) != 0) return 10;
    const Result<Case> found = find_case(world, folder.path());
    if (!found) return 1;
    const Result<std::vector<Entry>> entries = found->entries();
    if (!entries || entries->size() != 1) return 2;
    if (!Case::list(world, folder.path())) return 3;
    Result<Case> writable = open_case(world, folder.path());
    if (writable) return 4;
    return writable.error().fault == Fault::denied ? 0 : 5;
  }));
  CHECK(code == 0);
  ::chmod(folder.at(".culprit").c_str(), 0755);
}

TEST_CASE("several processes at once lose no entry and make one case") {
  const Folder folder;
  constexpr int processes = 6, each = 20;
  std::vector<pid_t> children;
  for (int p = 0; p < processes; ++p) {
    children.push_back(start([&folder, p] {
      SimWorld world;
      for (int i = 0; i < each; ++i) {
        Result<Case> found = open_case(world, folder.path());
        if (!found) return 1;
        if (!Case(std::move(found).value()).append(entry_named(fmt::format("{}/{}", p, i))))
          return 2;
      }
      return 0;
    }));
  }
  for (const pid_t child : children) CHECK(exit_of(child) == 0);
  SimWorld world;
  CHECK(Case::list(world, folder.path())->size() == 1);
  const Result<Case> found = find_case(world, folder.path());
  REQUIRE(found);
  std::vector<std::string> texts = summaries(*found);
  CHECK(texts.size() == processes * each);
  std::sort(texts.begin(), texts.end());
  CHECK(std::unique(texts.begin(), texts.end()) == texts.end());
}

namespace {

// SQLite's files, of which the n-th write, sync or truncation fails, or kills the process when
// half of it is done.
struct Faults {
  enum class Kind { none, full, kill };
  Kind kind = Kind::none;
  int countdown = 0;  // operations until the fault; 0: it has happened
};
Faults faults;
sqlite3_vfs faulty;
const sqlite3_vfs* sound = nullptr;
std::map<const sqlite3_io_methods*, sqlite3_io_methods> patched;
const sqlite3_io_methods* real = nullptr;

bool strikes() { return faults.kind != Faults::Kind::none && --faults.countdown <= 0; }

int write_bytes(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 offset) {
  if (!strikes()) return real->xWrite(file, bytes, count, offset);
  real->xWrite(file, bytes, count / 2, offset);
  if (faults.kind == Faults::Kind::kill) ::_exit(99);
  return SQLITE_FULL;
}

int sync_file(sqlite3_file* file, int flags) {
  if (!strikes()) return real->xSync(file, flags);
  if (faults.kind == Faults::Kind::kill) ::_exit(99);
  return SQLITE_IOERR_FSYNC;
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  if (!strikes()) return real->xTruncate(file, size);
  if (faults.kind == Faults::Kind::kill) ::_exit(99);
  return SQLITE_IOERR_TRUNCATE;
}

int open_file(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  const int code = sound->xOpen(const_cast<sqlite3_vfs*>(sound), name, file, flags, out_flags);
  if (code != SQLITE_OK || file->pMethods == nullptr) return code;
  real = file->pMethods;
  sqlite3_io_methods& methods = patched.try_emplace(real, *real).first->second;
  methods.xWrite = write_bytes;
  methods.xSync = sync_file;
  methods.xTruncate = truncate_file;
  file->pMethods = &methods;
  return code;
}

void use_faulty_files() {
  sound = sqlite3_vfs_find(nullptr);
  faulty = *sound;
  faulty.zName = "faulty";
  faulty.xOpen = open_file;
  sqlite3_vfs_register(&faulty, 1);
}

// Appends two entries; each step that failed is a digit.
int two_entries(const std::string& directory) {
  SimWorld world;
  Result<Case> made = open_case(world, directory);
  if (!made) return 1;
  Case record = std::move(made).value();
  const bool first = record.append(entry_named("first")).has_value();
  const bool second = record.append(entry_named("second")).has_value();
  return (first ? 0 : 2) + (second ? 0 : 4);
}

// Whether a sound process finds a beginning of the two entries whole, and can go on.
void check_readable(const std::string& directory) {
  SimWorld world;
  const Result<std::vector<CaseState>> cases = Case::list(world, directory);
  REQUIRE(cases);
  CHECK(cases->size() <= 1);
  Result<Case> found = open_case(world, directory);
  REQUIRE(found);
  Case record = std::move(found).value();
  for (const std::string& summary : summaries(record)) {
    CHECK((summary == "first" || summary == "second"));
  }
  const Result<std::int64_t> number = record.append(entry_named("third"));
  REQUIRE(number);
  Entry third = entry_named("third");
  third.number = *number;
  CHECK(*record.entry(*number) == third);
  for (std::int64_t i = 1; i < *number; ++i) CHECK(record.entry(i)->result == third.result);
}

constexpr int operations_max = 500;  // two entries take some sixty

int faulty_run(const std::string& directory, Faults::Kind kind, int operation) {
  return exit_of(start([&] {
    use_faulty_files();
    faults = {kind, operation};
    const int code = two_entries(directory);
    return faults.countdown > 0 ? 0 : 10 + code;
  }));
}

}  // namespace

TEST_CASE("a kill at any write leaves a readable case") {
  int operation = 1;
  for (; operation < operations_max; ++operation) {
    const Folder folder;
    const int code = faulty_run(folder.path(), Faults::Kind::kill, operation);
    INFO("killed at operation " << operation);
    check_readable(folder.path());
    if (code == 0) break;  // it came to its end before the kill
    CHECK(code == 99);
  }
  CHECK(operation > 10);
  CHECK(operation < operations_max);
}

TEST_CASE("a disk that is full from any write on is an Error and leaves a readable case") {
  int operation = 1, failed = 0;
  for (; operation < operations_max; ++operation) {
    const Folder folder;
    const int code = faulty_run(folder.path(), Faults::Kind::full, operation);
    INFO("full at operation " << operation << ", exit " << code);
    check_readable(folder.path());
    if (code == 0) break;
    CHECK(code >= 10);
    CHECK(code <= 16);
    failed += code > 10 ? 1 : 0;
  }
  CHECK(failed > 5);
  CHECK(operation < operations_max);
}

TEST_CASE("after the disk had no space for one entry the next is stored") {
  const Folder folder;
  const int code = exit_of(start([&] {
    use_faulty_files();
    SimWorld world;
    Result<Case> made = open_case(world, folder.path());
    if (!made) return 1;
    Case record = std::move(made).value();
    faults = {Faults::Kind::full, 1};
    const Result<std::int64_t> lost = record.append(entry_named("lost"));
    if (lost) return 2;
    if (lost.error().fault != Fault::unavailable) return 3;
    if (lost.error().what.find("cases.db: database or disk is full") == std::string::npos) return 4;
    faults = {};
    return record.append(entry_named("kept")) ? 0 : 5;
  }));
  CHECK(code == 0);
  SimWorld world;
  CHECK(summaries(*find_case(world, folder.path())) == std::vector<std::string>{"kept"});
}
