#include <re2/re2.h>

#include "event/expr.h"
#include "event/expr_mistake.h"
#include "event/expr_text.h"

namespace culprit {
namespace {

// Parentheses and `not`s within each other; a person needs three, a stack bears thousands.
constexpr int depth_max = 100;
// Linux hands a program no longer argument than 128 KiB.
constexpr std::size_t text_bytes_max = 128 << 10;
// Mistakes put right in one text before the advice gives up on showing the whole.
constexpr int fixes_max = 8;

// What stands at one place. The form `none` is empty.
struct Word {
  enum class Form : std::uint8_t { none, bare, quoted };
  std::string_view text;  // what stands between the quotes is not unescaped yet
  std::size_t begin = 0;
  std::size_t end = 0;  // behind the closing quote
  Form form = Form::none;

  std::string name() const { return form == Form::quoted ? unescaped(text) : std::string(text); }
};

// How other languages write what EXPR has too.
struct Foreign {
  std::string_view theirs;
  std::string_view ours;
};
constexpr Foreign connectives[] = {
    {"&&", "and"}, {"||", "or"}, {"&", "and"}, {"|", "or"}, {",", "and"}};
constexpr Foreign comparison_symbols[] = {{"===", "="}, {"!==", "!="}, {"==", "="}, {"=~", "~"},
                                          {"=>", ">="}, {"=<", "<="},  {"<>", "!="}};
constexpr Foreign comparison_words[] = {
    {"equals", "="}, {"like", "~"}, {"contains", "~"}, {"matches", "~"}};

// Longer symbols before those that they begin with.
constexpr Comparison symbols[] = {Comparison::at_least, Comparison::at_most, Comparison::differs,
                                  Comparison::equal,    Comparison::less,    Comparison::more,
                                  Comparison::matches};

// Recursive descent, one function a level of binding. A function that fails leaves its Mistake
// behind; the Error that it returns only says that there is one.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) { skip_spaces(); }

  Result<Expr> whole();
  const Mistake& mistake() const { return mistake_; }

 private:
  Result<Expr> any();
  Result<Expr> all();
  Result<Expr> negation();
  Result<Expr> primary();
  Result<Expr> parenthesised();
  Result<Expr> has();
  Result<Expr> condition(const Word& field);
  Result<Comparison> comparison(const Word& field);
  Status read_regex(Expr& leaf);
  Status read_value(Expr& leaf);
  Status read_list(Expr& leaf);
  Result<Word> field_word();
  Result<Word> value_word();
  Result<Word> quoted();
  Status deeper(std::size_t begin);
  Status no_foreign_connective();
  Status no_second_value(const Word& first);
  Error no_comparison(const Word& field);
  Error lonely(const Word& field);

