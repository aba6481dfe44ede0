#include "workbench/bisected.h"

#include <algorithm>

#include "workbench/bisect_log.h"
#include "workbench/second_runs.h"
#include "workbench/shell_words.h"

namespace culprit {
namespace {

// Fewer failures in a row are no wonder of a flaky test.
constexpr std::size_t failures_told_min = 4;

Status summarise(CommitSummary& summary, const CommitReader& commits, const GitProgram& git,
                 const std::string& repository) {
  // Subjects hold no NUL, names neither.
  const std::string text =
      TRY(git.text({"show", "--no-patch", "--no-show-signature", "--encoding=UTF-8",
                    "--format=%s%x00%an <%ae>%x00%cI%x00%P", summary.sha},
                   repository));
  std::vector<std::string> parts;
  const std::string line = text.substr(0, text.find('\n'));
  for (std::size_t from = 0; from <= line.size();) {
    const std::size_t to = std::min(line.find('\0', from), line.size());
    parts.push_back(line.substr(from, to - from));
    from = to + 1;
  }
  parts.resize(4);
  summary.subject = parts[0];
  summary.author = parts[1];
  summary.date = parts[2];
  summary.parents = shell_words(parts[3]).size();
  const ChangeSize size = TRY(commits.size_of(summary.sha));
  summary.files = size.files;
  summary.insertions = size.insertions;
  summary.deletions = size.deletions;
  return ok();
}

}  // namespace

Result<std::vector<CommitSummary>> credible_commits(const Bisection& made, const BisectRange& range,
                                                    const CommitReader& commits,
                                                    const GitProgram& git,
                                                    const std::string& repository) {
  std::vector<CommitSummary> told;
  for (const Point point : made.credible) {
    if (told.size() == Bisected::credible_max) break;
    CommitSummary summary;
    summary.sha = range.shas[point];
    summary.probability = made.posterior[point];
    TRY(summarise(summary, commits, git, repository));
    told.push_back(std::move(summary));
  }
  return told;
}

std::string text_of_log(const Bisected& done, const BisectRange& range) {
  using Said = BisectLog::Said;
  LoggedCommit found{Said::bad, "", ""};
  if (done.made.verdict == Bisection::Verdict::found) {
    found.sha = done.credible.front().sha;
    found.subject = done.credible.front().subject;
  }
  std::vector<LoggedCommit> commits;
  if (!done.made.broke) commits = logged_commits(range, done.made);
  return bisect_log_text({Said::bad, done.bad_sha, done.bad}, {Said::good, range.base, done.good},
                         commits, found);
}

std::string note_of_first_passes(const std::vector<BisectRow>& rows) {
  std::size_t passed = 0;
  std::size_t failed = 0;
  for (const BisectRow& row : rows) {
    const bool good = row.observation == Observation::good;
    if (row.told || (!good && row.observation != Observation::bad)) continue;
    if (good && failed > 0) return {};
    if (row.where != BisectRow::Where::good_end) continue;
    ++(good ? passed : failed);
  }
  if (passed == 0 || failed < failures_told_min) return {};
  return fmt::format(
      "GOOD passed {}, then failed {} of {} times, and nothing passed since: does a run leave "
      "something outside of the worktree (a lock, a port, a database)?",
      passed == 1 ? "once" : fmt::format("{} times", passed), failed, failed);
}

std::string note_of_second_runs(const std::vector<BisectRow>& rows, const std::string& build) {
  std::vector<SecondRuns::Seen> runs;
  for (const BisectRow& row : rows) {
    const bool failed = row.observation == Observation::bad;
    const bool judged = failed || row.observation == Observation::good;
    if (judged && !row.told) runs.push_back({row.sha, row.fresh, failed});
  }
  const SecondRuns seen = SecondRuns::of(runs);
  if (!seen.differ()) return {};
  return fmt::format(
      "it fails otherwise when it runs again in the same folder: {} of {} times, {} of {} at "
      "first. "
      "It leaves something behind: let it clean up{}",
      seen.later_failed, seen.later, seen.first_failed, seen.first,
      build.empty() ? ", or give --build" : "");
}

}  // namespace culprit
