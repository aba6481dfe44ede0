#include "parse/differences.h"

#include <algorithm>
#include <array>

#include "parse/bytes.h"
#include "parse/difference_items.h"
#include "parse/document_parts.h"
#include "parse/outline.h"

namespace culprit {
namespace {

struct KindName {
  DifferenceKind kind;
  std::string_view name;
};
constexpr std::array<KindName, 10> kinds{{{DifferenceKind::environment, "env"},
                                          {DifferenceKind::flags, "flags"},
                                          {DifferenceKind::settings, "config"},
                                          {DifferenceKind::json, "json"},
                                          {DifferenceKind::package_lock, "package-lock"},
                                          {DifferenceKind::requirements, "requirements"},
                                          {DifferenceKind::go_mod, "go.mod"},
                                          {DifferenceKind::apt, "apt"},
                                          {DifferenceKind::http, "http"},
                                          {DifferenceKind::lines, "lines"}}};

// Of the lines that say something, each one that fits; none: it does not.
template <typename Fits>
bool all_lines(std::string_view text, Fits fits) {
  constexpr std::size_t looked_at = 1000;
  std::size_t lines = 0;
  bool all = true;
  each_line(text, looked_at, [&](std::string_view line) {
    line = trimmed(line);
    if (line.empty() || line.front() == '#') return;
    ++lines;
    all = all && fits(line);
  });
  return all && lines > 0;
}

bool is_variable(std::string_view line) {
  if (line.starts_with("export ")) line.remove_prefix(7);
  const std::size_t equals = line.find('=');
  return equals != line.npos && line.substr(equals, 2) != "==" && equals > 0 &&
         !is_digit(line.front()) &&
         std::all_of(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(equals),
                     [](char c) { return is_letter(c) || is_digit(c) || c == '_'; });
}

// "libc6:amd64 2.36-9+deb12u4", "curl=7.88.1-10"
bool is_apt_line(std::string_view line) {
  const std::size_t end = line.find_first_of("= \t");
  if (end == line.npos || end == 0) return false;
  const std::size_t version = line.find_first_not_of("= \t", end);
  const auto named = [](char c) {
    return (c >= 'a' && c <= 'z') || is_digit(c) || c == '+' || c == '-' || c == '.' || c == ':';
  };
  return version != line.npos && is_digit(line[version]) &&
         line.find_first_of(" \t", version) == line.npos &&
         std::all_of(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(end), named);
}

// A few versions are plain numbers; a setting's value mostly is, and has no revision.
bool is_apt(std::string_view text) {
  std::size_t versions = 0;
  std::size_t plain = 0;
  const bool all = all_lines(text, [&](std::string_view line) {
    const std::size_t end = line.find_first_of("= \t");
    if (end == line.npos) return false;
    ++versions;
    plain += line.find_first_of(line[end] == '=' ? "-+:" : ".-+:", end) == line.npos ? 1 : 0;
    return is_apt_line(line);
  });
  return all && 4 * plain <= versions;
}

bool is_requirement(std::string_view line) {
  for (const char* option : {"-r ", "-c ", "-e ", "-i ", "--"}) {
    if (line.starts_with(option)) return true;
  }
  return line.find("==") != line.npos || line.find(">=") != line.npos ||
         line.find("~=") != line.npos;
}

// An option of pip may be one of any program: a version has to be there as well.
bool is_requirements(std::string_view text) {
  const bool versions =
      text.find("==") != text.npos || text.find(">=") != text.npos || text.find("~=") != text.npos;
  return versions && all_lines(text, is_requirement);
}

// requirements.txt, dev-requirements.txt, requirements/base.txt, constraints.txt
bool names_requirements(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  const std::string_view file = path.substr(slash == path.npos ? 0 : slash + 1);
  const std::string_view folder = path.substr(0, slash == path.npos ? 0 : slash);
  return file.ends_with(".txt") &&
         (file.find("requirements") != file.npos || file.starts_with("constraints") ||
          folder.substr(folder.rfind('/') + 1) == "requirements");
}

// "key = value", "key: value", a heading, a member of a list.
bool is_setting(std::string_view line) {
  if (line.front() == '[' || line.front() == ';' || line.starts_with("- ") || line == "---") {
    return true;
  }
  const std::size_t end = line.find_first_of("=:");
  if (end == line.npos || !(is_letter(line.front()) || line.front() == '_')) return false;
  return std::all_of(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(end),
                     [](char c) { return is_name_byte(c) || c == ' '; });
}

bool is_request(std::string_view text) {
  const std::string_view line = text.substr(0, std::min(text.find_first_of("\r\n"), text.size()));
  const std::size_t version = line.rfind(" HTTP/");
  const std::size_t space = line.find(' ');
  return version != line.npos && space < version && space > 0 &&
         std::all_of(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(space),
                     [](char c) { return c >= 'A' && c <= 'Z'; });
}

// "-v", "--level": a dash alone begins a member of a list, a number is one.
bool is_flag(std::string_view word) {
  const std::size_t at = word.find_first_not_of('-');
  return (at == 1 || at == 2) && is_letter(word[at]);
}

bool is_flags(std::string_view text) {
  const std::vector<std::string> words = flag_words(text);
  const auto flags = static_cast<std::size_t>(std::count_if(words.begin(), words.end(), is_flag));
  return !words.empty() && is_flag(words.front()) && 2 * flags >= words.size();
}

bool looks_like_json(std::string_view text) {
  const std::size_t at = text.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
  return at != text.npos && (text[at] == '{' || text[at] == '[');
}

// What a parser is to choke on may begin like JSON and be none.
bool is_json(std::string_view text) { return looks_like_json(text) && json_tree(text).has_value(); }

DifferenceKind kind_of_text(std::string_view text) {
  text = without_mark(text);
  if (is_json(text)) return DifferenceKind::json;
  if (is_request(text)) return DifferenceKind::http;
  if (is_requirements(text)) return DifferenceKind::requirements;
  if (is_apt(text)) return DifferenceKind::apt;
  if (all_lines(text, is_variable)) return DifferenceKind::environment;
  if (is_flags(text)) return DifferenceKind::flags;
  if (all_lines(text, is_setting)) return DifferenceKind::settings;
  return DifferenceKind::lines;
}

bool blank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == text.npos; }

// Where nothing that has a name differs: the order of members, white space.
Differences whole(std::string_view good, std::string_view bad) {
  Differences made;
  add_style(made);
  made.text_with = [before = std::string(good), after = std::string(bad)](
                       const std::vector<bool>& applied) { return applied[0] ? after : before; };
  return made;
}

// Of settings that are TOML, both, or look like YAML: what a parser of that refuses, as yaml-cpp
// does an anchor before a block of text, has its parts all the same.
std::optional<Differences> document_differences(std::string_view good, std::string_view bad) {
  const auto both = [&](auto outline) -> std::optional<Differences> {
    std::optional<Outline> before = outline(good);
    std::optional<Outline> after = outline(bad);
    if (!before || !after || !(before->holds() || after->holds())) return std::nullopt;
    return outline_differences(good, *std::move(before), bad, *std::move(after));
  };
  const auto is_toml = [](std::string_view text) {
    text = without_mark(text);
    return blank(text) || toml_document(text).has_value();
  };
  if (is_toml(good) && is_toml(bad)) {
    if (auto made = both(toml_outline)) return made;
  }
  return both(yaml_outline);
}

Result<Differences> read(std::string_view good, std::string_view bad, DifferenceKind kind) {
  if (kind == DifferenceKind::http) return http_differences(good, bad);
  if (kind == DifferenceKind::json || kind == DifferenceKind::package_lock) {
    return json_differences(good, bad, kind);
  }
  if (kind == DifferenceKind::go_mod) {
    const std::string before = without_blocks(good);
    const std::string after = without_blocks(bad);
    return differences_of_items(good, items_of(before, kind), bad, items_of(after, kind),
                                Places::untold);
  }
  if (kind == DifferenceKind::settings) {
    std::optional<Differences> made = document_differences(good, bad);
    if (made) return *std::move(made);
  }
  const Places places = kind == DifferenceKind::lines ? Places::told : Places::untold;
  ItemList before = items_of(good, kind);
  ItemList after = items_of(bad, kind);
  const bool names = kind == DifferenceKind::settings || kind == DifferenceKind::requirements;
  if (names) pair_names(before, after);
  return differences_of_items(good, before, bad, after, places);
}

}  // namespace

