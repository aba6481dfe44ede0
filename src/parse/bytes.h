// Byte scanning that the formats share: lines of a sample, words that are numbers, and the search
// for one of two bytes, sixteen at a time where the machine has SSE2 (every x86-64 does).
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "event/event.h"

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
#ifdef __SSE2__
  const __m128i ones = _mm_set1_epi8(one);
  const __m128i others = _mm_set1_epi8(other);
  for (; end - from >= 16; from += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
    const __m128i hits = _mm_or_si128(_mm_cmpeq_epi8(bytes, ones), _mm_cmpeq_epi8(bytes, others));
    const auto mask = static_cast<std::uint32_t>(_mm_movemask_epi8(hits));
    if (mask != 0) return from + std::countr_zero(mask);
  }
#endif
  while (from < end && *from != one && *from != other) ++from;
  return from;
}

// The first of three bytes in [from, end), or end.
inline const char* find_any(const char* from, const char* end, char one, char other, char third) {
#ifdef __SSE2__
  const __m128i ones = _mm_set1_epi8(one);
  const __m128i others = _mm_set1_epi8(other);
  const __m128i thirds = _mm_set1_epi8(third);
  for (; end - from >= 16; from += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
    const __m128i two = _mm_or_si128(_mm_cmpeq_epi8(bytes, ones), _mm_cmpeq_epi8(bytes, others));
    const __m128i hits = _mm_or_si128(two, _mm_cmpeq_epi8(bytes, thirds));
    const auto mask = static_cast<std::uint32_t>(_mm_movemask_epi8(hits));
    if (mask != 0) return from + std::countr_zero(mask);
  }
#endif
  while (from < end && *from != one && *from != other && *from != third) ++from;
  return from;
}

// Behind the digits that stand at `from`.
inline const char* digits_end(const char* from, const char* end) {
#ifdef __SSE2__
  for (; end - from >= 16; from += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
    // Shifted so that '0'..'9' are the ten least signed numbers.
    const __m128i shifted = _mm_add_epi8(bytes, _mm_set1_epi8(static_cast<char>(128 - '0')));
    const __m128i others = _mm_cmpgt_epi8(shifted, _mm_set1_epi8(static_cast<char>(-128 + 9)));
    const auto mask = static_cast<std::uint32_t>(_mm_movemask_epi8(others));
    if (mask != 0) return from + std::countr_zero(mask);
  }
#endif
  while (from < end && is_digit(*from)) ++from;
  return from;
}

// Of names as logs have them: letters, digits and `_ . - $ /`.
inline bool is_name_byte(char byte) {
  return is_letter(byte) || (byte >= '-' && byte <= '9') || byte == '_' || byte == '$';
}

// Behind the name that stands at `from`.
inline const char* name_end(const char* from, const char* end) {
#ifdef __SSE2__
  const auto below = [](__m128i bytes, char least, char most) {
    // Shifted so that least..most are the least signed numbers.
    const __m128i shifted = _mm_add_epi8(bytes, _mm_set1_epi8(static_cast<char>(-128 - least)));
    return _mm_cmpgt_epi8(_mm_set1_epi8(static_cast<char>(-128 + most - least + 1)), shifted);
  };
  for (; end - from >= 16; from += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
    const __m128i letters = below(_mm_or_si128(bytes, _mm_set1_epi8(0x20)), 'a', 'z');
    const __m128i from_dash = below(bytes, '-', '9');  // "-./0123456789"
    const __m128i others = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('_')),
                                        _mm_cmpeq_epi8(bytes, _mm_set1_epi8('$')));
    const __m128i names = _mm_or_si128(_mm_or_si128(letters, from_dash), others);
    const auto mask = static_cast<std::uint32_t>(_mm_movemask_epi8(names));
    if (mask != 0xFFFF) return from + std::countr_one(mask);
  }
#endif
  while (from < end && is_name_byte(*from)) ++from;
  return from;
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
