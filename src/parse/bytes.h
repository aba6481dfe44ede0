// Byte scanning that the formats share: lines of a sample, words that are numbers, the ends of
// names and digits. Searches take as many bytes in a step as every machine has that the program is
// compiled for; loops for which more of them pay have a template of their own (simd.h).
#pragma once

#include <cstddef>
#include <string_view>

#include "event/event.h"
#include "parse/simd.h"

namespace culprit {

inline bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }
inline bool is_letter(char byte) { return (byte | 32) >= 'a' && (byte | 32) <= 'z'; }
inline bool is_space(char byte) { return byte == ' ' || byte == '\t'; }

inline std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (is_space(text.back()) || text.back() == '\r')) text.remove_suffix(1);
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  return text;
}

// A decimal number without exponent: "-1.5", never "1." or "+1".
inline bool spells_number(std::string_view text) {
  std::size_t i = text.starts_with('-') ? 1 : 0;
  const std::size_t first = i;
  while (i < text.size() && is_digit(text[i])) ++i;
  if (i == first) return false;
  if (i + 1 < text.size() && text[i] == '.') {
    ++i;
    while (i < text.size() && is_digit(text[i])) ++i;
  }
  return i == text.size();
}

// What a bare word is, in formats that do not say.
inline Kind spelled_kind(std::string_view text) {
  if (spells_number(text)) return Kind::number;
  if (text == "true" || text == "false") return Kind::boolean;
  return text == "null" ? Kind::null : Kind::text;
}

// The first `one` or `other` in [from, end), or end.
inline const char* find_either(const char* from, const char* end, char one, char other) {
  return find_first<BaseBytes>(from, end, one, other);
}

// The first of three bytes in [from, end), or end.
inline const char* find_any(const char* from, const char* end, char one, char other, char third) {
  return find_first_of<BaseBytes>(from, end, [=](const char* at) {
    return BaseBytes::either(at, one, other) | BaseBytes::either(at, third, third);
  });
}

// Behind the digits that stand at `from`.
inline const char* digits_end(const char* from, const char* end) {
  return find_first_of<BaseBytes>(from, end, BaseBytes::other_than_digits);
}

// Of names as logs have them: letters, digits and `_ . - $ /`.
inline bool is_name_byte(char byte) {
  return is_letter(byte) || (byte >= '-' && byte <= '9') || byte == '_' || byte == '$';
}

// Behind the name that stands at `from`.
inline const char* name_end(const char* from, const char* end) {
  return find_first_of<BaseBytes>(from, end, BaseBytes::other_than_names);
}

// Calls visit(line) for the first lines of a sample, without their ends. A last line that is cut
// off in the middle would mislead, so it is left out where there are enough others.
template <typename Visit>
void each_line(std::string_view sample, std::size_t lines_max, Visit visit) {
  constexpr std::size_t enough = 8;
  std::size_t count = 0;
  while (!sample.empty() && count < lines_max) {
    const std::size_t end = sample.find('\n');
    if (end == std::string_view::npos && count >= enough) return;
    std::string_view line = sample.substr(0, end);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    visit(line);
    ++count;
    sample.remove_prefix(end == std::string_view::npos ? sample.size() : end + 1);
  }
}

}  // namespace culprit
