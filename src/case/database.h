// A Database is one SQLite file; a Statement is one question to it. Both turn faults into Errors.
//
// Only this file and its source know SQLite's interface. A Database is used by one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace culprit {

class Statement {
 public:
  // Values for the question marks, from the first on. Text is copied.
  Statement& bind(std::string_view text);
  Statement& bind(std::int64_t number);

  // Whether there is a row; none ends the statement.
  Result<bool> next();
  // For statements that answer with no row.
  Status run();

  // Of the row at hand, from column 0 on; null is empty text, or 0.
  std::string text(int column) const;
  std::int64_t number(int column) const;
  bool is_null(int column) const;

 private:
  friend class Database;
  struct Finish {
    void operator()(sqlite3_stmt* statement) const;
  };
  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}

  std::unique_ptr<sqlite3_stmt, Finish> statement_;
  int bound_ = 0;
};

class Database {
 public:
  enum class Mode : std::uint8_t {
    write,   // made where it is missing
    read,    // must exist; other processes may write meanwhile
    frozen,  // read, of a folder in which nothing can be written, not even a lock
  };
  static Result<Database> open(const std::string& path, Mode mode);

  Result<Statement> prepare(std::string_view sql) const;
  // One or more statements without values.
  Status run(const char* sql) const;

  // Holds the lock for writing from its making on; rolls back what was not committed.
  class Transaction {
   public:
    static Result<Transaction> begin(const Database& database);
    Transaction(Transaction&& other) noexcept
        : database_(std::exchange(other.database_, nullptr)) {}
    Transaction& operator=(Transaction&&) = delete;
    ~Transaction();
    Status commit();

   private:
    explicit Transaction(const Database& database) : database_(&database) {}
    const Database* database_;
  };

 private:
  struct Close {
    void operator()(sqlite3* handle) const;
  };
  explicit Database(sqlite3* handle) : handle_(handle) {}
  Status set_up(Mode mode) const;
  Status use_wal() const;

  std::unique_ptr<sqlite3, Close> handle_;
};

}  // namespace culprit
