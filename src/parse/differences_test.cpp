#include "parse/differences.h"

#include <doctest/doctest.h>

#include "base/dice.h"
#include "parse/document.h"
#include "parse/read_differences_test.h"

namespace culprit {

TEST_CASE("with none it is the good text, with all the bad one, byte for byte") {
  const std::pair<std::string, std::string> texts[] = {
      {"A=1\nB=2\n", "B=3\nC=4"},
      {"{\"a\": 1, \"b\": [1, 2]}", "{\n  \"b\": [2,3,4],\n  \"c\": {}\n}\n"},
      {"", "one\ntwo\n"},
      {"GET /a?x=1 HTTP/1.1\r\nHost: a\r\n\r\n", "POST /b HTTP/1.1\nHost: b\n\n{\"q\": 1}"},
      {"[a]\nx = 1\n", "[b]\nx = 1\ny = 2\r\n"},
      {"--verbose --level 3", "--level 4 --fast\n"},
      {"x\n", "x"}};
  for (const auto& pair : texts) {
    const std::string& good = pair.first;
    const std::string& bad = pair.second;
    for (int kind = 0; kind <= static_cast<int>(DifferenceKind::lines); ++kind) {
      const auto made = differences_of(good, bad, static_cast<DifferenceKind>(kind));
      if (!made) continue;
      CAPTURE(kind);
      CAPTURE(bad);
      REQUIRE(!made->names.empty());
      const std::size_t count = made->names.size();
      CHECK(made->text_with(std::vector<bool>(count, false)) == good);
      CHECK(made->text_with(std::vector<bool>(count, true)) == bad);
      CHECK(differences_of(bad, bad, static_cast<DifferenceKind>(kind)).value().names.empty());
    }
  }
}

TEST_CASE("an environment differs in variables, wherever they stand") {
  const Differences made = read("DEBUG=1\nHOST=a\nOLD=x\n", "# new\nHOST=a\nDEBUG=0\nNEW='a b'\n",
                                DifferenceKind::environment);
  CHECK(made.names == Names{"DEBUG=1 -> DEBUG=0", "comments and empty lines", "removed OLD=x",
                            "added NEW='a b'"});
  CHECK(with(made, {0, 3}) == "HOST=a\nDEBUG=0\nNEW='a b'\nOLD=x\n");
  CHECK(variables_in(with(made, {0, 1, 3})).back() ==
        std::pair<std::string, std::string>{"OLD", "x"});
}

TEST_CASE("a variable's value is what a shell would make of it") {
  const auto made = variables_in("# c\nexport A=1\nB=\"x y\"\nC=a b\nA=2\nD='two\nlines'\n\nE=\n");
  using Pair = std::pair<std::string, std::string>;
  CHECK(made ==
        std::vector<Pair>{{"A", "2"}, {"B", "x y"}, {"C", "a b"}, {"D", "two\nlines"}, {"E", ""}});
}

TEST_CASE("a line that ends in \\r\\n gives its value the \\r, as in a shell") {
  using Pair = std::pair<std::string, std::string>;
  CHECK(variables_in("A=1\r\n\r\nB=\"x\"\r\nC=2 # c\r\nD=3  \n") ==
        std::vector<Pair>{{"A", "1\r"}, {"B", "x\r"}, {"C", "2"}, {"D", "3"}});
  CHECK(read("A=1\nB=2\n", "A=1\nB=2\r\n", DifferenceKind::environment).names ==
        Names{"B=2 -> B=2\\r"});
}

TEST_CASE("a value that refers to a variable is known as one") {
  CHECK(referring_variables("A=$HOME/x\nB='$HOME'\nC=\\$HOME\nD=\"${E}\"\nE=5$\nF={\"$a\":1}\n"
                            "A=$B\n") == Names{"A", "D"});
}

TEST_CASE("of a variable that is set twice the last value is named") {
  CHECK(read("A=1\nD=1\nD=2\n", "A=1\nD=7\nD=3\n", DifferenceKind::environment).names ==
        Names{"D=2 -> D=3"});
  CHECK(read("K=a\nmore\n", "K=b\nless\n", DifferenceKind::environment).names ==
        Names{"K=a -> K=b"});
}

TEST_CASE("within quotes a backslash stays, but before what it escapes there") {
  CHECK(flag_words(R"("\d+" "a\"b\$c\\d" \d 'x\d')") ==
        std::vector<std::string>{"\\d+", "a\"b$c\\d", "d", "x\\d"});
  using Pair = std::pair<std::string, std::string>;
  CHECK(variables_in(R"(A="\d+"
B="x" # note
C=a b # note
D=http://x/#part
E=a"b c"d
F=C:\dir
G=don't
H={"a": 1}
I="it's" # isn't
)") == std::vector<Pair>{{"A", "\\d+"},
                         {"B", "x"},
                         {"C", "a b"},
                         {"D", "http://x/#part"},
                         {"E", "ab cd"},
                         {"F", "C:\\dir"},
                         {"G", "don't"},
                         {"H", "{\"a\": 1}"},
                         {"I", "it's"}});
}

