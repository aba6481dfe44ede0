// The words of skeletons' texts, numbered, with what each may be in a sentence.
//
// Brackets, quotes and the punctuation around a word are words of their own, so that what stands
// between them can be told apart from it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace culprit {

using WordId = std::uint32_t;
using Words = std::vector<WordId>;

struct Word {
  std::string text;  // with the space before it
  WordId bare = 0;   // the same word without that space
  char sign = '\0';  // of a mark: its first byte
  bool hole = false;
  bool mark = false;      // punctuation
  bool symbol = false;    // a mark of two bytes and more, an arrow perhaps; not "..."
  bool constant = false;  // has letters of its own
  bool partial = false;   // a hole and more
  bool keyed = false;     // "key:<*>", "key=<*>"
  bool preposition = false;
  bool identifier = false;  // not just letters in one of the ways that a sentence writes them
  bool joined = false;      // has a dash, a slash or an underscore in it
  bool participle = false;  // ends as "closed" and "closing" do
  bool code = false;        // "AH01626"
  bool negation = false;
  bool failure = false;       // "failed", "error": a colon behind it introduces the reason
  std::string_view key = {};  // with its sign: "event:" of "event:done"; lives in the text
};

class Vocabulary {
 public:
  Vocabulary() = default;
  Vocabulary(const Vocabulary&) = delete;  // words point into their own texts
  Vocabulary& operator=(const Vocabulary&) = delete;

  // `text`: a skeleton's, in which one space stands for any.
  Words words_of(std::string_view text);
  std::string text_of(const Words& words) const;
  // The hole that stands in the place of `word`, with or without a space before it.
  WordId hole_for(WordId word);

  const Word& operator[](WordId id) const { return words_[id]; }
  std::size_t size() const { return words_.size(); }

 private:
  WordId id_of(std::string text);
  void add_piece(std::string_view piece, std::string space, Words& words);

  std::map<std::string, WordId, std::less<>> ids_;
  std::vector<Word> words_;
};

// Whether there are letters beside the holes of a text.
bool has_own_words(std::string_view text);

// The words that have letters, and symbols.
std::size_t constants_in(const Words& words, const Vocabulary& vocabulary);

// ')' for '('; '\0': it opens nothing.
char closing_of(char sign);
// Whether brackets and quotes between the two places stand in pairs.
bool is_balanced(const Words& words, std::size_t from, std::size_t to,
                 const Vocabulary& vocabulary);

}  // namespace culprit
