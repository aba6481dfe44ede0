#include "parse/outline.h"

#include <doctest/doctest.h>

#include "base/dice.h"
#include "parse/differences.h"
#include "parse/document.h"
#include "parse/read_differences_test.h"

namespace culprit {

TEST_CASE("a value of YAML is one difference, however many lines it has") {
  const Differences made =
      read("run: |\n  make\n\n  make test\nports: [80,\n  443]\nnote: a\n  b\nlast: 1\n",
           "run: |\n  make\n  # no comment\n  make install\nports: [80,\n  8443 # tls\n]\nnote: "
           "\"c\n\n  d\"\n"
           "last: 1\nadded: >-\n  x\n",
           DifferenceKind::settings);
  CHECK(made.names ==
        Names{R"(run: |\n  make\n\n  make test -> run: |\n  make\n  # no comment\n  make install)",
              R"(ports: [80,\n  443] -> ports: [80,\n  8443 # tls\n])",
              R"(note: a\n  b -> note: "c\n\n  d")", R"(added added: >-\n  x)"});
  CHECK(with(made, {1}) ==
        "run: |\n  make\n\n  make test\nports: [80,\n  8443 # tls\n]\nnote: a\n  b\nlast: 1\n");
}

TEST_CASE("a value of TOML is one difference, however many lines it has") {
  const Differences made =
      read("a = 1\n[s]\nlist = [\n  1, # one\n  2\n]\ntext = \"\"\"\n[x]\n\"\"\"\nlast = 1\n",
           "a = 1\n[s]\nlist = [\n  1,\n]\ntext = \"\"\"\n[x]\ny = 1\n\"\"\"\nlast = 1\n[[t]]\nn = "
           "1\n[t.u]\nm = 2\n",
           DifferenceKind::settings);
  CHECK(made.names == Names{R"([s] list = [\n  1, # one\n  2\n] -> [s] list = [\n  1,\n])",
                            R"([s] text = """\n[x]\n""" -> [s] text = """\n[x]\ny = 1\n""")",
                            "added [[t]]", "added [[t]] n = 1", "added [[t]] [t.u]",
                            "added [[t]].[t.u] m = 2"});
  CHECK(with(made, {5}) ==
        "a = 1\n[s]\nlist = [\n  1, # one\n  2\n]\ntext = \"\"\"\n[x]\n\"\"\"\nlast = 1\n"
        "[[t]]\n[t.u]\nm = 2\n");
}

TEST_CASE("what holds nothing in one and something in the other changes as a whole") {
  const Differences yaml = read("a: 1\nb:\n  - x\nc:\n", "a:\n  d: 2\nb:\n  y: 1\nc:\n  z: 1\n",
                                DifferenceKind::settings);
  CHECK(yaml.names == Names{R"(a: 1 -> a:\nd: 2)", R"(b:\n- x -> b:\ny: 1)", "added c z: 1"});
  CHECK(with(yaml, {0}) == "a:\n  d: 2\nb:\n  - x\nc:\n");
  const Differences toml =
      read("a = 1\nb.c = 1\n", "[a]\nd = 2\n[b]\ne = 1\n", DifferenceKind::settings);
  CHECK(toml.names == Names{"removed a = 1 (and 2 more)", "removed b.c = 1 (and 2 more)"});
}

namespace {

// Random YAML: maps, lists, and values over lines, at random columns.
class YamlWriter {
 public:
  explicit YamlWriter(std::uint64_t seed) : dice_(seed) {}

  std::string document() {
    text_.clear();
    for (std::size_t i = 0; i < 1 + dice_.below(2); ++i) {
      if (i > 0 || dice_.below(4) == 0) text_ += "---\n";
      dice_.below(5) == 0 ? list(0, 2) : map(0, 3);
    }
    return text_;
  }

 private:
  void comment(std::size_t column) {
    if (dice_.below(8) == 0)
      text_ += dice_.below(2) == 0 ? "\n" : std::string(column, ' ') + "# c\n";
  }

  void value(std::size_t column) {
    const std::string pad(column + 1 + dice_.below(3), ' ');
    const std::string number = fmt::format("{}", dice_.below(3));
    const std::string values[] = {" " + number,
                                  " 'it''s: " + number + "' # c",
                                  " |\n" + pad + "# a\n\n" + pad + " b: " + number,
                                  " >-\n" + pad + "a\n" + pad + "- " + number,
                                  " [1, # x]\n" + pad + number + ",\n" + pad + "{a: ']'}]",
                                  " \"a\n\n" + pad + "b: " + number + "\"",
                                  " a " + number + "\n" + pad + "b",
                                  " {}",
                                  "",
                                  "\n" + pad + "plain\n" + pad + number,
                                  " http://x/" + number,
                                  " |2-\n" + std::string(column, ' ') + "    " + number};
    text_ += values[dice_.below(std::size(values))];
    text_ += '\n';
  }

  // Its first line stands where the text is.
  void map(std::size_t column, std::size_t deep) {
    std::string names = "abcde";
    for (std::size_t i = 0; i < 1 + dice_.below(3); ++i) {
      if (i > 0) {
        comment(column);
        text_.append(column, ' ');
      }
      const std::size_t at = dice_.below(names.size());
      text_ += fmt::format("{}:", names[at]);
      names.erase(at, 1);
      nested(column, deep);
    }
  }

  void nested(std::size_t column, std::size_t deep) {
    const std::size_t kind = deep == 0 ? 0 : dice_.below(4);
    if (kind < 2) return value(column);
    text_ += dice_.below(5) == 0 ? " # c\n" : "\n";
    const std::size_t below = column + (kind == 3 ? 0 : 1) + dice_.below(3);
    comment(below);
    if (kind == 3) return list(below, deep - 1);
    text_.append(below, ' ');
    map(below, deep - 1);
  }

  void list(std::size_t column, std::size_t deep) {
    for (std::size_t i = 0; i < 1 + dice_.below(3); ++i) {
      comment(column);
      text_.append(column, ' ');
      text_ += '-';
      const std::size_t gap = 1 + dice_.below(2);
      if (deep == 0 || dice_.below(2) == 0) {
        value(column);
      } else {
        text_.append(gap, ' ');
        map(column + 1 + gap, deep - 1);
      }
    }
  }

  Dice dice_;
  std::string text_;
};

// Random TOML: keys, dotted and not, sections, and lists of them.
std::string toml_text(Dice& dice) {
  const std::string values[] = {
      "1",         "'#'",   "[\n  1, # ]\n  2,\n]", "\"\"\"\n[a]\nb = 1\n\"\"\"",
      "{ c = 1 }", "2 # c", "'''\n'' \n'''",        R"("\"")"};
  std::string text;
  const auto keys = [&](const std::string& names) {
    for (const char name : names) {
      if (dice.below(2) == 0) continue;
      if (dice.below(6) == 0) text += "# c [x]\n\n";
      const std::string dotted = dice.below(4) == 0 ? ".k" : "";
      text += fmt::format("{}{} = {}\n", name, dotted, values[dice.below(std::size(values))]);
    }
  };
  keys("abc");
  for (const char* section :
       {"[a]", "[a.b]", "[[b]]", "[b.x]", "[[b]]", "[b.x]", "[c.d]", "[c]", "[[a.c]]"}) {
    if (dice.below(2) == 0) continue;
    text += fmt::format("{}\n", section);
    keys("bx");
  }
  return text;
}

// Each set of changes of texts that can be read is a text that can.
void check_any_part(const std::function<std::string()>& text, const char* name, std::size_t pairs) {
  Dice dice(5);
  std::size_t tried = 0;
  std::size_t changes = 0;
  for (std::size_t run = 0; tried < pairs; ++run) {
    REQUIRE(run < 1000 * pairs);
    const std::string good = text();
    const std::string bad = text();
    if (!read_document(good, name) || !read_document(bad, name) || good == bad) continue;
    ++tried;
    CAPTURE(good);
    CAPTURE(bad);
    const Differences made = read(good, bad, DifferenceKind::settings);
    changes += made.names.size();
    CHECK(made.text_with(std::vector<bool>(made.names.size(), false)) == good);
    CHECK(made.text_with(std::vector<bool>(made.names.size(), true)) == bad);
    for (int i = 0; i < 6; ++i) {
      std::vector<bool> set(made.names.size());
      for (std::size_t j = 0; j < set.size(); ++j) set[j] = dice.uniform() < 0.5;
      const std::string one = made.text_with(set);
      CAPTURE(one);
      const auto document = read_document(one, name);
      REQUIRE_MESSAGE(document.has_value(), document.error().what);
    }
  }
  CHECK(changes > 2 * pairs);
}

}  // namespace

TEST_CASE("any part of a YAML document is a YAML document") {
  YamlWriter writer(2);
  check_any_part([&] { return writer.document(); }, "x.yaml", 400);
}

TEST_CASE("any part of a TOML document is a TOML document") {
  Dice dice(3);
  check_any_part([&] { return toml_text(dice); }, "x.toml", 200);
}

TEST_CASE("an anchor that stands at another place is one change with its place") {
  const Differences made = read("x: &base\n  log: &log\n    driver: a\nweb: 1\n",
                                "x: &base\n  r: 1\nxlog: &log\n  driver: b\nweb: 2\nl: *log\n",
                                DifferenceKind::settings);
  CHECK(made.names == Names{"removed x log: &log (and 3 more)", "added x r: 1", "web: 1 -> web: 2",
                            "added l: *log"});
  CHECK(with(made, {0, 2}) == "x: &base\nxlog: &log\n  driver: b\nweb: 2\n");
}

TEST_CASE("a document may be ended by a line of dots") {
  const Differences made = read("a:\n  b: 1\n  c:\n    d: 1\n...\n---\nx: 1\n",
                                "a:\n    b: 2\n    c:\n        d: 2\n...\n# c\n---\nx: 2\n... \n",
                                DifferenceKind::settings);
  CHECK(made.names == Names{"a b: 1 -> a b: 2", "a.c d: 1 -> a.c d: 2",
                            "document 2 x: 1 -> document 2 x: 2",
                            "how it is written: order, comments or white space"});
  CHECK(with(made, {0, 2}) == "a:\n  b: 2\n  c:\n    d: 1\n...\n---\nx: 2\n");
  CHECK(with(made, {3}) == "a:\n    b: 1\n    c:\n        d: 1\n...\n# c\n---\nx: 1\n... \n");
}

TEST_CASE("a document in brackets and one that is not change as a whole") {
  const Differences map = read("{a: 1, b: 1}\n", "a: 2\nb: 2\n", DifferenceKind::settings);
  CHECK(map.names == Names{"{a: 1, b: 1} -> a: 2\\nb: 2"});
  const Differences list = read("- 1\n- 3\n", "[1, 2]\n", DifferenceKind::settings);
  CHECK(list.names == Names{"- 1\\n- 3 -> [1, 2]"});
  const Differences second = read("x: 1\n---\n{a: 1}\n---\n[1]\n", "x: 2\n---\na: 2\n---\n[2]\n",
                                  DifferenceKind::settings);
  CHECK(second.names == Names{"x: 1 -> x: 2", "document 2 {a: 1} -> document 2 a: 2",
                              "document 3 [1] -> document 3 [2]"});
  CHECK(with(second, {1}) == "x: 1\n---\na: 2\n---\n[1]\n");
  CHECK(with(second, {0, 2}) == "x: 2\n---\n{a: 1}\n---\n[2]\n");
  const Differences more = read("{a: 1}\n", "a: 2\n---\nb: 1\n", DifferenceKind::settings);
  CHECK(with(more, {0}) == "a: 2\n");
  CHECK(with(more, {1}) == "{a: 1}\n---\nb: 1\n");
}

TEST_CASE("a name that is used is there") {
  const Differences made =
      read("base: &b 1\nuse: *b\n", "other: &b 2\nuse: *b\nx: 1\n", DifferenceKind::settings);
  REQUIRE(made.names.size() == 2);
  CHECK(with(made, {0}) == "other: &b 2\nuse: *b\n");
  const Differences moved = read("a:\n  x: 1\nb: 2\nc: 1\n", "b: &n 3\na:\n  x: 1\n  y: *n\nc: 2\n",
                                 DifferenceKind::settings);
  REQUIRE(moved.names == Names{"b: 2 -> b: &n 3", "added a y: *n", "c: 1 -> c: 2",
                               "how it is written: order, comments or white space"});
  CHECK(with(moved, {1}) == "b: &n 3\na:\n  x: 1\n  y: *n\nc: 1\n");
}

}  // namespace culprit