TEST_CASE("a variable may be a key of many lines, the file begin with a byte order mark") {
  const std::string key = "-----BEGIN KEY-----\nMIIB/x==\n\n# no comment\nABC=\n-----END KEY-----";
  const std::string text = "\xEF\xBB\xBFNAME=a\nKEY=\"" + key + "\"\nLAST=1\n";
  using Pair = std::pair<std::string, std::string>;
  CHECK(variables_in(text) == std::vector<Pair>{{"NAME", "a"}, {"KEY", key}, {"LAST", "1"}});
  const Differences made =
      read("NAME=a\nKEY='old\nA=2\n'\nLAST=2\n", text, DifferenceKind::environment);
  REQUIRE(made.names.size() == 3);  // the mark is how it is written
  CHECK(variables_in(with(made, {0})) ==
        std::vector<Pair>{{"NAME", "a"}, {"KEY", key}, {"LAST", "2"}});
  CHECK(variables_in(with(made, {1})) ==
        std::vector<Pair>{{"NAME", "a"}, {"KEY", "old\nA=2\n"}, {"LAST", "1"}});
}

TEST_CASE("flags may stand on lines of their own, and comments between them") {
  const std::string bad =
      "# all\n--verbose\n--level 3\n  # --old 1\n--log-dir\nb\n--last\n#x\nend\n";
  const Differences made = read("--verbose\n--port 80\n", bad, DifferenceKind::flags);
  CHECK(made.names == Names{"removed --port 80", "added --level 3", "added --log-dir\nb",
                            "added --last", "added end"});
  CHECK(flag_words(bad) ==
        std::vector<std::string>{"--verbose", "--level", "3", "--log-dir", "b", "--last", "end"});
  CHECK(flag_words("--color #fff 'a\n# b'") ==
        std::vector<std::string>{"--color", "#fff", "a\n# b"});
}

TEST_CASE("flags go with their values, and are cut as a shell cuts them") {
  const Differences made = read("--level 3 --name='a b' input",
                                "--name='a c' --fast --level 4 input", DifferenceKind::flags);
  CHECK(made.names ==
        Names{"--level 3 -> --level 4", "--name='a b' -> --name='a c'", "added --fast"});
  CHECK(flag_words(with(made, {1, 2})) ==
        std::vector<std::string>{"--level", "3", "--name=a c", "--fast", "input"});
  CHECK(flag_words(R"(a\ b "c\"d" '' 'e\f')") ==
        std::vector<std::string>{"a b", "c\"d", "", "e\\f"});
}

TEST_CASE("a negative number behind a long flag is its value") {
  const Differences made =
      read("--tz -5 --x -.5 -9 -v -1", "--tz -8 --x -.7 -9 -v -2 -- -3", DifferenceKind::flags);
  CHECK(made.names == Names{"--tz -5 -> --tz -8", "--x -.5 -> --x -.7", "removed -1", "added -2",
                            "added --", "added -3"});
  CHECK(flag_words(with(made, {0})) ==
        std::vector<std::string>{"--tz", "-8", "--x", "-.5", "-9", "-v", "-1"});
}

