#include "event/expr.h"

#include <charconv>
#include <cmath>
#include <set>

#include <re2/re2.h>

#include "event/expr_text.h"
#include "event/quantity.h"

namespace culprit {
namespace {

// Bytes of a UTF-8 character by its first byte; a stray byte is a character of its own.
std::size_t character_length(std::string_view text) {
  std::size_t length = 1;
  if ((static_cast<unsigned char>(text[0]) & 0xc0) != 0xc0) return length;
  while (length < text.size() && length < 4 &&
         (static_cast<unsigned char>(text[length]) & 0xc0) == 0x80) {
    ++length;
  }
  return length;
}

// `*` is any text, `?` one character. Only the last `*` is ever tried again, which suffices
// because what stands between two stars may match at its first occurrence.
bool glob_matches(std::string_view glob, std::string_view text) {
  constexpr std::size_t none = std::string_view::npos;
  std::size_t g = 0, t = 0, star = none, resume = 0;
  while (t < text.size()) {
    if (g < glob.size() && glob[g] == '*') {
      star = g++;
      resume = t;
    } else if (g < glob.size() && glob[g] == '?') {
      t += character_length(text.substr(t));
      ++g;
    } else if (g < glob.size() && glob[g] == text[t]) {
      ++t;
      ++g;
    } else if (star != none) {
      resume += character_length(text.substr(resume));
      t = resume;
      g = star + 1;
    } else {
      return false;
    }
  }
  return glob.find_first_not_of('*', g) == none;
}

bool has_unit(const Operand& operand) { return operand.number && !number_in(operand.text); }

// The number that a value means in its field's unit: evidence may say "1.5s" too.
std::optional<double> number_of(std::string_view field, std::string_view value) {
  const std::optional<double> number = number_in(value);
  return number ? number : quantity_in(field, value);
}

// Two numbers compare as such: levels of pino's own lie between the named ones.
bool by_severity(const Operand& operand, std::string_view value) {
  return operand.level != Level::none && !(operand.number && number_in(value));
}

bool equals_operand(const Expr& leaf, const Operand& operand, std::string_view value) {
  if (operand.glob) return glob_matches(operand.text, value);
  if (operand.text == value) return true;
  if (by_severity(operand, value)) return level_named(value) == operand.level;
  return has_unit(operand) && number_of(leaf.field, value) == operand.number;
}

bool equals_any(const Expr& leaf, std::string_view value) {
  for (const Operand& operand : leaf.operands) {
    if (equals_operand(leaf, operand, value)) return true;
  }
  return false;
}

bool ordered(Comparison comparison, double value, double bound) {
  switch (comparison) {
    case Comparison::less: return value < bound;
    case Comparison::at_most: return value <= bound;
    case Comparison::more: return value > bound;
    default: return value >= bound;
  }
}

bool ordered_holds(const Expr& leaf, std::string_view value) {
  if (by_severity(leaf.operands.front(), value)) {
    const auto severity = static_cast<double>(level_named(value));
    return severity > 0 &&
           ordered(leaf.comparison, severity, static_cast<double>(leaf.operands.front().level));
  }
  const std::optional<double> bound = leaf.operands.front().number;
  if (!bound) return false;
  const std::optional<double> number = number_of(leaf.field, value);
  return number && ordered(leaf.comparison, *number, *bound);
}

bool exists(const Expr& leaf, const ValuesOf& values_of) {
  bool found = false;
  values_of(leaf.field, [&](std::string_view) {
    found = true;
    return false;
  });
  return found;
}

bool any_value_holds(const Expr& leaf, const ValuesOf& values_of) {
  bool found = false;
  values_of(leaf.field, [&](std::string_view value) {
    found = value_holds(leaf, value);
    return !found;
  });
  return found;
}

bool leaf_holds(const Expr& leaf, const ValuesOf& values_of) {
  if (leaf.comparison != Comparison::differs) return any_value_holds(leaf, values_of);
  return exists(leaf, values_of) && !any_value_holds(leaf, values_of);
}

void gather_fields(const Expr& expr, std::set<std::string>& fields) {
  if (expr.op == Expr::Op::compare || expr.op == Expr::Op::has) fields.insert(expr.field);
  for (const Expr& part : expr.parts) gather_fields(part, fields);
}

Expr compare(std::string_view field, Comparison comparison, Operand operand) {
  Expr leaf;
  leaf.op = Expr::Op::compare;
  leaf.field = field;
  leaf.comparison = comparison;
  leaf.operands.push_back(std::move(operand));
  return leaf;
}

}  // namespace

bool Expr::operator==(const Expr& other) const {
  return op == other.op && parts == other.parts && field == other.field &&
         comparison == other.comparison && operands == other.operands;
}

Expr equals(std::string_view field, std::string_view value) {
  return compare(field, Comparison::equal, quoted_operand(field, value));
}

Expr absent(std::string_view field) {
  Expr has;
  has.op = Expr::Op::has;
  has.field = field;
  Expr negation;
  negation.op = Expr::Op::negate;
  negation.parts.push_back(std::move(has));
  return negation;
}

Expr compares(std::string_view field, Comparison comparison, double number) {
  VERIFY(std::isfinite(number) && comparison != Comparison::matches);
  return compare(field, comparison, quoted_operand(field, fmt::format("{}", number)));
}

Expr all_of(std::vector<Expr> parts) {
  if (parts.empty()) return {};
  if (parts.size() == 1) return std::move(parts.front());
  Expr all;
  all.op = Expr::Op::all;
  all.parts = std::move(parts);
  return all;
}

bool value_holds(const Expr& leaf, std::string_view value) {
  switch (leaf.comparison) {
    case Comparison::equal:
    case Comparison::differs:
    case Comparison::in: return equals_any(leaf, value);
    case Comparison::matches: return leaf.regex && RE2::PartialMatch(value, *leaf.regex);
    default: return ordered_holds(leaf, value);
  }
}

std::optional<double> number_in(std::string_view value) {
  const bool plus = !value.empty() && value.front() == '+';
  if (plus) value.remove_prefix(1);
  const std::string_view digits = value.substr(!plus && !value.empty() && value[0] == '-' ? 1 : 0);
  // Else "inf", "nan" and "-nan" would be numbers.
  if (digits.empty() || ((digits[0] < '0' || digits[0] > '9') && digits[0] != '.')) return {};
  double number = 0;
  const char* end = value.data() + value.size();
  const auto read = std::from_chars(value.data(), end, number);
  if (read.ec != std::errc() || read.ptr != end) return {};
  return number;
}

bool holds(const Expr& expr, const ValuesOf& values_of) {
  switch (expr.op) {
    case Expr::Op::always: return true;
    case Expr::Op::has: return exists(expr, values_of);
    case Expr::Op::compare: return leaf_holds(expr, values_of);
    case Expr::Op::negate: return !holds(expr.parts.front(), values_of);
    case Expr::Op::all:
      for (const Expr& part : expr.parts) {
        if (!holds(part, values_of)) return false;
      }
      return true;
    case Expr::Op::any:
      for (const Expr& part : expr.parts) {
        if (holds(part, values_of)) return true;
      }
      return false;
  }
  return false;
}

bool holds(const Expr& expr, const Event& event) {
  return holds(expr, [&event](std::string_view name, const auto& each) {
    bool found = false;
    for (const Field& field : event.fields) {
      if (field.name != name) continue;
      found = true;
      if (!each(field.value)) return;
    }
    if (found) return;
    if (name == "message" && !event.message.empty()) each(event.message);
    if (name == "level" && event.level != Level::none) each(name_of(event.level));
  });
}

std::vector<std::string> fields_of(const Expr& expr) {
  std::set<std::string> fields;
  gather_fields(expr, fields);
  return {fields.begin(), fields.end()};
}

}  // namespace culprit