void add_style(Differences& differences) {
  differences.names.emplace_back("how it is written: order, comments or white space");
  differences.subjects.emplace_back();
}

DifferenceKind kind_of(std::string_view good, std::string_view bad, std::string_view name) {
  const std::string_view file = name.substr(name.rfind('/') + 1);
  const auto ends = [&](std::string_view ending) { return file.ends_with(ending); };
  const std::string_view text = blank(bad) ? good : bad;
  if (!blank(bad) && is_json(text) && (blank(good) || is_json(good))) {
    const bool lock = ends("package-lock.json") || ends("npm-shrinkwrap.json") ||
                      text.substr(0, 4096).find("\"lockfileVersion\"") != text.npos;
    return lock ? DifferenceKind::package_lock : DifferenceKind::json;
  }
  if (ends(".mod")) return DifferenceKind::go_mod;
  if (names_requirements(name)) return DifferenceKind::requirements;
  if (file == ".env" || ends(".env")) return DifferenceKind::environment;
  if (ends(".flags")) return DifferenceKind::flags;
  for (const char* ending : {".yaml", ".yml", ".toml", ".ini", ".properties", ".cfg", ".conf"}) {
    if (ends(ending)) return DifferenceKind::settings;
  }
  const DifferenceKind kind = kind_of_text(text);
  if (blank(bad) && kind == DifferenceKind::json) return DifferenceKind::lines;
  return blank(good) || blank(bad) || kind == kind_of_text(good) ? kind : DifferenceKind::lines;
}

