#include "case/case.h"

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "case/folder.h"
#include "case/mask.h"

namespace culprit {
namespace {

// "culp", so that `file` and the next version of culprit know whose database it is.
constexpr int application_id = 0x63756c70;
constexpr int schema_version = 1;
constexpr std::size_t id_bytes_max = 64;
constexpr std::size_t summary_bytes_max = 4 << 10;
constexpr int page_bytes = 4096;  // SQLite's default

constexpr const char* schema = R"sql(
create table cases (
  number integer primary key,
  id text not null unique,
  opened integer not null,  -- nanoseconds since 1970, as all times
  closed integer
) strict;
create table entries (
  case_number integer not null references cases (number),
  number integer not null,
  time integer not null,
  kind text not null,
  command text not null,
  summary text not null,
  result text not null,
  report text not null,
  primary key (case_number, number)
) strict;
)sql";

constexpr const char* state_query = R"sql(
select id, opened, closed, (select count(*) from entries e where e.case_number = c.number),
  coalesce((select summary from entries e where e.case_number = c.number
            order by e.number desc limit 1), '')
from cases c
)sql";

Result<std::int64_t> number_of(const Database& database, const char* sql) {
  Statement statement = TRY(database.prepare(sql));
  const bool row = TRY(statement.next());
  return row ? statement.number(0) : 0;
}

// Whether there are tables, and then that they are ours. A process that was killed while it made
// the file leaves an empty one.
Result<bool> has_tables(const Database& database) {
  const std::int64_t owner = TRY(number_of(database, "pragma application_id"));
  const std::int64_t version = TRY(number_of(database, "pragma user_version"));
  if (owner == application_id && version == schema_version) return true;
  if (owner == application_id && version > schema_version) {
    Error newer = error(Fault::malformed, "the case was written by a newer culprit");
    newer.advice = "update culprit, or name another folder";
    return newer;
  }
  const std::int64_t tables = TRY(number_of(database, "select count(*) from sqlite_schema"));
  if (owner == 0 && tables == 0) return false;
  return error(Fault::malformed, "cases.db is not a record of cases");
}

// An empty database gets its tables, once, whichever process comes first.
Status make_tables(const Database& database) {
  Database::Transaction transaction = TRY(Database::Transaction::begin(database));
  const bool made = TRY(has_tables(database));
  if (made) return ok();
  TRY(database.run(schema));
  TRY(database.run(fmt::format("pragma application_id = {}; pragma user_version = {}",
                               application_id, schema_version)
                       .c_str()));
  return transaction.commit();
}

Result<Database> open_writable(const std::string& folder) {
  TRY(make_case_folder(folder));
  Database database = TRY(Database::open(database_path(folder), Database::Mode::write));
  TRY(database.run(
      fmt::format("pragma max_page_count = {}", Case::folder_bytes_max / page_bytes).c_str()));
  TRY(make_tables(database));
  return database;
}

// Nothing where no case was ever made.
Result<std::optional<Database>> open_readable(const std::string& folder) {
  const std::string path = database_path(folder);
  std::error_code ignored;
  const auto size = std::filesystem::file_size(path, ignored);
  if (ignored || size == 0) return std::optional<Database>();
  Result<Database> shared = Database::open(path, Database::Mode::read);
  Result<bool> made = shared ? has_tables(*shared) : Result<bool>(shared.error());
  if (!made) {
    // Without permission to write the log's lock file, the file can be read only as it stands.
    shared = Database::open(path, Database::Mode::frozen);
    made = shared ? has_tables(*shared) : Result<bool>(shared.error());
  }
  if (!made) return made.error();
  return *made ? std::optional<Database>(std::move(shared).value()) : std::nullopt;
}

bool can_be_id(std::string_view id) {
  return !id.empty() && id.size() <= id_bytes_max && id.front() != '-' && id.front() != '.' &&
         std::all_of(id.begin(), id.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                  c == '-' || c == '_' || c == '.';
         });
}

// "2025-11-20-k3fz": readable aloud, so without 0, o, 1, l and i.
std::string id_of(Time time, std::uint64_t seed) {
  constexpr std::string_view letters = "23456789abcdefghjkmnpqrstuvwxyz";
  std::string id = to_string(time).substr(0, 10) + "-";
  seed *=
      0x9E37'79B9'7F4A'7C15ULL;  // small seeds differ in their low bits only (Fibonacci hashing)
  for (int i = 0; i < 4; ++i) {
    seed ^= seed >> 29;
    id += letters[(seed >> 32) % letters.size()];
    seed *= 0xBF58'476D'1CE4'E5B9ULL;
  }
  return id;
}

