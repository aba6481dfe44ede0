#include "cli/bisect_text.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "cli/text.h"

namespace culprit {
namespace {

constexpr std::size_t runs_shown_max = 40;
constexpr std::size_t credible_shown_max = 8;
constexpr std::size_t bars_max = 40;
constexpr std::size_t said_shown_max = 90;
constexpr std::size_t sha_shown = 12;

std::string short_sha(const std::string& sha) { return sha.substr(0, sha_shown); }

std::string line(std::string_view title, const std::string& text) {
  return fmt::format("{:<8} {}\n", title, text);
}

std::string counted(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", figure(static_cast<double>(count)), noun, count == 1 ? "" : "s");
}

std::string seconds_text(double count) { return to_string(from_seconds(count)); }

// "99.6%": what is nearly sure is not rounded to certain.
std::string sure(double probability) {
  const double shown = std::min(std::floor(probability * 1000) / 10, 99.9);
  return shown >= 99 ? fmt::format("{:.1f}%", shown) : fmt::format("{:.0f}%", probability * 100);
}

std::string commit_text(const CommitSummary& commit) {
  return fmt::format("{} \"{}\"", short_sha(commit.sha), safe(commit.subject, 72));
}

std::string details_text(const CommitSummary& commit) {
  return fmt::format("{}, {}, {}: +{} -{}{}", safe(commit.author, 60), commit.date.substr(0, 10),
                     counted(commit.files, "file"), commit.insertions, commit.deletions,
                     commit.parents > 1 ? ", a merge" : "");
}

std::string of_runs(const TrialCounts& counts) {
  return fmt::format("{:.0f} of {:.0f} runs", counts.bad, counts.total());
}

std::string last_reason(const Bisection& made) {
  return made.rows.empty() ? "" : safe(made.rows.back().reason, 60);
}

std::string trouble_text(const Bisected& done) {
  using Trouble = Calibration::Trouble;
  const Bisection& made = done.made;
  const std::string at_good = of_runs(made.at_good);
  const std::string at_bad = of_runs(made.at_bad);
  switch (*made.trouble) {
    case Trouble::good_fails:
      if (!done.base.empty()) {
        return line("NOTHING", fmt::format("it fails already where the two parted, at {} ({}); it "
                                           "was mended on the way to {}",
                                           short_sha(done.base), at_good, done.good));
      }
      return line("NOTHING", fmt::format("{} fails too: {}, and {} of {}", done.good, at_good,
                                         at_bad, done.bad));
    case Trouble::bad_passes:
      return line("NOTHING", fmt::format("{} does not fail: {}", done.bad, at_bad));
    case Trouble::exchanged:
      return line("NOTHING", fmt::format("{} fails ({}) and {} passes ({}): are they exchanged?",
                                         done.good, at_good, done.bad, at_bad));
    case Trouble::same_rates:
      return line("NOTHING", fmt::format("the rate of failure did not change: {} at {}, {} at {}",
                                         at_good, done.good, at_bad, done.bad));
    case Trouble::good_untestable:
      return line("NOTHING", fmt::format("{} cannot be tested ({})", done.good, last_reason(made)));
    case Trouble::bad_untestable: break;
  }
  return line("NOTHING", fmt::format("{} cannot be tested ({})", done.bad, last_reason(made)));
}

std::string broke_text(const LastingBreak& broke) {
  return line("NOTHING",
              fmt::format("since run {} everything fails, GOOD too: something outside of "
                          "the commits changed",
                          broke.run)) +
         line("", fmt::format("{} passed before it and failed in every run since",
                              counted(broke.commits, "commit")));
}

std::string verdict_text(const Bisected& done) {
  const Bisection& made = done.made;
  if (made.broke) return broke_text(*made.broke);
  if (made.trouble) return trouble_text(done);
  if (made.verdict == Bisection::Verdict::found) {
    const CommitSummary& culprit = done.credible.front();
    return line("CULPRIT",
                fmt::format("{}, {} sure", commit_text(culprit), sure(made.probability))) +
           line("", details_text(culprit));
  }
  if (made.verdict == Bisection::Verdict::no_change) {
    return line("NOTHING", fmt::format("no commit between {} and {} changed it, {} sure", done.good,
                                       done.bad, sure(made.no_change)));
  }
  const std::size_t count = made.credible.size();
  std::string text = fmt::format("one of {}", counted(count, "commit"));
  if (made.no_change > 0.01) text += fmt::format(", or none of them ({})", sure(made.no_change));
  if (made.end == Bisection::End::asked_to_stop && !made.rows.empty()) {
    const BisectRow& last = made.rows.back();
    return line("STOPPED", fmt::format("by {} at {}", safe(last.reason, 60), short_sha(last.sha))) +
           line("SO FAR", text);
  }
  if (made.end != Bisection::End::stuck) return line("SO FAR", text);
  const auto broken =
      static_cast<std::size_t>(std::count_if(made.credible.begin(), made.credible.end(),
                                             [&](Point point) { return made.untestable[point]; }));
  text += broken > 0
              ? fmt::format("; {} of them cannot be tested, so they cannot be told apart", broken)
              : "; they cannot be told apart, since none could be judged";
  return line("UNDECIDED", text);
}

std::string said_text(const Bisection& made) {
  return made.said.empty() ? "" : line("SAID", safe(made.said, said_shown_max));
}

// Who else it may be, and how likely.
std::string credible_text(const Bisected& done) {
  const bool found = done.made.verdict == Bisection::Verdict::found;
  if (done.made.broke) return "";
  const bool shown = !done.made.trouble && done.made.verdict != Bisection::Verdict::no_change;
  std::string text;
  if (!shown) return text;
  std::size_t lines = 0;
  for (std::size_t i = found ? 1 : 0; i < done.credible.size(); ++i) {
    if (lines++ == credible_shown_max) {
      const std::size_t left = done.made.credible.size() - i;
      return text + line("", fmt::format("and {} more", left));
    }
    const CommitSummary& commit = done.credible[i];
    const std::string share = fmt::format("{:>4}", percent(commit.probability));
    text +=
        line(text.empty() && found ? "OR" : "", fmt::format("{}  {}", share, commit_text(commit)));
  }
  return text;
}

std::size_t whole(double count) { return static_cast<std::size_t>(count); }

// Where no commit did it, there is no before and since.
std::string end_rates_text(const Bisection& made) {
  return line("RATES", fmt::format("failed in {:.0f} of {} at GOOD, in {:.0f} of {} at BAD",
                                   made.at_good.bad, counted(whole(made.at_good.total()), "run"),
                                   made.at_bad.bad, whole(made.at_bad.total())));
}

std::string rates_text(const Bisection& made) {
  if (made.trouble || made.broke || made.at_bad.total() + made.at_good.total() == 0) return "";
  if (made.verdict == Bisection::Verdict::no_change) return end_rates_text(made);
  if (made.before.total() == 0 || made.since.total() == 0) return "";
  return line(
      "RATES",
      fmt::format("failed in {} of {} before it, in {} of {} since; about {} and {}",
                  made.before.bad, counted(whole(made.before.total()), "run"), made.since.bad,
                  whole(made.since.total()), percent(made.rates.good), percent(made.rates.bad)));
}

std::string where_text(const Bisected& done, const BisectRow& row) {
  if (row.where == BisectRow::Where::good_end) return done.base.empty() ? "GOOD" : "parted";
  return row.where == BisectRow::Where::bad_end ? "BAD" : "";
}

// Runs one after the other of which the same is to be said.
struct Alike {
  const BisectRow* row = nullptr;
  std::size_t number = 0;  // of the first
  std::size_t count = 0;
};

std::vector<Alike> alike_runs(const std::vector<BisectRow>& rows) {
  std::vector<Alike> all;
  std::size_t number = 0;
  for (const BisectRow& row : rows) {
    number += row.told ? 0 : 1;
    const auto told = [](const BisectRow& one) {
      return std::tie(one.sha, one.where, one.observation, one.reason, one.told);
    };
    if (all.empty() || told(*all.back().row) != told(row)) all.push_back({&row, number, 0});
    ++all.back().count;
  }
  return all;
}

std::string row_text(const Bisected& done, const Alike& alike) {
  const BisectRow& row = *alike.row;
  const std::string number = row.told ? "told" : std::to_string(alike.number);
  const std::string times = alike.count > 1 ? fmt::format(", {} times", alike.count) : "";
  return fmt::format("{:>4}  {}  {:<6}  {:<8}  {}{}", number, short_sha(row.sha),
                     where_text(done, row), name_of(row.observation), safe(row.reason, 60), times);
}

std::string runs_text(const Bisected& done) {
  const Bisection& made = done.made;
  std::string text = fmt::format("{} in {} among {}", counted(made.runs, "run"),
                                 seconds_text(made.seconds), counted(done.suspects, "commit"));
  if (made.skipped > 0) text += fmt::format("; {} could not be judged", made.skipped);
  std::string lines = line("RUNS", text);
  const std::vector<Alike> all = alike_runs(made.rows);
  const std::size_t from = all.size() > runs_shown_max ? all.size() - runs_shown_max : 0;
  std::size_t hidden = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (i < from) hidden += all[i].count;
    if (i >= from) lines += line("", row_text(done, all[i]));
  }
  if (hidden > 0) lines += line("", fmt::format("and {} before these", hidden));
  if (!done.folder.empty()) lines += line("", fmt::format("what each said: {}/runs/", done.folder));
  return lines;
}

}  // namespace

