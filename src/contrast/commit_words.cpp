#include "contrast/commit_words.h"

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "contrast/failure_words.h"
#include "contrast/words.h"
#include "event/roles.h"

namespace culprit {
namespace {

// A segment's words name customers and places more often than code.
constexpr double in_segment = 0.4;
// Of a word's worth, in other files of the commit than the one that says most. 0.1 to 0.4 rank 180
// scripted failures alike, but 29 of culprit's own history better the less it is.
constexpr double elsewhere = 0.1;
// What people say of any failure.
constexpr double in_reports = 0.4;
// What code calls the kind of failure that was reported.
constexpr double in_failures = 0.5;
constexpr double said_again = 0.3;  // a word that is said e times as often weighs so much more

// BM25's constants as usual, with half of its length normalisation: a large diff holds more words
// by chance, but it is also likelier to hold the fault.
constexpr double saturation = 1.2;
constexpr double length_weight = 0.4;

// Where a failure names a dependency, the commit that changed it is guilty so often.
constexpr double guilty_dependency = 0.4;
constexpr double dependency_log_max = 3.5;

// Words come in groups, so that five shared ones are not five independent witnesses.
constexpr double dependence = 0.5;
constexpr double words_log_max = 3.0;
// A long report holds many words; all of its rarest ones together say this much.
constexpr double written_log = 9.0;
constexpr double written_log_max = 6.0;
constexpr std::size_t rarest_counted = 15;
// About one guilty commit in four shares no word with its symptom.
constexpr double no_words_log = -1.4;
constexpr double segment_only = 0.15;  // of that, where nothing but a segment is known

constexpr std::size_t words_told_max = 5;

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

}  // namespace

void CommitQuery::add(std::string_view text, double weight) {
  each_word(text, [&](std::string_view word) {
    if (is_stop_word(word) && weight > 0) return;
    const auto [at, fresh] = index_.try_emplace(std::string(stem_of(word)), words_.size());
    if (fresh) words_.push_back({.text = std::string(word)});
    words_[at->second].expected = false;
    words_[at->second].weight = std::max(words_[at->second].weight, weight);
  });
}

void CommitQuery::add_written(std::string_view text) {
  each_word(text, [&](std::string_view word) {
    if (is_stop_word(word)) return;
    const double weight = is_report_word(word) ? in_reports : 1;
    const auto [at, fresh] = index_.try_emplace(std::string(stem_of(word)), words_.size());
    if (fresh) words_.push_back({.text = std::string(word)});
    Word& known = words_[at->second];
    known.weight = std::max(known.weight, weight);
    ++known.said;
  });
}

// What may be the name of a dependency, and counts as nothing else.
void CommitQuery::add_named(std::string_view text) {
  each_word(text, [&](std::string_view word) {
    if (is_stop_word(word) || is_report_word(word)) return;
    const auto [at, fresh] = index_.try_emplace(std::string(stem_of(word)), words_.size());
    if (fresh) words_.push_back({.text = std::string(word)});
    words_[at->second].named = true;
  });
}

// "null" and "key" say something where a failure of that kind was reported.
void CommitQuery::add_expected(std::string_view word) {
  const auto [at, fresh] = index_.try_emplace(std::string(stem_of(word)), words_.size());
  if (fresh) words_.push_back({.text = std::string(word), .weight = in_failures, .expected = true});
}

CommitQuery::CommitQuery(const CommitQuestion& question)
    : of_symptoms_(!question.symptoms.empty() || !question.words.empty()),
      written_(!question.words.empty()) {
  add_written(question.words);
  for (std::string_view word : failure_words(question.words)) add_expected(word);
  // A written symptom says its messages among its words.
  for (const Symptom& symptom : question.symptoms) {
    if (!written_) add(symptom.text, symptom.weight);
    add(symptom.text, 0);  // all its words are counted, for words_in()
    if (!written_) add_named(symptom.text);
    add(symptom.service, 0.5 * symptom.weight);
  }
  add_named(question.trace);
  for (const FramePlace& frame : question.frames) {
    add(frame.function, frame.weight);
    if (written_ || !frame.of_message) add(frame.path, 0.5 * frame.weight);
  }
  for (const NamedValue& named : question.fields) {
    // "version" and its value are in every release's commit, and in no other.
    if (role_of(named.field) == Role::version) continue;
    add(named.field, in_segment);
    add(named.value, in_segment);
  }
}

double CommitQuery::rarity(const Word& word, std::size_t commits) const {
  const double with = static_cast<double>(word.commits);
  const double again =
      word.said > 1 ? 1 + said_again * std::log(static_cast<double>(word.said)) : 1;
  return again * word.weight *
         std::log(1 + (static_cast<double>(commits) - with + 0.5) / (with + 0.5));
}

// What one unit of gain is worth. Of a long text no commit shares more than a part.
double CommitQuery::scale_of(std::size_t commits) const {
  if (!written_) return dependence;
  std::vector<double> gains;
  for (const Word& word : words_) {
    if (word.commits > 0) gains.push_back(rarity(word, commits));
  }
  std::sort(gains.begin(), gains.end(), std::greater<>());
  gains.resize(std::min(gains.size(), rarest_counted));
  double sum = 0;
  for (double gain : gains) sum += gain;
  return std::min(dependence, written_log / std::max(sum, 1.0));
}

// The file that says most of the words; null: none says any.
const CommitQuery::Part* CommitQuery::focus_of(const Counted& counted, std::size_t commits) const {
  const Part* focus = nullptr;
  double most = 0;
  for (const Part& file : counted.files) {
    double sum = 0;
    for (const auto& [word, count] : file.words) {
      sum += rarity(words_[word], commits) * count / (count + saturation);
    }
    if (focus != nullptr && sum <= most) continue;
    focus = &file, most = sum;
  }
  return focus;
}

// The words of a commit with what each is worth. A failure lies in one place: its words count
// whole in the message and in the file that says most of them, and in part elsewhere, so that a
// commit to fifty files does not collect them by chance.
std::vector<CommitQuery::Gain> CommitQuery::gains_of(const Counted& counted, const Part* focus,
                                                     double length, std::size_t commits) const {
  const auto worth = [&](std::size_t word, double count) {
    const double often = count * (saturation + 1) / (count + saturation * length);
    return rarity(words_[word], commits) * std::min(often, 1.5);
  };
  std::map<std::size_t, std::pair<double, double>> counts;  // in focus, elsewhere
  for (const auto& [word, count] : counted.message.words) counts[word].first += count;
  for (const Part& file : counted.files) {
    for (const auto& [word, count] : file.words) {
      (&file == focus ? counts[word].first : counts[word].second) += count;
    }
  }
  std::vector<Gain> gains;
  for (const auto& [word, count] : counts) {
    const double gain = std::max(worth(word, count.first), elsewhere * worth(word, count.second));
    if (gain > 0) gains.push_back({gain, words_[word].text});
  }
  return gains;
}

std::vector<CommitClue> CommitQuery::judge(const std::vector<Counted>& counted) {
  std::vector<CommitClue> clues(counted.size());
  if (words_.empty()) return clues;
  double length_sum = 0;
  for (const Counted& one : counted) {
    length_sum += one.length;
    for (std::size_t word : words_of(one)) ++words_[word].commits;
  }
  const double length_mean = std::max(1.0, length_sum / static_cast<double>(counted.size()));
  const double scale = scale_of(counted.size());
  for (std::size_t i = 0; i < counted.size(); ++i) {
    const double length = 1 - length_weight + length_weight * counted[i].length / length_mean;
    const Part* focus = focus_of(counted[i], counted.size());
    clues[i] = clue_of(gains_of(counted[i], focus, length, counted.size()), scale);
  }
  return clues;
}

CommitClue CommitQuery::dependency_clue(const Counted& counted, std::size_t commits) const {
  CommitClue best;
  for (const Part& file : counted.files) {
    if (!file.manifest) continue;
    for (const auto& [index, count] : file.words) {
      const Word& word = words_[index];
      const bool path = std::find(file.path.begin(), file.path.end(), index) != file.path.end();
      const bool named = word.named || (word.weight >= 1 && word.said > 0);
      if (word.expected || !named || path) continue;
      const double share = static_cast<double>(word.commits) / static_cast<double>(commits);
      const double log = std::min(std::log(guilty_dependency / share), dependency_log_max);
      if (log <= best.log) continue;
      best = {log, fmt::format("changes the dependency {}, which the failure names", word.text)};
    }
  }
  return best;
}

CommitClue CommitQuery::clue_of(std::vector<Gain> shared, double scale) const {
  // Code need not hold the names of the segment that it fails for.
  const double none_log = of_symptoms_ ? no_words_log : no_words_log * segment_only;
  if (shared.empty()) return {none_log, {}};
  std::stable_sort(shared.begin(), shared.end(),
                   [](const Gain& a, const Gain& b) { return a.first > b.first; });
  double sum = 0;
  for (const Gain& gain : shared) sum += gain.first;
  const double log = scale * sum;
  const double limited = written_ ? written_log_max * (1 - std::exp(-log / written_log_max))
                                  : std::min(log, words_log_max - none_log / 2);
  return {none_log / 2 + limited, "shares words with the failure: " + told(shared)};
}

}  // namespace culprit
