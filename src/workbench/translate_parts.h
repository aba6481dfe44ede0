// What the translations of an Expr share: walking its tree, numbering its leaves, quoting.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "event/expr.h"
#include "workbench/translate.h"

namespace culprit {

using LeafText = std::function<std::string(const Expr& leaf)>;

// How a language joins conditions; `leaf` writes compare, has and always.
struct Connectives {
  std::string_view always;
  std::string_view negate_before;  // "not coalesce("
  std::string_view negate_after;   // ", false)"
  LeafText leaf;
};
std::string joined(const Expr& expr, const Connectives& language);

// The questions about single values that an Expr is made of, `differs` as its `equal`, each once:
// an Expr about a unit is these, or-ed over its events, then joined.
std::vector<Expr> leaves_of(const Expr& expr);
// The place in `leaves` of a leaf, compared as leaves_of() made it.
std::size_t place_of(const Expr& leaf, const std::vector<Expr>& leaves);
// `differs` as has and not equal; everything else as it is.
Expr without_differs(const Expr& expr);
// Comparisons of levels as regular expressions of their words, which other tools know nothing of.
Expr without_levels(const Expr& expr);

// The windows that a Verification counts in, by name.
std::vector<std::pair<std::string, Window>> windows_of(const Verification& finding);

// The words that a level goes by, in lower case; besides them the numbers from 10 (trace) to 69
// (fatal), whose first digit is the Level's (level_named, event/event.h).
std::span<const std::string_view> words_of(Level level);

// "eu-*" as a regular expression that is to match the whole of a value, for RE2 and Oniguruma.
std::string regex_of_glob(std::string_view glob);
std::string regex_quoted(std::string_view text);

// A text in double quotes as JSON, jq and LogQL read them.
std::string json_quoted(std::string_view text);
std::string shell_quoted(std::string_view text);
// Whether JSON would write the text as a number.
bool spells_json_number(std::string_view text);

std::string jq_query(const Verification& finding, std::span<const QueryFile> files);
std::string sql_query(const Verification& finding, std::span<const QueryFile> files);
std::string logql_query(const Verification& finding);

}  // namespace culprit