Result<Differences> differences_of(std::string_view good, std::string_view bad,
                                   DifferenceKind kind) {
  if (std::max(good.size(), bad.size()) > differences_bytes_max) {
    return error(Fault::malformed, "longer than {} MB", differences_bytes_max >> 20);
  }
  Differences made = TRY(read(good, bad, kind));
  if (made.names.empty() && good != bad) made = whole(good, bad);
  made.kind = kind;
  if (kind == DifferenceKind::lines && looks_like_json(bad) && !json_tree(bad)) {
    made.note = fmt::format("compared line by line: {}", json_tree(bad).error().what);
  }
  if (made.names.size() <= differences_max) return made;
  Error many = error(Fault::usage, "{} differences are too many", made.names.size());
  many.advice = fmt::format("at most {} can be searched", differences_max);
  return many;
}

std::string nothing_like(std::string_view text, DifferenceKind kind) {
  text = without_mark(text);
  if (kind == DifferenceKind::json || kind == DifferenceKind::package_lock) {
    const std::size_t at = std::min(text.find_first_not_of(" \t\r\n"), text.size());
    return text.substr(at, 1) == "{" ? "{}\n" : text.substr(at, 1) == "[" ? "[]\n" : "";
  }
  if (kind != DifferenceKind::settings || toml_document(text).has_value()) return "";
  const std::optional<Outline> outline = yaml_outline(text);
  if (!outline || !outline->holds()) return "";
  return outline->root.nested[0].shape == OutlineEntry::Shape::list ? "[]\n" : "{}\n";
}

std::string_view name_of(DifferenceKind kind) {
  for (const KindName& one : kinds) {
    if (one.kind == kind) return one.name;
  }
  return "lines";
}

Result<DifferenceKind> difference_kind(std::string_view name) {
  std::string all;
  for (const KindName& one : kinds) {
    if (one.name == name) return one.kind;
    all += fmt::format("{}{}", all.empty() ? "" : ", ", one.name);
  }
  Error made = error(Fault::usage, "there is no kind {}", name);
  made.advice = all;
  return made;
}

}  // namespace culprit
