#include "contrast/enclosing.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace culprit {
namespace {

constexpr std::size_t header_lines_up = 2'000;   // no function is longer
constexpr std::size_t function_lines_max = 600;  // what is longer is taken around the line
constexpr std::size_t around = 10;               // lines each way where no function is seen
constexpr std::size_t headers_max = 3;
constexpr std::size_t tab_columns = 4;

bool is_inner(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

std::size_t indent_of(std::string_view line) {
  std::size_t columns = 0;
  for (char c : line) {
    if (c != ' ' && c != '\t') break;
    columns += c == '\t' ? tab_columns : 1;
  }
  return columns;
}

std::string_view trimmed(std::string_view line) {
  const std::size_t first = line.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return line.substr(first, line.find_last_not_of(" \t\r") - first + 1);
}

bool begins_with_word(std::string_view text, std::string_view word) {
  return text.substr(0, word.size()) == word &&
         (text.size() == word.size() || !is_inner(text[word.size()]));
}

template <std::size_t size>
bool begins_with_any(std::string_view text, const std::array<std::string_view, size>& words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return begins_with_word(text, word); });
}

bool has_word(std::string_view text, std::string_view word) {
  for (std::size_t at = text.find(word); at != std::string_view::npos;
       at = text.find(word, at + 1)) {
    const bool left = at == 0 || !is_inner(text[at - 1]);
    const bool right = at + word.size() >= text.size() || !is_inner(text[at + word.size()]);
    if (left && right) return true;
  }
  return false;
}

bool is_comment(std::string_view text) {
  return text.substr(0, 2) == "//" || text.substr(0, 1) == "#" || text.substr(0, 1) == "*" ||
         text.substr(0, 2) == "/*" || text.substr(0, 2) == "--";
}

// What opens a block without being a function.
bool is_control(std::string_view text) {
  static constexpr std::array<std::string_view, 27> words = {
      "if",     "else",    "elif",   "elsif", "for",     "foreach",     "while",
      "do",     "switch",  "case",   "match", "default", "try",         "catch",
      "except", "finally", "with",   "begin", "rescue",  "ensure",      "unless",
      "until",  "select",  "return", "when",  "loop",    "synchronized"};
  while (!text.empty() && (text.front() == '}' || text.front() == ' ')) text.remove_prefix(1);
  return text.empty() || begins_with_any(text, words);
}

bool is_class(std::string_view text) {
  static constexpr std::array<std::string_view, 10> words = {
      "class",     "struct", "interface", "impl",   "module",
      "namespace", "enum",   "trait",     "object", "record"};
  const std::string_view before = text.substr(0, text.find_first_of("({:="));
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return has_word(before, word); });
}

// Whether a line begins a function: by keyword, or because a name stands before a parenthesis at
// the beginning of a block ("static int add(int a) {").
bool is_function(std::string_view text) {
  static constexpr std::array<std::string_view, 8> words = {"def", "func", "fn",   "function",
                                                            "fun", "sub",  "defp", "proc"};
  if (is_comment(text) || is_control(text)) return false;
  const std::string_view before = text.substr(0, text.find('('));
  if (std::any_of(words.begin(), words.end(),
                  [&](std::string_view word) { return has_word(before, word); })) {
    return true;
  }
  if (text.find("=>") != std::string_view::npos) return text.find('=') < text.find("=>");
  const std::size_t open = text.find('(');
  if (open == std::string_view::npos || open == 0 || !is_inner(text[open - 1])) return false;
  const char last = text.back();
  return last == '{' || last == ')' || last == ',' || last == '(' || is_inner(last);
}

bool is_header(std::string_view text) {
  return is_function(text) || (is_class(text) && !is_comment(text));
}

struct Header {
  std::size_t line = 0;  // from 1; 0: none
  bool function = false;
};

// The nearest header above a line with less indentation than everything between.
Header header_above(const std::vector<std::string_view>& lines, std::size_t line,
                    std::size_t indent) {
  const std::size_t stop = line > header_lines_up ? line - header_lines_up : 0;
  for (std::size_t i = line; i-- > stop + 1 && indent > 0;) {
    const std::string_view text = lines[i - 1];
    if (is_blank(text) || indent_of(text) >= indent) continue;
    // A brace of its own, or the end of a list of arguments, belongs to a header further up.
    const std::string_view bare = trimmed(text);
    if (bare.front() == '{' || bare.front() == ')' || bare.front() == '#') continue;
    indent = indent_of(text);
    if (is_header(bare)) return {i, is_function(bare)};
  }
  return {};
}

