#include "event/expr_mistake.h"

#include <algorithm>

namespace culprit {
namespace {

// Half a terminal of 100 columns on either side, less the indent.
constexpr std::size_t columns_around = 45;
constexpr std::size_t advice_bytes_max = 200;

bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !continues_character(c); }));
}

std::string visible(std::string_view text) {
  std::string shown(text);
  for (char& c : shown) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return shown;
}

// The nearest start of a character at or after `at`.
std::size_t whole_character(std::string_view text, std::size_t at) {
  while (at < text.size() && continues_character(text[at])) ++at;
  return at;
}

}  // namespace

std::string Fix::applied_to(std::string_view text) const {
  return fmt::format("{}{}{}", text.substr(0, at), replacement, text.substr(at + length));
}

std::string pointed_at(std::string_view text, std::size_t at) {
  at = std::min(at, text.size());
  const std::size_t begin =
      at > columns_around ? whole_character(text, at - columns_around) : std::size_t{0};
  const std::size_t end = whole_character(text, std::min(text.size(), at + columns_around));
  const std::string_view before = text.substr(begin, at - begin);
  const std::string_view cut_left = begin > 0 ? "..." : "";
  return fmt::format("    {}{}{}\n    {}^", cut_left, visible(text.substr(begin, end - begin)),
                     end < text.size() ? "..." : "",
                     std::string(cut_left.size() + characters(before), ' '));
}

Error error_of(const Mistake& mistake, std::string_view text, std::string_view corrected) {
  const bool blank = visible(text).find_first_not_of(' ') == std::string::npos;
  Error result = error(Fault::usage, "{}{}{}", visible(mistake.what), blank ? "" : "\n",
                       blank ? "" : pointed_at(text, mistake.at));
  const bool shows_well = corrected.size() <= advice_bytes_max && visible(corrected) == corrected;
  result.advice = corrected.empty() || !shows_well ? visible(mistake.hint) : std::string(corrected);
  return result;
}

}  // namespace culprit
