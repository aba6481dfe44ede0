#include "event/expr.h"
#include "event/expr_text.h"

namespace culprit {
namespace {

bool all_bare(std::string_view text) {
  for (const char c : text) {
    if (!is_bare(c)) return false;
  }
  return !text.empty() && !is_connective(text);
}

std::string printed_field(std::string_view field) {
  const bool bare = all_bare(field) && field.find_first_of("*?") == std::string_view::npos;
  return bare ? std::string(field) : in_quotes(field);
}

std::string printed_operand(std::string_view field, const Operand& operand) {
  const bool bare = all_bare(operand.text) && bare_operand(field, operand.text) == operand;
  return bare ? operand.text : in_quotes(operand.text);
}

std::string printed_compare(const Expr& leaf) {
  const std::string field = printed_field(leaf.field);
  if (leaf.comparison == Comparison::matches) {
    return fmt::format("{} ~ {}", field, regex_in_quotes(leaf.operands.front().text));
  }
  if (leaf.comparison != Comparison::in) {
    return fmt::format("{} {} {}", field, symbol_of(leaf.comparison),
                       printed_operand(leaf.field, leaf.operands.front()));
  }
  std::string values;
  for (const Operand& operand : leaf.operands) {
    if (!values.empty()) values += ", ";
    values += printed_operand(leaf.field, operand);
  }
  return fmt::format("{} in ({})", field, values);
}

// Parentheses keep the tree as it is: (a and b) and c is not a and b and c.
bool needs_parentheses(const Expr& part, Expr::Op within) {
  if (part.op == Expr::Op::any) return true;
  return part.op == Expr::Op::all && within != Expr::Op::any;
}

std::string printed_part(const Expr& part, Expr::Op within) {
  const std::string text = to_string(part);
  return needs_parentheses(part, within) ? fmt::format("({})", text) : text;
}

std::string joined(const Expr& expr, std::string_view connective) {
  std::string text;
  for (const Expr& part : expr.parts) {
    if (!text.empty()) text += connective;
    text += printed_part(part, expr.op);
  }
  return text;
}

}  // namespace

std::string to_string(const Expr& expr) {
  switch (expr.op) {
    case Expr::Op::always: return "true";
    case Expr::Op::all: return joined(expr, " and ");
    case Expr::Op::any: return joined(expr, " or ");
    case Expr::Op::negate: return "not " + printed_part(expr.parts.front(), expr.op);
    case Expr::Op::compare: return printed_compare(expr);
    case Expr::Op::has: return fmt::format("has({})", printed_field(expr.field));
  }
  return {};
}

}  // namespace culprit
