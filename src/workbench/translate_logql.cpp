#include <fmt/ranges.h>

#include "event/outcome.h"
#include "workbench/translate_parts.h"

namespace culprit {
namespace {

// A label that no line has equals the empty text.
constexpr std::string_view holds_always = "culprit_none = \"\"";
constexpr std::string_view holds_never = "culprit_none != \"\"";

bool is_label_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

// As Loki's json parser names it: anything else becomes an underscore.
std::string label(std::string_view field) {
  std::string name;
  if (!field.empty() && field[0] >= '0' && field[0] <= '9') name = "_";
  for (const char c : field) name += is_label_character(c) ? c : '_';
  return name;
}

std::string all(const std::string& a, const std::string& b) {
  return fmt::format("({} and {})", a, b);
}
std::string any(const std::string& a, const std::string& b) {
  return fmt::format("({} or {})", a, b);
}

enum class Sense : std::uint8_t { holds, fails };

Sense opposite(Sense sense) { return sense == Sense::holds ? Sense::fails : Sense::holds; }

// LogQL has no `not`; a missing label is the empty text, and compares with no number.
std::string matched(const std::string& name, const std::string& regex, Sense sense) {
  return fmt::format("{} {} {}", name, sense == Sense::holds ? "=~" : "!~", json_quoted(regex));
}

std::string equal(const std::string& name, const Operand& operand, Sense sense) {
  const bool holds = sense == Sense::holds;
  if (operand.glob) return matched(name, regex_of_glob(operand.text), sense);
  std::string text = fmt::format("{} {} {}", name, holds ? "=" : "!=", json_quoted(operand.text));
  if (!operand.number || number_in(operand.text)) return text;
  const std::string number = fmt::format("{} {} {}", name, holds ? "==" : "!=", *operand.number);
  return holds ? any(text, number) : all(text, number);
}

std::string equal_to_any(const std::string& name, const Expr& leaf, Sense sense) {
  std::string text;
  for (const Operand& operand : leaf.operands) {
    const std::string part = equal(name, operand, sense);
    text = text.empty() ? part : sense == Sense::holds ? any(text, part) : all(text, part);
  }
  return text;
}

std::string ordered(const std::string& name, const Expr& leaf, Sense sense) {
  const double bound = leaf.operands.front().number.value_or(0);
  const auto compared = [&](std::string_view symbol) {
    return fmt::format("{} {} {}", name, symbol, bound);
  };
  const bool holds = sense == Sense::holds;
  const std::string without = fmt::format("{} = \"\"", name);
  switch (leaf.comparison) {
    case Comparison::less: return holds ? compared("<") : any(compared(">="), without);
    case Comparison::at_most: return holds ? compared("<=") : any(compared(">"), without);
    case Comparison::more: return holds ? compared(">") : any(compared("<="), without);
    default: return holds ? compared(">=") : any(compared("<"), without);
  }
}

std::string leaf_filter(const Expr& leaf, Sense sense) {
  const std::string name = label(leaf.field);
  const bool holds = sense == Sense::holds;
  const std::string there = fmt::format("{} != \"\"", name);
  const std::string missing = fmt::format("{} = \"\"", name);
  if (leaf.op == Expr::Op::has) return holds ? there : missing;
  const Operand& first = leaf.operands.front();
  switch (leaf.comparison) {
    case Comparison::equal: return equal(name, first, sense);
    case Comparison::in: return equal_to_any(name, leaf, sense);
    case Comparison::differs:
      return holds ? all(there, equal(name, first, Sense::fails))
                   : any(missing, equal(name, first, Sense::holds));
    case Comparison::matches:
      // A label's regular expression must match the whole of it.
      return matched(name, fmt::format("(?s:.*)(?:{})(?s:.*)", first.text), sense);
    default: return ordered(name, leaf, sense);
  }
}

std::string filter(const Expr& expr, Sense sense) {
  const bool holds = sense == Sense::holds;
  switch (expr.op) {
    case Expr::Op::always: return std::string(holds ? holds_always : holds_never);
    case Expr::Op::negate: return filter(expr.parts.front(), opposite(sense));
    case Expr::Op::compare:
    case Expr::Op::has: return leaf_filter(expr, sense);
    default: break;
  }
  const bool joins_all = (expr.op == Expr::Op::all) == holds;
  std::string text;
  for (const Expr& part : expr.parts) {
    const std::string next = filter(part, sense);
    text = text.empty() ? next : joins_all ? all(text, next) : any(text, next);
  }
  return text;
}

std::string without_outer_parentheses(const std::string& text) {
  if (text.empty() || text.front() != '(') return text;
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (quoted && text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      quoted = !quoted;
    } else if (!quoted) {
      depth += text[i] == '(' ? 1 : text[i] == ')' ? -1 : 0;
      if (depth == 0 && i + 1 < text.size()) return text;
    }
  }
  return text.substr(1, text.size() - 2);
}

// Loki reads ranges in whole milliseconds.
std::string range_text(Duration range) {
  const auto count = std::chrono::duration_cast<std::chrono::milliseconds>(range).count();
  return count % 1000 == 0 ? fmt::format("{}s", count / 1000) : fmt::format("{}ms", count);
}

Expr any_of(std::vector<Expr> parts) {
  if (parts.size() == 1) return std::move(parts.front());
  Expr any;
  any.op = Expr::Op::any;
  any.parts = std::move(parts);
  return any;
}

Expr matches(const std::string& field, const std::string& regex) {
  Expr leaf = equals(field, regex);
  leaf.comparison = Comparison::matches;
  return leaf;
}

std::string alternatives(std::span<const std::string_view> words) {
  return fmt::format("{}", fmt::join(words, "|"));
}

// What a line says that makes its unit fail; the unit's later lines cannot be asked.
Expr failing_line(const Verification& finding) {
  const OutcomeRule& rule = finding.rule;
  if (rule.how == OutcomeRule::How::given) return *rule.bad;
  std::vector<Expr> parts;
  for (const std::string& field : rule.status_fields) {
    parts.push_back(compares(field, Comparison::at_least, status_bad_min));
  }
  for (const std::string& field : rule.success_fields) {
    parts.push_back(matches(field, fmt::format("^(?i:{})$", alternatives(words_of_failure()))));
  }
  if (!parts.empty()) return any_of(std::move(parts));
  for (const std::string& field : rule.exception_fields) {
    parts.push_back(absent(field).parts.front());
  }
  const std::string severe =
      fmt::format("^(?i:{}|{}|[56][0-9])$", alternatives(words_of(Level::error)),
                  alternatives(words_of(Level::fatal)));
  if (rule.levels) {
    for (const std::string& field : finding.level_fields) parts.push_back(matches(field, severe));
  }
  return any_of(std::move(parts));
}

// The label that names the unit; several fields become one label.
std::string unit_label(const Verification& finding) {
  if (finding.unit_fields.size() > 1) return "culprit_unit";
  return finding.unit_fields.empty() ? "" : label(finding.unit_fields.front());
}

std::string unit_filter(const Verification& finding) {
  const std::string unit = unit_label(finding);
  if (unit.empty()) return "";
  if (finding.unit_fields.size() == 1) return fmt::format(" | {} != \"\"", unit);
  std::string names;
  for (const std::string& field : finding.unit_fields) names += " ." + label(field);
  return fmt::format(" | label_format {0}=\"{{{{ or{1} }}}}\" | {0} != \"\"", unit, names);
}

std::string count_of(const Verification& finding, const std::vector<Expr>& filters,
                     Duration range) {
  std::string pipeline = "{job=~\".+\"} | json";
  for (const Expr& expr : filters) {
    if (expr.op != Expr::Op::always) pipeline += " | " + logql_of(expr);
  }
  pipeline += unit_filter(finding);
  const std::string lines = fmt::format("count_over_time({} [{}])", pipeline, range_text(range));
  const std::string unit = unit_label(finding);
  if (unit.empty()) return fmt::format("sum({})", lines);
  return fmt::format("count(sum by ({}) ({}))", unit, lines);
}

// How its answers differ from culprit's.
std::string caveat(const Verification& finding) {
  if (finding.unit_fields.empty() || finding.rule.how == OutcomeRule::How::given) return "";
  return " What failed and then ended well counts as a failure here.";
}

}  // namespace

std::string logql_of(const Expr& expr) {
  return without_outer_parentheses(filter(expr, Sense::holds));
}

std::string logql_query(const Verification& finding) {
  const Expr bad = failing_line(finding);
  std::vector<std::pair<const char*, std::vector<Expr>>> questions = {{"failures", {bad}},
                                                                      {"all", {}}};
  if (finding.where.op != Expr::Op::always) {
    questions.push_back({"failures in the segment", {bad, finding.where}});
    questions.push_back({"all in the segment", {finding.where}});
  }
  std::string text = "# In place of {job=~\".+\"}, name the streams of your own." + caveat(finding);
  for (const auto& [name, window] : windows_of(finding)) {
    for (const auto& [what, filters] : questions) {
      // Loki's ranges are (from, to]; one nanosecond earlier they are [from, to).
      text += fmt::format("\nlogcli instant-query --now={} {}  # {}{}: {}",
                          to_string(window.to - Duration(1)),
                          shell_quoted(count_of(finding, filters, window.to - window.from)), name,
                          finding.has_before() ? " the onset" : "", what);
    }
  }
  return text;
}

}  // namespace culprit
