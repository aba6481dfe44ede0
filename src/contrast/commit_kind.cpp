#include "contrast/commit_kind.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstddef>
#include <initializer_list>
#include <string>

namespace culprit {
namespace {

struct KindRow {
  CommitKind kind;
  double prior;
  std::string_view note;
};

// Judged from experience, not measured: dependency bumps do break production, prose does not.
constexpr std::array<KindRow, 9> kinds = {{
    {CommitKind::code, 1.0, ""},
    {CommitKind::settings, 1.0, ""},
    {CommitKind::dependencies, 0.5, "changes dependencies only"},
    {CommitKind::unknown, 0.5, "its diff is empty or could not be read"},
    {CommitKind::beside, 0.2, "changes examples or benchmarks only"},
    {CommitKind::build, 0.1, "changes the build's settings only"},
    {CommitKind::formatting, 0.08, "changes white space only"},
    {CommitKind::tests, 0.05, "changes tests only"},
    {CommitKind::prose, 0.03, "changes prose only"},
}};

const KindRow& row_of(CommitKind kind) {
  return *std::find_if(kinds.begin(), kinds.end(),
                       [&](const KindRow& row) { return row.kind == kind; });
}

std::string lower_case(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

bool ends_with_any(std::string_view text, std::initializer_list<std::string_view> ends) {
  return std::any_of(ends.begin(), ends.end(), [&](std::string_view end) {
    return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
  });
}

bool has_any(std::string_view text, std::initializer_list<std::string_view> parts) {
  return std::any_of(parts.begin(), parts.end(),
                     [&](std::string_view part) { return text.find(part) != text.npos; });
}

bool is_any(std::string_view text, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), text) != names.end();
}

bool is_space(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }

bool same_but_for_space(std::string_view a, std::string_view b) {
  std::size_t i = 0;
  std::size_t j = 0;
  while (true) {
    while (i < a.size() && is_space(a[i])) ++i;
    while (j < b.size() && is_space(b[j])) ++j;
    if (i == a.size() || j == b.size()) return i == a.size() && j == b.size();
    if (a[i++] != b[j++]) return false;
  }
}

bool only_space_changed(const FileDiff& file) {
  if (!file.fresh.empty() || (file.added.empty() && file.removed.empty())) return false;
  return same_but_for_space(file.added, file.removed);
}

// Indentation is meaning there.
bool space_has_meaning(std::string_view name) {
  return ends_with_any(name, {".py", ".yaml", ".yml", ".haml", ".pug", ".nim", ".fs"});
}

}  // namespace

CommitKind kind_of_file(const FileDiff& file) {
  const std::string path = "/" + lower_case(file.path);
  const std::string_view name = std::string_view(path).substr(path.rfind('/') + 1);
  if (has_any(path, {"/test/", "/tests/", "/__tests__/", "/spec/", "/testdata/", "/fixtures/"}) ||
      has_any(name, {"_test.", ".test.", ".spec.", "_spec."}) || name.substr(0, 5) == "test_") {
    return CommitKind::tests;
  }
  // At the top only: com/example/ is where Java puts code.
  if (is_any(std::string_view(path).substr(1, path.find('/', 1) - 1),
             {"examples", "example", "bench", "benches", "benchmark", "benchmarks", "samples"})) {
    return CommitKind::beside;
  }
  if (is_any(name, {"go.mod", "go.sum", "package.json", "package-lock.json", "cargo.toml",
                    "requirements.txt", "pipfile", "gemfile", "pom.xml", "composer.json",
                    "pyproject.toml", "build.gradle", "pnpm-lock.yaml"}) ||
      ends_with_any(name, {".lock", "-lock.json"})) {
    return CommitKind::dependencies;
  }
  if (ends_with_any(name, {".md", ".rst", ".txt", ".adoc", ".png", ".svg"}) ||
      is_any(name,
             {"license", "authors", "changelog", "codeowners", "readme", "notice", "version"}) ||
      has_any(path, {"/docs/", "/doc/"})) {
    return CommitKind::prose;
  }
  if (has_any(path, {"/.github/", "/.circleci/", "/.vscode/", "/.ci/", "/.idea/"}) ||
      is_any(name, {".gitignore", ".gitlab-ci.yml", ".editorconfig", ".clang-format", ".prettierrc",
                    ".eslintrc", ".gitattributes", "jenkinsfile"})) {
    return CommitKind::build;
  }
  if (only_space_changed(file) && !space_has_meaning(name)) return CommitKind::formatting;
  if (ends_with_any(name, {".yaml", ".yml", ".toml", ".ini", ".env", ".conf", ".json", ".sql",
                           ".tf", ".properties"})) {
    return CommitKind::settings;
  }
  return CommitKind::code;
}

CommitKind kind_of_commit(const CommitText& commit) {
  if (commit.files.empty()) return CommitKind::unknown;
  CommitKind likeliest = CommitKind::prose;
  for (const FileDiff& file : commit.files) {
    const CommitKind kind = kind_of_file(file);
    if (prior_of(kind) > prior_of(likeliest)) likeliest = kind;
  }
  return likeliest;
}

double prior_of(CommitKind kind) { return row_of(kind).prior; }

std::string_view note_on(CommitKind kind) { return row_of(kind).note; }

double size_factor(const CommitText& commit) {
  double lines = 0;
  for (const FileDiff& file : commit.files) {
    if (kind_of_file(file) != CommitKind::code) continue;
    for (const std::string* text : {&file.added, &file.removed, &file.fresh}) {
      lines += static_cast<double>(std::count(text->begin(), text->end(), '\n'));
    }
  }
  constexpr double ordinary = 11;  // ten lines
  constexpr double growth = 0.3;
  return std::clamp(std::pow((1 + lines) / ordinary, growth), 0.6, 4.0);
}

}  // namespace culprit
