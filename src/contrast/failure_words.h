// Failure words are what code calls the things that reports describe: who writes "one day off
// around midnight" means code that says utc, timezone or date.
//
// The table holds kinds of failure that any program has, in English; it knows nothing of a domain.
#pragma once

#include <string_view>
#include <vector>

namespace culprit {

// Words of code for the kinds of failure that a symptom's words name; each once.
std::vector<std::string_view> failure_words(std::string_view symptom);

}  // namespace culprit
