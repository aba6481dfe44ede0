#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <string>
#include <vector>

#include "contrast/commits.h"
#include "contrast/enclosing.h"

// Which line of a source file prints a message.
//
// A message and the literal that printed it share their constant words in the same order. The
// measure is the longest common subsequence of words, weighed by their letters: it must hold most
// of the literal and half of the message, since loggers add names and values of their own.
namespace culprit {
namespace {

constexpr double share_of_message = 0.5;
constexpr double share_of_literal = 0.6;
constexpr std::size_t letters_min = 6;   // of what is shared; "ok" is printed everywhere
constexpr std::size_t words_max = 64;    // of a message or a line that are compared
constexpr std::size_t lines_joined = 3;  // a long literal is often broken over lines

using Words = std::vector<std::string_view>;

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

bool has_letter(std::string_view word) {
  return std::any_of(word.begin(), word.end(), [](char c) {
    return std::isdigit(static_cast<unsigned char>(c)) == 0 && c != '_';
  });
}

std::size_t letters_of(const Words& words) {
  std::size_t sum = 0;
  for (std::string_view word : words) sum += word.size();
  return sum;
}

// How many bytes from `i` are a placeholder: %s, %5.2f, %(name)s, {}, {x:?}, ${x}, #{x}, $x, \(x),
// and <*>, the gap of a template. 0: none begins here.
std::size_t braced(std::string_view text, std::size_t i, char close) {
  const std::size_t end = text.find(close, i);
  return end == text.npos ? text.size() - i : end - i + 1;
}

std::size_t printf_gap(std::string_view text) {
  std::size_t i = 1;
  if (i < text.size() && text[i] == '(') i += braced(text, i, ')');
  while (i < text.size() && std::string_view("+-#0123456789.*lhzqtj").find(text[i]) != text.npos)
    ++i;
  if (i >= text.size() || std::isalpha(static_cast<unsigned char>(text[i])) == 0) return 0;
  return i + 1;
}

std::size_t gap_at(std::string_view text, std::size_t i) {
  const std::string_view rest = text.substr(i);
  const char next = rest.size() > 1 ? rest[1] : '\0';
  if (rest.substr(0, 3) == "<*>") return 3;
  if (rest[0] == '%') return printf_gap(rest);
  if (rest[0] == '{') return braced(rest, 0, '}');
  if ((rest[0] == '$' || rest[0] == '#') && next == '{') return braced(rest, 0, '}');
  if (rest[0] == '\\' && next == '(') return braced(rest, 0, ')');
  if (rest[0] == '\\') return std::min<std::size_t>(2, rest.size());
  if (rest[0] != '$' || !is_word(next)) return 0;
  std::size_t length = 1;
  while (length < rest.size() && is_word(rest[length])) ++length;
  return length;
}

void add_words(std::string_view text, Words& words) {
  for (std::size_t i = 0; i < text.size() && words.size() < words_max;) {
    if (const std::size_t gap = gap_at(text, i)) {
      i += gap;
      continue;
    }
    const std::size_t begin = i;
    while (i < text.size() && is_word(text[i])) ++i;
    const std::string_view word = text.substr(begin, i - begin);
    if (has_letter(word)) words.push_back(word);
    if (word.empty()) ++i;
  }
}

// The words of the string literals of one line. A quote that is not closed opens a literal that
// goes on to the end of the line, unless it is an apostrophe.
Words literal_words(std::string_view line) {
  Words words;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char quote = line[i];
    if (quote != '"' && quote != '\'' && quote != '`') continue;
    std::size_t end = i + 1;
    while (end < line.size() && line[end] != quote) end += line[end] == '\\' ? 2 : 1;
    const bool closed = end < line.size();
    if (!closed && quote == '\'') continue;
    end = std::min(end, line.size());
    add_words(line.substr(i + 1, end - i - 1), words);
    i = end;
  }
  return words;
}

// The letters of the longest common subsequence of words.
std::size_t letters_shared(const Words& a, const Words& b) {
  std::vector<std::size_t> best(b.size() + 1, 0);
  for (std::string_view word : a) {
    std::size_t diagonal = 0;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = best[j];
      const std::size_t with = b[j - 1] == word ? diagonal + word.size() : 0;
      best[j] = std::max({above, best[j - 1], with});
      diagonal = above;
    }
  }
  return best.back();
}

// The message's letters that a literal should hold. Keys ("host=<*>") count half: a structured
// logger prints them from arguments.
std::size_t letters_wanted(std::string_view text, const Words& message) {
  std::size_t sum = 0;
  for (std::string_view word : message) {
    const auto end = static_cast<std::size_t>(word.data() - text.data()) + word.size();
    const bool is_key = text.substr(end, 4) == "=<*>" || text.substr(end, 5) == ": <*>";
    sum += is_key ? word.size() / 2 : word.size();
  }
  return sum;
}

struct Fit {
  double of_message = 0;
  double of_literal = 0;
  std::size_t letters = 0;
};

Fit fit_of(const Words& message, std::size_t message_letters, const Words& literal) {
  if (literal.empty()) return {};
  const std::size_t shared = letters_shared(message, literal);
  return {static_cast<double>(shared) / static_cast<double>(message_letters),
          static_cast<double>(shared) / static_cast<double>(letters_of(literal)), shared};
}

bool prints(const Fit& fit, std::size_t message_letters) {
  return fit.of_message >= share_of_message && fit.of_literal >= share_of_literal &&
         fit.letters >= std::min(letters_min, message_letters);
}

// Whether the literal that begins on this line prints the message, alone or with those below.
bool line_prints(const std::vector<std::string_view>& lines, std::size_t index,
                 const Words& message, std::size_t message_letters) {
  Words literal;
  for (std::size_t i = index; i < std::min(lines.size(), index + lines_joined); ++i) {
    const Words more = literal_words(lines[i]);
    literal.insert(literal.end(), more.begin(), more.end());
    const Fit fit = fit_of(message, message_letters, literal);
    if (prints(fit, message_letters)) return true;
    if (fit.of_literal < share_of_literal) return false;
  }
  return false;
}

}  // namespace

std::vector<std::size_t> literal_matches(std::string_view template_text, std::string_view content) {
  Words message;
  add_words(template_text, message);
  const std::size_t message_letters = letters_wanted(template_text, message);
  if (message_letters < letters_min) return {};
  // Half of the message must be there, and with it one of its longer words: most files and lines
  // are passed over by a plain search for these.
  Words longest = message;
  std::stable_sort(longest.begin(), longest.end(),
                   [](std::string_view a, std::string_view b) { return a.size() > b.size(); });
  longest.resize(std::min<std::size_t>(longest.size(), 3));
  const auto holds_one = [&](std::string_view text) {
    return std::any_of(longest.begin(), longest.end(),
                       [&](std::string_view word) { return text.find(word) != text.npos; });
  };
  if (!holds_one(content)) return {};
  std::vector<std::size_t> found;
  const std::vector<std::string_view> lines = lines_of(content);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (holds_one(lines[i]) && line_prints(lines, i, message, message_letters)) {
      found.push_back(i + 1);
    }
  }
  return found;
}

}  // namespace culprit