TEST_CASE("a setting brings its section, a line of YAML its parents") {
  const Differences ini =
      read("[a]\nx = 1\n", "[a]\nx = 2\n[b]\ny = 1\nz = 2\n", DifferenceKind::settings);
  CHECK(ini.names ==
        Names{"[a] x = 1 -> [a] x = 2", "added [b]", "added [b] y = 1", "added [b] z = 2"});
  CHECK(with(ini, {3}) == "[a]\nx = 1\n[b]\nz = 2\n");
  const Differences yaml = read("a: 1\n", "a: 1\npool:\n  size: 3\n  hosts:\n    - x\n    - y\n",
                                DifferenceKind::settings);
  REQUIRE(yaml.names.size() == 5);
  CHECK(yaml.names[1] == "added pool size: 3");
  CHECK(yaml.names[4] == "added pool.hosts - y");
  CHECK(with(yaml, {4}) == "a: 1\npool:\n  hosts:\n    - y\n");
}

TEST_CASE("a line that stands in something else is another line") {
  const Differences yaml = read("env:\n  - name: A\n    value: 1\n",
                                "env:\n  - name: B\n    value: 1\n", DifferenceKind::settings);
  CHECK(yaml.names == Names{"removed env - name: A", "removed env.- name: A value: 1",
                            "added env - name: B", "added env.- name: B value: 1"});
  CHECK(with(yaml, {0, 1, 2}) == "env:\n  - name: B\n");
  const Differences ini =
      read("[a]\nx = 1\n[z]\nq = 1\n", "[b]\nx = 1\n[z]\nq = 2\n", DifferenceKind::settings);
  CHECK(with(ini, {0, 1, 2, 3}) == "[b]\nx = 1\n[z]\nq = 1\n");
  const Differences changed = read("pool: # old\n  size: 3\n  most: 9\n",
                                   "pool: # new\n  size: 4\n  most: 9\n", DifferenceKind::settings);
  CHECK(with(changed, {0}) == "pool: # new\n  size: 3\n  most: 9\n");
}

TEST_CASE("a list of YAML may be as little indented as its key") {
  const Differences made = read("a: 1\n", "a: 2\nhosts: # of now\n- x: 1\n  y: 2\n- z\nb: 3\n",
                                DifferenceKind::settings);
  CHECK(made.names == Names{"a: 1 -> a: 2", "added hosts: # of now", "added hosts - x: 1",
                            "added hosts.- x: 1 y: 2", "added hosts - z", "added b: 3"});
  CHECK(with(made, {3}) == "a: 1\nhosts: # of now\n- x: 1\n  y: 2\n");
  CHECK(with(made, {4, 5}) == "a: 1\nhosts: # of now\n- z\nb: 3\n");
}

TEST_CASE("nodes of JSON are added, removed and changed") {
  const Differences made = read(R"({"items": [1, 2, 3], "old": true, "n": {"price": 5}})",
                                R"({"items": [1, 3, 4, 5], "n": {"price": -1}, "new": {"a": []}})",
                                DifferenceKind::json);
  CHECK(made.names == Names{"removed $.items[1]: 2", "added $.items[2]: 4", "added $.items[3]: 5",
                            "removed $.old: true", "$.n.price: 5 -> -1",
                            R"(added $.new: {"a": []})"});
  CHECK(with(made, {4}) == R"({"items": [1, 2, 3], "old": true, "n": {"price": -1}})");
  CHECK(with(made, {0, 3, 5}) == R"({"items": [1, 3], "n": {"price": 5}, "new": {"a": []}})");
}

TEST_CASE("of JSON without a good one each node is a change, and brings its parents") {
  const Differences made = read("", R"({"a": [1, {"b": "x"}], "c": null})", DifferenceKind::json);
  CHECK(made.names == Names{"$", "$.a", "$.a[0]: 1", "$.a[1]", R"($.a[1].b: "x")", "$.c: null"});
  CHECK(with(made, {0}) == "{}");
  CHECK(with(made, {1}) == R"({"a": []})");
  CHECK(with(made, {4}) == R"({"a": [ {"b": "x"}]})");
}

