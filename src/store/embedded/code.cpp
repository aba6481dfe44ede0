#include "store/embedded/code.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "event/expr.h"

namespace culprit::code {
namespace {

// Of a decimal's payload, from the lowest bit: digits, power of ten, sign.
constexpr unsigned digits_bits = 20;
constexpr Code digits_mask = (1U << digits_bits) - 1;
constexpr Code power_mask = 0x1FF;
constexpr int power_bias = 256;
constexpr Code sign_bit = 1U << 29;
constexpr int digits_max = 6;
constexpr std::size_t text_bytes_max = 24;  // a longer one is no measurement

constexpr std::array<double, 23> powers = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                           1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                           1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

struct Decimal {
  bool negative = false;
  std::uint32_t digits = 0;
  int power = 0;  // of ten
};

// An integer where it is one that fits, so that each number has one Code. Nothing: the power of
// ten is beyond what a Code can hold.
std::optional<Code> code_of(Decimal decimal) {
  if (decimal.digits == 0) return of_integer(0);
  while (decimal.digits % 10 == 0) {
    decimal.digits /= 10;
    ++decimal.power;
  }
  if (decimal.power >= 0 && decimal.power < 10) {
    const double whole = decimal.digits * powers[static_cast<std::size_t>(decimal.power)];
    if (whole < static_cast<double>(integer_limit)) {
      const auto integer = static_cast<std::int64_t>(whole);
      return of_integer(decimal.negative ? -integer : integer);
    }
  }
  const int power = decimal.power + power_bias;
  if (power < 0 || power > static_cast<int>(power_mask)) return std::nullopt;
  return decimal_tag | (decimal.negative ? sign_bit : 0) | static_cast<Code>(power) << digits_bits |
         decimal.digits;
}

// Of "12.345"; the sign is taken off.
std::optional<Code> of_decimal(std::string_view text, bool negative) {
  Decimal decimal{negative, 0, 0};
  int kept = 0;
  int further = 0;
  bool round_up = false;
  bool behind_point = false;
  for (const char c : text) {
    if (c == '.' && !behind_point) {
      behind_point = true;
      continue;
    }
    if (!is_digit(c)) return std::nullopt;
    if (kept < digits_max) {
      decimal.digits = decimal.digits * 10 + static_cast<std::uint32_t>(c - '0');
      kept += decimal.digits > 0 ? 1 : 0;
      decimal.power -= behind_point ? 1 : 0;
    } else {
      if (further++ == 0) round_up = c >= '5';
      decimal.power += behind_point ? 0 : 1;
    }
  }
  if (!behind_point || !is_digit(text.back())) return std::nullopt;
  if (further == 0 && text.back() == '0') return std::nullopt;
  decimal.digits += round_up ? 1 : 0;
  return code_of(decimal);
}

}  // namespace

std::optional<Code> of_text(std::string_view text) {
  const bool negative = !text.empty() && text.front() == '-';
  const std::string_view digits = text.substr(negative ? 1 : 0);
  if (digits.empty() || !is_digit(digits.front()) || text.size() > text_bytes_max) {
    return std::nullopt;
  }
  std::int64_t value = 0;
  std::size_t at = 0;
  for (; at < digits.size() && at < 10 && is_digit(digits[at]); ++at) {
    value = value * 10 + (digits[at] - '0');
  }
  const bool leading_zero = digits.size() > 1 && digits[0] == '0' && digits[1] != '.';
  if (leading_zero) return std::nullopt;
  if (at == digits.size()) {
    if (value >= integer_limit || (negative && value == 0)) return std::nullopt;
    return of_integer(negative ? -value : value);
  }
  return of_decimal(digits, negative);
}

// `bytes`: the text without what makes digits of numbers ('0'), at the upper end.
Code of_short_decimal(std::string_view text, std::uint64_t bytes) {
  constexpr std::uint64_t upper_bits = 0x8080'8080'8080'8080;
  constexpr std::uint64_t point = '.' ^ '0';
  const std::uint64_t others =
      (((bytes & ~upper_bits) + 0x7676'7676'7676'7676) | bytes) & upper_bits;
  const auto at = static_cast<unsigned>(std::countr_zero(others)) & ~7U;  // in bits
  const bool one = others != 0 && (others & (others - 1)) == 0 && (bytes >> at & 0xFF) == point;
  const bool leading_zero = text[0] == '0' && text[1] != '.';
  if (!one || text.size() > digits_max + 1 || text.front() == '.' || text.back() == '.' ||
      text.back() == '0' || leading_zero) {
    return of_text(text).value_or(no_number);
  }
  const std::uint64_t before = bytes & ((std::uint64_t{1} << at) - 1);
  const std::uint64_t behind = bytes >> at >> 8 << at << 8;
  const auto digits = static_cast<Code>(eight_digits(behind | before << 8));
  const int power = power_bias - (7 - static_cast<int>(at / 8));
  return decimal_tag | static_cast<Code>(power) << digits_bits | digits;
}

Code without_text(std::string_view text, std::uint64_t hash) {
  const std::optional<double> number = number_in(text);
  if (!number) return of_hash(hash);
  // "1.23457e+08": one digit, a point, five digits, the power.
  const std::string written = fmt::format("{:.5e}", std::abs(*number));
  Decimal decimal{*number < 0, static_cast<std::uint32_t>(written[0] - '0'), 0};
  for (std::size_t i = 2; i < 7; ++i) {
    decimal.digits = decimal.digits * 10 + static_cast<std::uint32_t>(written[i] - '0');
  }
  const bool small = written[8] == '-';
  for (std::size_t i = 9; i < written.size(); ++i) {
    decimal.power = decimal.power * 10 + (written[i] - '0');
  }
  decimal.power = (small ? -decimal.power : decimal.power) - 5;
  return code_of(decimal).value_or(of_hash(hash));
}

double number(Code c) {
  if ((c & tag_mask) == integer_tag) {
    return static_cast<std::int32_t>(c << 2) >> 2;  // the sign bit is bit 29
  }
  const double digits = c & digits_mask;
  const int power = static_cast<int>(c >> digits_bits & power_mask) - power_bias;
  const auto scale = static_cast<std::size_t>(std::abs(power));
  // Both sides of a division by up to 1e22 are exact, so the result is what the text spells.
  const double size = scale >= powers.size() ? digits * std::pow(10.0, power)
                      : power < 0            ? digits / powers[scale]
                                             : digits * powers[scale];
  return (c & sign_bit) != 0 ? -size : size;
}

Spelled spelled(Code c) {
  Spelled made;
  char* out = made.bytes.data();
  char* const end = out + made.bytes.size();
  if ((c & tag_mask) == integer_tag) {
    out = std::to_chars(out, end, static_cast<std::int32_t>(c << 2) >> 2).ptr;
    made.size = static_cast<std::size_t>(out - made.bytes.data());
    return made;
  }
  if ((c & sign_bit) != 0) *out++ = '-';
  const int power = static_cast<int>(c >> digits_bits & power_mask) - power_bias;
  std::array<char, 8> digits;
  const char* digits_end = std::to_chars(digits.begin(), digits.end(), c & digits_mask).ptr;
  const auto count = static_cast<int>(digits_end - digits.data());
  if (std::abs(power) > static_cast<int>(text_bytes_max)) {
    out = std::copy_n(digits.data(), count, out);
    *out++ = 'e';
    out = std::to_chars(out, end, power).ptr;
  } else if (power >= 0) {
    out = std::copy_n(digits.data(), count, out);
    out = std::fill_n(out, power, '0');
  } else {
    const int whole = std::max(0, count + power);
    out = std::copy_n(digits.data(), whole, out);
    if (whole == 0) *out++ = '0';
    *out++ = '.';
    out = std::fill_n(out, std::max(0, -power - count), '0');
    out = std::copy_n(digits.data() + whole, count - whole, out);
  }
  made.size = static_cast<std::size_t>(out - made.bytes.data());
  return made;
}

}  // namespace culprit::code
