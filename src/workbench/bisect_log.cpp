#include "workbench/bisect_log.h"

#include <algorithm>
#include <map>

#include "workbench/shell_words.h"

namespace culprit {
namespace {

constexpr double sure_min = 0.9;  // that a commit has the change

class Reading {
 public:
  Status take(std::string_view line, std::size_t number);
  BisectLog log;

 private:
  void start(const std::vector<std::string>& words);

  // "old" and "new" are git's other pair; --term-old and --term-new give any.
  std::map<std::string, BisectLog::Said> terms_ = {{"good", BisectLog::Said::good},
                                                   {"old", BisectLog::Said::good},
                                                   {"bad", BisectLog::Said::bad},
                                                   {"new", BisectLog::Said::bad},
                                                   {"skip", BisectLog::Said::skipped}};
};

// git bisect start [--term-new=X] [--term-old=Y] [BAD [GOOD...]] [-- PATH...]
void Reading::start(const std::vector<std::string>& words) {
  bool bad_is_next = true;
  for (std::size_t i = 3; i < words.size() && words[i] != "--"; ++i) {
    const std::string& word = words[i];
    const std::size_t equals = word.find('=');
    const std::string name = word.substr(0, equals);
    const bool term_old = name == "--term-old" || name == "--term-good";
    const bool term_new = name == "--term-new" || name == "--term-bad";
    if (term_old || term_new) {
      const bool follows = equals == std::string::npos && i + 1 < words.size();
      const std::string value = follows ? words[++i] : word.substr(equals + 1);
      terms_[value] = term_old ? BisectLog::Said::good : BisectLog::Said::bad;
    } else if (!word.starts_with("--")) {
      log.lines.push_back({bad_is_next ? BisectLog::Said::bad : BisectLog::Said::good, word});
      bad_is_next = false;
    }
  }
}

Status Reading::take(std::string_view line, std::size_t number) {
  std::vector<std::string> words = shell_words(line);
  if (words.empty() || words.front().starts_with('#')) return ok();
  // git accepts `git-bisect good` too.
  if (words.front() == "git-bisect") {
    words.front() = "bisect";
    words.insert(words.begin(), "git");
  }
  const bool ours = words.size() >= 2 && words[0] == "git" && words[1] == "bisect";
  const auto term = words.size() >= 3 ? terms_.find(words[2]) : terms_.end();
  if (ours && words.size() >= 3 && words[2] == "start") {
    start(words);
    return ok();
  }
  if (ours && words.size() >= 3 && words[2] == "terms") return ok();
  if (!ours || term == terms_.end() || words.size() < 4) {
    Error made = error(Fault::malformed, "line {} is no line of `git bisect log`: {}", number,
                       line.substr(0, 60));
    made.advice = "git bisect log > FILE   writes one";
    return made;
  }
  for (std::size_t i = 3; i < words.size(); ++i) log.lines.push_back({term->second, words[i]});
  return ok();
}

std::string_view word_of(BisectLog::Said said) {
  return said == BisectLog::Said::good ? "good" : said == BisectLog::Said::bad ? "bad" : "skip";
}

std::string lines_of(const LoggedCommit& one) {
  return fmt::format("# {}: [{}] {}\ngit bisect {} {}\n", word_of(one.said), one.sha, one.subject,
                     word_of(one.said), one.sha);
}

}  // namespace

Result<BisectLog> read_bisect_log(std::string_view text) {
  Reading reading;
  std::size_t number = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    TRY(reading.take(text.substr(0, end), ++number));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return std::move(reading.log);
}

std::vector<LoggedCommit> logged_commits(const BisectRange& range, const Bisection& made) {
  using Said = BisectLog::Said;
  const std::vector<double> has = ChangeGraph(range.parents).sums(made.posterior);
  std::vector<LoggedCommit> commits;
  // git takes the last bad one for the earliest.
  for (std::size_t i = range.shas.size() - 1; i-- > 0;) {
    const auto of_this = [&](const BisectRow& row) {
      return row.where == BisectRow::Where::commit && row.sha == range.shas[i];
    };
    const auto judged = [&](const BisectRow& row) {
      return of_this(row) &&
             (row.observation == Observation::good || row.observation == Observation::bad);
    };
    if (std::none_of(made.rows.begin(), made.rows.end(), of_this)) continue;
    LoggedCommit one{Said::skipped, range.shas[i], ""};
    if (std::any_of(made.rows.begin(), made.rows.end(), judged)) {
      if (has[i] < sure_min && has[i] > 1 - sure_min) continue;
      one.said = has[i] >= sure_min ? Said::bad : Said::good;
    }
    commits.push_back(std::move(one));
  }
  return commits;
}

std::string bisect_log_text(const LoggedCommit& bad, const LoggedCommit& good,
                            const std::vector<LoggedCommit>& commits, const LoggedCommit& culprit) {
  std::string text = "git bisect start\n";
  text += lines_of(bad) + lines_of(good);
  for (const LoggedCommit& one : commits) text += lines_of(one);
  if (!culprit.sha.empty()) {
    text += fmt::format("# first bad commit: [{}] {}\n", culprit.sha, culprit.subject);
  }
  return text;
}

}  // namespace culprit
