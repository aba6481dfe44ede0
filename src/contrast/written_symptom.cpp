#include "contrast/written_symptom.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <set>

#include "contrast/enclosing.h"

namespace culprit {
namespace {

constexpr std::size_t messages_max = 24;
constexpr std::size_t lines_max = 2'000;
constexpr std::size_t line_bytes_max = 2'000;
constexpr std::size_t message_bytes_max = 120;  // longer prose is no message without a level
constexpr std::size_t words_bytes_max = 64 * 1024;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0; }
bool is_inner(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

// Numbers, times, addresses and ids: what differs from one line to the next.
bool is_variable(std::string_view token) {
  std::size_t digits = 0;
  std::size_t hex = 0;
  for (char c : token) {
    digits += is_digit(c) ? 1 : 0;
    hex += is_hex(c) || c == '-' ? 1 : 0;
  }
  if (token.size() > 1 && token[0] == '0' && (token[1] == 'x' || token[1] == 'X')) return true;
  if (digits * 2 >= token.size()) return digits > 0;
  return token.size() >= 8 && hex == token.size() && digits > 0;
}

// The line with its variable tokens as <*>; "order_id=77" keeps its key.
std::string as_template(std::string_view line) {
  std::string text;
  for (std::size_t i = 0; i < line.size();) {
    if (!is_inner(line[i])) {
      text += line[i++];
      continue;
    }
    const std::size_t begin = i;
    while (i < line.size() && (is_inner(line[i]) ||
                               (line[i] == '-' && i + 1 < line.size() && is_inner(line[i + 1])))) {
      ++i;
    }
    const std::string_view token = line.substr(begin, i - begin);
    text += is_variable(token) ? std::string_view("<*>") : token;
  }
  return text;
}

// How grave a line says it is. Nothing that says so: prose, or a program without levels.
enum class Grade : unsigned char { quiet, plain, warning, error };

bool has_word(std::string_view line, std::string_view word) {
  for (std::size_t i = 0; i + word.size() <= line.size(); ++i) {
    std::size_t same = 0;
    while (same < word.size() &&
           std::toupper(static_cast<unsigned char>(line[i + same])) == word[same]) {
      ++same;
    }
    const std::size_t end = i + word.size();
    if (same == word.size() && (i == 0 || !is_inner(line[i - 1])) &&
        (end == line.size() || !is_inner(line[end]))) {
      return true;
    }
  }
  return false;
}

template <std::size_t size>
bool has_any_word(std::string_view line, const std::array<std::string_view, size>& words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return has_word(line, word); });
}

Grade grade_of(std::string_view line) {
  static constexpr std::array<std::string_view, 11> grave = {
      "ERROR",  "ERR",   "FATAL", "CRITICAL",  "CRIT",     "PANIC",
      "SEVERE", "ALERT", "EMERG", "EXCEPTION", "TRACEBACK"};
  static constexpr std::array<std::string_view, 3> warning = {"WARN", "WARNING", "NOTICE"};
  static constexpr std::array<std::string_view, 3> quiet = {"INFO", "DEBUG", "TRACE"};
  // A level stands near the beginning; later in the line these are words like others.
  constexpr std::size_t level_within = 120;
  const std::string_view begin = line.substr(0, level_within);
  if (has_any_word(begin, grave)) return Grade::error;
  if (has_any_word(begin, warning)) return Grade::warning;
  return has_any_word(begin, quiet) ? Grade::quiet : Grade::plain;
}

// "ValueError: …", "java.lang.NullPointerException: …", "panic: …": a name without spaces before
// the first colon that names an error.
std::size_t after_error_name(std::string_view line) {
  const std::size_t colon = line.find(": ");
  if (colon == std::string_view::npos || colon == 0) return 0;
  const std::size_t space = line.rfind(' ', colon - 1);
  const std::string_view name =
      line.substr(space == std::string_view::npos ? 0 : space + 1,
                  colon - (space == std::string_view::npos ? 0 : space + 1));
  const auto ends = [&](std::string_view end) {
    return name.size() >= end.size() && name.substr(name.size() - end.size()) == end;
  };
  const bool error = ends("Error") || ends("Exception") || ends("panic") || ends("Failure") ||
                     ends("error") || ends("Warning") || ends("Throwable");
  return error ? colon + 2 : 0;
}

// The value of a JSON or logfmt key of that name, as far as it is plain text.
std::string_view value_of(std::string_view line, std::string_view key) {
  for (std::size_t at = line.find(key); at != line.npos; at = line.find(key, at + 1)) {
    const char before = at == 0 ? ' ' : line[at - 1];
    std::string_view rest = line.substr(at + key.size());
    if (before == '"' && rest.substr(0, 1) == "\"") {
      rest.remove_prefix(1);
      rest = trimmed(rest);
      if (rest.substr(0, 1) != ":") continue;
      rest = trimmed(rest.substr(1));
    } else if ((before == ' ' || before == '\t') && rest.substr(0, 1) == "=") {
      rest.remove_prefix(1);
    } else {
      continue;
    }
    if (rest.empty()) return {};
    if (rest.front() != '"') return rest.substr(0, rest.find(' '));
    std::size_t end = 1;
    while (end < rest.size() && rest[end] != '"') end += rest[end] == '\\' ? 2 : 1;
    return rest.substr(1, std::min(end, rest.size()) - 1);
  }
  return {};
}

