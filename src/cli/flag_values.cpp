#include "cli/flag_values.h"

#include "base/time.h"

namespace culprit {

Result<double> share_flag(const Arguments& arguments, std::string_view flag) {
  const std::string text = arguments.value(flag);
  double share = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, share);
  const bool percent = read.ec == std::errc() && std::string_view(read.ptr, end) == "%";
  if (percent) share /= 100;
  const bool whole = read.ec == std::errc() && (percent || read.ptr == end);
  if (whole && share > 0 && share < 1) return share;
  return usage_error(fmt::format("{} {} is no share", flag, text),
                     fmt::format("{} 0.3 or 30%", flag));
}

Result<Duration> duration_flag(const Arguments& arguments, std::string_view flag) {
  const auto found = parse_duration(arguments.value(flag));
  if (found) return *found;
  Error made = error(Fault::usage, "{} {} is no duration", flag, arguments.value(flag));
  made.advice = fmt::format("{} 30s   or 2h, 14d, 250ms", flag);
  return made;
}

Result<std::uint64_t> seed_flag(const Arguments& arguments) {
  const std::string text = arguments.value("--seed", "1");
  std::uint64_t seed = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), seed);
  if (fault != std::errc{} || end != text.data() + text.size()) {
    return error(Fault::usage, "--seed {} is no whole number", text);
  }
  return seed;
}

std::vector<std::string> texts_of(const Arguments& arguments, std::string_view flag) {
  const auto found = arguments.flags.find(flag);
  return found == arguments.flags.end() ? std::vector<std::string>() : found->second;
}

}  // namespace culprit