TEST_CASE("any part of a JSON document is a JSON document") {
  const std::string good = R"({"a": [1, 2, {"x": [], "y": "\""}], "b": {"c": 1, "d": 2}, "e": []})";
  const std::string bad =
      R"({ "b" : {"d": [3], "q": 1}, "a": [2, {"x": [1], "z": 0}, 7], "f": ""})";
  for (const std::string& from : {good, std::string()}) {
    const Differences made = read(from, bad, DifferenceKind::json);
    Dice dice(7);
    for (int i = 0; i < 500; ++i) {
      std::vector<bool> set(made.names.size());
      for (std::size_t j = 0; j < set.size(); ++j) set[j] = dice.uniform() < 0.5;
      const std::string text = made.text_with(set);
      if (text.empty()) continue;
      CAPTURE(text);
      const auto document = read_document(text, "x.json");
      REQUIRE(document.has_value());
      CHECK(document->format == "json");
    }
  }
}

TEST_CASE("a package of a lock file is one change, nested or not") {
  const Differences made = read(
      R"({"lockfileVersion": 3, "packages": {"": {"dependencies": {"lodash": "4.17.20"}},
  "node_modules/lodash": {"version": "4.17.20", "integrity": "a"},
  "node_modules/x": {"version": "1.0.0"},
  "node_modules/x/node_modules/lodash": {"version": "3.0.0"}}})",
      R"({"lockfileVersion": 3, "packages": {"": {"dependencies": {"lodash": "4.17.21"}},
  "node_modules/lodash": {"version": "4.17.21", "integrity": "b"},
  "node_modules/@s/y": {"version": "2.0.0"},
  "node_modules/x": {"version": "1.0.1"},
  "node_modules/x/node_modules/lodash": {"version": "3.0.1"}}})",
      DifferenceKind::package_lock);
  CHECK(made.names == Names{"lodash 4.17.20 -> 4.17.21", "added @s/y 2.0.0", "x 1.0.0 -> 1.0.1"});
  const std::string text = with(made, {0});
  CHECK(text.find("4.17.20") == std::string::npos);
  CHECK(text.find("3.0.1") != std::string::npos);
  CHECK(text.find("1.0.0") != std::string::npos);
}

TEST_CASE("versions are named by their package") {
  const Differences pip =
      read("Django==4.1\nflask>=2\nx==1 \\\n  --hash=a\n",
           "django==4.2\nflask>=2\nx==2 \\\n  --hash=b\n", DifferenceKind::requirements);
  CHECK(pip.names == Names{"django 4.1 -> 4.2", "x 1 -> 2"});
  CHECK(with(pip, {1}) == "Django==4.1\nflask>=2\nx==2 \\\n  --hash=b\n");
  const Differences mod = read("module m\n\ngo 1.20\n",
                               "module m\n\ngo 1.21\n\nrequire (\n\ta/b v1.0.0\n\tc/d v2.0.0\n)\n",
                               DifferenceKind::go_mod);
  REQUIRE(mod.names.size() == 4);
  CHECK(mod.names[0] == "go 1.20 -> 1.21");
  CHECK(mod.names[3] == "added c/d v2.0.0");
  CHECK(with(mod, {3}) == "module m\n\ngo 1.20\nrequire c/d v2.0.0\n");
  const Differences apt =
      read("curl\t7.88\nlibc6=2.35\n", "curl\t7.89\nlibc6=2.36\n", DifferenceKind::apt);
  CHECK(apt.names == Names{"curl 7.88 -> 7.89", "libc6 2.35 -> 2.36"});
}

TEST_CASE("blocks of a go.mod may come and go: no candidate has half of one") {
  Dice dice(11);
  const auto text = [&] {
    std::string made = "module m\n\ngo 1.21\n";
    for (std::size_t block = 0; block < dice.below(4); ++block) {
      made += dice.uniform() < 0.8 ? "\nrequire (\n" : "\nexclude ( // old\n";
      for (std::size_t i = 0; i < 1 + dice.below(3); ++i) {
        made += fmt::format("\ta/m{} v1.{}.0{}\n", dice.below(4), dice.below(3),
                            dice.uniform() < 0.3 ? " // indirect" : "");
      }
      made += ")\n";
    }
    return made;
  };
  for (int run = 0; run < 300; ++run) {
    const std::string good = text();
    const std::string bad = text();
    const Differences made = read(good, bad, DifferenceKind::go_mod);
    std::vector<bool> set(made.names.size());
    for (std::size_t i = 0; i < set.size(); ++i) set[i] = dice.uniform() < 0.5;
    const std::string one = made.text_with(set);
    CAPTURE(good);
    CAPTURE(bad);
    if (one == good || one == bad) continue;
    CHECK(one.find_first_of("()") == one.npos);
    std::size_t verbs = 0;
    for (std::size_t at = one.find("\ta/m"); at != one.npos; at = one.find("\ta/m", at + 1))
      ++verbs;
    CHECK(verbs == 0);  // each stands behind its verb
  }
}

