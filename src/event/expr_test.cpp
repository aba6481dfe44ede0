#include "event/expr.h"

#include <map>
#include <random>

#include <doctest/doctest.h>

using namespace culprit;

namespace {

using FieldSet = std::multimap<std::string, std::string, std::less<>>;

ValuesOf values_in(const FieldSet& fields) {
  return [&fields](std::string_view name, const auto& each) {
    const auto [first, last] = fields.equal_range(name);
    for (auto it = first; it != last; ++it) {
      if (!each(it->second)) return;
    }
  };
}

bool truth(std::string_view text, const FieldSet& fields) {
  const Result<Expr> expr = parse_expr(text);
  INFO(text);
  REQUIRE(expr);
  return holds(*expr, values_in(fields));
}

std::string canonical(std::string_view text) {
  const Result<Expr> expr = parse_expr(text);
  INFO(text);
  REQUIRE(expr);
  return to_string(*expr);
}

// What is said about a text that is no EXPR: what, then the advice.
std::string complaint(std::string_view text) {
  const Result<Expr> expr = parse_expr(text);
  INFO(text);
  REQUIRE(!expr);
  CHECK(expr.error().fault == Fault::usage);
  return expr.error().what + "\n>>> " + expr.error().advice;
}

}  // namespace

TEST_CASE("or binds weaker than and, that weaker than not, that weaker than a comparison") {
  CHECK(canonical("a=1 or b=2 and not c=3") == "a = 1 or b = 2 and not c = 3");
  CHECK(canonical("(a=1 or b=2) and not (c=3)") == "(a = 1 or b = 2) and not c = 3");
  CHECK(canonical("not (a=1 and b=2)") == "not (a = 1 and b = 2)");
  CHECK(canonical("((a=1 and b=2)) or c=3") == "a = 1 and b = 2 or c = 3");
  CHECK(canonical("(a=1 and b=2) and c=3") == "(a = 1 and b = 2) and c = 3");
}

TEST_CASE("printing is canonical") {
  const std::pair<const char*, const char*> table[] = {
      {"status>=500", "status >= 500"},
      {"region = eu-* AND NOT has( retry )", "region = eu-* and not has(retry)"},
      {"a = 'single'", "a = single"},
      {"a = 'say \"hi\"'", R"(a = "say \"hi\"")"},
      {"a = \"x*\"", "a = \"x*\""},
      {"a = ''", "a = \"\""},
      {"a = \"and\"", "a = \"and\""},
      {"a = in", "a = in"},
      {"has(\"in\")", "has(in)"},
      {"\"my field\" = 2", "\"my field\" = 2"},
      {"\"not\" = 2", "\"not\" = 2"},
      {"a in (b,\"c d\" , e*)", "a in (b, \"c d\", e*)"},
      {R"(a ~ '\d+ "x"')", R"(a ~ "\d+ \"x\"")"},
      {"wait_ms > 2s", "wait_ms > 2s"},
      {"wait = \"2s\"", "wait = \"2s\""},
      {"a = \"tab\there\"", "a = \"tab\\there\""},
      {"a = \"\\x07\"", "a = \"\\x07\""},
      {"path = /api/v1/:id", "path = /api/v1/:id"},
      {"true", "true"},
      {"true = 1", "true = 1"},
      {"not true or a = 1", "not true or a = 1"},
      {"name = Grüße", "name = Grüße"},
  };
  for (const auto& [text, printed] : table) {
    CHECK(canonical(text) == printed);
    CHECK(canonical(printed) == printed);
  }
}

