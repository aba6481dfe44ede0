// The words of EXPR: which texts may stand without quotes, and how quotes are written and read.
//
// The parser and the printer share it, so that what one writes the other reads.
#pragma once

#include <string>
#include <string_view>

#include "event/expr.h"

namespace culprit {

// A byte that an unquoted word may hold: anything but spaces, control bytes, quotes, parentheses,
// commas, backslashes and the characters of operators.
bool is_bare(char c);

// `and`, `or`, `not` in any case: never an unquoted field or value.
bool is_connective(std::string_view word);

// Whether ASCII letters aside in case, both are the same.
bool same_word(std::string_view a, std::string_view b);

// The operand that an unquoted or a quoted value stands for, on the right of `field`.
Operand bare_operand(std::string_view field, std::string_view text);
Operand quoted_operand(std::string_view field, std::string_view text);

// In double quotes, with \ escapes for quotes, backslashes and control bytes.
std::string in_quotes(std::string_view text);
// What stands between the quotes, read back. An escape that it does not know stands for the
// character itself.
std::string unescaped(std::string_view raw);

// A regular expression between quotes is not unescaped, so that "\d" means what it says: only a
// quote takes a backslash. Control bytes become escapes of RE2, which keeps one spelling for each.
std::string regex_in_quotes(std::string_view regex);
std::string regex_between(std::string_view raw);

std::string_view symbol_of(Comparison comparison);  // ">="; "in"

}  // namespace culprit