TEST_CASE("a request differs in parameters, headers and its body, whose length follows") {
  const Differences made =
      read("POST /pay?a=1&b=2 HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\n\r\n{\"n\": 1}",
           "POST /pay?b=2&c=3 HTTP/1.1\r\nHost: x\r\nX-Debug: 1\r\nContent-Length: "
           "21\r\n\r\n{\"n\": 1, \"m\": \"long\"}",
           DifferenceKind::http);
  CHECK(made.names == Names{"removed parameter a=1", "added parameter c=3",
                            "added header X-Debug: 1", "body: added $.m: \"long\""});
  CHECK(with(made, {0, 2}) ==
        "POST /pay?b=2 HTTP/1.1\r\nHost: x\r\nX-Debug: 1\r\nContent-Length: 8\r\n\r\n{\"n\": 1}");
  CHECK(with(made, {1, 3}) ==
        "POST /pay?a=1&b=2&c=3 HTTP/1.1\r\nHost: x\r\nContent-Length: 21\r\n\r\n{\"n\": 1, \"m\": "
        "\"long\"}");
  const Differences form =
      read("POST / HTTP/1.1\n\na=1&b=2", "POST / HTTP/1.1\n\na=1&b=3&c=4", DifferenceKind::http);
  CHECK(form.names == Names{"body: parameter b=2 -> b=3", "body: added parameter c=4"});
  CHECK(with(form, {1}) == "POST / HTTP/1.1\n\na=1&b=2&c=4");
}

