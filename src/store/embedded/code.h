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
