// Simd says how many bytes of a line are looked at in one step, and holds the steps themselves.
//
// The level is chosen when the program runs (`best_simd`), since one program serves machines with
// AVX2 and without, and it may be lowered for a test (`RecogniseOptions::simd`). Whatever the
// level, a line is read as the same event. A reader's hot loop is a template over one of the three
// structs below; its copy for AVX2 is called from a function with that target, so that no inline
// function of the library is compiled for a machine that the program may not meet. A step answers
// with a mask, a bit for each byte from `from` on, the first lowest, and never with a vector: those
// have no agreed way between functions of different targets.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <optional>
#include <string_view>

#ifdef __SSE2__
#include <immintrin.h>
#endif

namespace culprit {

enum class Simd : std::uint8_t { scalar, sse2, avx2 };

// The highest level that this machine has.
inline Simd best_simd() {
#ifdef __SSE2__
  return __builtin_cpu_supports("avx2") != 0 ? Simd::avx2 : Simd::sse2;
#else
  return Simd::scalar;
#endif
}

// "scalar", "sse2", "avx2"; nothing for another word, and for what this machine does not have.
inline std::optional<Simd> simd_named(std::string_view name) {
  constexpr std::string_view names[] = {"scalar", "sse2", "avx2"};
  for (std::size_t i = 0; i < std::size(names); ++i) {
    const auto level = static_cast<Simd>(i);
    if (names[i] == name && level <= best_simd()) return level;
  }
  return std::nullopt;
}

// Whether `bytes` of them can be read from `from`, which is before `end`: where they stand within
// one page, what is behind the end does no harm, and no step looks at it. The sanitizers, which
// know what was asked of the system to the byte, do not allow that.
inline bool can_read(const char* from, const char* end, std::ptrdiff_t bytes) {
#ifndef CULPRIT_SANITIZED
  constexpr std::uintptr_t page = 0x1000;  // of none of the systems is it smaller
  if ((reinterpret_cast<std::uintptr_t>(from) & (page - 1)) <=
      page - static_cast<std::uintptr_t>(bytes)) {
    return true;
  }
#endif
  return end - from >= bytes;
}

// Any machine: eight bytes in a word.
struct ScalarBytes {
  using Short = ScalarBytes;  // what steps over short values are made with
  static constexpr std::ptrdiff_t width = 8;
  static constexpr std::uint32_t all = 0xFF;

  // Bytes of 32 that stand at both places.
  static std::uint32_t same_of_32(const char* from, const char* other) {
    std::uint32_t bits = 0;
    for (int i = 0; i < 32; i += 8) bits |= mask(zeros(word(from + i) ^ word(other + i))) << i;
    return bits;
  }
  // Bytes that are one of the two.
  static std::uint32_t either(const char* from, char one, char other) {
    const std::uint64_t bytes = word(from);
    return mask(zeros(bytes ^ eight(one)) | zeros(bytes ^ eight(other)));
  }
  static std::uint32_t other_than_digits(const char* from) {
    const std::uint64_t bytes = word(from) ^ eight('0');
    // A digit is below ten then, and does not become 128 or more.
    return mask(((bytes & ~tops) + eight(128 - 10)) | bytes);
  }
  // Than letters, digits and `_ . - $ /`.
  static std::uint32_t other_than_names(const char* from) {
    std::uint32_t bits = 0;
    for (unsigned i = 0; i < width; ++i) {
      const char byte = from[i];
      const bool letter = (byte | 32) >= 'a' && (byte | 32) <= 'z';
      const bool name = letter || (byte >= '-' && byte <= '9') || byte == '_' || byte == '$';
      bits |= (name ? 0U : 1U) << i;
    }
    return bits;
  }

 private:
  static constexpr std::uint64_t ones = 0x0101'0101'0101'0101;
  static constexpr std::uint64_t tops = 0x8080'8080'8080'8080;

  static constexpr std::uint64_t eight(int byte) { return ones * static_cast<unsigned char>(byte); }
  static std::uint64_t word(const char* from) {
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, from, sizeof bytes);
    return std::endian::native == std::endian::big ? __builtin_bswap64(bytes) : bytes;
  }
  // The top bit of each byte that is 0, and no other bit.
  static constexpr std::uint64_t zeros(std::uint64_t bytes) {
    return ~(((bytes & ~tops) + ~tops) | bytes | ~tops);
  }
  // A bit for each top bit: the factor moves that of byte i to place 56 + i, and nothing else
  // there.
  static constexpr std::uint32_t mask(std::uint64_t bytes) {
    return static_cast<std::uint32_t>(((bytes & tops) >> 7) * 0x0102'0408'1020'4080 >> 56);
  }
};

#ifdef __SSE2__
// Every x86-64.
struct Sse2Bytes {
  using Short = Sse2Bytes;
  static constexpr std::ptrdiff_t width = 16;
  static constexpr std::uint32_t all = 0xFFFF;

