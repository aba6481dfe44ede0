#include "parse/difference_pairs.h"

#include <algorithm>

#include <doctest/doctest.h>

#include "parse/difference_items.h"
#include "parse/read_differences_test.h"

namespace culprit {

TEST_CASE("the strictest sign pairs first, and each place once") {
  const std::vector<Signs> good{{"a", "n", "."}, {"b", "m", "."}, {"b", "", "."}, {"c", "", "."}};
  const std::vector<Signs> bad{
      {"x", "m", "."}, {"b", "", "."}, {"y", "n", "."}, {"z", "", "."}, {"q", "", "."}};
  // "b" is taken by the same "b", so "m" has none and takes what is left in order.
  CHECK(partners_of(good, bad) == std::vector<std::size_t>{2, 1, 0, 3, no_item});
  CHECK(partners_of({}, bad) == std::vector<std::size_t>(5, no_item));
  CHECK(partners_of(good, {}).empty());
}

TEST_CASE("a setting without = or : has its first word for a name") {
  const Differences made =
      read("port 6379\nmaxmemory 100mb\nsave 900 1\n",
           "port 6379\nmaxmemory 10mb\nsave 60 1\nurl http://a:80\n", DifferenceKind::settings);
  CHECK(made.names == Names{"maxmemory 100mb -> maxmemory 10mb", "save 900 1 -> save 60 1",
                            "added url http://a:80"});
  CHECK(with(made, {0}) == "port 6379\nmaxmemory 10mb\nsave 900 1\n");
  CHECK(read("max size = 1\nx y=1\n", "x y=2\nmax size = 2\n", DifferenceKind::settings).names ==
        Names{"max size = 1 -> max size = 2", "x y=1 -> x y=2"});
}

TEST_CASE("lines of one name are paired by what is most like them") {
  const Differences made = read("backend b\n  server a 1\n  server b 2\n  server c 3\n",
                                "backend b\n  server x 9\n  server b 7\n  server c 3\n"
                                "backend d\n  server a 1\n",
                                DifferenceKind::settings);
  CHECK(made.names == Names{"backend b server a 1 -> backend b server x 9",
                            "backend b server b 2 -> backend b server b 7", "added backend d",
                            "added backend d server a 1"});
  CHECK(with(made, {3}) ==
        "backend b\n  server a 1\n  server b 2\n  server c 3\nbackend d\n  server a 1\n");
}

TEST_CASE("a block in braces comes and goes with both") {
  const std::string head = "http {\n  server {\n    listen 80;\n  }\n";
  const Differences made =
      read(head + "  old {\n    a 1;\n    b 1;\n  }\n}\n",
           "http {\n  new {\n    c 1;\n    d 1;\n  } # new\n  server {\n    listen 81;\n"
           "  }\n  empty {\n  }\n}\n",
           DifferenceKind::settings);
  CHECK(made.names ==
        Names{"added http { new {", "added http {.new { c 1;", "added http {.new { d 1;",
              "http {.server { listen 80; -> http {.server { listen 81;", "removed http { old {",
              "removed http {.old { a 1;", "removed http {.old { b 1;", "added http { empty {"});
  for (std::size_t set = 0; set < 256; ++set) {
    std::vector<std::size_t> applied;
    for (std::size_t i = 0; i < 8; ++i) {
      if ((set >> i & 1) != 0) applied.push_back(i);
    }
    int depth = 0;
    for (const char c : with(made, applied)) {
      depth += c == '{' ? 1 : c == '}' ? -1 : 0;
      REQUIRE(depth >= 0);
    }
    REQUIRE(depth == 0);
  }
  CHECK(with(made, {2}) ==
        "http {\n  new {\n    d 1;\n  } # new\n  server {\n    listen 80;\n  }\n"
        "  old {\n    a 1;\n    b 1;\n  }\n}\n");
}

TEST_CASE("options of pip are paired by their name, links by that of the package") {
  const Differences made =
      read("-e git+https://x@v1#egg=f\n-r base.txt\n--hash a\n--hash b\na==1\n",
           "-r more.txt\na==2\n--hash b\n--hash c\ngit+https://x@v2#egg=F&subdirectory=s\nb==1\n",
           DifferenceKind::requirements);
  CHECK(made.names == Names{"F -e git+https://x@v1#egg=f -> git+https://x@v2#egg=F&subdirectory=s",
                            "-r base.txt -> -r more.txt", "--hash a -> --hash c", "a 1 -> 2",
                            "added b 1"});
}

TEST_CASE("what a line without = sets has a name without its value") {
  const auto subject = [](std::string_view line) {
    return read("", line, DifferenceKind::settings).subjects.back();
  };
  CHECK(subject("a 1\npassword newpw;\n") == "password");
  CHECK(subject("a 1\nset $db_password newpw;\n") == "set $db_password");
  CHECK(subject("a 1\nenv DB_PW=newpw;\n") == "env DB_PW");
  CHECK(subject("a 1\nnewpw\n") == "-");
}

TEST_CASE("one more document of YAML leaves the others what they are") {
  const std::string web = "kind: Deployment\nmetadata:\n  name: web\nspec:\n  mem: 512\n";
  const std::string other = "kind: Secret\nmetadata:\n  name: web\n";
  const std::string less = "spec:\n  mem: 64\nkind: Deployment\nmetadata:\n  name: \"web\"\n";
  const Differences made =
      read(web, other + "---\n" + less + "---\na: 1\n", DifferenceKind::settings);
  CHECK(std::find(made.names.begin(), made.names.end(),
                  "document 2.spec mem: 512 -> document 2.spec mem: 64") != made.names.end());
  const Differences plain =
      read("a: 1\nb: 2\n", "c: 1\n---\na: 2\nb: 2\n---\nd: 1\n", DifferenceKind::settings);
  CHECK(plain.names[1] == "document 2 a: 1 -> document 2 a: 2");
}

TEST_CASE("a document that comes to stand first has no other one before it") {
  const Differences made =
      read("---\na: 1\nb: 2\n---\nc: 1\n", "---\nc: 2\n---\nd: 1\n", DifferenceKind::settings);
  CHECK(made.names ==
        Names{"removed a: 1", "removed b: 2", "c: 1 -> c: 2", "added document 2 d: 1"});
  CHECK(with(made, {0, 1}) == "---\nc: 1\n");
  CHECK(with(made, {0, 1, 2}) == "---\nc: 2\n");
  CHECK(with(made, {2}) == "---\na: 1\nb: 2\n---\nc: 2\n");
  CHECK(with(made, {3}) == "---\na: 1\nb: 2\n---\nc: 1\n---\nd: 1\n");
}

TEST_CASE("what has a name is itself in any list, wherever the name stands") {
  const Differences yaml =
      read("c:\n- image: a:1\n  name: a\n- image: b:1\n  name: b\n",
           "c:\n- image: x:1\n  name: x\n- image: b:2\n  name: b\n", DifferenceKind::settings);
  CHECK(yaml.names.back() == "c.- image: b:2 image: b:1 -> c.- image: b:2 image: b:2");
  const Differences toml =
      read("[[bin]]\nname='a'\nmem=512\n",
           "[[bin]]\nname='side'\nmem=1\n[[bin]]\nname='a'\nmem=64\n", DifferenceKind::settings);
  CHECK(toml.names.back() == "[[bin]] mem=512 -> [[bin]] mem=64");
  const Differences json =
      read(R"([{"id": 1, "mem": 512}])", R"([{"id": 7}, {"id": 1, "mem": 64}, {"id": 8}])",
           DifferenceKind::json);
  CHECK(json.names ==
        Names{"added $[0]: {\"id\": 7}", "$[1].mem: 512 -> 64", "added $[2]: {\"id\": 8}"});
  CHECK(with(json, {1}) == R"([ {"id": 1, "mem": 64}])");
  CHECK(read(R"([{"a": 1, "b": 1}, 5])", R"([7, 8, {"a": 2, "b": 1}, 5])", DifferenceKind::json)
            .names.back() == "$[2].a: 1 -> 2");
}

}  // namespace culprit
