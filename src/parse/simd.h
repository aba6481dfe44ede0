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

// Any machine.
struct ScalarBytes {
  static constexpr std::ptrdiff_t width = 16;
  static constexpr std::uint32_t all = 0xFFFF;

  // Bytes of 32 that stand at both places.
  static std::uint32_t same_of_32(const char* from, const char* other) {
    std::uint32_t bits = 0;
    for (unsigned i = 0; i < 32; ++i) bits |= (from[i] == other[i] ? 1U : 0U) << i;
    return bits;
  }
  // Bytes that are one of the two.
  static std::uint32_t either(const char* from, char one, char other) {
    return mask([=](char byte) { return byte == one || byte == other; }, from);
  }
  static std::uint32_t other_than_digits(const char* from) {
    return mask([](char byte) { return byte < '0' || byte > '9'; }, from);
  }
  // Than letters, digits and `_ . - $ /`.
  static std::uint32_t other_than_names(const char* from) {
    return mask(
        [](char byte) {
          const bool letter = (byte | 32) >= 'a' && (byte | 32) <= 'z';
          return !letter && (byte < '-' || byte > '9') && byte != '_' && byte != '$';
        },
        from);
  }

 private:
  template <typename Is>
  static std::uint32_t mask(Is is, const char* from) {
    std::uint32_t bits = 0;
    for (unsigned i = 0; i < width; ++i) bits |= (is(from[i]) ? 1U : 0U) << i;
    return bits;
  }
};

#ifdef __SSE2__
// Every x86-64.
struct Sse2Bytes {
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

// What desktops and servers have since 2013 to 2015.
struct Avx2Bytes {
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
  [[gnu::target("avx2")]] static inline std::uint32_t other_than_digits(const char* from) {
    const __m256i bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
    const __m256i shifted = _mm256_add_epi8(bytes, _mm256_set1_epi8(static_cast<char>(128 - '0')));
    const __m256i others =
        _mm256_cmpgt_epi8(shifted, _mm256_set1_epi8(static_cast<char>(-128 + 9)));
    return static_cast<std::uint32_t>(_mm256_movemask_epi8(others));
  }
};
#else
using BaseBytes = ScalarBytes;
#endif

// The first byte in [from, end) that mask_at(from) has a bit for, or end.
template <typename Bytes, typename MaskAt>
[[gnu::always_inline]] inline const char* find_first_of(const char* from, const char* end,
                                                        MaskAt mask_at) {
  while (from < end && can_read(from, end, Bytes::width)) {
    const std::uint32_t mask = mask_at(from);
    const char* const hit = from + (mask == 0 ? Bytes::width : std::countr_zero(mask));
    if (hit >= end) return end;
    if (mask != 0) return hit;
    from = hit;
  }
  if (from >= end) return end;
  // The last few, at the end of a page: as many of them as there are, and zeros.
  char rest[Bytes::width] = {};
  std::memcpy(rest, from, static_cast<std::size_t>(end - from));
  const std::uint32_t mask = mask_at(rest);
  const std::ptrdiff_t hit = mask == 0 ? Bytes::width : std::countr_zero(mask);
  return hit < end - from ? from + hit : end;
}

// The first `one` or `other` in [from, end), or end.
template <typename Bytes>
[[gnu::always_inline]] inline const char* find_first(const char* from, const char* end, char one,
                                                     char other) {
  return find_first_of<Bytes>(
      from, end, [one, other](const char* at) { return Bytes::either(at, one, other); });
}

}  // namespace culprit