// The texts that a line may have been printed from: a message field, what follows the last of the
// prefixes that loggers write, what follows an exception's name, and the whole.
std::vector<std::string_view> candidates_of(std::string_view line) {
  std::vector<std::string_view> found;
  const auto add = [&](std::string_view text) {
    text = trimmed(text);
    if (text.size() >= 6 && std::find(found.begin(), found.end(), text) == found.end()) {
      found.push_back(text);
    }
  };
  for (std::string_view key :
       {"message", "msg", "error", "err", "event", "reason", "exception", "detail"}) {
    add(value_of(line, key));
  }
  if (!found.empty()) return found;
  if (const std::size_t error = after_error_name(line)) add(line.substr(error));
  for (std::string_view mark : {" - ", "] ", ": "}) {
    const std::size_t first = line.find(mark);
    if (first == line.npos) continue;
    add(line.substr(first + mark.size()));
    const std::size_t last = line.rfind(mark);
    if (last != first && line.size() - last > 20) add(line.substr(last + mark.size()));
  }
  add(line);
  return found;
}

// A line that a program printed rather than a person: it has a level, a time, a key or a name of
// an error, or stands among frames.
bool is_printed(std::string_view line) {
  if (grade_of(line) != Grade::plain &&
      (is_digit(line.front()) || line.front() == '[' || line.front() == '{' ||
       std::isupper(static_cast<unsigned char>(line.front())) != 0)) {
    return true;
  }
  if (after_error_name(line) > 0 || line.front() == '{') return true;
  return is_digit(line.front()) && line.size() > 10 && (line.find(':') < 30 || line.find('-') < 10);
}

double weight_of(Grade grade) {
  switch (grade) {
    case Grade::error: return 1.0;
    case Grade::warning: return 0.8;
    case Grade::plain: return 0.8;
    case Grade::quiet: return 0.35;
  }
  return 0;
}

// Prose names messages in quotes: users see "payment could not be completed".
void add_quoted(std::string_view line, std::vector<std::string_view>& found) {
  constexpr std::size_t bytes_min = 12;
  for (std::string_view quotes : {"\"\"", "``", "''"}) {
    std::size_t at = 0;
    while ((at = line.find(quotes[0], at)) != line.npos) {
      const std::size_t end = line.find(quotes[1], at + 1);
      if (end == line.npos) break;
      const std::string_view inside = line.substr(at + 1, end - at - 1);
      const bool apostrophe = quotes[0] == '\'' && at > 0 && is_inner(line[at - 1]);
      if (!apostrophe && inside.size() >= bytes_min && inside.find(' ') != inside.npos) {
        found.push_back(inside);
      }
      at = apostrophe ? at + 1 : end + 1;
    }
  }
}

// Lines that say the same with other numbers count once.
class Messages {
 public:
  void add(std::string_view text, double weight) {
    std::string known = as_template(text);
    if (!seen_.insert(known).second) return;
    Symptom symptom;
    symptom.text = std::move(known);
    symptom.weight = weight;
    symptoms_.push_back(std::move(symptom));
  }
  std::vector<Symptom> strongest() && {
    std::stable_sort(symptoms_.begin(), symptoms_.end(),
                     [](const Symptom& a, const Symptom& b) { return a.weight > b.weight; });
    if (symptoms_.size() > messages_max) symptoms_.resize(messages_max);
    return std::move(symptoms_);
  }

 private:
  std::set<std::string> seen_;
  std::vector<Symptom> symptoms_;
};

}  // namespace

WrittenSymptom read_symptom(std::string_view text) {
  WrittenSymptom symptom;
  Messages messages;
  std::set<std::string> said;
  std::vector<std::string_view> lines = lines_of(text);
  if (lines.size() > lines_max) lines.resize(lines_max);
  for (std::string_view whole : lines) {
    const std::string_view line = trimmed(whole.substr(0, line_bytes_max));
    if (line.empty() || is_frame_line(whole)) continue;
    std::vector<std::string_view> printed;
    if (is_printed(line)) {
      printed = candidates_of(line);
    } else {
      add_quoted(line, printed);
      if (line.size() <= message_bytes_max) printed.push_back(line);
    }
    for (std::string_view one : printed) messages.add(one, weight_of(grade_of(line)));
    std::string plain = as_template(line);
    if (grade_of(line) == Grade::quiet && is_printed(line)) continue;
    if (symptom.words.size() + plain.size() > words_bytes_max) continue;
    if (said.insert(plain).second) symptom.words += plain + "\n";
  }
  symptom.messages = std::move(messages).strongest();
  for (Frame& frame : frames_of(text)) {
    if (!is_foreign_path(frame.path)) symptom.frames.push_back(std::move(frame));
  }
  return symptom;
}

}  // namespace culprit