TEST_CASE("how it is written is a difference of its own, with whatever else") {
  const auto styled = [](const Differences& made) {
    return !made.names.empty() && made.names.back().starts_with("how it is written");
  };
  const Differences lines = read("a\nb\n", "a\nc", DifferenceKind::lines);
  REQUIRE(styled(lines));
  CHECK(with(lines, {0}) == "a\nc\n");
  CHECK(with(lines, {1}) == "a\nb");
  const Differences json = read(R"({"a": 1, "b": [2, 3], "c": 4})",
                                "{\"b\":[2,3],\n\"a\":5, \"c\": 4}", DifferenceKind::json);
  CHECK(json.names.size() == 2);
  REQUIRE(styled(json));
  CHECK(with(json, {0}) == R"({"a": 5, "b": [2, 3], "c": 4})");
  CHECK(with(json, {1}) == "{\"b\":[2,3],\n\"a\":1, \"c\": 4}");
  CHECK(!styled(read("[1, 2, 3]", "[2, 4]", DifferenceKind::json)));
  CHECK(!styled(read("", "[2,\n4]", DifferenceKind::json)));
  const Differences http = read("GET /a HTTP/1.1\nHost: x\n\n",
                                "GET /b HTTP/1.1\r\nHost: x\r\n\r\n", DifferenceKind::http);
  CHECK(http.names.size() == 2);
  CHECK(with(http, {0}) == "GET /b HTTP/1.1\nHost: x\n\n");
  CHECK(with(http, {1}) == "GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
  const Differences yaml =
      read("a: 1\nb:\n- 2\n", "b:\n  - 2\n  - 3\n# why\na: 1\n", DifferenceKind::settings);
  CHECK(yaml.names.size() == 2);
  CHECK(with(yaml, {0}) == "a: 1\nb:\n- 2\n- 3\n");
  CHECK(with(yaml, {1}) == "b:\n  - 2\n# why\na: 1\n");
}

TEST_CASE("a line that ends in another way says so") {
  CHECK(read("A=1\r\nB=2\r\n", "A=1\nB=3\n", DifferenceKind::environment).names ==
        Names{"A=1\\r -> A=1", "B=2 -> B=3"});
  CHECK(read("a\n", "a \n", DifferenceKind::lines).names == Names{"line 1: a -> \"a \""});
}

TEST_CASE("a length that is not the body's is a header as any other") {
  const Differences made =
      read("POST / HTTP/1.1\nContent-Length:3\n\nabc",
           "POST /?x HTTP/1.1\nContent-Length:9\n\nabcd", DifferenceKind::http);
  CHECK(made.names == Names{"added parameter x", "header Content-Length:3 -> Content-Length:9",
                            "body: line 1: abc -> abcd"});
  CHECK(with(made, {0, 2}) == "POST /?x HTTP/1.1\nContent-Length:3\n\nabcd");
  const Differences right =
      read("POST / HTTP/1.1\nContent-Length:3\n\nabc",
           "POST /?x HTTP/1.1\nContent-Length:4\n\nabcd", DifferenceKind::http);
  CHECK(with(right, {1}) == "POST / HTTP/1.1\nContent-Length:4\n\nabcd");
}

TEST_CASE("a question mark with nothing behind it stays, and a last &") {
  const Differences made = read("GET /a?x=1& HTTP/1.1\nA: 1\nB: 1\n\n",
                                "GET /a?x=1& HTTP/1.1\nA: 2\nB: 2\n\n", DifferenceKind::http);
  CHECK(with(made, {0}) == "GET /a?x=1& HTTP/1.1\nA: 2\nB: 1\n\n");
  const Differences empty =
      read("GET /a HTTP/1.1\nA: 1\n\na=1&", "GET /a? HTTP/1.1\nA: 2\n\na=2&", DifferenceKind::http);
  CHECK(empty.names ==
        Names{"added parameter (nothing)", "header A: 1 -> A: 2", "body: parameter a=1 -> a=2"});
  CHECK(with(empty, {0, 2}) == "GET /a? HTTP/1.1\nA: 1\n\na=2&");
}

TEST_CASE("variables in another order take no time") {
  std::string good;
  std::string bad;
  for (int i = 0; i < 50'000; ++i) {
    good += fmt::format("V{}=1\n", i);
    bad += fmt::format("V{}=1\n", 49'999 - i);
  }
  // Quadratic, it took 12 s.
  CHECK(read(good, bad, DifferenceKind::environment).names.size() >= 49'999);
}

TEST_CASE("lines that replace each other are one change each") {
  const Differences made = read("a\nb\nc\nd\n", "a\nB\nC\nd\ne\n", DifferenceKind::lines);
  CHECK(made.names == Names{"line 2: b -> B", "line 3: c -> C", "added line 5: e"});
  CHECK(with(made, {1}) == "a\nb\nC\nd\n");
}

TEST_CASE("any subset of lines keeps what both have, in order") {
  Dice dice(3);
  for (int run = 0; run < 200; ++run) {
    const auto text = [&] {
      std::string made;
      for (std::size_t i = 0; i < dice.below(12); ++i) {
        made += std::string(1, static_cast<char>('a' + dice.below(5))) + "\n";
      }
      return made;
    };
    const std::string good = text();
    const std::string bad = text();
    const Differences made = read(good, bad, DifferenceKind::lines);
    std::vector<bool> set(made.names.size());
    for (std::size_t i = 0; i < set.size(); ++i) set[i] = dice.uniform() < 0.5;
    const Differences rest = read(made.text_with(set), bad, DifferenceKind::lines);
    CHECK(rest.text_with(std::vector<bool>(rest.names.size(), true)) == bad);
  }
}

TEST_CASE("what is set has a name without its value") {
  const auto subject = [](std::string_view good, std::string_view bad, DifferenceKind kind) {
    const Differences made = read(good, bad, kind);
    CHECK(made.subjects.size() == made.names.size());
    return made.subjects.back();
  };
  CHECK(subject("PW=a\n", "PW=b c\n", DifferenceKind::environment) == "PW");
  CHECK(subject("--pw a", "--pw b", DifferenceKind::flags) == "--pw");
  CHECK(subject("[db]\npw=a\n", "[db]\npw=b\n", DifferenceKind::settings) == "[db] pw");
  CHECK(subject("a: 1\n", "a: 1\ndb:\n  - pw: x\n    at: y\n", DifferenceKind::settings) ==
        "db.- pw.at");
  CHECK(subject(R"({"a": {"pw": 1}})", R"({"a": {"pw": 2}})", DifferenceKind::json) == "$.a.pw");
  CHECK(subject("", R"({"a": ["x"]})", DifferenceKind::json) == "$.a[0]");
  CHECK(subject("GET / HTTP/1.1\n\n", "GET / HTTP/1.1\nPw: b\n\n", DifferenceKind::http) == "Pw");
  CHECK(subject("GET / HTTP/1.1\n\npw=1", "GET / HTTP/1.1\n\npw=2", DifferenceKind::http) == "pw");
  CHECK(subject("x==1\n", "x==2\n", DifferenceKind::requirements).empty());
}

TEST_CASE("kinds are known by their name, else by what they say") {
  struct Row {
    const char* name;
    const char* text;
    DifferenceKind kind;
  };
  for (const Row& row :
       {Row{"package-lock.json", "{}", DifferenceKind::package_lock},
        Row{"bad", "{\"a\": 1}", DifferenceKind::json},
        Row{"x/.env", "A=1", DifferenceKind::environment},
        Row{"bad", "A=1\n# c\nexport B=2\n", DifferenceKind::environment},
        Row{"bad", "a.b=1\n", DifferenceKind::settings},
        Row{"bad", "--a --b=3", DifferenceKind::flags},
        Row{"list.md", "- a\n- b\n", DifferenceKind::settings},
        Row{"numbers.txt", "-5\n3\n-7\n", DifferenceKind::lines},
        Row{"small.md", "-5\n", DifferenceKind::lines},
        Row{"bad", "-v -9 --name x", DifferenceKind::flags},
        Row{"dev-requirements.txt", "django", DifferenceKind::requirements},
        Row{"requirements/base.txt", "django", DifferenceKind::requirements},
        Row{"bad", "-r base.txt\nx==1 \\\n    --hash=sha256:0\n", DifferenceKind::requirements},
        Row{"bad", "django==4.1\nflask==2\n", DifferenceKind::requirements},
        Row{"go.mod", "module x", DifferenceKind::go_mod},
        Row{"bad", "libc6:amd64 2.36-9\ncurl 7.88.1-10\n", DifferenceKind::apt},
        Row{"bad", "curl=7.88.1-10\n", DifferenceKind::apt},
        Row{"bad", "GET / HTTP/1.1\n\n", DifferenceKind::http},
        Row{"bad", "line 1\nline 2\n", DifferenceKind::lines},
        Row{"bad.json", "{\"a\": [1, }", DifferenceKind::lines},
        Row{"bad", "{\"a\": 1}\n{\"a\": 2}\n", DifferenceKind::lines},
        Row{"app.yaml", "a: 1", DifferenceKind::settings},
        Row{"bad", "some text\nof lines\n", DifferenceKind::lines}}) {
    CAPTURE(row.text);
    CHECK(name_of(kind_of("", row.text, row.name)) == name_of(row.kind));
    CHECK(difference_kind(name_of(row.kind)).value() == row.kind);
  }
  CHECK(difference_kind("jsn").error().fault == Fault::usage);
}

TEST_CASE("of an empty bad text each line was removed, whatever the good one is") {
  CHECK(kind_of("{\"a\": 1}\n", "", "bad.json") == DifferenceKind::lines);
  CHECK(kind_of("", "{\"a\": 1}\n", "bad.json") == DifferenceKind::json);
}

TEST_CASE("a large JSON document is broken up as far as it can be searched") {
  std::string rows;
  for (int i = 0; i < 260'000; ++i) rows += fmt::format("{}{{\"n\": {}}}", i > 0 ? "," : "", i);
  const Differences made = read("", "{\"rows\": [" + rows + "]}", DifferenceKind::json);
  CHECK(made.names.size() == 260'002);
  CHECK(made.names.back() == R"($.rows[259999]: {"n": 259999})");
  CHECK(made.note == "not broken up below level 2: it has more than 500000 nodes");
  CHECK(read("", "[1]", DifferenceKind::json).note.empty());
  CHECK(with(made, {7}) == R"({"rows": [{"n": 5}]})");
}

TEST_CASE("what is no JSON is told with its place") {
  const auto made = differences_of("{}", "{\"a\": }", DifferenceKind::json);
  REQUIRE(!made.has_value());
  CHECK(made.error().what == "no JSON at byte 7");
  CHECK(made.error().during == std::vector<std::string>{"reading the bad one as JSON"});
}

}  // namespace culprit
