#include "contrast/words.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace culprit {
namespace {

constexpr std::size_t word_bytes_min = 3;
constexpr std::size_t word_bytes_max = 48;

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || is_upper(c) || static_cast<unsigned char>(c) >= 0x80;
}
bool is_inner(char c) { return is_letter(c) || is_digit(c) || c == '_'; }
char lower(char c) { return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c; }

// A word that is being spelled, in lower case; letters beyond the limit are dropped.
class Spelling {
 public:
  void add(char c) {
    if (size_ < letters_.size()) letters_[size_++] = lower(c);
    lettered_ = lettered_ || !is_digit(c);
  }
  void clear() { size_ = 0, lettered_ = false; }
  // "timeouts" is said as "timeout"; "class" and "status" keep their s.
  std::string_view word() const {
    const std::string_view text(letters_.data(), size_);
    const bool plural = text.size() > 4 && text.back() == 's' && text[text.size() - 2] != 's' &&
                        text[text.size() - 2] != 'u' && text[text.size() - 2] != 'i';
    return plural ? text.substr(0, text.size() - 1) : text;
  }
  bool counts() const { return lettered_ && size_ >= word_bytes_min; }

 private:
  std::array<char, word_bytes_max> letters_ = {};
  std::size_t size_ = 0;
  bool lettered_ = false;
};

// "aB" begins a part at B, "HTTPServer" at S.
bool begins_part(std::string_view name, std::size_t i) {
  if (i == 0 || !is_upper(name[i])) return false;
  if (!is_upper(name[i - 1])) return true;
  return i + 1 < name.size() && is_letter(name[i + 1]) && !is_upper(name[i + 1]);
}

void each_in_name(std::string_view name, const std::function<void(std::string_view)>& each) {
  Spelling part;
  Spelling whole;
  std::size_t parts = 0;
  const auto end_part = [&] {
    if (part.counts()) each(part.word());
    parts += part.word().empty() ? 0 : 1;
    part.clear();
  };
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name[i] == '_' || begins_part(name, i)) end_part();
    if (name[i] == '_') continue;
    part.add(name[i]);
    whole.add(name[i]);
  }
  end_part();
  if (parts > 1 && whole.counts()) each(whole.word());
}

}  // namespace

void each_word(std::string_view text, const std::function<void(std::string_view)>& each) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!is_inner(text[i])) continue;
    const std::size_t begin = i;
    while (i < text.size() && is_inner(text[i])) ++i;
    each_in_name(text.substr(begin, i - begin), each);
  }
}

bool is_stop_word(std::string_view word) {
  // English that joins words, then what most lines of most languages hold. Sorted.
  static constexpr std::array<std::string_view, 65> words = {
      "after",   "all",    "and",    "are",      "array", "async", "await",  "bool",   "but",
      "can",     "cannot", "class",  "const",    "def",   "else",  "failed", "false",  "file",
      "for",     "from",   "func",   "function", "get",   "has",   "have",   "http",   "import",
      "include", "int",    "into",   "its",      "key",   "let",   "line",   "log",    "main",
      "name",    "new",    "nil",    "none",     "not",   "null",  "number", "object", "off",
      "out",     "print",  "public", "return",   "self",  "set",   "static", "std",    "str",
      "string",  "test",   "that",   "the",      "this",  "true",  "type",   "value",  "var",
      "void",    "with"};
  static_assert(std::is_sorted(words.begin(), words.end()));
  return std::binary_search(words.begin(), words.end(), word);
}

}  // namespace culprit