TEST_CASE("one event or a unit: any value satisfies, and != needs a field") {
  const FieldSet unit = {{"status", "200"}, {"status", "503"}, {"user", "amy"}, {"retry", ""}};
  const std::pair<const char*, bool> table[] = {
      {"status = 503", true},      {"status = 500", false},     {"status != 503", false},
      {"status != 404", true},     {"absent != 1", false},      {"not absent = 1", true},
      {"status >= 500", true},     {"status < 100", false},     {"status in (1, 200)", true},
      {"status in (1, 2)", false}, {"has(retry)", true},        {"has(absent)", false},
      {"retry = \"\"", true},      {"retry = *", true},         {"user = a*", true},
      {"user = \"a*\"", false},    {"user = a?y", true},        {"user = ?", false},
      {"user ~ \"^a.*y$\"", true}, {"user ~ m", true},          {"user ~ \"^m\"", false},
      {"user != a*", false},       {"user > 3", false},         {"true", true},
      {"status = \"503\"", true},  {"user = AMY", false},       {"user ~ \"(?i)AMY\"", true},
      {"status != 2*", false},     {"user in (bob, a*)", true}, {"not true", false},
  };
  for (const auto& [text, expected] : table) {
    const char* const shown = text;  // clang 14 cannot capture a structured binding
    INFO(shown);
    CHECK(truth(text, unit) == expected);
  }
}

TEST_CASE("equality is of text") {
  CHECK_FALSE(truth("version = 1.10", {{"version", "1.1"}}));
  CHECK_FALSE(truth("id = 9007199254740993", {{"id", "9007199254740992"}}));
  CHECK(truth("ok = \"true\"", {{"ok", "true"}}));
}

TEST_CASE("operands with units compare in the unit of the field") {
  const std::tuple<const char*, const char*, const char*, bool> table[] = {
      {"wait_ms > 2s", "wait_ms", "2001", true},
      {"wait_ms > 2s", "wait_ms", "2000", false},
      {"wait_ms = 2s", "wait_ms", "2000", true},
      {"wait_ms in (1s, 2s)", "wait_ms", "2000.0", true},
      {"durationUs >= 1.5ms", "durationUs", "1500", true},
      {"elapsed_ns < 1m", "elapsed_ns", "59999999999", true},
      {"took > 1h30m", "took", "5401", true},
      {"took > 1h30m", "took", "5399", false},
      {"body_bytes > 4KiB", "body_bytes", "4097", true},
      {"size > 4KB", "size", "4001", true},
      {"rss_kb > 1MB", "rss_kb", "1001", true},
      {"took > 350ms", "took", "1.5s", true},
      {"took > 350ms", "took", "250.3\u00b5s", false},
      {"took_ms > 350", "took_ms", "1s", true},
      {"delta > -2s", "delta", "-1", true},
      {"temperature < +5", "temperature", "-2.5e1", true},
  };
  for (const auto& [text, field, value, expected] : table) {
    const auto shown = std::pair(text, value);
    INFO(shown.first << " on " << shown.second);
    CHECK(truth(text, {{field, value}}) == expected);
  }
}

TEST_CASE("levels compare by severity, whatever they are called") {
  const std::tuple<const char*, const char*, const char*, bool> table[] = {
      {"level = error", "level", "ERROR", true},
      {"level = error", "level", "err", true},
      {"level = error", "level", "50", true},
      {"level = ERROR", "level", "error", true},
      {"level = \"Error\"", "level", "ERR", true},
      {"level = error", "level", "warn", false},
      {"level != error", "level", "ERROR", false},
      {"level != error", "level", "INFO", true},
      {"level = warning", "log.level", "WARN", false},
      {"log.level = warning", "log.level", "WARN", true},
      {"severity >= warn", "severity", "CRITICAL", true},
      {"severity >= warn", "severity", "notice", false},
      {"severity < warn", "severity", "Debug", true},
      {"severity < warn", "severity", "whatever", false},
      {"level in (error, fatal)", "level", "EMERG", true},
      {"level in (error, fatal)", "level", "Info", false},
      {"level = odd", "level", "ODD", false},
      {"level = err*", "level", "ERROR", false},
      {"level > 30", "level", "35", true},
      {"level >= 50", "level", "ERROR", true},
      {"level = 50", "level", "55", false},
      {"outcome = error", "outcome", "ERROR", false},
  };
  for (const auto& row : table) {
    const auto& [text, field, value, expected] = row;
    const std::string shown = std::string(text) + " of " + std::string(value);
    CAPTURE(shown);
    CHECK(truth(text, {{field, value}}) == expected);
    CHECK(canonical(canonical(text)) == canonical(text));
  }
  CHECK(complaint("level > loud").find("loud") != std::string::npos);
  CHECK_FALSE(parse_expr("outcome > error"));
}

