#include "experiment/sanitizer_report.h"

#include <cctype>

#include <algorithm>

namespace culprit {
namespace {

constexpr std::size_t report_bytes_max = 120;

// Line beginnings and middles that each runtime prints once per finding; compiler-rt's are
// "==PID==ERROR: AddressSanitizer: kind on address ...", "WARNING: ThreadSanitizer: kind (pid=...)"
// and "file:line:column: runtime error: text", Go's "WARNING: DATA RACE".
struct Mark {
  std::string_view before;
  std::string_view from;  // what is told begins here
};
constexpr Mark marks[] = {
    {"ERROR: ", "AddressSanitizer: "},  {"ERROR: ", "LeakSanitizer: "},
    {"ERROR: ", "MemorySanitizer: "},   {"WARNING: ", "MemorySanitizer: "},
    {"WARNING: ", "ThreadSanitizer: "}, {"ERROR: ", "ThreadSanitizer: "},
    {"FATAL: ", "ThreadSanitizer: "},   {"ERROR: ", "UndefinedBehaviorSanitizer: "},
    {"WARNING: ", "DATA RACE"},
};

// "a.cpp:12:7: runtime error: ": digits and a colon stand before it.
std::size_t undefined_behaviour(std::string_view output) {
  constexpr std::string_view words = ": runtime error: ";
  for (std::size_t at = output.find(words); at != std::string_view::npos;
       at = output.find(words, at + 1)) {
    if (at > 0 && std::isdigit(static_cast<unsigned char>(output[at - 1])) != 0) return at + 2;
  }
  return std::string_view::npos;
}

std::size_t marked(std::string_view output, const Mark& mark) {
  for (std::size_t at = output.find(mark.before); at != std::string_view::npos;
       at = output.find(mark.before, at + 1)) {
    if (output.substr(at + mark.before.size()).starts_with(mark.from)) {
      return at + mark.before.size();
    }
  }
  return std::string_view::npos;
}

}  // namespace

std::string sanitizer_report(std::string_view output) {
  std::size_t first = undefined_behaviour(output);
  for (const Mark& mark : marks) first = std::min(first, marked(output, mark));
  if (first == std::string_view::npos) return {};
  std::string_view line = output.substr(first, output.find('\n', first) - first);
  // Addresses and process numbers differ from run to run.
  for (const std::string_view end : {" on address ", " on unknown address ", " (pid="}) {
    line = line.substr(0, line.find(end));
  }
  return std::string(line.substr(0, report_bytes_max));
}

}  // namespace culprit
