// What is left over when families are merged: the last step of template_families.h.
#pragma once

#include <map>

#include "contrast/template_gaps.h"

namespace culprit {

// Where texts go that have the same constant words in the same order: to the one that stands for
// most skeletons.
std::map<Words, Words> twins_joined(const Texts& texts, const Vocabulary& vocabulary);

// Where texts go that are cases of a template: to the one with most constant words whose holes they
// fill, with one word each, with a few where it has many constant words, or with a phrase between
// punctuation. A parameter (`key=<*>`) that the template lacks does not count; what has many more
// lines than a template is no case of it.
std::map<Words, Words> cases_joined(const Texts& texts, const Vocabulary& vocabulary);

}  // namespace culprit
