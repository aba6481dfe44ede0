// Translation turns a finding into a query of another tool, so that anyone can verify it there.
//
// The query counts failures and totals of units inside and outside `where`, before and after the
// onset, by the rules of EXPR and of units (a unit's field is the set of its events' values, its
// time that of its first event, lines without the unit's id belong to none):
//   jq     over NDJSON, streaming, unreadable lines left out as culprit leaves them out
//   SQL    DuckDB over NDJSON; only the first table names the file, the rest is common SQL
//   LogQL  commands of logcli; Loki counts lines, so a unit counts where one of its lines
//          satisfies all that is asked
// What is not the same everywhere: jq and LogQL take 500 and 500.0 for one number; SQL takes an
// array for one text; SQL and LogQL read no units in values ("1.5s"), jq only where the condition
// has one; times without a zone are UTC; fields that culprit finds in messages exist only there.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/time.h"
#include "event/expr.h"

namespace culprit {

struct Verification {
  Expr bad;              // what makes a unit fail
  Expr where;            // the affected segment; always: everyone
  Time from = no_time;   // the windows are [from, onset) and [onset, to)
  Time onset = no_time;  // no_time: one window, [from, to)
  Time to = no_time;
  std::string time_field;  // RFC 3339, or an epoch number of s, ms, us or ns
  std::string unit_field;  // empty: each event is a unit
};

enum class QueryLanguage : std::uint8_t { jq, sql, logql };
std::optional<QueryLanguage> query_language_named(std::string_view name);

// A line (LogQL: some lines) for a shell or, for SQL, for DuckDB; without a newline at the end.
// LogQL reads no files: it asks the streams of `{job=~".+"}`, a place for the user's own labels.
std::string query_of(const Verification& finding, QueryLanguage language,
                     std::span<const std::string> files);

// A filter on one event. jq: uses the functions of `jq_prelude`. SQL: over columns of text named
// as the fields. LogQL: label filters, behind `| json`.
std::string jq_of(const Expr& expr);
std::string sql_of(const Expr& expr);
std::string logql_of(const Expr& expr);

// The definitions that the jq filters of these expressions, and `get` of other fields, need.
std::string jq_prelude(std::span<const Expr> exprs, std::string_view other_fields = {});

}  // namespace culprit
