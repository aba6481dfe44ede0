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
  static constexpr std::array<std::string_view, 66> words = {
      "after",   "all",    "and",    "are",      "array", "async", "await",  "bool",   "but",
      "can",     "cannot", "class",  "const",    "def",   "else",  "failed", "false",  "file",
      "for",     "from",   "func",   "function", "get",   "has",   "have",   "http",   "import",
      "include", "int",    "into",   "its",      "key",   "let",   "line",   "log",    "main",
      "name",    "new",    "nil",    "none",     "not",   "null",  "number", "object", "off",
      "out",     "print",  "public", "return",   "self",  "set",   "src",    "static", "std",
      "str",     "string", "test",   "that",     "the",   "this",  "true",   "type",   "value",
      "var",     "void",   "with"};
  static_assert(std::is_sorted(words.begin(), words.end()));
  return std::binary_search(words.begin(), words.end(), word);
}

bool is_report_word(std::string_view word) {
  // What English and bug reports are made of. Sorted.
  static constexpr std::array<std::string_view, 319> words = {
      "about",      "above",      "actual",     "actually",   "again",      "against",
      "alert",      "already",    "also",       "always",     "another",    "any",
      "anymore",    "anything",   "appear",     "around",     "because",    "been",
      "before",     "behave",     "behavior",   "behaviour",  "being",      "below",
      "best",       "between",    "bit",        "both",       "break",      "broke",
      "broken",     "bug",        "came",       "case",       "cause",      "caused",
      "change",     "changed",    "com",        "come",       "comes",      "correct",
      "correctly",  "could",      "customer",   "customers",  "day",        "days",
      "deploy",     "deployed",   "deployment", "did",        "different",  "does",
      "doesn",      "doing",      "don",        "done",       "down",       "due",
      "during",     "each",       "either",     "email",      "end",        "ends",
      "error",      "errors",     "even",       "ever",       "every",      "everything",
      "exactly",    "example",    "exception",  "expect",     "expected",   "fail",
      "failing",    "failure",    "few",        "find",       "fine",       "first",
      "fix",        "fixed",      "following",  "found",      "further",    "gave",
      "get",        "gets",       "getting",    "give",       "given",      "gives",
      "goes",       "going",      "gone",       "good",       "got",        "guess",
      "had",        "happen",     "happened",   "happening",  "happens",    "hello",
      "help",       "here",       "hour",       "hours",      "how",        "however",
      "https",      "incident",   "instead",    "isn",        "issue",      "issues",
      "just",       "keep",       "kept",       "know",       "known",      "last",
      "late",       "later",      "latest",     "least",      "less",       "like",
      "little",     "long",       "look",       "looks",      "lot",        "made",
      "make",       "makes",      "many",       "may",        "maybe",      "mean",
      "means",      "message",    "might",      "minute",     "minutes",    "monday",
      "more",       "morning",    "most",       "much",       "must",       "need",
      "needs",      "never",      "next",       "night",      "nobody",     "nothing",
      "noticed",    "now",        "observed",   "occur",      "occurs",     "often",
      "old",        "once",       "one",        "only",       "open",       "order",
      "org",        "other",      "others",     "our",        "over",       "people",
      "please",     "point",      "previous",   "previously", "problem",    "problems",
      "prod",       "production", "properly",   "rather",     "really",     "reason",
      "regression", "release",    "released",   "repeatedly", "report",     "reported",
      "reporting",  "reports",    "reproduce",  "result",     "results",    "right",
      "same",       "saw",        "say",        "saying",     "says",       "second",
      "seconds",    "see",        "seeing",     "seem",       "seems",      "seen",
      "sentry",     "several",    "should",     "show",       "showing",    "shows",
      "side",       "since",      "some",       "somebody",   "someone",    "something",
      "sometimes",  "still",      "stop",       "stopped",    "such",       "support",
      "sure",       "take",       "taken",      "takes",      "tell",       "than",
      "thanks",     "their",      "them",       "then",       "there",      "these",
      "they",       "thing",      "things",     "think",      "though",     "thought",
      "through",    "ticket",     "time",       "times",      "today",      "together",
      "told",       "too",        "took",       "traceback",  "tried",      "trigger",
      "try",        "trying",     "two",        "under",      "unexpected", "unexpectedly",
      "unless",     "until",      "update",     "updated",    "upgrade",    "use",
      "used",       "user",       "users",      "using",      "version",    "very",
      "via",        "want",       "was",        "wasn",       "way",        "week",
      "weeks",      "well",       "went",       "were",       "what",       "when",
      "where",      "whether",    "which",      "while",      "who",        "whole",
      "whose",      "why",        "will",       "within",     "without",    "won",
      "work",       "worked",     "working",    "works",      "worse",      "would",
      "wrong",      "www",        "yes",        "yesterday",  "yet",        "you",
      "your"};
  static_assert(std::is_sorted(words.begin(), words.end()));
  return std::binary_search(words.begin(), words.end(), word);
}

std::string_view stem_of(std::string_view word) {
  constexpr std::size_t letters_min = 3;
  const auto cut = [&](std::string_view end, std::size_t left_min) {
    if (word.size() < end.size() + left_min) return false;
    if (word.substr(word.size() - end.size()) != end) return false;
    word.remove_suffix(end.size());
    return true;
  };
  if (cut("ing", letters_min + 1) || cut("ed", letters_min)) {
    const std::size_t size = word.size();
    const char last = word.back();
    const bool doubled = size > letters_min && last == word[size - 2] && last != 'l' && last != 's';
    if (doubled) word.remove_suffix(1);
  } else {
    cut("ly", letters_min + 1);
  }
  if (!cut("ie", letters_min) && !cut("y", letters_min)) cut("e", letters_min);
  return word;
}

}  // namespace culprit
