#include "contrast/commits.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "contrast/commit_kind.h"
#include "contrast/words.h"
#include "event/roles.h"

namespace culprit {
namespace {

// How much a word counts by where it stands. A path names the component, a message the intent.
constexpr double in_path = 1.5;
constexpr double in_message = 1.2;
constexpr double in_added = 1.0;
constexpr double in_removed = 0.8;
constexpr double in_context = 0.6;

// A segment's words name customers and places more often than code.
constexpr double in_segment = 0.4;

// BM25's constants as usual, with half of its length normalisation: a large diff holds more words
// by chance, but it is also likelier to hold the fault.
constexpr double saturation = 1.2;
constexpr double length_weight = 0.4;

// Words come in groups, so that five shared ones are not five independent witnesses.
constexpr double dependence = 0.5;
constexpr double words_log_max = 3.0;
// About one guilty commit in four shares no word with its symptom.
constexpr double no_words_log = -1.4;
constexpr double segment_only = 0.15;  // of that, where nothing but a segment is known

constexpr double wrote_line_log_min = 3.5;
constexpr double wrote_line_log_max = 7.0;
constexpr double changed_line_log = 2.0;
constexpr double touched_file_log = 1.2;
constexpr double touched_folder_log = 0.4;
// A message printed at many places points at none of them.
constexpr std::size_t places_max = 20;

constexpr std::size_t reasons_max = 4;
constexpr std::size_t words_told_max = 5;

struct QueryWord {
  std::string text;
  double weight = 0;
  std::size_t commits = 0;  // that hold it
};

struct Query {
  std::vector<QueryWord> words;
  std::map<std::string, std::size_t, std::less<>> index;
  bool of_symptoms = false;  // there is a symptom, not only a segment

