#include "contrast/commit_words.h"

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "contrast/commit_kind.h"
#include "contrast/failure_words.h"
#include "contrast/words.h"
#include "event/roles.h"

namespace culprit {
namespace {

// How much a word counts by where it stands. A path names the component, a message the intent.
constexpr double in_path = 1.5;
constexpr double in_message = 1.2;
constexpr double in_added = 1.0;
constexpr double in_fresh = 1.0;  // whole functions
constexpr double in_removed = 0.8;
constexpr double in_context = 1.0;
constexpr double in_nearby = 0.3;

// A segment's words name customers and places more often than code.
constexpr double in_segment = 0.4;
// What people say of any failure.
constexpr double in_reports = 0.4;
// What code calls the kind of failure that was reported.
constexpr double in_failures = 0.35;
constexpr double said_again = 0.3;  // a word that is said e times as often weighs so much more

// BM25's constants as usual, with half of its length normalisation: a large diff holds more words
// by chance, but it is also likelier to hold the fault.
constexpr double saturation = 1.2;
constexpr double length_weight = 0.4;

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
    if (fresh) words_.push_back({std::string(word), 0, 0, 0});
    words_[at->second].weight = std::max(words_[at->second].weight, weight);
  });
}

void CommitQuery::add_written(std::string_view text) {
  each_word(text, [&](std::string_view word) {
    if (is_stop_word(word)) return;
    const double weight = is_report_word(word) ? in_reports : 1;
    const auto [at, fresh] = index_.try_emplace(std::string(stem_of(word)), words_.size());
    if (fresh) words_.push_back({std::string(word), 0, 0, 0});
    Word& known = words_[at->second];
    known.weight = std::max(known.weight, weight);
    ++known.said;
  });
}

// "null" and "key" say something where a failure of that kind was reported.
void CommitQuery::add_expected(std::string_view word) {
  const auto [at, fresh] = index_.try_emplace(std::string(stem_of(word)), words_.size());
  if (fresh) words_.push_back({std::string(word), in_failures, 0, 0});
}

CommitQuery::CommitQuery(const CommitQuestion& question)
    : of_symptoms_(!question.symptoms.empty() || !question.words.empty()),
      written_(!question.words.empty() || !question.frames.empty()) {
  add_written(question.words);
  for (std::string_view word : failure_words(question.words)) add_expected(word);
  // A written symptom says its messages among its words.
  for (const Symptom& symptom : question.symptoms) {
    if (!written_) add(symptom.text, symptom.weight);
    add(symptom.text, 0);  // all its words are counted, for words_in()
    add(symptom.service, 0.5 * symptom.weight);
  }
  for (const FramePlace& frame : question.frames) {
    add(frame.function, frame.weight);
    add(frame.path, 0.5 * frame.weight);
  }
  for (const NamedValue& named : question.fields) {
    // "version" and its value are in every release's commit, and in no other.
    if (role_of(named.field) == Role::version) continue;
    add(named.field, in_segment);
    add(named.value, in_segment);
  }
}

CommitQuery::Counted CommitQuery::count(const CommitText& commit) const {
  std::map<std::size_t, double> counts;
  Counted counted;
  const auto read = [&](std::string_view text, double weight) {
    each_word(text, [&](std::string_view word) {
      counted.length += 1;
      const auto found = index_.find(stem_of(word));
      if (found != index_.end()) counts[found->second] += weight;
    });
  };
  read(commit.message.empty() ? commit.subject : commit.message, in_message);
  for (const FileDiff& file : commit.files) {
    const double weight = std::max(0.2, prior_of(kind_of_file(file)));
    read(file.path, in_path * weight);
    read(file.added, in_added * weight);
    read(file.fresh, in_fresh * weight);
    read(file.removed, in_removed * weight);
    read(file.context, in_context * weight);
    if (written_) read(file.nearby, in_nearby * weight);
  }
  counted.words.assign(counts.begin(), counts.end());
  return counted;
}

std::vector<std::size_t> CommitQuery::words_in(std::string_view text) const {
  std::vector<std::size_t> words;
  each_word(text, [&](std::string_view word) {
    const auto found = index_.find(stem_of(word));
    if (found != index_.end()) words.push_back(found->second);
  });
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  return words;
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

std::vector<CommitClue> CommitQuery::judge(const std::vector<Counted>& counted) {
  std::vector<CommitClue> clues(counted.size());
  if (words_.empty()) return clues;
  double length_sum = 0;
  for (const Counted& one : counted) {
    length_sum += one.length;
    for (const auto& [index, count] : one.words) ++words_[index].commits;
  }
  const double length_mean = std::max(1.0, length_sum / static_cast<double>(counted.size()));
  const double scale = scale_of(counted.size());
  // Code need not hold the names of the segment that it fails for.
  const double none_log = of_symptoms_ ? no_words_log : no_words_log * segment_only;
  for (std::size_t i = 0; i < counted.size(); ++i) {
    std::vector<std::pair<double, std::string_view>> shared;
    double sum = 0;
    for (const auto& [index, count] : counted[i].words) {
      const double length = 1 - length_weight + length_weight * counted[i].length / length_mean;
      const double often = count * (saturation + 1) / (count + saturation * length);
      const double gain = rarity(words_[index], counted.size()) * std::min(often, 1.5);
      if (gain <= 0) continue;
      shared.emplace_back(gain, words_[index].text);
      sum += gain;
    }
    clues[i].log = none_log;
    if (shared.empty()) continue;
    std::stable_sort(shared.begin(), shared.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    const double log = scale * sum;
    clues[i].log =
        none_log / 2 + (written_ ? written_log_max * (1 - std::exp(-log / written_log_max))
                                 : std::min(log, words_log_max - none_log / 2));
    clues[i].text = "shares words with the failure: " + told(shared);
  }
  return clues;
}

}  // namespace culprit
