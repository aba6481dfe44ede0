// A BisectJournal is the history of a bisection as lines of text, one a run.
//
// Written as each run ends, it is all that a search needs to go on after a Ctrl-C or a crash: what
// is asked next follows from what was told. Its first line says what was searched, by names; a last
// line that is cut off is left out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "search/change_search.h"

namespace culprit {

struct BisectRow {
  enum class Where : std::uint8_t { commit, good_end, bad_end };
  Where where = Where::commit;
  std::string sha;
  Observation observation = Observation::unjudged;
  double seconds = 0;        // of the test
  double ready_seconds = 0;  // before it: of checkout and build, or to put its files back
  bool fresh = false;        // it was checked out for this one
  bool told = false;         // not run here: of a log of git bisect
  bool timed_out = false;    // `seconds` is the limit that it had then
  std::size_t number = 0;    // its CULPRIT_RUN; of those that are abandoned no row is left
  std::string reason;        // on one line
};

struct BisectJournal {
  std::map<std::string, std::string> head;
  std::vector<BisectRow> rows;
};

std::string bisect_head_line(const std::map<std::string, std::string>& head);
std::string bisect_row_line(const BisectRow& row);  // both end with a line feed

// Errors: malformed (no journal; a line that cannot be read).
Result<BisectJournal> read_bisect_journal(std::string_view text);

std::string_view name_of(Observation observation);  // "good", "bad", "unjudged", "broken"

}  // namespace culprit
