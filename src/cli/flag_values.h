// What a flag's text means: numbers, shares, durations; a mistake is told with an example.
#pragma once

#include <charconv>
#include <cmath>

#include "base/usage_error.h"
#include "cli/command.h"

namespace culprit {

// A number that is all of its text and above zero.
template <typename Number>
Result<Number> number_flag(const Arguments& arguments, std::string_view flag,
                           std::string_view example) {
  const std::string text = arguments.value(flag);
  Number number{};
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = fault == std::errc{} && end == text.data() + text.size();
  if (whole && number > 0 && std::isfinite(static_cast<double>(number))) return number;
  return usage_error(fmt::format("{} {} is no number above zero", flag, text),
                     fmt::format("{} {}", flag, example));
}

Result<double> share_flag(const Arguments& arguments, std::string_view flag);  // "0.3", "30%"
Result<Duration> duration_flag(const Arguments& arguments, std::string_view flag);
Result<std::uint64_t> seed_flag(const Arguments& arguments);  // 1 where it is not given
std::vector<std::string> texts_of(const Arguments& arguments, std::string_view flag);

}  // namespace culprit
