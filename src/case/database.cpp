#include "case/database.h"

#include <sqlite3.h>

namespace culprit {
namespace {

// Another process holds the lock for one entry, milliseconds; longer than this it hangs.
constexpr int busy_milliseconds = 5'000;

Fault fault_of(int code) {
  switch (code & 0xff) {
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_AUTH:
    case SQLITE_CANTOPEN: return Fault::denied;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT: return Fault::malformed;
    case SQLITE_INTERRUPT: return Fault::interrupted;
    default: return Fault::unavailable;
  }
}

std::string advice_for(int code) {
  switch (code & 0xff) {
    case SQLITE_FULL: return "free space on the disk, or keep nothing with --no-case";
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return "wait for the other culprit to end";
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return "move the file away; a new one is made in its place";
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN: return "make the folder writable, or keep nothing with --no-case";
    default: return "--no-case keeps nothing";
  }
}

// With the name of the file: where it lies the caller knows better.
Error error_of(sqlite3* handle) {
  const int code = handle == nullptr ? SQLITE_NOMEM : sqlite3_extended_errcode(handle);
  const char* path = handle == nullptr ? nullptr : sqlite3_db_filename(handle, "main");
  const std::string_view file = path == nullptr ? "" : path;
  Error result = error(fault_of(code), "{}: {}", file.substr(file.rfind('/') + 1),
                       handle == nullptr ? "out of memory" : sqlite3_errmsg(handle));
  result.advice = advice_for(code);
  return result;
}

// What SQLite takes for special in a file name of the URI form.
std::string uri_of(const std::string& path) {
  std::string uri = "file:";
  for (const char c : path) {
    if (c == '%' || c == '?' || c == '#') {
      uri += fmt::format("%{:02x}", static_cast<unsigned char>(c));
    } else {
      uri += c;
    }
  }
  return uri;
}

}  // namespace

void Statement::Finish::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
void Database::Close::operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }

Statement& Statement::bind(std::string_view text) {
  sqlite3_bind_text64(statement_.get(), ++bound_, text.empty() ? "" : text.data(), text.size(),
                      SQLITE_TRANSIENT, SQLITE_UTF8);
  return *this;
}

Statement& Statement::bind(std::int64_t number) {
  sqlite3_bind_int64(statement_.get(), ++bound_, number);
  return *this;
}

Result<bool> Statement::next() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return error_of(sqlite3_db_handle(statement_.get()));
}

Status Statement::run() {
  TRY(next());
  return ok();
}

std::string Statement::text(int column) const {
  const void* bytes = sqlite3_column_blob(statement_.get(), column);
  const int size = sqlite3_column_bytes(statement_.get(), column);
  if (bytes == nullptr || size <= 0) return {};
  return std::string(static_cast<const char*>(bytes), static_cast<std::size_t>(size));
}

std::int64_t Statement::number(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

Result<Database> Database::open(const std::string& path, Mode mode) {
  const int flags = SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                    (mode == Mode::write  ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                     : mode == Mode::read ? SQLITE_OPEN_READWRITE
                                          : SQLITE_OPEN_READONLY);
  const std::string uri = uri_of(path) + (mode == Mode::frozen ? "?immutable=1" : "");
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(uri.c_str(), &handle, flags, nullptr);
  Database database(handle);
  if (code != SQLITE_OK) return error_of(handle);
  TRY(database.set_up(mode));
  return database;
}

// A case may come with a repository that somebody else made: nothing in it may run code.
Status Database::set_up(Mode mode) const {
  sqlite3_busy_timeout(handle_.get(), busy_milliseconds);
  sqlite3_db_config(handle_.get(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle_.get(), SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  TRY(run("pragma cell_size_check = on"));
  if (mode != Mode::write) return ok();
  // FULL: an entry that was reported as stored survives a loss of power.
  TRY(run("pragma synchronous = full; pragma foreign_keys = on"));
  return use_wal();
}

// Where memory cannot be shared (some network file systems) SQLite stays with its journal. Turning
// the log on needs the file alone, and there SQLite does not wait by itself for who has it open
// (sqlite.org/c3ref/busy_handler.html): it says busy at once.
Status Database::use_wal() const {
  constexpr int pause_milliseconds = 5;
  for (int waited = 0;; waited += pause_milliseconds) {
    Status done = run("pragma journal_mode = wal");
    const bool busy = (sqlite3_errcode(handle_.get()) & 0xff) == SQLITE_BUSY;
    if (done || !busy || waited >= busy_milliseconds) return done;
    sqlite3_sleep(pause_milliseconds);
  }
}

Result<Statement> Database::prepare(std::string_view sql) const {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v2(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                      &statement, nullptr);
  if (code != SQLITE_OK) return error_of(handle_.get());
  return Statement(statement);
}

Status Database::run(const char* sql) const {
  if (sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr) == SQLITE_OK) return ok();
  return error_of(handle_.get());
}

Result<Database::Transaction> Database::Transaction::begin(const Database& database) {
  TRY(database.run("begin immediate"));
  return Transaction(database);
}

Database::Transaction::~Transaction() {
  if (database_ != nullptr)
    sqlite3_exec(database_->handle_.get(), "rollback", nullptr, nullptr, nullptr);
}

Status Database::Transaction::commit() {
  TRY(database_->run("commit"));
  database_ = nullptr;
  return ok();
}

}  // namespace culprit
