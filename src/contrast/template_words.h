// The words of skeletons' texts, numbered, with what each may be in a sentence.
//
// Brackets, quotes and the punctuation around a word are words of their own, so that what stands
// between them can be told apart from it. Before that, what skeletons leave varied by its shape
// alone is made one hole: dotted names ("cache.service", "www.shop.test"), placeholders ("<none>"),
// holes with nothing but punctuation between them, and runs of `key=<*>`, whose keys come and go.
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
  bool hole = false;
  bool mark = false;      // punctuation
  bool constant = false;  // has letters of its own
  bool preposition = false;
  char sign = '\0';  // of a mark: its first byte
};

class Vocabulary {
 public:
  // `text`: a skeleton's, in which one space stands for any.
  Words words_of(std::string_view text);
  std::string text_of(const Words& words) const;
  // The hole that stands in the place of `word`, with or without a space before it.
  WordId hole_for(WordId word);

  const Word& operator[](WordId id) const { return words_[id]; }

 private:
  WordId id_of(std::string text);
  void add_piece(std::string_view piece, std::string space, Words& words);

  std::map<std::string, WordId, std::less<>> ids_;
  std::vector<Word> words_;
};

// A skeleton's text with its shapes made holes.
std::string without_shapes(std::string_view text);
// And runs of `key=<*>` made one.
std::string without_pairs(std::string_view text);

}  // namespace culprit
