#include "parse/shell_words.h"

#include <algorithm>

#include "parse/bytes.h"

namespace culprit {
namespace {

constexpr std::string_view blanks = " \t\r\n";
constexpr std::size_t none = std::string_view::npos;

bool is_quote(char c) { return c == '"' || c == '\''; }

// Of the quote that is opened at `at`; none: it stays open.
std::size_t closing_quote(std::string_view text, std::size_t at) {
  const char quote = text[at];
  while (++at < text.size() && text[at] != quote) at += quote == '"' && text[at] == '\\' ? 1 : 0;
  return at < text.size() ? at : none;
}

std::string_view variable_name(std::string_view line) {
  if (line.starts_with("export ")) line = trimmed(line.substr(7));
  const std::string_view name = trimmed(line.substr(0, std::min(line.find('='), line.size())));
  const bool named = !name.empty() && name.size() < line.size() && !is_digit(name.front()) &&
                     std::all_of(name.begin(), name.end(), [](char c) {
                       return is_letter(c) || is_digit(c) || c == '_' || c == '.' || c == '-';
                     });
  return named ? name : std::string_view();
}

// The text that ends where its line does, or the quote that its value begins with.
Assignment first_of(std::string_view text) {
  const std::size_t line_end = std::min(text.find('\n'), text.size());
  Assignment made;
  made.text = text.substr(0, line_end);
  made.name = variable_name(trimmed(made.text));
  if (made.name.empty()) return made;
  const std::size_t begin = std::min(text.find_first_not_of(" \t", text.find('=') + 1), line_end);
  if (begin < line_end && is_quote(text[begin])) {
    const std::size_t close = closing_quote(text, begin);
    if (close != none) made.text = text.substr(0, std::min(text.find('\n', close), text.size()));
  }
  const std::string_view value = made.text.substr(begin);
  made.value = value.substr(0, value.find_last_not_of(" \t") + 1);  // a shell keeps \r
  return made;
}

// Without a comment behind it; `quotes` counts what is quoted.
std::string_view without_comment(std::string_view value, std::size_t& quotes) {
  for (std::size_t at = 0; at < value.size(); ++at) {
    const bool begins = at == 0 || is_space(value[at - 1]);
    if (value[at] == '#' && begins) return trimmed(value.substr(0, at));
    const std::size_t close = is_quote(value[at]) ? closing_quote(value, at) : none;
    if (close == none) continue;
    ++quotes;
    at = close;
  }
  return value;
}

}  // namespace

std::size_t word_end(std::string_view text) {
  std::size_t at = std::min(text.find_first_not_of(blanks), text.size());
  for (; at < text.size() && blanks.find(text[at]) == none; ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (is_quote(text[at])) {
      at = std::min(closing_quote(text, at), text.size() - 1);
    }
  }
  return std::min(at, text.size());
}

std::string unquoted_word(std::string_view word) {
  constexpr std::string_view escaped_in_quotes = "$`\"\\\n";  // POSIX, 2.2.3
  std::string made;
  char quote = 0;
  for (std::size_t i = 0; i < word.size(); ++i) {
    const char c = word[i];
    const bool escapes = c == '\\' && quote != '\'' && i + 1 < word.size() &&
                         (quote == 0 || escaped_in_quotes.find(word[i + 1]) != none);
    if (escapes) {
      ++i;
      if (word[i] != '\n') made += word[i];
    } else if (quote != 0 && c == quote) {
      quote = 0;
    } else if (quote == 0 && is_quote(c)) {
      quote = c;
    } else {
      made += c;
    }
  }
  return made;
}

std::vector<Assignment> assignments_in(std::string_view text) {
  std::vector<Assignment> made;
  while (!text.empty()) {
    made.push_back(first_of(text));
    text.remove_prefix(std::min(text.size(), made.back().text.size() + 1));
  }
  return made;
}

bool refers(std::string_view value) {
  if (value.starts_with('{') || value.starts_with('[')) return false;  // JSON
  for (std::size_t at = 0; at + 1 < value.size(); ++at) {
    const std::size_t close = value[at] == '\'' ? closing_quote(value, at) : none;
    if (close != none) {
      at = close;
    } else if (value[at] == '\\') {
      ++at;
    } else if (value[at] == '$') {
      const char next = value[at + 1];
      if (is_letter(next) || next == '_' || next == '{') return true;
    }
  }
  return false;
}

std::string assigned(std::string_view value) {
  std::size_t quotes = 0;
  const std::string_view said = without_comment(value, quotes);
  const bool json = said.starts_with('{') || said.starts_with('[');
  return quotes > 0 && !json ? unquoted_word(said) : std::string(said);
}

}  // namespace culprit
