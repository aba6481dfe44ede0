// A ReproJournal is the history of a search for conditions as lines of text, one a trial.
//
// Written as each trial ends, it is all that a search needs to go on after a Ctrl-C or a crash:
// what is asked next follows from the seed and from what was told. Its first line says what was
// searched; a journal of another search is refused, a last line that is cut off is left out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "search/factor_levels.h"

namespace culprit {

struct ReproJournal {
  struct Row {
    FactorLevels condition;
    std::optional<Outcome> outcome;
    double seconds = 0;
    std::string reason;  // of its judgement, on one line
  };
  std::uint64_t seed = 1;
  std::vector<SearchFactor> factors;
  std::vector<std::string> command;
  std::vector<Row> rows;
};

std::string head_line(const ReproJournal& journal);  // both end with a line feed
std::string row_line(const ReproJournal::Row& row);

// Errors: malformed (not a journal; a line that cannot be read), usage (of other factors or another
// command than `expected`).
Result<ReproJournal> read_journal(std::string_view text, const ReproJournal& expected);

}  // namespace culprit
