// Translation turns a finding into a query of another tool, so that anyone can verify it there.
//
// The query counts failures and totals of units inside and outside `where`, before and after the
// onset, by the rules of EXPR and of units: a unit's field is the set of its events' values, its
// time that of its first event, its outcome what the OutcomeRule says (an inferred one: the last
// status that it had); lines without the unit's id belong to none, units without an outcome do not
// count.
//   jq     over NDJSON, streaming, unreadable lines left out as culprit leaves them out
//   SQL    DuckDB over NDJSON; only the first table names the file, the rest is common SQL
//   LogQL  commands of logcli; Loki counts lines, so a unit counts where one of its lines
//          satisfies all that is asked, and one that failed and then ended well as a failure
// What is not the same everywhere: jq and LogQL take 500 and 500.0 for one number; SQL takes an
// array for one text; SQL and LogQL read no units in values ("1.5s"), jq only where the condition
// has one; times without a zone are UTC; fields that culprit finds in messages exist only there;
// windows end at whole microseconds, of LogQL at whole milliseconds.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "event/expr.h"
#include "event/query.h"

namespace culprit {

struct Verification {
  OutcomeRule rule;  // given or status
  Expr where;        // the affected segment; always: everyone
  // Windows are finite. Of units those count that begin in `before` or `after`.
  Window evidence;  // events at other times are left out
  Window before;    // from == to: there is none, `after` is throughout
  Window after;
  // The same thing under the names that sources give it, best first.
  std::vector<std::string> time_fields;   // RFC 3339, or epoch numbers of s, ms, us or ns
  std::vector<std::string> level_fields;  // read where the rule asks for levels
  std::vector<std::string> unit_fields;   // empty: each event is a unit

  bool has_before() const { return before.from < before.to; }
};

// All fields that the query asks about.
std::vector<std::string> fields_of(const Verification& finding);

enum class QueryLanguage : std::uint8_t { jq, sql, logql };
Result<QueryLanguage> query_language_named(std::string_view name);

// A file of NDJSON, and how it is packed ("gzip", "zstd", "xz"; empty: not at all).
struct QueryFile {
  std::string name;
  std::string packing;
};

// A line (LogQL: some lines) for a shell or, for SQL, for DuckDB; without a newline at the end.
// LogQL reads no files: it asks the streams of `{job=~".+"}`, a place for the user's own labels.
// DuckDB reads no xz: such files must not be among the `files` of SQL.
std::string query_of(const Verification& finding, QueryLanguage language,
                     std::span<const QueryFile> files);

// A filter on one event. jq: uses the functions of `jq_prelude`. SQL: over columns of text named
// as the fields. LogQL: label filters, behind `| json`.
std::string jq_of(const Expr& expr);
std::string sql_of(const Expr& expr);
std::string logql_of(const Expr& expr);

// The definitions that the jq filters of these expressions, and `get` of other fields, need.
std::string jq_prelude(std::span<const Expr> exprs, std::span<const std::string> other_fields = {});

}  // namespace culprit
