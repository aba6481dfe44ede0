#include "contrast/enclosing.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace culprit {
namespace {

struct Row {
  const char* what;
  std::string source;
  std::size_t line;
  LineRange function;
  std::vector<std::string> headers;
};

const std::vector<Row> rows = {
    {"Python, a method",
     "import os\n"
     "\n"
     "class Pool:\n"
     "    def get(self):\n"
     "        if self.idle:\n"
     "            return self.idle.pop()\n"
     "        return None\n"
     "\n"
     "    def put(self, one):\n"
     "        self.idle.append(one)\n",
     6,
     {4, 7},
     {"def get(self):", "class Pool:"}},
    {"JavaScript, an arrow function inside a function",
     "function total(cart) {\n"
     "  return cart.map((item) => {\n"
     "    return item.price;\n"
     "  });\n"
     "}\n"
     "const other = 1;\n",
     3,
     {1, 5},
     {"function total(cart) {"}},
    {"Go",
     "package pay\n\nfunc (p *Pool) Get() *Client {\n\tfor {\n\t\treturn nil\n\t}\n}\n",
     5,
     {3, 7},
     {"func (p *Pool) Get() *Client {"}},
    {"C with its brace on a line of its own and arguments on two",
     "static int add(int a,\n               int b)\n{\n  return a + b;\n}\nint x;\n",
     4,
     {1, 5},
     {"static int add(int a,"}},
    {"Java, in a class",
     "public class Cart {\n"
     "    int total(List<Item> items) {\n"
     "        for (Item item : items) {\n"
     "            sum += item.price();\n"
     "        }\n"
     "    }\n"
     "}\n",
     4,
     {2, 6},
     {"int total(List<Item> items) {", "public class Cart {"}},
    {"Ruby",
     "class Cart\n  def total\n    items.each do |item|\n      sum += item\n    end\n  end\nend\n",
     4,
     {2, 6},
     {"def total", "class Cart"}},
    {"nothing around", "a = 1\nb = 2\n", 2, {1, 2}, {}},
};

}  // namespace

TEST_CASE("the function around a line is found by indentation") {
  for (const Row& row : rows) {
    CAPTURE(row.what);
    const auto lines = lines_of(row.source);
    const LineRange range = enclosing_function(lines, row.line);
    CHECK(range.first == row.function.first);
    CHECK(range.last == row.function.last);
    const auto headers = enclosing_headers(lines, row.line);
    CHECK(std::vector<std::string>(headers.begin(), headers.end()) == row.headers);
  }
}

TEST_CASE("a line outside of the file is the nearest one") {
  const auto lines = lines_of("def f():\n    return 1\n");
  CHECK(enclosing_function(lines, 99) == LineRange{1, 2});
  CHECK(enclosing_function(lines, 0) == LineRange{1, 2});
  CHECK(enclosing_function({}, 3) == LineRange{0, 0});
  CHECK(enclosing_headers({}, 3).empty());
}

TEST_CASE("a function is found by its name, not by its calls") {
  const std::string source =
      "void charge();\n"
      "void pay() {\n"
      "  charge();\n"
      "}\n"
      "void Gateway::charge() {\n"
      "  send();\n"
      "}\n";
  const auto lines = lines_of(source);
  CHECK(line_of_function(lines, "charge", 1) == 5);
  CHECK(line_of_function(lines, "shop::Gateway::charge", 7) == 5);
  CHECK(line_of_function(lines, "pay", 7) == 2);
  CHECK(line_of_function(lines, "refund", 7) == 0);
  CHECK(line_of_function(lines, "", 7) == 0);
}

}  // namespace culprit
