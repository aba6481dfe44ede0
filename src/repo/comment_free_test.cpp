#include "repo/comment_free.h"

#include <doctest/doctest.h>

namespace culprit {
namespace {

bool same(std::string_view before, std::string_view after, std::string_view path) {
  const auto one = comment_free(before, path);
  const auto other = comment_free(after, path);
  REQUIRE(one.has_value());
  return one == other;
}

TEST_CASE("what changes comments only is equal without them; what changes code is not") {
  struct Row {
    const char* path;
    const char* before;
    const char* after;
    bool same;
  };
  const Row rows[] = {
      {"a.c", "int a; // one\n", "int a; // two\n", true},
      {"a.c", "int a;\n", "\n/* why\n   at length */\nint a;  \n", true},
      {"a.c", "int a = 1;\n", "int a = 2;\n", false},
      {"a.c", "p(\"// no comment\");\n", "p(\"// another\");\n", false},
      {"a.c", "p(\"\\\"// x\");\n", "p(\"\\\"// y\");\n", false},
      {"a.c", "c = '\"'; // x\n", "c = '\"'; // y\n", true},
      {"a.c", "c = '\"'; d = 1; // \"\n", "c = '\"'; d = 2; // \"\n", false},
      {"a.c", "int/**/a;\n", "inta;\n", false},
      {"a.cpp", "n = 1'000; // x\n", "n = 1'000; // y\n", true},
      {"a.cpp", "s = R\"(// a)\";\n", "s = R\"(// b)\";\n", false},
      {"a.cpp", "s = R\"x(\n// a)\"\n)x\"; // c\n", "s = R\"x(\n// a)\"\n)x\"; // d\n", true},
      {"a.go", "s := `// a`\n", "s := `// b`\n", false},
      {"a.java", "s = \"\"\"\n// a\n\"\"\";\n", "s = \"\"\"\n// b\n\"\"\";\n", false},
      {"a.py", "x = 1  # one\n", "x = 1\n# two\n", true},
      {"a.py", "if a:\n  b()\nc()\n", "if a:\n  b()\n  c()\n", false},
      {"a.py", "s = '# a'\n", "s = '# b'\n", false},
      {"a.py", "s = '''\n# a\n'''\n", "s = '''\n# b\n'''\n", false},
      {"a.sh", "#!/bin/sh\necho a # x\n", "#!/bin/sh\necho a\n", true},
      {"a.sh", "#!/bin/sh\n", "#!/bin/bash\n", false},
      {"a.sh", "echo a#b\n", "echo a#c\n", false},
      {"a.sh", "echo ${a#b}\n", "echo ${a#c}\n", false},
      {"a.sh", "echo 'it # 1'\n", "echo 'it # 2'\n", false},
      {"a.sh", "echo \\' # x\n", "echo \\' # y\n", true},
  };
  for (const Row& row : rows) {
    CAPTURE(row.before);
    CAPTURE(row.after);
    CHECK(same(row.before, row.after, row.path) == row.same);
  }
}

TEST_CASE("nothing is said of a language that is not known, nor of a document in a script") {
  CHECK(!comment_free("a # b", "a.rb").has_value());
  CHECK(!comment_free("cat <<E\n# a\nE\n", "a.sh").has_value());
}

TEST_CASE("texts that end anywhere come to an end") {
  const std::string_view text = "a \"b\\\" // c\n/* d */ 'e' R\"x(f)x\" `g`\n\"\"\"h\"\"\"";
  for (std::size_t length = 0; length <= text.size(); ++length) {
    for (const char* path : {"a.c", "a.py", "a.sh"}) {
      CHECK(comment_free(text.substr(0, length), path).has_value());
    }
  }
}

}  // namespace
}  // namespace culprit
