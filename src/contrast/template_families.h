// Families of skeletons: those that one line of code printed with different words in it.
//
// Skeletons that are alike but for a part are a family when the part has more variants than
// separate lines of code would give it: the more constant words stand around it, the fewer variants
// are enough. The part is one word, or a phrase that brackets, quotes, a colon or a preposition
// introduce and punctuation ends; a variant that is a hole already says that the place varies.
// Then what is left over joins the family that it is a case of, and texts that differ by a few
// words more or less, among enough others, become one ("[preauth]").
//
// The result depends on the set of texts alone, not on their order, so that threads and files can
// be merged in any. No rule names a product. Measured by bench/accuracy_templates.py.
#pragma once

#include <map>
#include <set>
#include <string>

namespace culprit {

// The text of each skeleton's template.
std::map<std::string, std::string> template_texts(const std::set<std::string>& skeletons);

}  // namespace culprit
