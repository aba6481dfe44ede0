#include "workbench/translate.h"

#include <algorithm>
#include <set>

#include "workbench/translate_parts.h"

namespace culprit {
namespace {

void gather_leaves(const Expr& expr, std::vector<Expr>& leaves) {
  const bool is_leaf = expr.op == Expr::Op::compare || expr.op == Expr::Op::has;
  if (is_leaf && std::find(leaves.begin(), leaves.end(), expr) == leaves.end()) {
    leaves.push_back(expr);
  }
  for (const Expr& part : expr.parts) gather_leaves(part, leaves);
}

bool joins(const Expr& expr) { return expr.op == Expr::Op::all || expr.op == Expr::Op::any; }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Takes digits off the front; whether there was one.
bool takes_digits(std::string_view& text) {
  const std::size_t before = text.size();
  while (!text.empty() && is_digit(text.front())) text.remove_prefix(1);
  return text.size() < before;
}

// jq's doubles and DuckDB's timestamps end at the microsecond, Loki's ranges at the millisecond;
// they cut towards it: an end that lies just behind an event must not be cut to the event.
template <typename Unit>
Window widened(Window window) {
  return {std::chrono::floor<Unit>(window.from), std::chrono::ceil<Unit>(window.to)};
}

template <typename Unit>
Verification in_whole(Verification finding) {
  const Time onset = std::chrono::ceil<Unit>(finding.after.from);
  finding.after = widened<Unit>(finding.after);
  if (finding.has_before()) finding.after.from = onset;
  finding.before = widened<Unit>(finding.before);
  finding.evidence = widened<Unit>(finding.evidence);
  return finding;
}

bool satisfies(Comparison comparison, Level level, Level bound) {
  switch (comparison) {
    case Comparison::less: return level < bound;
    case Comparison::at_most: return level <= bound;
    case Comparison::more: return level > bound;
    case Comparison::at_least: return level >= bound;
    default: return level == bound;
  }
}

constexpr Level all_levels[] = {Level::trace, Level::debug, Level::info,
                                Level::warn,  Level::error, Level::fatal};

// One operand of a comparison of levels.
Expr level_question(const Expr& leaf, const Operand& operand) {
  std::string words;
  for (const Level level : all_levels) {
    if (!satisfies(leaf.comparison, level, operand.level)) continue;
    for (const std::string_view word : words_of(level)) words += fmt::format("{}|", word);
    // Two numbers compare as numbers.
    if (!operand.number) words += fmt::format("{}[0-9]|", static_cast<int>(level));
  }
  if (!words.empty()) words.pop_back();
  Expr matches = leaf;
  matches.comparison = Comparison::matches;
  matches.operands = {Operand{fmt::format("^(?i:{})$", words), {}, false, Level::none}};
  if (!operand.number) return matches;
  Expr numbers = leaf;
  if (numbers.comparison == Comparison::in) numbers.comparison = Comparison::equal;
  numbers.operands = {operand};
  numbers.operands.front().level = Level::none;
  Expr either;
  either.op = Expr::Op::any;
  either.parts = {std::move(matches), std::move(numbers)};
  return either;
}

Expr without_levels_at(const Expr& leaf) {
  std::vector<Expr> parts;
  Expr rest = leaf;  // operands that are no levels
  rest.operands.clear();
  for (const Operand& operand : leaf.operands) {
    if (operand.level == Level::none || operand.glob) {
      rest.operands.push_back(operand);
    } else {
      parts.push_back(level_question(leaf, operand));
    }
  }
  if (!rest.operands.empty()) parts.push_back(std::move(rest));
  if (parts.size() == 1) return std::move(parts.front());
  Expr any;
  any.op = Expr::Op::any;
  any.parts = std::move(parts);
  return any;
}

}  // namespace

Result<QueryLanguage> query_language_named(std::string_view name) {
  if (name == "jq") return QueryLanguage::jq;
  if (name == "sql") return QueryLanguage::sql;
  if (name == "logql") return QueryLanguage::logql;
  Error made = error(Fault::usage, "there is no query language {}", name);
  made.advice = "--as jq   or --as sql, --as logql";
  return made;
}

std::string query_of(const Verification& found, QueryLanguage language,
                     std::span<const QueryFile> files) {
  Verification finding = found;
  finding.where = without_levels(found.where);
  for (std::optional<Expr>* expr : {&finding.rule.bad, &finding.rule.good}) {
    if (*expr) *expr = without_levels(**expr);
  }
  using std::chrono::microseconds;
  switch (language) {
    case QueryLanguage::jq: return jq_query(in_whole<microseconds>(finding), files);
    case QueryLanguage::sql: return sql_query(in_whole<microseconds>(finding), files);
    case QueryLanguage::logql: return logql_query(in_whole<std::chrono::milliseconds>(finding));
  }
  return {};
}

std::string joined(const Expr& expr, const Connectives& language) {
  if (expr.op == Expr::Op::always) return std::string(language.always);
  if (expr.op == Expr::Op::negate) {
    return fmt::format("{}{}{}", language.negate_before, joined(expr.parts.front(), language),
                       language.negate_after);
  }
  if (!joins(expr)) return language.leaf(expr);
  std::string text;
  for (const Expr& part : expr.parts) {
    if (!text.empty()) text += expr.op == Expr::Op::all ? " and " : " or ";
    const std::string inner = joined(part, language);
    text += joins(part) ? fmt::format("({})", inner) : inner;
  }
  return text;
}

Expr without_differs(const Expr& expr) {
  Expr result = expr;
  for (Expr& part : result.parts) part = without_differs(part);
  if (expr.op != Expr::Op::compare || expr.comparison != Comparison::differs) return result;
  result.comparison = Comparison::equal;
  Expr other;
  other.op = Expr::Op::negate;
  other.parts.push_back(std::move(result));
  return all_of({absent(expr.field).parts.front(), std::move(other)});
}

Expr without_levels(const Expr& expr) {
  Expr result = expr;
  for (Expr& part : result.parts) part = without_levels(part);
  const bool asks = std::any_of(expr.operands.begin(), expr.operands.end(), [](const Operand& one) {
    return one.level != Level::none && !one.glob;
  });
  if (!asks || expr.comparison == Comparison::matches) return result;
  const bool differs = expr.comparison == Comparison::differs;
  if (differs) result.comparison = Comparison::equal;
  result = without_levels_at(result);
  if (!differs) return result;
  Expr other;
  other.op = Expr::Op::negate;
  other.parts.push_back(std::move(result));
  return all_of({absent(expr.field).parts.front(), std::move(other)});
}

std::vector<Expr> leaves_of(const Expr& expr) {
  std::vector<Expr> leaves;
  gather_leaves(expr, leaves);
  return leaves;
}

std::size_t place_of(const Expr& leaf, const std::vector<Expr>& leaves) {
  return static_cast<std::size_t>(std::find(leaves.begin(), leaves.end(), leaf) - leaves.begin());
}

std::vector<std::pair<std::string, Window>> windows_of(const Verification& finding) {
  if (!finding.has_before()) return {{"throughout", finding.after}};
  return {{"before", finding.before}, {"after", finding.after}};
}

std::vector<std::string> fields_of(const Verification& finding) {
  const OutcomeRule& rule = finding.rule;
  std::set<std::string> fields;
  const auto add = [&fields](const std::vector<std::string>& names) {
    fields.insert(names.begin(), names.end());
  };
  for (const auto* names : {&finding.time_fields, &finding.unit_fields}) add(*names);
  add(fields_of(finding.where));
  if (rule.how == OutcomeRule::How::given) {
    add(fields_of(*rule.bad));
    if (rule.good) add(fields_of(*rule.good));
    return {fields.begin(), fields.end()};
  }
  for (const auto* names : {&rule.status_fields, &rule.success_fields, &rule.exception_fields}) {
    add(*names);
  }
  if (rule.levels) add(finding.level_fields);
  return {fields.begin(), fields.end()};
}

std::span<const std::string_view> words_of(Level level) {
  static constexpr std::string_view trace[] = {"trace",  "trc",   "verbose", "vrb",
                                               "finest", "finer", "t",       "v"};
  static constexpr std::string_view debug[] = {"debug", "dbg", "fine", "d"};
  static constexpr std::string_view info[] = {"info",    "inf", "notice",       "information",
                                              "success", "i",   "informational"};
  static constexpr std::string_view warn[] = {"warn", "warning", "wrn", "w"};
  static constexpr std::string_view error[] = {"error", "err", "severe", "e"};
  static constexpr std::string_view fatal[] = {"fatal", "ftl",    "critical", "crit",
                                               "panic", "dpanic", "emerg",    "emergency",
                                               "alert", "f",      "c"};
  switch (level) {
    case Level::trace: return trace;
    case Level::debug: return debug;
    case Level::info: return info;
    case Level::warn: return warn;
    case Level::error: return error;
    case Level::fatal: return fatal;
    case Level::none: break;
  }
  return {};
}

std::string regex_quoted(std::string_view text) {
  std::string quoted;
  for (const char c : text) {
    if (std::string_view("\\^$.|?*+()[]{}").find(c) != std::string_view::npos) quoted += '\\';
    quoted += c;
  }
  return quoted;
}

std::string regex_of_glob(std::string_view glob) {
  std::string regex;
  for (const char c : glob) {
    if (c == '*') {
      regex += ".*";
    } else if (c == '?') {
      regex += '.';
    } else {
      regex += regex_quoted(std::string_view(&c, 1));
    }
  }
  return regex;
}

std::string json_quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      quoted += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
      continue;
    }
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

std::string shell_quoted(std::string_view text) {
  constexpr std::string_view plain = "-_./:=,+@%";
  const bool bare = !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           plain.find(c) != std::string_view::npos;
  });
  if (bare) return std::string(text);
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

bool spells_json_number(std::string_view text) {
  if (!text.empty() && text.front() == '-') text.remove_prefix(1);
  if (text.size() > 1 && text[0] == '0' && is_digit(text[1])) return false;
  if (!takes_digits(text)) return false;
  if (!text.empty() && text.front() == '.') {
    text.remove_prefix(1);
    if (!takes_digits(text)) return false;
  }
  if (text.empty()) return true;
  if (text.front() != 'e' && text.front() != 'E') return false;
  text.remove_prefix(1);
  if (!text.empty() && (text.front() == '+' || text.front() == '-')) text.remove_prefix(1);
  return takes_digits(text) && text.empty();
}

}  // namespace culprit
