#include "cli/ranking_text.h"

#include <algorithm>

#include <fmt/format.h>

#include "cli/text.h"

namespace culprit {
namespace {

constexpr std::size_t commits_shown = 7;
constexpr std::size_t reasons_shown = 3;
constexpr std::size_t places_shown = 3;
constexpr std::size_t subject_columns = 60;

// Writes the report; a heading and lines below it, as `investigate` does.
class Report {
 public:
  Report(const RangeRanking& made, const Terminal& terminal) : made_(made), terminal_(terminal) {}

  std::string text() {
    read();
    commits();
    next();
    return std::move(text_);
  }

 private:
  void line(std::string_view title, const std::string& text) {
    text_ += headed(title, text, terminal_);
  }
  const RankedChange& whole() const { return made_.changes.front(); }

  void read();
  void commits();
  void next();

  const RangeRanking& made_;
  const Terminal& terminal_;
  std::string text_;
};

void Report::read() {
  line("RANGE",
       fmt::format("{}, {} {}", safe(made_.range, 100), figure(static_cast<double>(made_.commits)),
                   made_.commits == 1 ? "commit" : "commits"));
  if (made_.frames > 0) {
    line("", fmt::format("{} of {} frames of the stack trace are in the tree", made_.frames_known,
                         made_.frames));
  }
  if (!made_.printed.empty()) {
    std::string places;
    for (std::size_t i = 0; i < std::min(made_.printed.size(), places_shown); ++i) {
      places += (i > 0 ? ", " : "") + made_.printed[i];
    }
    const std::size_t more = made_.printed.size() - std::min(made_.printed.size(), places_shown);
    line("", fmt::format("what was reported is printed at {}{}", safe(places, 200),
                         more > 0 ? fmt::format(" and {} more places", more) : ""));
  }
  for (std::size_t i = 0; i < made_.notes.size(); ++i) line(i == 0 ? "NOTE" : "", made_.notes[i]);
}

void Report::commits() {
  std::size_t shown = 0;
  double sum = 0;
  for (const RankedCommit& commit : whole().commits) {
    if (shown == commits_shown) break;
    line(shown == 0 ? "COMMITS" : "",
         fmt::format("{:>5}  {} \"{}\"", percent(commit.probability),
                     styled(commit.sha.substr(0, 9), Style::bad, terminal_),
                     safe(commit.subject, subject_columns)));
    std::size_t told = 0;
    for (const std::string& reason : commit.reasons) {
      if (reason == commit.note || told++ == reasons_shown) break;
      line("", "       + " + safe(reason, 200));
    }
    if (!commit.note.empty()) line("", "       - " + commit.note);
    sum += commit.probability;
    ++shown;
  }
  const std::size_t rest = whole().commits.size() - shown;
  if (rest > 0) {
    line("", fmt::format("{:>5}  {} other {}; all in --json",
                         percent(std::max(0.0, whole().probability - sum)),
                         figure(static_cast<double>(rest)), rest == 1 ? "commit" : "commits"));
  }
  line("", fmt::format("{:>5}  none of these: a setting, a dependency, the data",
                       percent(made_.changes.back().probability)));
  if (!made_.found) {
    line("",
         "no commit shares anything with the symptom; a stack trace or the lines of a log say "
         "more than words");
  }
}

void Report::next() {
  if (!made_.found) return;
  const RankedCommit& first = whole().commits.front();
  text_ += styled(fmt::format("{:<9}", "NEXT"), Style::heading, terminal_) + "git show " +
           first.sha.substr(0, 12) + "\n";
}

}  // namespace

std::string text_of(const RangeRanking& ranking, const Terminal& terminal) {
  return Report(ranking, terminal).text();
}

std::string summary_of(const RangeRanking& ranking) {
  if (!ranking.found) return fmt::format("no commit of {} is suspect", ranking.range);
  const RankedCommit& first = ranking.changes.front().commits.front();
  return fmt::format("{} of {}: {} {}", percent(first.probability), ranking.range,
                     first.sha.substr(0, 9), first.subject);
}

}  // namespace culprit
