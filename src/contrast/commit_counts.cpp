#include <algorithm>
#include <utility>

#include "contrast/commit_effect.h"
#include "contrast/commit_kind.h"
#include "contrast/commit_words.h"
#include "contrast/words.h"

// Which words of a query a commit says, how often, and where: CommitQuery::count().
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

// How often each word was said in what was read last.
class Tally {
 public:
  explicit Tally(std::size_t words) : counts_(words, 0) {}
  void add(std::size_t word, double weight) {
    if (counts_[word] == 0) touched_.push_back(word);
    counts_[word] += weight;
  }
  // And begins anew.
  std::vector<std::pair<std::size_t, double>> take() {
    std::sort(touched_.begin(), touched_.end());
    std::vector<std::pair<std::size_t, double>> taken;
    for (std::size_t word : touched_) {
      taken.emplace_back(word, counts_[word]);
      counts_[word] = 0;
    }
    touched_.clear();
    return taken;
  }

 private:
  std::vector<double> counts_;
  std::vector<std::size_t> touched_;
};

// How much a word counts, and one that nobody said (see failure_words): the latter only where
// code was altered, since "lock" and "null" stand in every second new function.
struct Place {
  double said = 0;
  double expected = 0;
};

}  // namespace

// Reads one part of a commit after another.
class CommitQuery::Reader {
 public:
  explicit Reader(const CommitQuery& query) : query_(query), tally_(query.words_.size()) {}
  void read(std::string_view text, const Place& place);
  Part take();

 private:
  const CommitQuery& query_;
  Tally tally_;
  std::size_t length_ = 0;
};

void CommitQuery::Reader::read(std::string_view text, const Place& place) {
  each_word(text, [&](std::string_view word) {
    ++length_;
    const auto found = query_.index_.find(stem_of(word));
    if (found == query_.index_.end()) return;
    const double weight = query_.words_[found->second].expected ? place.expected : place.said;
    if (weight > 0) tally_.add(found->second, weight);
  });
}

CommitQuery::Part CommitQuery::Reader::take() {
  Part part;
  part.words = tally_.take();
  part.length = static_cast<double>(std::exchange(length_, 0));
  return part;
}

CommitQuery::Counted CommitQuery::count(const CommitText& commit) const {
  Counted counted;
  Reader reader(*this);
  reader.read(commit.message.empty() ? commit.subject : commit.message, {in_message, in_message});
  counted.message = reader.take();
  counted.length = counted.message.length;
  for (const FileDiff& file : commit.files) {
    const CommitKind kind = kind_of_file(file);
    // A manifest holds little but names.
    const bool manifest = kind == CommitKind::dependencies;
    const double weight = manifest ? 1 : std::max(0.2, prior_of(kind));
    const Effect effect = effect_of(file);
    const double altered = effect == Effect::altered ? 1 : effect == Effect::inserted ? 0.5 : 0.2;
    const auto place = [&](double here, double share) {
      return Place{here * weight, here * weight * share};
    };
    reader.read(file.path, place(in_path, 1));
    reader.read(file.added, place(in_added, altered));
    reader.read(file.fresh, place(in_fresh, 0));
    reader.read(file.removed, place(in_removed, altered));
    reader.read(file.context, place(in_context, altered));
    if (written_) reader.read(file.nearby, place(in_nearby, 0));
    Part part = reader.take();
    counted.length += part.length;
    part.manifest = manifest;
    if (manifest) part.path = words_in(file.path);
    if (!part.words.empty()) counted.files.push_back(std::move(part));
  }
  return counted;
}

std::vector<std::size_t> CommitQuery::words_of(const Counted& counted) {
  std::vector<std::size_t> words;
  for (const auto& [word, count] : counted.message.words) words.push_back(word);
  for (const Part& file : counted.files) {
    for (const auto& [word, count] : file.words) words.push_back(word);
  }
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  return words;
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

}  // namespace culprit
