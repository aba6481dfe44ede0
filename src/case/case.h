// A Case is the durable record of one debugging: what was asked, when, and what came out.
//
// Cases live in `.culprit/cases.db` (SQLite, WAL), in the nearest `.culprit` folder from a
// directory upwards to the root of its git repository, else in the directory itself. The folder is
// its owner's alone (mode 0700) and ignores itself for git. Entries are appended and never changed;
// secrets in them are masked on the way in (case/mask.h). Results are opaque: a Case does not
// read the JSON that it keeps.
//
// An entry that append() reported as stored survives kill -9 and a loss of power; a kill at any
// moment leaves a readable case. Several processes may use one case at once. What cannot be
// stored (a full disk, a read-only folder) is an Error that no verb should fail for.
//
// Files are SQLite's own business here, not World's: its locks and its log cannot go through
// anything else. World gives the time and the dice.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "base/world.h"
#include "case/database.h"

namespace culprit {

struct Entry {
  std::int64_t number = 0;  // within its case, from 1; given by append()
  Time time = no_time;
  std::string kind;     // the verb: "investigate", "note"
  std::string command;  // the command line
  std::string summary;  // one line
  std::string result;   // JSON; may be empty
  std::string report;   // what was shown; may be empty

  bool operator==(const Entry&) const = default;
};

// Now; or SOURCE_DATE_EPOCH (seconds since 1970, reproducible-builds.org) where that is set, so
// that a record can be made again byte by byte.
Time time_of_record(World& world);

struct CaseState {
  std::string id;
  Time opened = no_time;
  std::optional<Time> closed;
  std::int64_t entries = 0;
  std::string summary;  // of the newest entry
};

class Case {
 public:
  // Longer texts are cut at the end, with a line that says so; a longer result is refused.
  static constexpr std::size_t command_bytes_max = 64 << 10;
  static constexpr std::size_t report_bytes_max = 4 << 20;
  static constexpr std::size_t result_bytes_max = 64 << 20;
  // All cases of a folder together; beyond it nothing more is stored.
  static constexpr std::int64_t folder_bytes_max = std::int64_t{2} << 30;

  enum class Missing : std::uint8_t { fails, is_made };
  struct Options {
    std::string directory;  // where to look; empty: the working directory
    std::string id;         // whole, or a beginning or an end of it; empty: the newest open case
    Missing missing = Missing::fails;
  };
  // Errors: missing (no such case), usage (an id that fits several, or cannot be one).
  static Result<Case> open(World& world, const Options& options);

  // Newest first; none where there is no folder yet.
  static Result<std::vector<CaseState>> list(World& world, const std::string& directory);

  const std::string& id() const { return id_; }

  // The number that the entry got. A closed case takes no entries.
  Result<std::int64_t> append(const Entry& entry);
  // Without their results and reports, oldest first.
  Result<std::vector<Entry>> entries() const;
  Result<Entry> entry(std::int64_t number) const;
  Result<CaseState> state() const;
  Status close(Time time);

 private:
  Case(Database database, std::string id) : database_(std::move(database)), id_(std::move(id)) {}

  Database database_;
  std::string id_;
};

}  // namespace culprit
