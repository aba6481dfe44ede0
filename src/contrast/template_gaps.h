// Where texts differ: what template_evidence.h judges and template_families.h merges.
//
// A Family is texts that are alike but for one part, a word or a phrase; an Optional, two texts of
// which one lacks a few words of the other. A phrase begins behind punctuation, a preposition or a
// hole and ends before punctuation or with the text. A text that differs from one with holes by
// what fills them and one word more is in that word's family too.
#pragma once

#include <cstdint>
#include <map>
#include <unordered_map>
#include <vector>

#include "contrast/template_words.h"

namespace culprit {

// What stands behind a text: how many skeletons, and the lines of these.
struct Support {
  std::size_t skeletons = 0;
  double lines = 0;
  Support& operator+=(const Support& other) {
    skeletons += other.skeletons;
    lines += other.lines;
    return *this;
  }
};
using Texts = std::map<Words, Support>;

// A part of a text. `like` is the text itself, or one with holes that it fills but for this part.
struct Gap {
  const Words* text = nullptr;  // in the Texts
  const Words* like = nullptr;
  std::size_t from = 0;
  std::size_t to = 0;
};

struct Family {
  std::vector<Gap> members;     // one a text
  std::vector<Words> variants;  // two and more, sorted
};

struct Optional {
  const Words* longer = nullptr;  // both in the Texts
  const Words* shorter = nullptr;
  std::size_t from = 0;  // what the longer one has more
  std::size_t to = 0;
  std::size_t pairs = 0;  // as many pairs of texts differ by just this
};

enum class Parts { words, phrases };

std::vector<Family> families_of(const Texts& texts, const Vocabulary& vocabulary, Parts parts);
std::vector<Optional> optionals_of(const Texts& texts, const Vocabulary& vocabulary);

// In which contexts words and phrases were seen, over all rounds of merging.
class Contexts {
 public:
  void see(const Words& text, const Vocabulary& vocabulary);
  // Whether the phrase was seen behind different constant words: then it is a value, or a part of
  // the language.
  bool several(const Words& phrase) const;

 private:
  struct Seen {
    std::uint64_t before = 0;
    bool several = false;
  };
  std::unordered_map<std::uint64_t, Seen> phrases_;
};

}  // namespace culprit