  Error fails(Mistake mistake) {
    mistake_ = std::move(mistake);
    return error(Fault::usage, "{}", mistake_.what);
  }
  Word bare() const;
  void skip_spaces() {
    while (!at_end() && (next() == ' ' || (next() >= '\t' && next() <= '\r'))) ++at_;
  }
  bool at_end() const { return at_ == text_.size(); }
  char next() const { return at_end() ? '\0' : text_[at_]; }
  bool begins(std::string_view symbol) const { return text_.substr(at_, symbol.size()) == symbol; }
  void advance(std::size_t end) {
    at_ = end;
    skip_spaces();
  }
  bool takes(std::string_view symbol);
  bool takes_word(std::string_view word);

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
  Mistake mistake_;
};

bool Parser::takes(std::string_view symbol) {
  if (!begins(symbol)) return false;
  advance(at_ + symbol.size());
  return true;
}

bool Parser::takes_word(std::string_view word) {
  const Word found = bare();
  if (!same_word(found.text, word)) return false;
  advance(found.end);
  return true;
}

Word Parser::bare() const {
  std::size_t end = at_;
  while (end < text_.size() && is_bare(text_[end])) ++end;
  return {text_.substr(at_, end - at_), at_, end, end > at_ ? Word::Form::bare : Word::Form::none};
}

Result<Word> Parser::quoted() {
  const char quote = next();
  std::size_t end = at_ + 1;
  while (end < text_.size() && text_[end] != quote) end += text_[end] == '\\' ? 2 : 1;
  if (end >= text_.size()) {
    return fails({"this quote is never closed", at_, "close the quote",
                  Fix{text_.size(), 0, std::string(1, quote)}});
  }
  return Word{text_.substr(at_ + 1, end - at_ - 1), at_, end + 1, Word::Form::quoted};
}

Result<Expr> Parser::whole() {
  if (at_end()) return fails({"there is no condition", 0, "one such as: status >= 500", {}});
  Expr expr = TRY(any());
  if (at_end()) return expr;
  if (next() == ')') return fails({"this ) closes nothing", at_, "remove it", Fix{at_, 1, ""}});
  return fails({"expected `and`, `or` or the end here", at_, "join conditions with `and` or `or`",
                Fix{at_, 0, "and "}});
}

Result<Expr> Parser::any() {
  Expr expr;
  expr.op = Expr::Op::any;
  do {
    Expr part = TRY(all());
    expr.parts.push_back(std::move(part));
  } while (takes_word("or"));
  if (expr.parts.size() == 1) return std::move(expr.parts.front());
  return expr;
}

Result<Expr> Parser::all() {
  std::vector<Expr> parts;
  do {
    Expr part = TRY(negation());
    parts.push_back(std::move(part));
    TRY(no_foreign_connective());
  } while (takes_word("and"));
  return all_of(std::move(parts));
}

Status Parser::no_foreign_connective() {
  for (const Foreign& foreign : connectives) {
    if (!begins(foreign.theirs)) continue;
    const std::size_t end = at_ + foreign.theirs.size();
    const bool space_before = at_ > 0 && text_[at_ - 1] == ' ';
    const bool space_behind = end < text_.size() && text_[end] == ' ';
    return fails({fmt::format("{} joins no conditions here", foreign.theirs), at_,
                  fmt::format("write `{}`", foreign.ours),
                  Fix{at_, foreign.theirs.size(),
                      fmt::format("{}{}{}", space_before ? "" : " ", foreign.ours,
                                  space_behind ? "" : " ")}});
  }
  return ok();
}

Status Parser::deeper(std::size_t begin) {
  if (++depth_ <= depth_max) return ok();
  return fails({fmt::format("more than {} levels within each other", depth_max),
                begin,
                "write it flatter",
                {}});
}

Result<Expr> Parser::negation() {
  const std::size_t begin = at_;
  if (next() == '!') {
    return fails({"! negates nothing here", at_, "write `not`", Fix{at_, 1, "not "}});
  }
  if (!takes_word("not")) return primary();
  TRY(deeper(begin));
  Expr part = TRY(negation());
  --depth_;
  Expr expr;
  expr.op = Expr::Op::negate;
  expr.parts.push_back(std::move(part));
  return expr;
}

Result<Expr> Parser::primary() {
  if (next() == '(') return parenthesised();
  const Word word = TRY(field_word());
  advance(word.end);
  const bool bare_word = word.form == Word::Form::bare;
  if (bare_word && next() == '(' && same_word(word.text, "has")) return has();
  const bool ends = at_end() || next() == ')' || is_connective(bare().text);
  if (bare_word && ends && same_word(word.text, "true")) return Expr{};
  return condition(word);
}

Result<Expr> Parser::parenthesised() {
  const std::size_t begin = at_;
  TRY(deeper(begin));
  takes("(");
  Expr expr = TRY(any());
  --depth_;
  if (takes(")")) return expr;
  if (at_end()) {
    return fails({"this ( is never closed", begin, "add a )", Fix{text_.size(), 0, ")"}});
  }
  return fails({"expected `and`, `or` or ) here", at_, "join conditions with `and` or `or`",
                Fix{at_, 0, "and "}});
}

Result<Expr> Parser::has() {
  const std::size_t begin = at_;
  takes("(");
  const Word word = TRY(field_word());
  advance(word.end);
  if (!takes(")")) {
    Mistake mistake{"has(...) asks about one field", at_, "such as: has(retry)", {}};
    if (at_end()) mistake = {"this ( is never closed", begin, "add a )", Fix{text_.size(), 0, ")"}};
    return fails(std::move(mistake));
  }
  Expr expr;
  expr.op = Expr::Op::has;
  expr.field = word.name();
  return expr;
}

// The word is not taken yet, so that a mistake is shown where it begins.
Result<Word> Parser::field_word() {
  if (next() == '"' || next() == '\'') return quoted();
  const Word word = bare();
  const std::string in_its_quotes = in_quotes(word.text);
  if (word.form == Word::Form::none || is_connective(word.text)) {
    return fails({at_end() ? "a condition is missing at the end" : "a condition is missing here",
                  at_,
                  "one such as: status >= 500",
                  {}});
  }
  if (word.text.find_first_of("*?") != std::string_view::npos) {
    return fails({"the name of a field holds no * or ?", at_, "put it in quotes if it does",
                  Fix{at_, word.text.size(), in_its_quotes}});
  }
  return word;
}

Result<Comparison> Parser::comparison(const Word& field) {
  for (const Foreign& foreign : comparison_symbols) {
    if (!begins(foreign.theirs)) continue;
    return fails({fmt::format("{} compares nothing here", foreign.theirs), at_,
                  foreign.ours == "=" ? "write one =" : fmt::format("write {}", foreign.ours),
                  Fix{at_, foreign.theirs.size(), std::string(foreign.ours)}});
  }
  for (const Comparison comparison : symbols) {
    if (takes(symbol_of(comparison))) return comparison;
  }
  if (takes_word("in")) return Comparison::in;
  return no_comparison(field);
}

Error Parser::no_comparison(const Word& field) {
  const std::string_view name = text_.substr(field.begin, field.end - field.begin);
  const auto replaced = [&](std::size_t end, std::string with) {
    return Fix{field.begin, end - field.begin, std::move(with)};
  };
  const std::size_t at = at_;
  if (begins("!~")) {
    return fails({"!~ compares nothing here", at, "write `not` before the condition",
                  replaced(at + 2, fmt::format("not {} ~", name))});
  }
  if (takes_word("not")) {
    return fails({"`not` stands before a condition, not in it", at, "write it before the field",
                  replaced(at_, fmt::format("not {} ", name))});
  }
  if (takes_word("is")) {
    const bool there = takes_word("not");
    return fails({"`is` compares nothing here", at, "has(field) asks whether a field exists",
                  replaced(bare().end, fmt::format("{}has({})", there ? "" : "not ", name))});
  }
  for (const Foreign& foreign : comparison_words) {
    if (!same_word(bare().text, foreign.theirs)) continue;
    return fails({fmt::format("`{}` compares nothing here", foreign.theirs), at,
                  "a = \"x*\" takes patterns, a ~ \"x\" searches anywhere",
                  Fix{at, foreign.theirs.size(), std::string(foreign.ours)}});
  }
  return lonely(field);
}

// A field with no comparison behind it, or one that swallowed it: "status:500".
Error Parser::lonely(const Word& field) {
  const std::size_t colon = field.text.find(':');
  if (field.form == Word::Form::bare && colon != std::string_view::npos && colon > 0) {
    const std::size_t place = field.begin + colon;
    return fails({": compares nothing here", place, "write =", Fix{place, 1, " = "}});
  }
  const std::string name(text_.substr(field.begin, field.end - field.begin));
  Mistake mistake{
      fmt::format("expected a comparison after {}", name), at_, "one of = != < <= > >= ~ in", {}};
  if (at_end() || next() == ')' || is_connective(bare().text)) {
    mistake.fix = Fix{field.begin, name.size(), fmt::format("has({})", name)};
  }
  return fails(std::move(mistake));
}

Result<Expr> Parser::condition(const Word& field) {
  Expr leaf;
  leaf.op = Expr::Op::compare;
  leaf.field = field.name();
  leaf.comparison = TRY(comparison(field));
  if (leaf.comparison == Comparison::matches) {
    TRY(read_regex(leaf));
  } else if (leaf.comparison == Comparison::in) {
    TRY(read_list(leaf));
  } else {
    TRY(read_value(leaf));
  }
  return leaf;
}

Result<Word> Parser::value_word() {
  if (next() == '"' || next() == '\'') return quoted();
  const Word word = bare();
  if (word.form == Word::Form::none) {
    return fails({"a value is missing here", at_, "values with spaces or symbols take quotes", {}});
  }
  if (is_connective(word.text)) {
    return fails({fmt::format("a value is missing before `{}`", word.text),
                  at_,
                  fmt::format("put it in quotes if it is the value: {}", in_quotes(word.text)),
                  {}});
  }
  return word;
}

// "message = connection refused": what was meant is one value.
Status Parser::no_second_value(const Word& first) {
  if (first.form != Word::Form::bare) return ok();
  std::size_t end = first.end;
  for (Word word = bare(); word.form == Word::Form::bare && !is_connective(word.text);
       word = bare()) {
    end = word.end;
    advance(end);
  }
  if (end == first.end) return ok();
  const std::size_t length = end - first.begin;
  return fails({"a value with spaces takes quotes", first.begin, "put it in quotes",
                Fix{first.begin, length, in_quotes(text_.substr(first.begin, length))}});
}

Status Parser::read_regex(Expr& leaf) {
  const Word word = TRY(value_word());
  advance(word.end);
  TRY(no_second_value(word));
  Operand operand;
  operand.text = regex_between(word.text);
  RE2::Options options;
  options.set_log_errors(false);
  leaf.regex = std::make_shared<RE2>(operand.text, options);
  if (!leaf.regex->ok()) {
    return fails({fmt::format("not a regular expression: {}", leaf.regex->error()),
                  word.begin,
                  "put a \\ before characters that stand for themselves",
                  {}});
  }
  leaf.operands.push_back(std::move(operand));
  return ok();
}

Status Parser::read_value(Expr& leaf) {
  const Word word = TRY(value_word());
  advance(word.end);
  TRY(no_second_value(word));
  const bool bare_word = word.form == Word::Form::bare;
  Operand operand = bare_word ? bare_operand(leaf.field, word.text)
                              : quoted_operand(leaf.field, unescaped(word.text));
  const bool equality =
      leaf.comparison == Comparison::equal || leaf.comparison == Comparison::differs;
  if (!equality && !operand.number && operand.level == Level::none) {
    return fails({fmt::format("{} compares numbers, and this is none in the unit of {}",
                              symbol_of(leaf.comparison), leaf.field),
                  word.begin,
                  "such as 500, 2s or 4KiB; times go to --since and --until",
                  {}});
  }
  leaf.operands.push_back(std::move(operand));
  return ok();
}

Status Parser::read_list(Expr& leaf) {
  const std::size_t begin = at_;
  if (!takes("(")) {
    return fails({"`in` takes values in parentheses", at_, "such as: region in (eu-*, us-1)", {}});
  }
  do {
    const Word word = TRY(value_word());
    advance(word.end);
    TRY(no_second_value(word));
    const bool bare_word = word.form == Word::Form::bare;
    leaf.operands.push_back(bare_word ? bare_operand(leaf.field, word.text)
                                      : quoted_operand(leaf.field, unescaped(word.text)));
  } while (takes(","));
  if (takes(")")) return ok();
  if (at_end()) {
    return fails({"this ( is never closed", begin, "add a )", Fix{text_.size(), 0, ")"}});
  }
  return fails({"expected , or ) here", at_, "separate values with commas", {}});
}

// The text with every mistake put right, where that can be done; else nothing.
std::string corrected(std::string_view text, Mistake mistake) {
  std::string fixed(text);
  for (int i = 0; i < fixes_max && mistake.fix; ++i) {
    fixed = mistake.fix->applied_to(fixed);
    Parser parser(fixed);
    if (parser.whole()) return fixed;
    mistake = parser.mistake();
  }
  return {};
}

}  // namespace

Result<Expr> parse_expr(std::string_view text) {
  if (text.size() > text_bytes_max) {
    return error(Fault::usage, "the condition is longer than {} bytes", text_bytes_max);
  }
  Parser parser(text);
  Result<Expr> expr = parser.whole();
  if (expr) return expr;
  return error_of(parser.mistake(), text, corrected(text, parser.mistake()));
}

}  // namespace culprit
