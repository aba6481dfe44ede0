// What a commit's words share with a failure, weighed by rarity over the commits compared (BM25).
//
// Words come as stems; a query word weighs by where it was said: a message that a program printed
// and a name of code weigh more than what people say of any failure ("broken since yesterday").
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "contrast/commits.h"

namespace culprit {

// One thing that speaks for a commit, with its sentence; of weight 0: nothing.
struct CommitClue {
  double log = 0;
  std::string text = {};
};

class CommitQuery {
 public:
  explicit CommitQuery(const CommitQuestion& question);

  // How often one part of a commit, its message or a file, says the words of the query.
  struct Part {
    std::vector<std::pair<std::size_t, double>> words = {};  // index, weighed count; by index
    bool manifest = false;                                   // of dependencies
    std::vector<std::size_t> path = {};                      // words of a manifest's path
    double length = 0;                                       // words in all
  };
  struct Counted {
    Part message = {};
    std::vector<Part> files = {};  // those that say any
    double length = 0;             // words in all
  };
  Counted count(const CommitText& commit) const;

  // The words that a commit says anywhere, each once, sorted.
  static std::vector<std::size_t> words_of(const Counted& counted);

  // The query's words in a text of it; a commit that holds none of them cannot print the text.
  std::vector<std::size_t> words_in(std::string_view text) const;

  // One clue for each, in their order.
  std::vector<CommitClue> judge(const std::vector<Counted>& counted);

  // Of a commit to a manifest: that the failure names what it changes there. After judge().
  CommitClue dependency_clue(const Counted& counted, std::size_t commits) const;

 private:
  struct Word {
    std::string text;  // as it was said first
    double weight = 0;
    std::size_t said = 0;
    std::size_t commits = 0;  // that hold it
    bool expected = false;    // nobody said it, see failure_words()
    bool named = false;       // a message or a trace says it, perhaps as a package's name
  };
  class Reader;
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };

  using Gain = std::pair<double, std::string_view>;

  std::vector<Gain> gains_of(const Counted& counted, const Part* focus, double length,
                             std::size_t commits) const;
  const Part* focus_of(const Counted& counted, std::size_t commits) const;
  CommitClue clue_of(std::vector<Gain> shared, double scale) const;
  void add(std::string_view text, double weight);
  void add_written(std::string_view text);
  void add_named(std::string_view text);
  void add_expected(std::string_view word);
  double rarity(const Word& word, std::size_t commits) const;
  double scale_of(std::size_t commits) const;

  std::vector<Word> words_;
  std::unordered_map<std::string, std::size_t, Hash, std::equal_to<>> index_;
  bool of_symptoms_ = false;  // there is a symptom, not only a segment
  bool written_ = false;      // somebody wrote it down: there may be many words
};

}  // namespace culprit
