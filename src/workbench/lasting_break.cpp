#include "workbench/lasting_break.h"

#include <map>
#include <string>

#include "base/statistics.h"

namespace culprit {
namespace {

// Chosen by simulation (lasting_break_test.cpp): three runs before the break are enough for the
// first in half of the searches, and neither gives a false alarm.
constexpr double chance_max_of_several = 0.01;
constexpr double chance_max_of_one = 0.001;

// Of one commit, in the order of its runs.
struct Passage {
  std::size_t passed = 0;
  std::size_t failed = 0;
  bool passed_after_failing = false;
  bool is_good_end = false;

  bool turned() const { return passed > 0 && failed > 0; }
};

bool judged(const BisectRow& row) {
  return !row.told && (row.observation == Observation::good || row.observation == Observation::bad);
}

std::map<std::string, Passage> passages(std::span<const BisectRow> rows) {
  std::map<std::string, Passage> all;
  for (const BisectRow& row : rows) {
    if (!judged(row)) continue;
    Passage& one = all[row.sha];
    const bool good = row.observation == Observation::good;
    one.passed_after_failing |= good && one.failed > 0;
    ++(good ? one.passed : one.failed);
    one.is_good_end |= row.where == BisectRow::Where::good_end;
  }
  return all;
}

// The first run after the last one that passed anywhere; 0: it was the last.
std::size_t run_after_last_pass(std::span<const BisectRow> rows) {
  std::size_t number = 0;
  std::size_t found = 0;
  bool passing = true;
  for (const BisectRow& row : rows) {
    if (row.told) continue;
    ++number;
    if (!judged(row)) continue;
    if (row.observation == Observation::bad && passing) found = number;
    passing = row.observation == Observation::good;
  }
  return passing ? 0 : found;
}

// Whether one of the commits that turned failed before the last pass of another.
bool overlap(std::span<const BisectRow> rows, const std::map<std::string, Passage>& all,
             std::size_t since) {
  std::size_t number = 0;
  for (const BisectRow& row : rows) {
    number += row.told ? 0 : 1;
    if (number >= since) return false;
    if (judged(row) && row.observation == Observation::bad && all.at(row.sha).turned()) return true;
  }
  return false;
}

}  // namespace

std::optional<LastingBreak> lasting_break(std::span<const BisectRow> rows) {
  const std::map<std::string, Passage> all = passages(rows);
  LastingBreak made;
  double passed = 0;
  double failed = 0;
  bool good_end = false;
  for (const auto& [sha, one] : all) {
    if (one.passed_after_failing) return std::nullopt;
    if (!one.turned()) continue;
    ++made.commits;
    passed += static_cast<double>(one.passed);
    failed += static_cast<double>(one.failed);
    good_end |= one.is_good_end;
  }
  if (!good_end) return std::nullopt;
  made.run = run_after_last_pass(rows);
  if (made.run == 0 || overlap(rows, all, made.run)) return std::nullopt;
  made.chance = fisher_tail(failed, failed, 0, passed);
  const double most = made.commits > 1 ? chance_max_of_several : chance_max_of_one;
  if (made.chance >= most) return std::nullopt;
  return made;
}

}  // namespace culprit