TEST_CASE("numbers are decimal") {
  for (const char* number : {"0", "-1", "+1", "1.5", ".5", "5.", "1e3", "-1.5E-3"}) {
    CHECK(number_in(number));
  }
  for (const char* text : {"", "-", "+", "+-1", "0x10", "inf", "-inf", "nan", "1e999", "1 ", " 1",
                           "1,000", "e3", "1s", "--1"}) {
    INFO(text);
    CHECK_FALSE(number_in(text));
  }
}

TEST_CASE("a mistake is shown in its place, with the text put right") {
  CHECK(complaint("status == 500") ==
        "== compares nothing here\n"
        "    status == 500\n"
        "           ^\n"
        ">>> status = 500");
  CHECK(complaint("a = 1&&b = 2 || c = 3, d = 4") ==
        "&& joins no conditions here\n"
        "    a = 1&&b = 2 || c = 3, d = 4\n"
        "         ^\n"
        ">>> a = 1 and b = 2 or c = 3 and d = 4");
  CHECK(complaint("name = Grüße and zwölf") ==
        "expected a comparison after zwölf\n"
        "    name = Grüße and zwölf\n"
        "                          ^\n"
        ">>> name = Grüße and has(zwölf)");
}

TEST_CASE("what people write by habit is put right") {
  const std::pair<const char*, const char*> table[] = {
      {"a == 1 && b == 2 || !has(c)", "a = 1  and  b = 2  or  not has(c)"},
      {"a === 1", "a = 1"},
      {"message = connection refused and b = 1", "message = \"connection refused\" and b = 1"},
      {"a in (one two, three)", "a in (\"one two\", three)"},
      {"(a = 1 and (b = 2", "(a = 1 and (b = 2))"},
      {"a = 1)", "a = 1"},
      {"a = \"open", "a = \"open\""},
      {"has(a", "has(a)"},
      {"status:500", "status = 500"},
      {"error", "has(error)"},
      {"a is null and b is not null", "not has(a) and has(b)"},
      {"a not in (1, 2)", "not a in (1, 2)"},
      {"a !~ \"x\"", "not a ~ \"x\""},
      {"a =~ \"x\"", "a ~ \"x\""},
      {"a <> 1", "a != 1"},
      {"a => 1", "a >= 1"},
      {"message contains timeout", "message ~ timeout"},
      {"a = 1, b = 2", "a = 1 and  b = 2"},
      {"a = \"x\" b = 2", "a = \"x\" and b = 2"},
      {"eu-* = 1", "\"eu-*\" = 1"},
  };
  for (const auto& [text, fixed] : table) {
    const char* const shown = text;
    INFO(shown);
    const Result<Expr> expr = parse_expr(text);
    REQUIRE(!expr);
    const Result<Expr> advised = parse_expr(expr.error().advice);
    REQUIRE(advised);
    const Result<Expr> meant = parse_expr(fixed);
    REQUIRE(meant);
    CHECK(to_string(*advised) == to_string(*meant));
  }
}

TEST_CASE("what cannot be put right is explained") {
  const std::pair<const char*, const char*> table[] = {
      {"", "there is no condition"},
      {"   ", "there is no condition"},
      {"a =", "a value is missing here"},
      {"a = and b = 1", "a value is missing before `and`"},
      {"a = 1 and", "a condition is missing at the end"},
      {"and a = 1", "a condition is missing here"},
      {"a > high", "> compares numbers, and this is none in the unit of a"},
      {"a_bytes > 2s", "> compares numbers, and this is none in the unit of a_bytes"},
      {"a > \"2s\"", "> compares numbers"},
      {"a ~ \"(\"", "not a regular expression: missing )"},
      {"a in 1", "`in` takes values in parentheses"},
      {"a in ()", "a value is missing here"},
      {"a in (1;", "this ( is never closed"},
      {"has(a, b)", "has(...) asks about one field"},
      {"(a = 1 b", "a value with spaces takes quotes"},
      {"a = 1 \\", "expected `and`, `or` or the end here"},
  };
  for (const auto& [text, start] : table) {
    const std::string said = complaint(text);
    INFO(said);
    CHECK(said.rfind(start, 0) == 0);
    CHECK(said.find(">>> ") + 4 < said.size());
  }
}

