// Families of skeletons: those that one line of code printed with different words in it.
//
// What varies by its shape alone is taken out first (template_shapes.h), then what a program puts
// before its messages (template_frames.h). Texts that differ in one place are merged there, in
// rounds, the likeliest first (template_evidence.h), so that what is most alike is joined before
// what is less; a text that lacks a few words of another joins it. Last, texts with the same
// constant words become one, and what is left over joins the template that it is a case of
// (template_cases.h).
//
// The result depends on the texts and their numbers of lines alone, not on their order, so that
// threads and files can be merged in any. No rule names a product. Measured by
// bench/accuracy_templates.py.
#pragma once

#include <map>
#include <string>

namespace culprit {

// The text of each skeleton's template; given how many lines have it.
std::map<std::string, std::string> template_texts(const std::map<std::string, double>& skeletons);

}  // namespace culprit
