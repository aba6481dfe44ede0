"""Each bad snippet must be reported by tools/tidy, each good one must pass."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

TIDY = pathlib.Path(__file__).resolve().parent / "tidy"
HEADER = "// A Thing is a thing.\n#pragma once\n"
LONG = "  step();\n" * 59

# (what is wrong, file, text, a part of the message)
BAD = [
    ("an upward include", "src/parse/a.cpp", '#include "store/engine.h"\n', "arrows point down"),
    ("a sideways include", "src/parse/a.cpp", '#include "contrast/when.h"\n', "arrows point down"),
    ("the face looks at a mind", "src/cli/a.cpp", '#include "parse/json.h"\n', "faces only show"),
    ("a face looks at the other", "src/cli/a.cpp", '#include "web/page.h"\n', "arrows point down"),
    ("a relative include", "src/parse/a.cpp", '#include "json.h"\n', "rooted at src/"),
    ("own header second", "src/parse/a.cpp", '#include <string>\n#include "parse/a.h"\n',
     "own a.h first"),
    ("a mind opens files", "src/contrast/a.cpp", "#include <fstream>\n", "is a mind"),
    ("a mind sees the world", "src/parse/a.cpp", '#include "base/world.h"\n', "is a mind"),
    ("a mind reads the clock", "src/event/a.cpp",
     "auto now() { return std::chrono::system_clock::now(); }\n", "is a mind"),
    ("a mind throws dice", "src/search/a.cpp", "int dice() { return rand(); }\n", "is a mind"),
    ("a header without a sentence", "src/base/a.h", "#pragma once\n", "saying what it is"),
    ("a header without guard", "src/base/a.h", "// A Thing.\n", "#pragma once"),
    ("using namespace", "src/base/a.h", HEADER + "using namespace std;\n", "using namespace"),
    ("a getter", "src/base/a.h", HEADER + "int get_size();\n", "no get_"),
    ("a long function", "src/base/a.cpp", "void f() {\n" + LONG + "}\n", "function has 61 lines"),
    ("a long member", "src/base/a.h",
     HEADER + "class A {\n  A(int a) : a_{a} {\n" + LONG + "  }\n  int a_;\n};\n",
     "function has 61 lines"),
    ("a long function in a namespace", "src/base/a.cpp",
     "namespace a {\nnamespace {\nint f(\n    int b)\n{\n" + LONG + "}\n}\n}\n",
     "function has 63 lines"),
    ("a long lambda", "src/base/a.cpp", "const auto f = [](int a) {\n" + LONG + "};\n",
     "function has 61 lines"),
    ("a long lambda in a table", "src/base/a.cpp",
     "const Row rows[] = {\n    {1, [](int a) {\n" + LONG + "    }},\n};\n",
     "function has 61 lines"),
    ("a long function among strings", "src/base/a.cpp",
     'void f() {\n  g("}", \'}\', R"(})");  // }\n' + LONG + "}\n", "function has 62 lines"),
    ("a long test", "src/base/a_test.cpp", 'TEST_CASE("a") {\n' + LONG + "}\n",
     "function has 61 lines"),
    ("a long file", "src/base/a.cpp", "int a;\n" * 601, "file has 601 lines"),
    ("a long line", "examples/a.cpp", "int a;  // " + "-" * 100 + "\n", "columns"),
    ("TRY in a braced list", "src/base/a.cpp", "auto f() { Thing a{TRY(g())}; }\n", "TRY stands"),
    ("TRY as an argument", "src/base/a.cpp", "auto f() { g(TRY(h())); }\n", "TRY stands"),
    ("TRY in a sum", "src/base/a.cpp", "auto f() { int a = 1 + TRY(h()); }\n", "TRY stands"),
    ("TRY with a member", "src/base/a.cpp", "auto f() { int a = TRY(h()).size; }\n", "TRY stands"),
    ("TRY over lines", "src/base/a.cpp", "auto f() {\n  g(a,\n    TRY(\n  h()));\n}\n",
     "TRY stands"),
    ("a heavy header in a header", "src/cli/a.h", HEADER + "#include <CLI/CLI.hpp>\n", "header"),
    ("printing", "src/case/a.cpp", 'void f() { std::cout << "a"; }\n', "only cli/ prints"),
    ("printing by fmt", "src/case/a.cpp", 'void f() { fmt::print("a"); }\n', "only cli/ prints"),
    ("a bool argument", "src/base/a.h", HEADER + "void f(int a, bool loud = false);\n", "bool"),
    ("a bool argument of a member", "src/base/a.h",
     HEADER + "struct A {\n  void f(\n      const bool& a);\n};\n", "bool"),
    ("a banned name", "src/base/a.cpp", "class Case" + "Manager;\n", "name it for"),
    ("work left over", "src/base/a.cpp", "// TO" + "DO: later\n", "do it"),
    ("a folder for anything", "src/base/utils/a.cpp", "int a;\n", "says nothing"),
    ("an unknown folder", "src/stuff/a.cpp", "int a;\n", "and nothing else"),
    ("a path of this machine", "docs/a.md", "see /ho" + "me/someone/a.txt\n", "one machine"),
    ("inheritance", "src/base/a.h", HEADER + "class A final : public Shape {};\n", "inheritance"),
]

GOOD = [
    ("a downward include", "src/store/a.cpp", '#include "parse/json.h"\n#include "base/time.h"\n'),
    ("a test of a mind reads files", "src/parse/a_test.cpp", "#include <fstream>\n"),
    ("a function of 60 lines", "src/base/a.cpp", "void f() {\n" + LONG[:-10] + "}\n"),
    ("a long class of short members", "src/base/a.h",
     HEADER + "class A {\n" + "  void f() {}\n" * 80 + "};\n"),
    ("a long table", "src/base/a.cpp", "const Row rows[] = {\n" + "    {1, {2}},\n" * 80 + "};\n"),
    ("a long initialiser", "src/base/a.cpp",
     "const std::vector<int> a{\n" + "    1,\n" * 80 + "};\n"),
    ("a long namespace", "src/base/a.cpp",
     "namespace culprit {\n" + "void f(int (*a)()) { (*a)(); }\n" * 80 + "}\n"),
    ("TRY where it belongs", "src/base/a.cpp", """Result<int> f() {
  TRY(g());
  const auto a = TRY(h(1, 2).during("a {}", (b)));
  const std::vector<std::pair<int, int>> c =
      TRY(i());
  auto [d, e] = TRY(j());
  k = TRY(j());
  m.at(2)->k[1] = TRY(j());
  if (a) TRY(g());
  for (int n : c) {
    TRY(g(n));
  }
  return TRY(l());
}
"""),
    ("bool that is no argument", "src/base/a.h", HEADER + """struct A {
  bool loud = false;
  explicit operator bool() const { return f(1); }
  std::map<int, bool> both(std::tuple<int, bool, int> a, std::function<bool(int)> b);
};
"""),
    ("numbers with separators", "src/base/a.cpp",
     "const int a = 1'000'000; /* { */ int b = 0x1'f;\n"),
    ("enum with a type", "src/base/a.h",
     HEADER + "enum class Kind : std::uint8_t { boolean, b };\n"),
    ("inheritance at a seam", "src/store/a.h",
     HEADER + "class Embedded final : public Engine {};\n"),
    ("the command line prints", "src/cli/a.cpp", 'void f() { std::cout << "a"; }\n'),
]


def tidy(files):
    with tempfile.TemporaryDirectory() as root:
        for name, text in files.items():
            path = pathlib.Path(root, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        done = subprocess.run([sys.executable, TIDY, "--root", root], capture_output=True,
                              text=True, check=False)
    return done.returncode, done.stdout + done.stderr


class Tidy(unittest.TestCase):
    def test_bad_snippets_are_reported(self):
        for what, name, text, message in BAD:
            with self.subTest(what):
                files = {name: text}
                if "own header" in what:
                    files["src/parse/a.h"] = HEADER
                code, output = tidy(files)
                self.assertEqual(code, 1, output)
                self.assertIn(message, output)
                self.assertTrue(output.startswith(name + ":"), output)
                self.assertNotIn("Traceback", output)

    def test_good_snippets_pass(self):
        for what, name, text in GOOD:
            with self.subTest(what):
                self.assertEqual(tidy({name: text}), (0, ""))

    def test_two_headers_with_a_type_of_one_name_are_reported(self):
        files = {"src/parse/a.h": HEADER + "struct Scratch {\n  int a;\n};\n",
                 "src/repo/b_test.h": HEADER + "class Scratch {\n};\n"}
        code, output = tidy(files)
        self.assertEqual(code, 1)
        self.assertIn("src/repo/b_test.h:3: src/parse/a.h has a Scratch already", output)
        files["src/repo/b_test.h"] = HEADER + "class Scratch;\nclass A {\n  class Scratch {};\n};\n"
        self.assertEqual(tidy(files), (0, ""))

    def test_a_fourth_file_with_a_heavy_header_is_one_too_many(self):
        heavy = "#include <nlohmann/json.hpp>\n"
        three = {"src/cli/a.cpp": heavy, "src/repo/b.cpp": heavy, "src/experiment/e.cpp": heavy}
        self.assertEqual(tidy(three), (0, ""))
        code, output = tidy(three | {"src/case/c.cpp": heavy})
        self.assertEqual(code, 1)
        self.assertEqual(output.count("4 files include it"), 4)


if __name__ == "__main__":
    unittest.main()