Result<std::vector<std::string>> ids(const Database& database, const char* sql) {
  Statement statement = TRY(database.prepare(sql));
  std::vector<std::string> found;
  while (true) {
    const bool row = TRY(statement.next());
    if (!row) return found;
    found.push_back(statement.text(0));
  }
}

Error no_case(const std::string& id) {
  Error missing = id.empty() ? error(Fault::missing, "there is no open case")
                             : error(Fault::missing, "there is no case {}", id);
  missing.advice = id.empty() ? "culprit investigate SOURCE... opens one" : "culprit case list";
  return missing;
}

// Whether a part of an id may stand for it. The letters behind the date always do; where none is
// to be made, any beginning or end does.
bool stands_for(const std::string& part, const std::string& id, Case::Missing missing) {
  if (id.ends_with("-" + part)) return true;
  return missing == Case::Missing::fails && (id.starts_with(part) || id.ends_with(part));
}

// The id that the user means, or nothing where there is none.
Result<std::string> meant(const Database& database, const std::string& id, Case::Missing missing) {
  if (id.empty()) {
    const std::vector<std::string> open = TRY(
        ids(database, "select id from cases where closed is null order by number desc limit 1"));
    return open.empty() ? std::string() : open.front();
  }
  const std::vector<std::string> all =
      TRY(ids(database, "select id from cases order by number desc"));
  std::vector<std::string> fitting;
  for (const std::string& candidate : all) {
    if (candidate == id) return candidate;
    if (stands_for(id, candidate, missing)) fitting.push_back(candidate);
  }
  if (fitting.size() < 2) return fitting.empty() ? std::string() : fitting.front();
  Error several = error(Fault::usage, "{} fits {} cases", id, fitting.size());
  several.advice = "culprit case list, then one of " + fitting.front() + ", " + fitting[1];
  return several;
}

Status insert_case(const Database& database, const std::string& id, Time time) {
  Statement statement = TRY(database.prepare("insert into cases (id, opened) values (?, ?)"));
  return statement.bind(id).bind(nanoseconds(time)).run();
}

Result<std::string> made(World& world, const Database& database, std::string id) {
  const std::vector<std::string> taken = TRY(ids(database, "select id from cases"));
  const auto is_taken = [&taken](const std::string& candidate) {
    return std::find(taken.begin(), taken.end(), candidate) != taken.end();
  };
  constexpr int tries_max = 1'000;  // of a million ids a day
  for (int i = 0; i < tries_max && (id.empty() || is_taken(id)); ++i) {
    id = id_of(time_of_record(world), world.random_seed());
  }
  TRY(insert_case(database, id, time_of_record(world)));
  return id;
}

// Within a transaction, so that two processes that both find none do not both make one.
Result<std::string> meant_or_made(World& world, const Database& database, const std::string& id) {
  Database::Transaction transaction = TRY(Database::Transaction::begin(database));
  std::string found = TRY(meant(database, id, Case::Missing::is_made));
  if (found.empty()) {
    found = TRY(made(world, database, id));
    TRY(transaction.commit());
  }
  return found;
}

// At most `bytes_max`, cut between characters.
std::string bounded(std::string text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  std::size_t end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  const std::string cut = fmt::format("\n(cut: {} bytes more)", text.size() - end);
  text.resize(end);
  return text + cut;
}

CaseState state_in(const Statement& row) {
  CaseState state;
  state.id = row.text(0);
  state.opened = from_nanoseconds(row.number(1));
  if (!row.is_null(2)) state.closed = from_nanoseconds(row.number(2));
  state.entries = row.number(3);
  state.summary = row.text(4);
  return state;
}

Entry entry_in(const Statement& row) {
  Entry entry;
  entry.number = row.number(0);
  entry.time = from_nanoseconds(row.number(1));
  entry.kind = row.text(2);
  entry.command = row.text(3);
  entry.summary = row.text(4);
  return entry;
}

// As short as it can be written from the working directory: it is shown in errors.
std::string folder_of(World& world, const std::string& directory) {
  namespace fs = std::filesystem;
  const fs::path here = world.working_directory();
  if (!directory.empty()) return case_folder((here / directory).string());
  return fs::path(case_folder(here.string())).lexically_relative(here).string();
}

}  // namespace

