#include "contrast/commit_effect.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace culprit {
namespace {

TEST_CASE("lines that only say something are told from those that do something") {
  const std::vector<std::string_view> silent = {
      "",
      "  }",
      "  // why",
      "# why",
      " * of a block",
      "log.warning(\"refused %s\", order)",
      "\tplatform.Infof(\"took %v\", took)",
      "  log_error(\"refused {}\", order);",
      "console.log('here');",
      "info!(\"listening on {}\", port);",
      "await logger.info(`took ${took}`)",
  };
  for (std::string_view line : silent) {
    CAPTURE(line);
    CHECK(is_silent_line(line));
  }
  const std::vector<std::string_view> code = {
      "return fmt.Errorf(\"refused %v\", order)",
      "raise Refused(order)",
      "#include <vector>",
      "--i;",
      "*p = 3;",
      "errors.push_back(order);",
      "const x = log.level;",
      "login(user)",
  };
  for (std::string_view line : code) {
    CAPTURE(line);
    CHECK(!is_silent_line(line));
  }
}

TEST_CASE("the effect of a file's diff") {
  struct Row {
    std::string added;
    std::string removed;
    std::string fresh;
    FileFate fate;
    Effect effect;
  };
  const std::vector<Row> rows = {
      {"x = 1\n", "x = 2\n", "", FileFate::changed, Effect::altered},
      {"", "if x is None:\n  return\n", "", FileFate::changed, Effect::altered},
      {"", "x = 1\n", "", FileFate::removed, Effect::altered},
      {"x = 1\n", "", "", FileFate::changed, Effect::inserted},
      {"log.info(\"b\")\n", "log.info(\"a\")\n", "", FileFate::changed, Effect::silent},
      {"// b\n", "// a\n", "", FileFate::changed, Effect::silent},
      {"\n", "", "def f():\n  x = 1\n", FileFate::changed, Effect::fresh},
      {"module.exports = { a, b };\n", "module.exports = { a };\n", "function b() {\n}\n",
       FileFate::changed, Effect::fresh},
      {"import a, b\n", "import a\n", "", FileFate::changed, Effect::inserted},
      {"x = 1\n", "", "", FileFate::created, Effect::fresh},
      {"", "", "", FileFate::changed, Effect::inserted},
  };
  for (const Row& row : rows) {
    CAPTURE(row.added);
    CAPTURE(row.removed);
    FileDiff file;
    file.path = "src/a.py";
    file.added = row.added;
    file.removed = row.removed;
    file.fresh = row.fresh;
    file.fate = row.fate;
    CHECK(effect_of(file) == row.effect);
  }
}

TEST_CASE("a commit has the effect of its gravest file of code") {
  CommitText commit;
  FileDiff file;
  file.path = "docs/a.md";
  file.removed = "Retries are off.\n";
  commit.files.push_back(file);
  CHECK(effect_of(commit) == Effect::inserted);
  file.path = "src/a.py";
  file.removed = "# Retries are off.\n";
  commit.files.push_back(file);
  CHECK(effect_of(commit) == Effect::silent);
  file.path = "src/b.py";
  file.removed = "retry(order)\n";
  commit.files.push_back(file);
  CHECK(effect_of(commit) == Effect::altered);
  CHECK(weight_of(Effect::altered) > weight_of(Effect::silent));
}

TEST_CASE("a next major version of a dependency alters, a patch does not") {
  const auto effect = [](const std::string& before, const std::string& after) {
    CommitText commit;
    FileDiff file;
    file.path = "requirements.txt";
    file.removed = before + "\n";
    file.added = after + "\n";
    commit.files.push_back(file);
    return effect_of(commit);
  };
  CHECK(effect("pgpool==1.4.2", "pgpool==2.0.0") == Effect::altered);
  CHECK(effect("utf8proc==1.4.2", "utf8proc==1.5.0") == Effect::inserted);
  CHECK(effect("pgpool==0.4.2", "pgpool==0.5.0") == Effect::altered);
  CHECK(effect("pgpool==1.4.2", "pgpool==1.4.3") == Effect::inserted);
}

}  // namespace
}  // namespace culprit
