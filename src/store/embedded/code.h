// A Code is one field's value in 32 bits: what a column is made of.
//
//     00 index        the value's place in the field's dictionary
//     01 integer      -2^29 .. 2^29-1, spelled without leading zeros or plus
//     10 decimal      a float without its two lowest mantissa bits: relative error < 5e-7
//     11 hash         the low 30 bits of the text's hash, once the dictionary is full
//
// Numbers cost no dictionary and compare without text; `500` and `"500"` have one Code. Why 32
// bits: a column of ten million values is 40 MB before packing, and packing (block.h) brings most
// columns to one byte.
#pragma once

#include <bit>
#include <cstdint>
#include <optional>
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
constexpr Code of_integer(std::int64_t n) {
  return integer_tag | (static_cast<Code>(n) & payload_mask);
}
constexpr Code of_hash(std::uint64_t hash) {
  return hash_tag | (static_cast<Code>(hash) & payload_mask);
}
inline Code of_decimal(double value) {
  return decimal_tag | (std::bit_cast<Code>(static_cast<float>(value)) >> 2);
}

// Of a Code that is_number().
inline double number(Code c) {
  if ((c & tag_mask) == integer_tag) {
    return static_cast<std::int32_t>(c << 2) >> 2;  // the sign bit is bit 29
  }
  return std::bit_cast<float>(c << 2);
}

// The Code of a text that spells a number which fits, or nothing.
std::optional<Code> of_text(std::string_view text);

}  // namespace code
}  // namespace culprit
