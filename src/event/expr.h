// An Expr is a question with a yes or no about an event's or a unit's fields, in EXPR syntax.
//
//     status >= 500 and region = eu-* and not has(retry)
//
// `or` binds weaker than `and`, that weaker than `not`, that weaker than a comparison.
// Comparisons: = != < <= > >=, ~ "regex" (RE2, searched anywhere), in (a, b), has(field).
// Unquoted values may hold globs (* and ?); quoted ones are literal, with \ escapes. Durations
// (2s) and sizes (4KiB) compare against numbers in the field's unit, taken from the field's name
// (`_ms`, `_us`, `_ns`, `_s`, `_seconds`, `_kb`, `_bytes`; seconds and bytes where it names none).
//
// About a unit, whose field is a set of values: `a = x`, `a ~ r`, `a in (..)`, `a > n` hold if any
// value does; `a != x` holds if `a` exists and no value equals x. About one event the same rules
// apply to sets of one. `500` and `"500"`, `true` and `"true"` are equal. Levels compare by their
// severity, whatever they are called: `level = error` holds for ERROR and err, `level >= warn` for
// it too; two numbers compare as numbers.
//
// Printing gives canonical EXPR that parses back to an equal Expr, so that findings can be pasted.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "event/event.h"

namespace re2 {
class RE2;
}

namespace culprit {

enum class Comparison : std::uint8_t { equal, differs, less, at_most, more, at_least, matches, in };

// A value as it was written on the right of a comparison.
struct Operand {
  std::string text;
  std::optional<double> number;  // where the text is one, scaled to the field's unit
  bool glob = false;             // unquoted, with * or ?
  Level level = Level::none;     // where the field holds levels (roles.h) and the text is one

  bool operator==(const Operand&) const = default;
};

struct Expr {
  enum class Op : std::uint8_t { always, all, any, negate, compare, has };
  Op op = Op::always;
  std::vector<Expr> parts;  // all, any: two or more; negate: one
  std::string field;        // compare, has
  Comparison comparison = Comparison::equal;
  std::vector<Operand> operands;          // compare: one; in: one or more
  std::shared_ptr<const re2::RE2> regex;  // matches; shared because copies of an Expr are values

  bool operator==(const Expr& other) const;  // the same tree, not merely the same meaning
};

// Errors: Fault::usage with the text, a caret under the place, and what was expected.
Result<Expr> parse_expr(std::string_view text);
std::string to_string(const Expr& expr);

// `field = value` and friends, without going through text.
Expr equals(std::string_view field, std::string_view value);
Expr absent(std::string_view field);  // not has(field)
Expr compares(std::string_view field, Comparison comparison, double number);
Expr all_of(std::vector<Expr> parts);  // none: always; one: itself

// Whether one value satisfies the positive form of a compare leaf (for `differs`: whether it is
// equal), so that an engine can judge each distinct value once.
bool value_holds(const Expr& leaf, std::string_view value);

// The number that a value spells, or nothing: decimal, exponent, sign; never hex, inf or nan.
std::optional<double> number_in(std::string_view value);

// Calls `each` for every value of the named field, until it returns false.
using ValuesOf = std::function<void(std::string_view field,
                                    const std::function<bool(std::string_view value)>& each)>;
bool holds(const Expr& expr, const ValuesOf& values_of);
// `level` and `message` also ask for the event's own where no field has that name.
bool holds(const Expr& expr, const Event& event);

// The names of all fields that it asks about, sorted, each once.
std::vector<std::string> fields_of(const Expr& expr);

}  // namespace culprit
