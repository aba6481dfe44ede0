// Texts that are cases of a family although no other of it is like them: the last step of
// template_families.h.
#pragma once

#include <map>
#include <set>

#include "contrast/template_words.h"

namespace culprit {

// Where each text that joins another goes: to the family with most constant words whose holes it
// fills (one word each, or a phrase between punctuation), else to the text that lacks a few words
// of it.
std::map<Words, Words> cases_joined(const std::set<Words>& texts, const std::set<Words>& families,
                                    const Vocabulary& vocabulary);

// ')' for '('; '\0': it opens nothing.
char closing_of(char sign);
// Whether brackets and quotes between the two places stand in pairs.
bool is_balanced(const Words& words, std::size_t from, std::size_t to,
                 const Vocabulary& vocabulary);

}  // namespace culprit
