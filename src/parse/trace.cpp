#include "parse/trace.h"

#include <algorithm>
#include <array>

#include "parse/bytes.h"

namespace culprit {
namespace {

constexpr std::array<std::string_view, 13> beginnings = {"Caused by: ",
                                                         "at ",
                                                         "Traceback (",
                                                         "... ",
                                                         "Suppressed: ",
                                                         "During handling of ",
                                                         "The above exception was ",
                                                         "goroutine ",
                                                         "created by ",
                                                         "[signal SIG",
                                                         "stack backtrace:",
                                                         "note: run with `RUST_BACKTRACE",
                                                         "--- End of "};
constexpr std::array<std::string_view, 6> crashes = {
    "panic: ",   "fatal error: ", "Exception in thread ", "Unhandled exception",
    "Uncaught ", "thread '"};
constexpr std::array<std::string_view, 5> error_names = {"Error", "Exception", "Interrupt", "Exit",
                                                         "Warning"};

bool starts_with_any(std::string_view line, auto&& all) {
  return std::any_of(all.begin(), all.end(),
                     [line](std::string_view one) { return line.starts_with(one); });
}

bool is_error_name_byte(char byte) {
  return is_letter(byte) || is_digit(byte) || byte == '_' || byte == '.' || byte == '$';
}

// "java.lang.IllegalStateException: words", "KeyError", "shop.errors.Refused: words" is none.
bool names_error(std::string_view line) {
  std::size_t length = 0;
  while (length < line.size() && is_error_name_byte(line[length])) ++length;
  if (length < line.size() && line[length] != ':') return false;
  const std::string_view name = line.substr(0, length);
  return std::any_of(error_names.begin(), error_names.end(), [name](std::string_view ending) {
    return name.size() > ending.size() && name.ends_with(ending);
  });
}

// Go's "main.(*Shop).pay(0xc000010000, 0x3)" between its indented places.
bool is_call(std::string_view line) {
  const std::size_t open = line.rfind('(');
  if (!line.ends_with(')') || open == line.npos || open == 0) return false;
  const std::string_view name = line.substr(0, open);
  return name.find(' ') == name.npos && name.find('.') != name.npos;
}

// Indented words or places; what looks like a piece of JSON is rather a damaged line.
bool indented_words(std::string_view line) {
  const std::string_view words = trimmed(line);
  if (words.empty() || words.size() == line.size() || !is_space(line.front())) return false;
  constexpr std::string_view others = "/.~^|*<($_";
  const bool begins = is_letter(words.front()) || others.find(words.front()) != others.npos;
  return begins && words.find("\":") == words.npos && !words.ends_with('}');
}

}  // namespace

bool continues_trace(std::string_view line) {
  return line.empty() || is_space(line.front()) || starts_with_any(line, beginnings);
}

bool begins_trace(std::string_view line) {
  return indented_words(line) || starts_with_any(line, beginnings) ||
         starts_with_any(line, crashes) || names_error(line) || is_call(line);
}

}  // namespace culprit
