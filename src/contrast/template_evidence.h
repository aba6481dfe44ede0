// Evidence is how likely it is that texts that differ in one place came from one line of code: a
// sum of log odds, above 0 where they rather did.
//
// What speaks for it: many variants; telling words around the place; brackets, quotes or a
// preposition before it; a hole among the variants; names rather than words; phrases that stand
// elsewhere too. Against it: a place near the beginning, participles ("opened", "closed"),
// variants that say more than what stands around them, arguments in them, a negation, and that one
// variant has as many lines as the other. What a word tells is what it weighs in bits by the number
// of other texts that have it.
//
// The weights are those of a logistic regression on what the labelled logs of
// tests/data/templates (those not held out) have, each kind with the same say, towards weights that
// were guessed beforehand; left out kind by kind, they come out alike. No weight is of a word or a
// product.
#pragma once

#include <optional>
#include <vector>

#include "contrast/template_gaps.h"

namespace culprit {

// How many texts have each constant word.
class Frequencies {
 public:
  Frequencies(const Texts& texts, const Vocabulary& vocabulary);
  // What the constant words from one place to another tell, in bits, if `family` texts that have
  // them do not count.
  double bits(const Words& words, std::size_t from, std::size_t to, std::size_t family) const;
  std::size_t texts() const { return texts_; }

 private:
  const Vocabulary& vocabulary_;
  std::size_t texts_ = 0;
  std::vector<std::size_t> counts_;  // by bare word
};

struct Knowledge {
  const Texts& texts;
  const Vocabulary& vocabulary;
  const Frequencies& frequencies;
  const Contexts& contexts;
};

// nullopt: not even to be thought of.
std::optional<double> evidence_of(const Family& family, const Knowledge& knowledge);
std::optional<double> evidence_of(const Optional& optional, const Knowledge& knowledge);

}  // namespace culprit
