#include "event/quantity.h"

#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>

namespace culprit {
namespace {

enum class Measure : std::uint8_t { time, size };

struct Unit {
  std::string_view name;
  Measure measure;
  double scale;  // in nanoseconds or bytes
};

constexpr double kib = 1024;
constexpr Unit units_of_text[] = {
    {"ns", Measure::time, 1},
    {"us", Measure::time, 1e3},
    {"\u00b5s", Measure::time, 1e3},
    {"\u03bcs", Measure::time, 1e3},
    {"ms", Measure::time, 1e6},
    {"s", Measure::time, 1e9},
    {"m", Measure::time, 60e9},
    {"min", Measure::time, 60e9},
    {"h", Measure::time, 3600e9},
    {"d", Measure::time, 86400e9},
    {"B", Measure::size, 1},
    {"kB", Measure::size, 1e3},
    {"KB", Measure::size, 1e3},
    {"MB", Measure::size, 1e6},
    {"GB", Measure::size, 1e9},
    {"TB", Measure::size, 1e12},
    {"KiB", Measure::size, kib},
    {"MiB", Measure::size, kib* kib},
    {"GiB", Measure::size, kib* kib* kib},
    {"TiB", Measure::size, kib* kib* kib* kib},
};

// `m` is left out: `load_5m` and `distance_m` are not minutes.
constexpr Unit units_of_name[] = {
    {"ns", Measure::time, 1},          {"nanos", Measure::time, 1},
    {"nanoseconds", Measure::time, 1}, {"us", Measure::time, 1e3},
    {"micros", Measure::time, 1e3},    {"microseconds", Measure::time, 1e3},
    {"ms", Measure::time, 1e6},        {"msec", Measure::time, 1e6},
    {"millis", Measure::time, 1e6},    {"milliseconds", Measure::time, 1e6},
    {"s", Measure::time, 1e9},         {"sec", Measure::time, 1e9},
    {"secs", Measure::time, 1e9},      {"seconds", Measure::time, 1e9},
    {"minutes", Measure::time, 60e9},  {"hours", Measure::time, 3600e9},
    {"days", Measure::time, 86400e9},  {"bytes", Measure::size, 1},
    {"kb", Measure::size, 1e3},        {"mb", Measure::size, 1e6},
    {"gb", Measure::size, 1e9},        {"kib", Measure::size, kib},
    {"mib", Measure::size, kib* kib},  {"gib", Measure::size, kib* kib* kib},
};

const Unit* named(std::span<const Unit> units, std::string_view name) {
  for (const Unit& unit : units) {
    if (unit.name == name) return &unit;
  }
  return nullptr;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

// "wait_ms" -> "ms", "http.bodyBytes" -> "bytes", "elapsedMS" -> "ms", "ms" -> "ms".
std::string last_word(std::string_view name) {
  const std::size_t separator = name.find_last_of("._- /:@");
  if (separator != std::string_view::npos) name.remove_prefix(separator + 1);
  std::size_t begin = name.size();
  while (begin > 0 && is_upper(name[begin - 1])) --begin;
  if (begin == name.size()) {
    while (begin > 0 && !is_upper(name[begin - 1])) --begin;
    if (begin > 0) --begin;
  }
  std::string word(name.substr(begin));
  for (char& c : word) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return word;
}

// Digits with at most one point, without sign or exponent ("12e5d" is an id, not days).
std::size_t length_of_decimal(std::string_view text) {
  std::size_t length = 0;
  bool point = false;
  while (length < text.size() && (is_digit(text[length]) || (text[length] == '.' && !point))) {
    point = point || text[length] == '.';
    ++length;
  }
  return length;
}

struct Amount {
  double value;  // nanoseconds or bytes
  Measure measure;
};

std::optional<Amount> part(std::string_view& text) {
  const std::size_t digits = length_of_decimal(text);
  std::size_t end = digits;
  while (end < text.size() && !is_digit(text[end]) && text[end] != '.') ++end;
  const Unit* unit = named(units_of_text, text.substr(digits, end - digits));
  double value = 0;
  const auto read = std::from_chars(text.data(), text.data() + digits, value);
  if (unit == nullptr || read.ec != std::errc() || read.ptr != text.data() + digits) return {};
  text.remove_prefix(end);
  return Amount{value * unit->scale, unit->measure};
}

std::optional<Amount> amount_in(std::string_view text) {
  const bool negative = !text.empty() && text.front() == '-';
  if (!text.empty() && (negative || text.front() == '+')) text.remove_prefix(1);
  std::optional<Amount> sum = part(text);
  while (sum && !text.empty()) {
    const std::optional<Amount> next = part(text);
    if (!next || sum->measure != Measure::time || next->measure != Measure::time) return {};
    sum->value += next->value;
  }
  if (sum && negative) sum->value = -sum->value;
  return sum;
}

}  // namespace

std::optional<double> quantity_in(std::string_view field, std::string_view text) {
  if (text.empty() || is_digit(text.back()) || text.back() == '.') return {};
  const std::optional<Amount> amount = amount_in(text);
  if (!amount || !std::isfinite(amount->value)) return {};
  const Unit* unit = named(units_of_name, last_word(field));
  if (unit == nullptr) return amount->value / (amount->measure == Measure::time ? 1e9 : 1);
  if (unit->measure != amount->measure) return {};
  return amount->value / unit->scale;
}

}  // namespace culprit