TEST_CASE("no text is too deep or too long") {
  CHECK(complaint(std::string(100'000, '(') + "a = 1").rfind("more than 100 levels", 0) == 0);
  std::string nots;
  for (int i = 0; i < 10'000; ++i) nots += "not ";
  CHECK(complaint(nots + "a = 1").rfind("more than 100 levels", 0) == 0);
  CHECK_FALSE(parse_expr(std::string(200'000, 'a')));
  CHECK(parse_expr(std::string(100, '(') + "a = 1" + std::string(100, ')')));
}

TEST_CASE("a long text is cut around the mistake") {
  const std::string padding = "name = " + std::string(300, 'x') + " and ";
  const std::string said = complaint(padding + "status == 500 and " + padding + "b = 1");
  std::vector<std::string> lines;
  for (std::size_t at = 0; at != std::string::npos;) {
    const std::size_t end = said.find('\n', at);
    lines.push_back(said.substr(at, end - at));
    at = end == std::string::npos ? end : end + 1;
  }
  REQUIRE(lines.size() == 4);
  CHECK(lines[1].size() < 110);
  CHECK(lines[1].compare(lines[2].find('^'), 2, "==") == 0);
}

TEST_CASE("an event's own level and message can be asked for") {
  const Field fields[] = {{"lvl", "40", Kind::number}, {"message", "first", Kind::text}};
  const Event event{no_time, Level::warn, "second", fields};
  CHECK(holds(*parse_expr("level = warn and lvl = 40"), event));
  CHECK(holds(*parse_expr("message = first"), event));
  CHECK_FALSE(holds(*parse_expr("message = second"), event));
  CHECK_FALSE(holds(*parse_expr("has(level)"), Event{}));
}

TEST_CASE("expressions are made without text too") {
  CHECK(to_string(equals("a", "b")) == "a = b");
  CHECK(to_string(equals("a", "2s")) == "a = \"2s\"");
  CHECK(to_string(equals("a b", "x*")) == "\"a b\" = \"x*\"");
  CHECK(to_string(absent("retry")) == "not has(retry)");
  CHECK(to_string(compares("cart_size", Comparison::more, 9)) == "cart_size > 9");
  CHECK(to_string(compares("x", Comparison::at_most, 0.1)) == "x <= 0.1");
  CHECK(to_string(all_of({})) == "true");
  CHECK(to_string(all_of({equals("a", "1")})) == "a = 1");
  CHECK(to_string(all_of({equals("a", "1"), absent("b")})) == "a = 1 and not has(b)");
  CHECK(fields_of(*parse_expr("b = 1 and (a > 2 or not has(c)) and b ~ x")) ==
        std::vector<std::string>{"a", "b", "c"});
}

namespace {

// Random expressions over few fields and values, so that conditions often meet what they ask for.
class Dice {
 public:
  explicit Dice(unsigned seed) : random_(seed) {}

  std::size_t below(std::size_t n) { return random_() % n; }
  template <typename T, std::size_t n>
  const T& one_of(const T (&table)[n]) {
    return table[below(n)];
  }

  std::string field() {
    static const char* const names[] = {"a", "b_ms", "c.d", "e f", "not", "has", "true", "*"};
    return one_of(names);
  }
  std::string value() {
    static const char* const values[] = {"",     "1",    "1.0", "-2",   "x",   "xy",  "x y", "2s",
                                         "2000", "and",  "x*",  "x\"y", "\\d", "\n",  "é",   "\x7f",
                                         "true", "'\\'", "?",   "4KiB", "1,2", "(x)", "=",   "in"};
    return one_of(values);
  }
  FieldSet fields() {
    FieldSet set;
    for (std::size_t n = below(6); n > 0; --n) set.emplace(field(), value());
    return set;
  }
  Expr expr(int depth) {
    switch (below(depth > 0 ? 6 : 3)) {
      case 0: return has();
      case 1: return equals(field(), value());
      case 2: return leaf();
      case 3: return joined(Expr::Op::all, depth);
      case 4: return joined(Expr::Op::any, depth);
      default: return joined(Expr::Op::negate, depth);
    }
  }

 private:
  Expr has() {
    Expr has = absent(field()).parts.front();
    return below(8) == 0 ? Expr{} : has;
  }
  Expr leaf() {
    static const char* const operators[] = {" = ", " != ", " ~ ", " in (", " < ", " >= "};
    static const char* const words[] = {"x*", "?", "2s", "1", "*y", "x", "-2", "2000"};
    static const char* const patterns[] = {"x",      "'^.$'",    "\"\\\\d\"",
                                           "'\\d+'", "\"\\\"\"", "'x\ny'"};
    static const char* const numbers[] = {"1", "-2", "2s", "1.5", "1e3"};
    const char* comparison = one_of(operators);
    std::string text = "a" + std::string(comparison);
    if (text.back() == '(') {
      text += one_of(words) + std::string(", ") + one_of(words) + ")";
    } else {
      text += comparison[1] == '~'                           ? one_of(patterns)
              : comparison[1] == '<' || comparison[1] == '>' ? one_of(numbers)
                                                             : one_of(words);
    }
    Result<Expr> parsed = parse_expr(text);
    REQUIRE(parsed);
    return std::move(parsed).value();
  }
  Expr joined(Expr::Op op, int depth) {
    Expr whole;
    whole.op = op;
    const std::size_t parts = op == Expr::Op::negate ? 1 : 2 + below(2);
    for (std::size_t i = 0; i < parts; ++i) whole.parts.push_back(expr(depth - 1));
    return whole;
  }

  std::mt19937 random_;
};

// The rules of the header, read as sets: no short cuts.
bool naive(const Expr& e, const FieldSet& fields) {
  std::size_t yes = 0;
  for (const Expr& part : e.parts) yes += naive(part, fields) ? 1 : 0;
  if (e.op == Expr::Op::always) return true;
  if (e.op == Expr::Op::negate) return yes == 0;
  if (e.op == Expr::Op::all) return yes == e.parts.size();
  if (e.op == Expr::Op::any) return yes > 0;
  const auto satisfies = [&e](const auto& field) { return value_holds(e, field.second); };
  const auto [first, last] = fields.equal_range(e.field);
  if (e.op == Expr::Op::has) return first != last;
  const bool some = std::any_of(first, last, satisfies);
  return e.comparison == Comparison::differs ? first != last && !some : some;
}

}  // namespace

TEST_CASE("what is printed parses back to an equal expression, of the same truth") {
  std::size_t held = 0;
  for (unsigned seed = 1; seed <= 4000; ++seed) {
    Dice dice(seed);
    const Expr expr = dice.expr(4);
    const std::string text = to_string(expr);
    INFO("seed " << seed << ": " << text);
    const Result<Expr> again = parse_expr(text);
    REQUIRE(again);
    REQUIRE(*again == expr);
    REQUIRE(to_string(*again) == text);
    for (int i = 0; i < 10; ++i) {
      const FieldSet fields = dice.fields();
      const bool truth = holds(expr, values_in(fields));
      REQUIRE(truth == naive(expr, fields));
      REQUIRE(truth == holds(*again, values_in(fields)));
      held += truth ? 1 : 0;
    }
  }
  CHECK(held > 10'000);  // of 40,000: the dice ask for what occurs
  CHECK(held < 35'000);
}

TEST_CASE("nothing is pointed at in a text of nothing") {
  CHECK(complaint(" \n ") == "there is no condition\n>>> one such as: status >= 500");
}

TEST_CASE("control bytes of a text do not reach a terminal") {
  const std::string said = complaint("\"a\x1b[31m\" \"b\"");
  CHECK(said.find('\x1b') == std::string::npos);
}
