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

bool is_name_byte(char byte) {
  return is_letter(byte) || is_digit(byte) || byte == '_' || byte == '.' || byte == '$';
}

// "java.lang.IllegalStateException: words", "KeyError", "shop.errors.Refused: words" is none.
bool names_error(std::string_view line) {
  std::size_t length = 0;
  while (length < line.size() && is_name_byte(line[length])) ++length;
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

}  // namespace

bool continues_trace(std::string_view line) {
  return line.empty() || is_space(line.front()) || starts_with_any(line, beginnings);
}

bool begins_trace(std::string_view line) {
  return continues_trace(line) || starts_with_any(line, crashes) || names_error(line) ||
         is_call(line);
}

}  // namespace culprit
