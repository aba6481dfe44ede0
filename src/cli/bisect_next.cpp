#include <algorithm>
#include <cmath>

#include "cli/bisect_text.h"
#include "cli/text.h"
#include "workbench/next_steps.h"

namespace culprit {
namespace {

constexpr std::size_t sha_shown = 12;
constexpr std::size_t reason_shown_max = 60;

std::string line(std::string_view title, const std::string& text) {
  return fmt::format("{:<8} {}\n", title, text);
}

std::string last_reason(const Bisection& made) {
  return made.rows.empty() ? "" : safe(made.rows.back().reason, reason_shown_max);
}

std::string revert_text(const Bisected& done) {
  if (!done.revert) return "";
  const CommitSummary& culprit = done.credible.front();
  const std::string git = done.elsewhere.empty() ? "git" : "git -C " + shell_quoted(done.elsewhere);
  const std::string command = fmt::format("{} revert {}{}", git, culprit.parents > 1 ? "-m 1 " : "",
                                          culprit.sha.substr(0, sha_shown));
  if (done.revert->needless) return line("NEXT", "it is taken back already at " + done.bad);
  if (!done.revert->clean) {
    return line("NEXT", fmt::format("{}   conflicts at {} in {}", command, done.bad,
                                    fmt::join(done.revert->conflicts, ", ")));
  }
  std::string text = line("NEXT", fmt::format("{}   applies cleanly at {}", command, done.bad));
  if (!done.revert_patch.empty()) {
    text += line("", fmt::format("{} apply {}", git, shell_quoted(done.revert_patch)));
  }
  return text;
}

std::string trouble_next(const Bisected& done) {
  const Bisection& made = done.made;
  using Trouble = Calibration::Trouble;
  if (last_reason(made).starts_with("timed out")) {
    return "a longer --timeout; or, where hanging is the failure: --signature 'timed_out = true'";
  }
  switch (*made.trouble) {
    case Trouble::good_fails:
    case Trouble::same_rates:
      return "an older GOOD; or --signature 'stderr ~ \"...\"', if another failure hides this one";
    case Trouble::bad_passes:
      return "culprit repro --vary starvation --vary stalls -- COMMAND   looks for what makes it "
             "fail";
    case Trouble::exchanged: return "culprit bisect BAD GOOD -- COMMAND";
    case Trouble::good_untestable:
    case Trouble::bad_untestable: break;
  }
  const std::string_view kept = done.folder.empty() ? "" : "what it said is below runs/; ";
  return fmt::format("{}a worktree holds tracked files only: --link PATH shares others", kept);
}

// What stopped it may be no order, but a program that died below a shell.
std::string death_text(const Bisection& made) {
  if (made.shell_death.empty()) return "";
  const std::string reason = last_reason(made);
  return line("NEXT", fmt::format("{} is a shell's word for {}: `|| exit 1` behind the program "
                                  "makes it bad",
                                  reason.substr(0, reason.find(" (")), made.shell_death));
}

// No budget of a run that is over holds for the next but --runs, which counts those before.
std::string going_on(const Bisected& done) {
  const Bisection& made = done.made;
  if (made.end == Bisection::End::time_spent && made.runs == 0) {
    return "a longer --time: not one run came to its end within it";
  }
  const double left = std::ceil(made.runs_left);
  if (done.folder.empty()) {
    return fmt::format("about {:.0f} more runs; without --no-case, --resume would go on from here",
                       left);
  }
  const bool spent = made.end == Bisection::End::runs_spent;
  return fmt::format("the same with --resume{} goes on: about {:.0f} more runs",
                     spent ? " and a higher --runs" : "", left);
}

std::string no_change_next(const Bisection& made) {
  const bool leaves =
      !note_of_second_runs(made.rows, "").empty() || !note_of_first_passes(made.rows).empty();
  if (leaves) return "let each run remove what one leaves, then the same without --resume";
  const bool flaky = made.at_good.bad > 0 && made.at_good.good > 0;
  return flaky ? "--calibrate 30 measures how often GOOD and BAD fail each"
               : "an older GOOD, or what else than the commits differs: machine, data, time";
}

std::string next_text(const Bisected& done) {
  const Bisection& made = done.made;
  if (made.trouble) return line("NEXT", trouble_next(done));
  if (made.broke) {
    return line("NEXT", "mend that (a server, a disk, a date?), then the same without --resume");
  }
  if (made.verdict == Bisection::Verdict::no_change) return line("NEXT", no_change_next(made));
  if (made.verdict == Bisection::Verdict::found) return revert_text(done);
  if (made.end == Bisection::End::stuck) {
    const auto cut = [](const BisectRow& row) { return row.timed_out; };
    if (std::any_of(made.rows.begin(), made.rows.end(), cut))
      return line("NEXT", "a longer --timeout: runs that it cut were not judged");
    return line("NEXT", "a --build that mends the commits that do not build, or read their diffs");
  }
  return death_text(made) + line(made.shell_death.empty() ? "NEXT" : "", going_on(done));
}

// What would make it surer.
std::string surer_text(const Bisected& done) {
  const Bisection& made = done.made;
  if (made.verdict != Bisection::Verdict::found || made.probability >= 0.999) return "";
  const std::string_view resume = done.folder.empty() ? "" : "--resume ";
  return line("", fmt::format("surer: the same with {}--confidence 0.999", resume));
}

}  // namespace

std::string next_of(const Bisected& done) {
  std::string text = next_text(done) + surer_text(done);
  if (!done.put_aside.empty()) {
    text += line("", fmt::format("the search before: rm -r {}; mv {} {}; the same with --resume",
                                 shell_quoted(done.folder), shell_quoted(done.put_aside),
                                 shell_quoted(done.folder)));
  }
  return text;
}

}  // namespace culprit
