#include "store/embedded/code.h"

#include <charconv>
#include <cmath>

namespace culprit::code {
namespace {

// More digits than a decimal Code can hold stay text only when they are an integer (an id).
std::optional<Code> decimal_of(std::string_view text) {
  double value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (std::abs(value) > 3e38 || (value != 0 && std::abs(value) < 1e-37)) return std::nullopt;
  return of_decimal(value);
}

}  // namespace

std::optional<Code> of_text(std::string_view text) {
  const bool negative = !text.empty() && text.front() == '-';
  const std::string_view digits = text.substr(negative ? 1 : 0);
  if (digits.empty() || digits.front() < '0' || digits.front() > '9' || text.size() > 24) {
    return std::nullopt;
  }
  std::int64_t value = 0;
  std::size_t at = 0;
  for (; at < digits.size() && at < 10 && digits[at] >= '0' && digits[at] <= '9'; ++at) {
    value = value * 10 + (digits[at] - '0');
  }
  const bool leading_zero = digits.size() > 1 && digits[0] == '0' && digits[1] != '.';
  if (leading_zero) return std::nullopt;
  if (at == digits.size()) {
    if (value >= integer_limit || (negative && value == 0)) return std::nullopt;
    return of_integer(negative ? -value : value);
  }
  if (digits.find_first_of(".eE") == std::string_view::npos) return std::nullopt;
  if (digits.back() < '0' || digits.back() > '9') return std::nullopt;
  const std::optional<Code> decimal = decimal_of(text);
  if (!decimal) return std::nullopt;
  // 5.0 and 5 are one number.
  const double number_value = number(*decimal);
  if (number_value == std::floor(number_value) && std::abs(number_value) < 1e6) {
    return of_integer(static_cast<std::int64_t>(number_value));
  }
  return decimal;
}

}  // namespace culprit::code
