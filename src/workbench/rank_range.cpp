#include "workbench/rank_range.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "contrast/written_symptom.h"
#include "repo/git.h"
#include "workbench/change_commits.h"
#include "workbench/commit_texts.h"

namespace culprit {
namespace {

constexpr std::size_t commits_max = 50'000;
constexpr std::size_t symptom_bytes_max = 8 * 1024 * 1024;
constexpr std::size_t files_max = 2'000;  // of source, searched for the lines that print a message
constexpr double none_prior = 0.2;        // as for deploys: that nothing in the range did it
// Judged: who asks has seldom waited long, so that the later half is a little likelier.
constexpr double recency = 0.4;

struct Ends {
  std::string good;
  std::string bad;
};

Result<Ends> ends_of(const std::string& range) {
  const std::size_t dots = range.find("..");
  Ends ends{range.substr(0, dots), "HEAD"};
  if (dots != std::string::npos) {
    // A...B holds the same commits of B.
    const std::size_t after = range.substr(dots, 3) == "..." ? dots + 3 : dots + 2;
    if (after < range.size()) ends.bad = range.substr(after);
  }
  const bool plain = ends.bad.find("..") == std::string::npos;
  if (dots != std::string::npos && !ends.good.empty() && plain) return ends;
  Error made = error(Fault::usage, "--range {} is not GOOD..BAD", range);
  made.advice = "--range v1.8..v1.9   or a commit's name on either side; GOOD.. means up to HEAD";
  return made;
}

bool looks_like_file(const std::string& text) {
  if (text.find_first_of(" \n\t") != std::string::npos) return false;
  for (std::string_view end : {".txt", ".log", ".md", ".out", ".trace", ".json"}) {
    if (text.size() > end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0) {
      return true;
    }
  }
  return text.rfind("./", 0) == 0 || text.rfind("../", 0) == 0 || text.rfind('/', 0) == 0;
}

Result<std::string> read_input(World& world) {
  File input = TRY(world.standard_input());
  std::string text(symptom_bytes_max, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const std::size_t count = TRY(input.read_next({text.data() + size, text.size() - size}));
    if (count == 0) break;
    size += count;
  }
  text.resize(size);
  return text;
}

Result<std::string> symptom_text(World& world, const std::string& symptom) {
  constexpr std::size_t name_bytes_max = 1'000;
  std::string text = symptom;
  if (symptom == "-") {
    text = TRY(read_input(world).during("reading --symptom from standard input"));
  } else if (symptom.size() < name_bytes_max && symptom.find('\n') == std::string::npos) {
    const Result<FileInfo> info = world.info(symptom);
    const bool regular =
        info && (info->type == FileInfo::Type::regular || info->type == FileInfo::Type::pipe);
    if (regular || looks_like_file(symptom)) {
      text = TRY(world.read(symptom, symptom_bytes_max).during("reading --symptom {}", symptom));
    }
  }
  if (text.find_first_not_of(" \t\r\n") != std::string::npos) return text;
  Error made = error(Fault::usage, "the symptom is empty");
  made.advice =
      "--symptom 'orders over 100 EUR time out'   or a file with a stack trace or log lines";
  return made;
}

Error empty_range(const Repository& repository, const std::string& range, const Ends& ends) {
  CommitRange reversed;
  reversed.from = ends.bad;
  reversed.to = ends.good;
  reversed.commits_max = 1;
  const auto other = repository.commits(reversed);
  Error made = error(Fault::usage, "there is no commit in {}", range);
  made.advice = other && !other->empty()
                    ? "the other way round: --range " + ends.bad + ".." + ends.good
                    : "GOOD is the last revision that worked, BAD one that fails";
  return made;
}

Result<std::vector<Commit>> commits_in(const Repository& repository, const RangeQuestion& question,
                                       const Ends& ends) {
  CommitRange range;
  range.from = ends.good;
  range.to = ends.bad;
  range.commits_max = commits_max;
  std::vector<Commit> commits =
      TRY(repository.commits(range).during("reading the commits of {}", question.range));
  if (commits.empty()) return empty_range(repository, question.range, ends);
  return commits;
}

// Of the whole range, against a fault that came with none of its commits.
double probability_of(const std::vector<CommitWeight>& weights) {
  double priors = 0;
  double sum = 0;
  for (const CommitWeight& weight : weights) {
    priors += weight.prior;
    sum += weight.prior * std::exp(weight.log_ratio);
  }
  return (1 - none_prior) * sum / ((1 - none_prior) * sum + none_prior * priors);
}

std::vector<RankedChange> changes_of(const RangeRanking& ranking, std::vector<CommitText> texts,
                                     const std::vector<CommitWeight>& weights) {
  RankedChange whole;
  whole.change.id = ranking.range;
  whole.change.at = texts.front().at;
  whole.change.sha = texts.front().sha;
  whole.probability = probability_of(weights);
  whole.commits = share_out(texts, weights);
  double sum = 0;
  for (const RankedCommit& commit : whole.commits) sum += commit.probability;
  for (RankedCommit& commit : whole.commits) commit.probability *= whole.probability / sum;
  if (!ranking.found) whole.against.emplace_back("no commit shares anything with the symptom");
  RankedChange none;
  none.change.kind = ChangeKind::none;
  none.change.id = "none of these";
  none.probability = 1 - whole.probability;
  std::vector<RankedChange> changes;
  changes.push_back(std::move(whole));
  changes.push_back(std::move(none));
  return changes;
}

void tell_inputs(RangeRanking& ranking, const CommitQuestion& asked, const Repository& repository) {
  for (const SourceLine& line : asked.source_lines) {
    std::string place = fmt::format("{}:{}", line.path, line.line);
    const auto same = std::find(ranking.printed.begin(), ranking.printed.end(), place);
    if (same == ranking.printed.end()) ranking.printed.push_back(std::move(place));
  }
  if (ranking.commits >= commits_max) {
    ranking.notes.push_back(fmt::format("only the latest {} commits were read", commits_max));
  }
  if (repository.shallow()) {
    ranking.notes.emplace_back("the clone is shallow: commits before its cut are not known");
  }
}

}  // namespace

Result<RangeRanking> rank_range(World& world, const RangeQuestion& question) {
  const Ends ends = TRY(ends_of(question.range));
  const std::string text = TRY(symptom_text(world, question.symptom));
  const Repository repository =
      TRY(Repository::open(question.repository).during("opening --repo {}", question.repository));
  const std::vector<Commit> commits = TRY(commits_in(repository, question, ends));
  const std::vector<CommitText> texts = TRY(
      read_commit_texts(world, question.repository, commits, {question.cache, question.threads}));
  const WrittenSymptom symptom = read_symptom(text);

  RangeRanking ranking;
  ranking.range = ends.good + ".." + ends.bad;
  ranking.commits = texts.size();
  ranking.frames = symptom.frames.size();
  CommitQuestion asked;
  asked.recency = recency;
  asked.words = symptom.words;
  asked.symptoms = symptom.messages;
  asked.source_lines = find_source_lines(repository, ends.bad, symptom.messages, files_max);
  mark_known(repository, ends.good, asked.source_lines, asked.symptoms);
  FoundPlaces places =
      find_places(repository, {ends.bad, commits, texts}, symptom.frames, asked.source_lines);
  asked.frames = std::move(places.frames);
  asked.formatting = std::move(places.ignored);
  ranking.frames_known = places.frames_known;
  tell_inputs(ranking, asked, repository);

  std::vector<const CommitText*> pointers;
  for (const CommitText& one : texts) pointers.push_back(&one);
  const std::vector<CommitWeight> weights = weigh_commits(pointers, asked);
  ranking.found = std::any_of(weights.begin(), weights.end(),
                              [](const CommitWeight& weight) { return weight.log_ratio > 0; });
  ranking.changes = changes_of(ranking, texts, weights);
  return ranking;
}

}  // namespace culprit