  void add(std::string_view text, double weight) {
    each_word(text, [&](std::string_view word) {
      if (is_stop_word(word)) return;
      const auto [at, fresh] = index.try_emplace(std::string(word), words.size());
      if (fresh) words.push_back({std::string(word), 0, 0});
      words[at->second].weight = std::max(words[at->second].weight, weight);
    });
  }
};

Query query_of(const CommitQuestion& question) {
  Query query;
  query.of_symptoms = !question.symptoms.empty();
  for (const Symptom& symptom : question.symptoms) {
    query.add(symptom.text, symptom.weight);
    query.add(symptom.service, 0.5 * symptom.weight);
  }
  for (const NamedValue& named : question.fields) {
    // "version" and its value are in every release's commit, and in no other.
    if (role_of(named.field) == Role::version) continue;
    query.add(named.field, in_segment);
    query.add(named.value, in_segment);
  }
  return query;
}

// How often, and where, one commit says the words of the query.
struct Counted {
  std::vector<std::pair<std::size_t, double>> words;  // index into the query, weighed count
  double length = 0;                                  // words in all
};

Counted count_words(const CommitText& commit, const Query& query) {
  std::map<std::size_t, double> counts;
  Counted counted;
  const auto read = [&](std::string_view text, double weight) {
    each_word(text, [&](std::string_view word) {
      counted.length += 1;
      const auto found = query.index.find(word);
      if (found != query.index.end()) counts[found->second] += weight;
    });
  };
  read(commit.message.empty() ? commit.subject : commit.message, in_message);
  for (const FileDiff& file : commit.files) {
    const double weight = std::max(0.2, prior_of(kind_of_file(file)));
    read(file.path, in_path * weight);
    read(file.added, in_added * weight);
    read(file.removed, in_removed * weight);
    read(file.context, in_context * weight);
  }
  counted.words.assign(counts.begin(), counts.end());
  return counted;
}

struct Piece {
  double log = 0;
  std::string text;
};

double rarity(std::size_t commits_with, std::size_t commits) {
  const double with = static_cast<double>(commits_with);
  return std::log(1 + (static_cast<double>(commits) - with + 0.5) / (with + 0.5));
}

// The words that count most, for a reader: neither those that hardly count nor the whole of an
// identifier beside its parts.
std::string told(const std::vector<std::pair<double, std::string_view>>& shared) {
  std::vector<std::string_view> words;
  for (const auto& [gain, word] : shared) {
    const bool whole = std::any_of(shared.begin(), shared.end(), [&, it = word](const auto& other) {
      return other.second.size() < it.size() && it.find(other.second) == 0;
    });
    if (gain < 0.25 * shared[0].first || words.size() == words_told_max) break;
    if (!whole) words.push_back(word);
  }
  return fmt::format("{}", fmt::join(words, ", "));
}

Piece shared_words(const Counted& counted, const Query& query, std::size_t commits,
                   double length_mean) {
  if (query.words.empty()) return {};
  std::vector<std::pair<double, std::string_view>> shared;
  double sum = 0;
  for (const auto& [index, count] : counted.words) {
    const QueryWord& word = query.words[index];
    const double length = 1 - length_weight + length_weight * counted.length / length_mean;
    const double often = count * (saturation + 1) / (count + saturation * length);
    const double gain = rarity(word.commits, commits) * word.weight * std::min(often, 1.5);
    shared.emplace_back(gain, word.text);
    sum += gain;
  }
  // Code need not hold the names of the segment that it fails for.
  const double none_log = query.of_symptoms ? no_words_log : no_words_log * segment_only;
  if (shared.empty()) return {none_log, {}};
  std::stable_sort(shared.begin(), shared.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  const double log = none_log / 2 + dependence * sum;
  return {std::min(log, words_log_max), "shares words with the failure: " + told(shared)};
}

std::string_view folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == path.npos ? std::string_view{} : path.substr(0, slash + 1);
}

std::string quoted(std::string_view text) {
  constexpr std::size_t bytes_max = 60;
  return fmt::format("\"{}{}\"", text.substr(0, bytes_max), text.size() > bytes_max ? "..." : "");
}

// What a file's diff did to the line that prints a symptom. A line that was there before and after
// was moved or reworded; for a message that stopped, the condition around it may have changed.
Piece line_piece(const Symptom& symptom, const FileDiff& file, double wrote_log) {
  const bool added = !literal_matches(symptom.text, file.added).empty();
  const bool removed = !literal_matches(symptom.text, file.removed).empty();
  if (!added && !removed) return {};
  const bool changed = added && removed;
  const bool did = symptom.stopped ? removed : added;
  const double log = changed ? changed_line_log : did ? wrote_log : touched_file_log;
  const std::string_view verb = changed ? "changed" : added ? "wrote" : "removed";
  return {log * symptom.weight,
          fmt::format("{} the line that prints {} in {}", verb, quoted(symptom.text), file.path)};
}

// Of many commits, hardly any writes just that line by chance.
double wrote_line_log(std::size_t commits) {
  constexpr double guilty_share = 0.4;  // of guilty commits, those that wrote the message too
  const double log = std::log(guilty_share * static_cast<double>(commits));
  return std::clamp(log, wrote_line_log_min, wrote_line_log_max);
}

Piece wrote_line(const CommitText& commit, const CommitQuestion& question, std::size_t commits) {
  Piece best;
  for (const Symptom& symptom : question.symptoms) {
    for (const FileDiff& file : commit.files) {
      if (kind_of_file(file) != CommitKind::code) continue;
      Piece piece = line_piece(symptom, file, wrote_line_log(commits));
      if (piece.log > best.log) best = std::move(piece);
    }
  }
  return best;
}

Piece touched_place(const CommitText& commit, const CommitQuestion& question) {
  std::map<std::size_t, std::size_t> places;
  for (const SourceLine& line : question.source_lines) ++places[line.symptom];
  Piece best;
  for (const SourceLine& line : question.source_lines) {
    if (places[line.symptom] > places_max) continue;
    for (const FileDiff& file : commit.files) {
      const bool same_file = file.path == line.path;
      const bool same_folder =
          !folder_of(line.path).empty() && folder_of(file.path) == folder_of(line.path);
      const double log = same_file ? touched_file_log : same_folder ? touched_folder_log : 0;
      if (log <= best.log) continue;
      best = {log, fmt::format("touches {}, where the failing message is printed",
                               same_file ? line.path : std::string(folder_of(line.path)))};
    }
  }
  return best;
}

CommitWeight weight_of(const CommitText& commit, Piece words, const CommitQuestion& question,
                       std::size_t commits) {
  CommitWeight weight;
  const CommitKind kind = kind_of_commit(commit);
  weight.prior = prior_of(kind) * size_factor(commit);
  std::vector<Piece> pieces = {wrote_line(commit, question, commits), std::move(words)};
  if (pieces[0].log == 0) pieces.push_back(touched_place(commit, question));
  std::stable_sort(pieces.begin(), pieces.end(),
                   [](const Piece& a, const Piece& b) { return a.log > b.log; });
  for (Piece& piece : pieces) {
    weight.log_ratio += piece.log;
    if (piece.log > 0 && weight.reasons.size() < reasons_max) {
      weight.reasons.push_back(std::move(piece.text));
    }
  }
  weight.note = note_on(kind);
  return weight;
}

}  // namespace

std::vector<CommitWeight> weigh_commits(std::span<const CommitText* const> commits,
                                        const CommitQuestion& question) {
  Query query = query_of(question);
  std::vector<Counted> counted;
  double length_sum = 0;
  for (const CommitText* commit : commits) {
    counted.push_back(count_words(*commit, query));
    length_sum += counted.back().length;
    for (const auto& [index, count] : counted.back().words) ++query.words[index].commits;
  }
  const double length_mean = std::max(1.0, length_sum / static_cast<double>(commits.size()));
  std::vector<CommitWeight> weights;
  for (std::size_t i = 0; i < commits.size(); ++i) {
    Piece words = shared_words(counted[i], query, commits.size(), length_mean);
    weights.push_back(weight_of(*commits[i], std::move(words), question, commits.size()));
  }
  return weights;
}

std::vector<RankedCommit> share_out(std::span<const CommitText> commits,
                                    std::span<const CommitWeight> weights) {
  double prior_sum = 0;
  double sum = 0;
  for (const CommitWeight& weight : weights) {
    prior_sum += weight.prior;
    sum += weight.prior * std::exp(weight.log_ratio);
  }
  const double none = prior_sum * share_without_commit / (1 - share_without_commit);
  std::vector<RankedCommit> ranked;
  for (std::size_t i = 0; i < commits.size(); ++i) {
    const double probability = weights[i].prior * std::exp(weights[i].log_ratio) / (sum + none);
    ranked.push_back({commits[i].sha, commits[i].subject, probability, weights[i].reasons});
    if (!weights[i].note.empty()) ranked.back().reasons.push_back(weights[i].note);
  }
  std::stable_sort(ranked.begin(), ranked.end(), [](const RankedCommit& a, const RankedCommit& b) {
    return a.probability > b.probability;
  });
  return ranked;
}

std::vector<RankedCommit> rank_commits(std::span<const CommitText> commits,
                                       const CommitQuestion& question) {
  std::vector<const CommitText*> pointers;
  for (const CommitText& commit : commits) pointers.push_back(&commit);
  return share_out(commits, weigh_commits(pointers, question));
}

}  // namespace culprit