Time time_of_record(World& world) {
  const std::string epoch = world.environment("SOURCE_DATE_EPOCH");
  std::int64_t seconds = 0;
  const auto [end, fault] = std::from_chars(epoch.data(), epoch.data() + epoch.size(), seconds);
  constexpr std::int64_t seconds_max = 4'102'444'800;  // the year 2100
  const bool whole = fault == std::errc() && end == epoch.data() + epoch.size();
  if (epoch.empty() || !whole || seconds < 0 || seconds > seconds_max) return world.now();
  return Time(std::chrono::seconds(seconds));
}

Result<Case> Case::open(World& world, const Options& options) {
  const std::string folder = folder_of(world, options.directory);
  if (!options.id.empty() && !can_be_id(options.id)) {
    Error wrong = error(Fault::usage, "no case can be named {}", options.id);
    wrong.advice = "letters, digits, - and _";
    return wrong;
  }
  if (options.missing == Missing::is_made) {
    Database database = TRY(open_writable(folder).during("opening the case in {}", folder));
    std::string id = TRY(meant_or_made(world, database, options.id));
    return Case(std::move(database), std::move(id));
  }
  std::optional<Database> database =
      TRY(open_readable(folder).during("opening the case in {}", folder));
  if (!database) return no_case(options.id);
  std::string id = TRY(meant(*database, options.id, options.missing));
  if (id.empty()) return no_case(options.id);
  return Case(std::move(*database), std::move(id));
}

Result<std::vector<CaseState>> Case::list(World& world, const std::string& directory) {
  const std::string folder = folder_of(world, directory);
  std::vector<CaseState> states;
  const std::optional<Database> database =
      TRY(open_readable(folder).during("opening the cases in {}", folder));
  if (!database) return states;
  Statement rows = TRY(database->prepare(fmt::format("{} order by c.number desc", state_query)));
  while (true) {
    const bool row = TRY(rows.next());
    if (!row) return states;
    states.push_back(state_in(rows));
  }
}

Result<CaseState> Case::state() const {
  Statement rows = TRY(database_.prepare(fmt::format("{} where id = ?", state_query)));
  rows.bind(id_);
  const bool row = TRY(rows.next());
  if (!row) return no_case(id_);
  return state_in(rows);
}

Result<std::int64_t> Case::append(const Entry& entry) {
  if (entry.result.size() > result_bytes_max) {
    return error(Fault::unavailable, "the result is larger than {} MB: not stored",
                 result_bytes_max >> 20);
  }
  // Masked before the lock is taken: it is the slow part.
  const std::string command = bounded(masked(entry.command), command_bytes_max);
  const std::string summary = bounded(masked(entry.summary), summary_bytes_max);
  const std::string report = bounded(masked(entry.report), report_bytes_max);
  const std::string result = masked_json(entry.result);
  Database::Transaction transaction = TRY(Database::Transaction::begin(database_));
  const CaseState before = TRY(state());
  if (before.closed) {
    Error closed = error(Fault::usage, "the case {} is closed", id_);
    closed.advice = "leave out --case, or name another";
    return closed;
  }
  Statement insert = TRY(database_.prepare(
      "insert into entries select c.number, ?, ?, ?, ?, ?, ?, ? from cases c where c.id = ?"));
  insert.bind(before.entries + 1).bind(nanoseconds(entry.time)).bind(entry.kind).bind(command);
  insert.bind(summary).bind(result).bind(report).bind(id_);
  TRY(insert.run());
  TRY(transaction.commit());
  return before.entries + 1;
}

Result<std::vector<Entry>> Case::entries() const {
  Statement rows = TRY(
      database_.prepare("select e.number, time, kind, command, summary from entries e join cases c "
                        "on c.number = case_number where c.id = ? order by e.number"));
  rows.bind(id_);
  std::vector<Entry> entries;
  while (true) {
    const bool row = TRY(rows.next());
    if (!row) return entries;
    entries.push_back(entry_in(rows));
  }
}

Result<Entry> Case::entry(std::int64_t number) const {
  Statement rows = TRY(database_.prepare(
      "select e.number, time, kind, command, summary, result, report from entries e "
      "join cases c on c.number = case_number where c.id = ? and e.number = ?"));
  rows.bind(id_).bind(number);
  const bool row = TRY(rows.next());
  if (!row) {
    Error missing = error(Fault::missing, "the case {} has no entry {}", id_, number);
    missing.advice = fmt::format("culprit case show {}", id_);
    return missing;
  }
  Entry entry = entry_in(rows);
  entry.result = rows.text(5);
  entry.report = rows.text(6);
  return entry;
}

Status Case::close(Time time) {
  Statement update =
      TRY(database_.prepare("update cases set closed = ? where id = ? and closed is null"));
  return update.bind(nanoseconds(time)).bind(id_).run();
}

}  // namespace culprit