std::size_t end_of_block(const std::vector<std::string_view>& lines, std::size_t header) {
  const std::size_t indent = indent_of(lines[header - 1]);
  std::size_t last = header;
  for (std::size_t i = header + 1; i <= lines.size(); ++i) {
    const std::string_view text = lines[i - 1];
    if (is_blank(text)) continue;
    const std::string_view bare = trimmed(text);
    const char first = bare.front();
    const bool closes = first == '}' || first == ')' || first == ']' || first == '{' ||
                        begins_with_word(bare, "end");
    if (indent_of(text) < indent || (indent_of(text) == indent && !closes)) break;
    last = i;
    if (indent_of(text) == indent && (first == '}' || begins_with_word(bare, "end"))) break;
  }
  return last;
}

LineRange near_line(std::size_t line, std::size_t lines) {
  return {line > around ? line - around : 1, std::min(lines, line + around)};
}

}  // namespace

std::vector<std::string_view> lines_of(std::string_view content) {
  std::vector<std::string_view> lines;
  while (!content.empty()) {
    const std::size_t end = std::min(content.find('\n'), content.size());
    lines.push_back(content.substr(0, end));
    content.remove_prefix(std::min(end + 1, content.size()));
  }
  return lines;
}

LineRange enclosing_function(const std::vector<std::string_view>& lines, std::size_t line) {
  if (lines.empty()) return {};
  line = std::clamp<std::size_t>(line, 1, lines.size());
  Header header{line, is_function(trimmed(lines[line - 1]))};
  const bool own =
      header.function && line < lines.size() && indent_of(lines[line]) > indent_of(lines[line - 1]);
  if (!own) header = {0, false};
  // A closure inside a function: the function is the outermost one below a class.
  Header above = header_above(lines, own ? header.line : line, indent_of(lines[line - 1]));
  while (above.line > 0 && above.function) {
    header = above;
    above = header_above(lines, header.line, indent_of(lines[header.line - 1]));
  }
  if (header.line == 0) return near_line(line, lines.size());
  const LineRange range{header.line, end_of_block(lines, header.line)};
  if (range.last < line || range.last - range.first > function_lines_max) {
    return near_line(line, lines.size());
  }
  return range;
}

std::vector<std::string_view> enclosing_headers(const std::vector<std::string_view>& lines,
                                                std::size_t line) {
  std::vector<std::string_view> headers;
  if (lines.empty()) return headers;
  line = std::clamp<std::size_t>(line, 1, lines.size());
  std::size_t from = line;
  while (from > 1 && is_blank(lines[from - 1])) --from;
  std::size_t indent = indent_of(lines[from - 1]);
  while (headers.size() < headers_max) {
    const Header header = header_above(lines, from, indent);
    if (header.line == 0) break;
    headers.push_back(trimmed(lines[header.line - 1]));
    from = header.line;
    indent = indent_of(lines[from - 1]);
  }
  return headers;
}

std::size_t end_of_definition(const std::vector<std::string_view>& lines, std::size_t line) {
  if (line == 0 || line >= lines.size() || is_blank(lines[line - 1])) return 0;
  if (!is_header(trimmed(lines[line - 1]))) return 0;
  const std::size_t last = end_of_block(lines, line);
  return last > line ? last : 0;
}

std::size_t line_of_function(const std::vector<std::string_view>& lines, std::string_view name,
                             std::size_t near) {
  while (!name.empty() && !is_inner(name.back())) name.remove_suffix(1);
  std::size_t begin = name.size();
  while (begin > 0 && is_inner(name[begin - 1])) --begin;
  name.remove_prefix(begin);
  if (name.empty()) return 0;
  std::size_t best = 0;
  const auto distance = [&](std::size_t line) { return line > near ? line - near : near - line; };
  for (std::size_t i = 1; i <= lines.size(); ++i) {
    if (lines[i - 1].find(name) == std::string_view::npos) continue;
    const std::string_view bare = trimmed(lines[i - 1]);
    const std::size_t assigned = bare.find('=');
    const std::string_view before =
        bare.substr(0, std::min({bare.find('('), assigned, bare.size()}));
    if (!is_function(bare) || !has_word(before, name)) continue;
    if (i < lines.size() && !is_blank(lines[i]) && indent_of(lines[i]) <= indent_of(lines[i - 1]) &&
        trimmed(lines[i]).front() != '{') {
      continue;  // a call, or a declaration
    }
    if (best == 0 || distance(i) < distance(best)) best = i;
  }
  return best;
}

}  // namespace culprit