std::string text_of(const Bisected& done, const Terminal& terminal) {
  std::string notes;
  for (const std::string& note : done.notes) notes += headed("NOTE", note, terminal);
  return notes + verdict_text(done) + said_text(done.made) + credible_text(done) +
         rates_text(done.made) + runs_text(done) + next_of(done);
}

std::string summary_of(const Bisected& done) {
  const std::string verdict = verdict_text(done);
  return verdict.substr(0, verdict.find('\n'));
}

std::string line_of(const BisectProgress& progress, std::size_t columns) {
  const std::size_t bars = std::min({bars_max, progress.posterior.size(), columns / 3});
  std::vector<double> heights(bars, 0);
  for (std::size_t i = 0; i < progress.posterior.size(); ++i) {
    heights[i * bars / progress.posterior.size()] += progress.posterior[i];
  }
  const bool ends = progress.phase == BisectProgress::Phase::ends;
  std::string text = ends ? "testing both ends" : sparkline(heights);
  text += "  " + counted(progress.runs, "run");
  if (!ends) {
    text += fmt::format(", about {:.0f} left ({})", progress.runs_left,
                        seconds_text(progress.seconds_left));
  }
  if (!progress.last.empty()) text += "; " + safe(progress.last, columns);
  if (!progress.under_way.empty())
    text += fmt::format("; now at {}", fmt::join(progress.under_way, " "));
  return fitted(text, columns);
}

}  // namespace culprit
