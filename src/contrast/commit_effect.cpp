#include "contrast/commit_effect.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <string>
#include <vector>

#include "contrast/commit_kind.h"
#include "contrast/enclosing.h"

namespace culprit {
namespace {

bool is_inner(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r;") + 1 - first);
}

bool begins_with(std::string_view text, std::string_view with) {
  return text.substr(0, with.size()) == with;
}

template <std::size_t size>
bool is_any(std::string_view text, const std::array<std::string_view, size>& words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

// "#include" is none, "# why" is.
bool is_comment(std::string_view bare) {
  static constexpr std::array<std::string_view, 4> marks = {"#", "*", "--", "%"};
  if (begins_with(bare, "//") || begins_with(bare, "/*") || begins_with(bare, "*/") ||
      begins_with(bare, "<!--") || begins_with(bare, "##") || begins_with(bare, "#!")) {
    return true;
  }
  return std::any_of(marks.begin(), marks.end(), [&](std::string_view mark) {
    if (!begins_with(bare, mark)) return false;
    return bare.size() == mark.size() || bare[mark.size()] == ' ';
  });
}

// The name that a statement calls first: "log.warning" of `log.warning("...")`.
std::string_view called_name(std::string_view bare) {
  if (begins_with(bare, "await ")) bare.remove_prefix(6);
  std::size_t end = 0;
  while (end < bare.size() && (is_inner(bare[end]) || bare[end] == '.' || bare[end] == ':' ||
                               bare[end] == '!' || begins_with(bare.substr(end), "->") ||
                               (bare[end] == '>' && end > 0 && bare[end - 1] == '-'))) {
    ++end;
  }
  return end < bare.size() && bare[end] == '(' ? bare.substr(0, end) : std::string_view{};
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower;
}

// A statement that only says something: of a logger by the level that it names, of a language by
// its word for printing.
bool is_log_call(std::string_view bare) {
  static constexpr std::array<std::string_view, 22> levels = {
      "debug", "debugf", "info",    "infof",  "warn",   "warnf",     "warning", "warningf",
      "error", "errorf", "trace",   "tracef", "notice", "exception", "log",     "logf",
      "print", "printf", "println", "debugw", "infow",  "errorw"};
  static constexpr std::array<std::string_view, 6> plain = {"print",    "printf",    "println",
                                                            "println!", "eprintln!", "puts"};
  const std::string name = lower_case(called_name(bare));
  if (name.empty()) return false;
  if (begins_with(name, "log_") || is_any(name, plain)) return true;
  const std::size_t dot = name.find_last_of(".:>!");
  if (dot == std::string::npos) return false;
  if (name.back() == '!') return is_any(name.substr(0, name.size() - 1), levels);
  return is_any(name.substr(dot + 1), levels);
}

// What a file takes from others and gives to them: it grows with every function.
bool is_wiring(std::string_view bare) {
  static constexpr std::array<std::string_view, 11> begins = {
      "import ", "from ",    "export {", "export *", "module.exports", "#include",
      "using ",  "package ", "use ",     "require ", "__all__"};
  const bool any = std::any_of(begins.begin(), begins.end(),
                               [&](std::string_view begin) { return begins_with(bare, begin); });
  return any || bare.find("require(") != std::string_view::npos;
}

// A line cut into numbers and what stands between them.
struct Piece {
  std::string_view text;
  bool number = false;
};

std::vector<Piece> pieces_of(std::string_view line) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  std::vector<Piece> pieces;
  for (std::size_t i = 0; i < line.size();) {
    const std::size_t begin = i;
    const bool digits = is_digit(line[i]);
    while (i < line.size() && is_digit(line[i]) == digits) ++i;
    const bool named = digits && begin > 0 && is_inner(line[begin - 1]);  // of "utf8"
    pieces.push_back({line.substr(begin, i - begin), digits && !named});
  }
  return pieces;
}

struct LineKinds {
  bool code = false;
  bool wiring = false;
};

LineKinds kinds_in(std::string_view text) {
  LineKinds kinds;
  while (!text.empty() && !kinds.code) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view bare = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (is_silent_line(bare)) continue;
    (is_wiring(bare) ? kinds.wiring : kinds.code) = true;
  }
  return kinds;
}

}  // namespace

bool is_silent_line(std::string_view line) {
  const std::string_view bare = trimmed(line);
  return std::none_of(bare.begin(), bare.end(), is_inner) || is_comment(bare) || is_log_call(bare);
}

Effect effect_of(const FileDiff& file) {
  if (file.fate == FileFate::created) return Effect::fresh;
  const LineKinds removed = kinds_in(file.removed);
  if (removed.code) return Effect::altered;
  const LineKinds added = kinds_in(file.added);
  if (added.code) return Effect::inserted;
  if (!file.fresh.empty()) return Effect::fresh;
  if (removed.wiring || added.wiring) return Effect::inserted;
  // Nothing to read: a binary, a mode, a submodule.
  const bool told = !file.added.empty() || !file.removed.empty();
  return told ? Effect::silent : Effect::inserted;
}

namespace {

// Whether the first number in which two lines differ is the first of all, zeros left out: that of
// a next major version, or a next minor one of 0.x, which may behave otherwise.
bool differs_in_first_number(std::string_view before, std::string_view after) {
  const std::vector<Piece> was = pieces_of(before);
  const std::vector<Piece> is = pieces_of(after);
  for (std::size_t i = 0; i < std::min(was.size(), is.size()); ++i) {
    if (was[i].text != is[i].text) return was[i].number && is[i].number;
    if (was[i].number && was[i].text != "0") return false;
  }
  return false;
}

bool is_next_major(const FileDiff& file) {
  const std::vector<std::string_view> before = lines_of(file.removed);
  const std::vector<std::string_view> after = lines_of(file.added);
  constexpr std::size_t lines_max = 100;  // a lock file written anew says nothing
  if (before.size() != after.size() || before.size() > lines_max) return false;
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (differs_in_first_number(before[i], after[i])) return true;
  }
  return false;
}

}  // namespace

Effect effect_of(const CommitText& commit) {
  Effect gravest = Effect::silent;
  bool any = false;
  for (const FileDiff& file : commit.files) {
    const CommitKind kind = kind_of_file(file);
    const bool manifest = kind == CommitKind::dependencies;
    if (!manifest && kind != CommitKind::code && kind != CommitKind::settings) continue;
    const Effect of_manifest = is_next_major(file) ? Effect::altered : Effect::inserted;
    gravest = std::max(gravest, manifest ? of_manifest : effect_of(file));
    any = true;
  }
  return any ? gravest : Effect::inserted;
}

// Judged. Scripted regressions would have more of it (altered 3, fresh 0.6), faults that were there
// since their code was written none: this costs each little of what it could have.
double weight_of(Effect effect) {
  switch (effect) {
    case Effect::silent: return 0.15;
    case Effect::fresh: return 0.8;
    case Effect::inserted: return 1.0;
    case Effect::altered: return 2.0;
  }
  return 1;
}

}  // namespace culprit