  static std::uint32_t same_of_32(const char* from, const char* other) {
    return same_of_16(from, other) | same_of_16(from + width, other + width) << width;
  }
  static std::uint32_t either(const char* from, char one, char other) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
    const __m128i hits = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(one)),
                                      _mm_cmpeq_epi8(bytes, _mm_set1_epi8(other)));
    return static_cast<std::uint32_t>(_mm_movemask_epi8(hits));
  }
  static std::uint32_t other_than_digits(const char* from) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
    // Shifted so that '0'..'9' are the ten least signed numbers.
    const __m128i shifted = _mm_add_epi8(bytes, _mm_set1_epi8(static_cast<char>(128 - '0')));
    const __m128i others = _mm_cmpgt_epi8(shifted, _mm_set1_epi8(static_cast<char>(-128 + 9)));
    return static_cast<std::uint32_t>(_mm_movemask_epi8(others));
  }
  static std::uint32_t other_than_names(const char* from) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
    const __m128i letters = between(_mm_or_si128(bytes, _mm_set1_epi8(0x20)), 'a', 'z');
    const __m128i from_dash = between(bytes, '-', '9');  // "-./0123456789"
    const __m128i others = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('_')),
                                        _mm_cmpeq_epi8(bytes, _mm_set1_epi8('$')));
    const __m128i names = _mm_or_si128(_mm_or_si128(letters, from_dash), others);
    return static_cast<std::uint32_t>(_mm_movemask_epi8(names)) ^ all;
  }

 private:
  static std::uint32_t same_of_16(const char* from, const char* other) {
    const __m128i equal = _mm_cmpeq_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)),
                                         _mm_loadu_si128(reinterpret_cast<const __m128i*>(other)));
    return static_cast<std::uint32_t>(_mm_movemask_epi8(equal));
  }
  static __m128i between(__m128i bytes, char least, char most) {
    // Shifted so that least..most are the least signed numbers.
    const __m128i shifted = _mm_add_epi8(bytes, _mm_set1_epi8(static_cast<char>(-128 - least)));
    return _mm_cmpgt_epi8(_mm_set1_epi8(static_cast<char>(-128 + most - least + 1)), shifted);
  }
};
using BaseBytes = Sse2Bytes;

// What desktops and servers have since 2013 to 2015. Half of all steps of 32 bytes touch two lines
// of the cache, and values are short: steps over them begin with sixteen (docs/performance.md).
struct Avx2Bytes {
  using Short = Sse2Bytes;
  static constexpr std::ptrdiff_t width = 32;
  static constexpr std::uint32_t all = 0xFFFF'FFFF;

  [[gnu::target("avx2")]] static inline std::uint32_t same_of_32(const char* from,
                                                                 const char* other) {
    const __m256i equal =
        _mm256_cmpeq_epi8(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)),
                          _mm256_loadu_si256(reinterpret_cast<const __m256i*>(other)));
    return static_cast<std::uint32_t>(_mm256_movemask_epi8(equal));
  }
  [[gnu::target("avx2")]] static inline std::uint32_t either(const char* from, char one,
                                                             char other) {
    const __m256i bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
    const __m256i hits = _mm256_or_si256(_mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(one)),
                                         _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(other)));
    return static_cast<std::uint32_t>(_mm256_movemask_epi8(hits));
  }
};
#else
using BaseBytes = ScalarBytes;
#endif

// The first byte in [from, end) that mask_at(from) has a bit for, or end.
template <typename Bytes, typename MaskAt>
[[gnu::always_inline]] inline const char* find_first_of(const char* from, const char* end,
                                                        MaskAt mask_at) {
  if (from >= end) return end;
  while (can_read(from, end, Bytes::width)) {
    const std::uint32_t mask = mask_at(from);
    if (mask != 0) return std::min(from + std::countr_zero(mask), end);
    from += Bytes::width;
    if (from >= end) return end;
  }
  // Fewer than a step, at the end of a page: as many of them as there are, and zeros.
  char rest[Bytes::width] = {};
  std::memcpy(rest, from, static_cast<std::size_t>(end - from));
  const std::uint32_t mask = mask_at(rest);
  return mask == 0 ? end : std::min(from + std::countr_zero(mask), end);
}

// The first `one` or `other` in [from, end), or end.
template <typename Bytes>
[[gnu::always_inline]] inline const char* find_first(const char* from, const char* end, char one,
                                                     char other) {
  return find_first_of<Bytes>(
      from, end, [one, other](const char* at) { return Bytes::either(at, one, other); });
}

// A hot loop asks once a line where steps of at most 32 bytes may begin: up to here, for a line
// that ends at `end` and is not empty. Such steps find what is behind the end too.
inline const char* last_step(const char* end) {
  constexpr std::ptrdiff_t step = 32;
#ifndef CULPRIT_SANITIZED
  constexpr std::uintptr_t page = 0x1000;
  const auto left = static_cast<std::ptrdiff_t>(
      page - 1 - (reinterpret_cast<std::uintptr_t>(end - 1) & (page - 1)));
  return end + left - step;
#else
  return end - step;
#endif
}

// The first `one` or `other` from `from` on, perhaps behind the line's end; `none`, where no step
// may begin before one is found.
template <typename Bytes>
[[gnu::always_inline]] inline const char* find_stepping(const char* from, const char* last,
                                                        const char* none, char one, char other) {
  using Short = typename Bytes::Short;
  if constexpr (Bytes::width > Short::width) {
    if (from > last) return none;
    const std::uint32_t mask = Short::either(from, one, other);
    if (mask != 0) return from + std::countr_zero(mask);
    from += Short::width;
  }
  for (; from <= last; from += Bytes::width) {
    const std::uint32_t mask = Bytes::either(from, one, other);
    if (mask != 0) return from + std::countr_zero(mask);
  }
  return none;
}

}  // namespace culprit
