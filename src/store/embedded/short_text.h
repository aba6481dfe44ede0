// A ShortText is a text of up to sixteen bytes as two words: texts of one length are equal if these
// are, without a call or a loop. Most values and names of a log are as short.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace culprit {

struct ShortText {
  static constexpr std::size_t bytes_max = 16;
  std::uint64_t head = 0;  // the first eight bytes, zeros behind the end
  std::uint64_t tail = 0;  // the other eight

  // `text` has at most bytes_max bytes.
  static ShortText of(std::string_view text) {
    ShortText made;
#if defined(__SSE2__) && !defined(CULPRIT_SANITIZED)
    // Sixteen bytes at once, whatever stands behind the text: within its page they can be read, and
    // they are masked out. Branches on the length are what a value costs most.
    const char* const from = text.data();
    if ((reinterpret_cast<std::uintptr_t>(from) & 0xFFF) <= 0x1000 - bytes_max) [[likely]] {
      const __m128i all = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
      const __m128i mask =
          _mm_loadu_si128(reinterpret_cast<const __m128i*>(masks + bytes_max - text.size()));
      const __m128i kept = _mm_and_si128(all, mask);
      made.head = static_cast<std::uint64_t>(_mm_cvtsi128_si64(kept));
      made.tail = static_cast<std::uint64_t>(_mm_cvtsi128_si64(_mm_unpackhi_epi64(kept, kept)));
      return made;
    }
#endif
    if (!text.empty()) std::memcpy(&made, text.data(), text.size());
    return made;
  }
  bool operator==(const ShortText&) const = default;

 private:
  // From the middle on, as many bytes of ones as are wanted are followed by zeros.
  static constexpr unsigned char masks[2 * bytes_max] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
                                                         0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
                                                         0xFF, 0xFF, 0xFF, 0xFF};
};

// Of names, which are short: no call and no loop.
inline bool same_text(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  if (a.size() <= ShortText::bytes_max) return ShortText::of(a) == ShortText::of(b);
  return std::memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace culprit
