// A Code is one field's value in 32 bits: what a column is made of.
//
//     00 index        the value's place in the field's dictionary
//     01 integer      -2^29 .. 2^29-1, spelled without leading zeros or plus
//     10 decimal      a sign, six digits and a power of ten; the digits do not end in 0
//     11 hash         the low 30 bits of the text's hash, where its text is not kept
//
// Numbers cost no dictionary and compare without text; `500` and `"500"` have one Code. A decimal
// of up to six digits gives its text back, so 1.1 and 1.10, which may be versions, stay two values:
// the second is a text. Longer ones are measurements and are known to six digits. Why 32 bits: a
// column of ten million values is 40 MB before packing, and packing (block.h) brings most columns
// to one byte.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "store/embedded/short_text.h"

namespace culprit {

using Code = std::uint32_t;

namespace code {

constexpr Code tag_mask = 0xC000'0000U;
constexpr Code index_tag = 0;
constexpr Code integer_tag = 0x4000'0000U;
constexpr Code decimal_tag = 0x8000'0000U;
constexpr Code hash_tag = 0xC000'0000U;
constexpr Code payload_mask = 0x3FFF'FFFFU;
constexpr std::int64_t integer_limit = 1 << 29;

constexpr bool is_index(Code c) { return (c & tag_mask) == index_tag; }
constexpr bool is_number(Code c) {
  return (c & tag_mask) == integer_tag || (c & tag_mask) == decimal_tag;
}
constexpr bool is_hash(Code c) { return (c & tag_mask) == hash_tag; }
constexpr Code of_integer(std::int64_t n) {
  return integer_tag | (static_cast<Code>(n) & payload_mask);
}
constexpr Code of_hash(std::uint64_t hash) {
  return hash_tag | (static_cast<Code>(hash) & payload_mask);
}

// The Code of a text that spells a number which fits, or nothing: the text belongs into the
// dictionary then.
std::optional<Code> of_text(std::string_view text);
// The same for one to eight digits as logs are full of, all at once; anything else goes the long
// way. What is no number gives `no_number`. (Eight digits in one word by three multiplications:
// Langdale and Lemire's simdjson.)
constexpr Code no_number = 0;  // an index
// Of eight digits as bytes, the first lowest.
inline std::uint64_t eight_digits(std::uint64_t digits) {
  digits = digits * 2561 >> 8;
  digits = (digits & 0x00FF'00FF'00FF'00FF) * 6'553'601 >> 16;
  return (digits & 0x0000'FFFF'0000'FFFF) * 42'949'672'960'001 >> 32;
}
Code of_short_decimal(std::string_view text, std::uint64_t bytes);
inline Code of_digits(std::string_view text) {
  constexpr std::uint64_t zeros = 0x3030'3030'3030'3030;
  constexpr std::uint64_t upper = 0xF0F0'F0F0'F0F0'F0F0;
  if (text.empty() || text.size() > 8 || (text.front() == '0' && text.size() > 1)) {
    return of_text(text).value_or(no_number);
  }
  // The digits at the upper end, zeros before them.
  const std::size_t bits = text.size() * 8;
  std::uint64_t word = ShortText::of(text).head << (64 - bits) | zeros >> (bits - 1) >> 1;
  if ((word & upper) != zeros || ((word + 0x0606'0606'0606'0606) & upper) != zeros) {
    return of_short_decimal(text, word ^ zeros);
  }
  return of_integer(static_cast<std::int64_t>(eight_digits(word ^ zeros)));
}

// The Code of a text that the dictionary has no room for: of any number its first six digits.
Code without_text(std::string_view text, std::uint64_t hash);

// A number's text without memory of its own.
struct Spelled {
  std::array<char, 48> bytes;  // a sign, seven digits, a point, 25 zeros at most
  std::size_t size = 0;
  std::string_view view() const { return {bytes.data(), size}; }
};

// Of a Code that is_number().
double number(Code c);
Spelled spelled(Code c);
inline std::string text(Code c) { return std::string(spelled(c).view()); }

}  // namespace code
}  // namespace culprit
