#include "case/mask_shapes.h"

#include <algorithm>
#include <cstdint>
#include <string>

namespace culprit {
namespace {

enum class Letters : std::uint8_t { upper, word, dashed };  // dashed: a word with dashes

struct Shape {
  std::string_view prefix;
  Letters letters;
  std::size_t least;  // further bytes at the least, by the issuers' documents
};

constexpr Shape shapes[] = {
    {"AKIA", Letters::upper, 16},    {"ASIA", Letters::upper, 16},
    {"AROA", Letters::upper, 16},    {"AIDA", Letters::upper, 16},
    {"ghp_", Letters::word, 36},     {"gho_", Letters::word, 36},
    {"ghu_", Letters::word, 36},     {"ghs_", Letters::word, 36},
    {"ghr_", Letters::word, 36},     {"github_pat_", Letters::word, 22},
    {"glpat-", Letters::dashed, 20}, {"xoxa-", Letters::dashed, 10},
    {"xoxb-", Letters::dashed, 10},  {"xoxp-", Letters::dashed, 10},
    {"xoxr-", Letters::dashed, 10},  {"xoxs-", Letters::dashed, 10},
    {"sk_live_", Letters::word, 10}, {"sk_test_", Letters::word, 10},
    {"rk_live_", Letters::word, 10}, {"rk_test_", Letters::word, 10},
    {"AIza", Letters::dashed, 35},   {"ya29.", Letters::dashed, 20},
    {"npm_", Letters::word, 36},     {"pypi-AgE", Letters::dashed, 40},
    {"sk-", Letters::dashed, 20},
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

bool belongs(char c, Letters letters) {
  switch (letters) {
    case Letters::upper: return is_upper(c) || is_digit(c);
    case Letters::word: return is_word(c);
    case Letters::dashed: return is_word(c) || c == '-';
  }
  return false;
}

std::size_t run(std::string_view text, std::size_t at, Letters letters) {
  const std::size_t begin = at;
  while (at < text.size() && belongs(text[at], letters)) ++at;
  return at - begin;
}

// Three parts of base64url, the first of which begins as `{"` does.
std::size_t jwt_length(std::string_view text) {
  constexpr std::size_t part_least = 8;
  constexpr std::size_t header_max = 1024;  // keeps a row of false beginnings linear
  if (text.substr(0, 3) != "eyJ") return 0;
  const std::size_t header = run(text.substr(0, header_max), 0, Letters::dashed);
  if (header < part_least || header == text.size() || text[header] != '.') return 0;
  const std::size_t claims = run(text, header + 1, Letters::dashed);
  const std::size_t end = header + 1 + claims;
  if (claims < part_least || end == text.size() || text[end] != '.') return 0;
  return end + 1 + run(text, end + 1, Letters::dashed);
}

// With the digit that makes words such as "Bearer authentication" no secrets.
std::size_t bearer_length(std::string_view text) {
  constexpr std::string_view scheme = "Bearer ";
  constexpr std::size_t least = 16;
  if (text.substr(0, scheme.size()) != scheme && text.substr(0, scheme.size()) != "bearer ")
    return 0;
  std::size_t end = scheme.size();
  const auto part = [](char c) {
    return is_word(c) || std::string_view("-.~+/=").find(c) != std::string_view::npos;
  };
  while (end < text.size() && part(text[end])) ++end;
  const std::string_view token = text.substr(scheme.size(), end - scheme.size());
  const bool digit = std::any_of(token.begin(), token.end(), is_digit);
  return token.size() >= least && digit ? end : 0;
}

// A block of PEM up to its end line; without one, all that follows.
std::size_t private_key_length(std::string_view text) {
  constexpr std::string_view begin = "-----BEGIN ";
  constexpr std::size_t label_max = 40;
  if (text.substr(0, begin.size()) != begin) return 0;
  const std::string_view label = text.substr(begin.size(), label_max);
  const std::size_t dashes = label.find("PRIVATE KEY-----");
  if (dashes == std::string_view::npos) return 0;
  const std::size_t end = text.find("-----END ", begin.size());
  if (end == std::string_view::npos) return text.size();
  const std::size_t last = text.find("KEY-----", end);
  return last == std::string_view::npos ? text.size() : last + std::string_view("KEY-----").size();
}

bool check_digit_holds(std::string_view digits) {  // Luhn, ISO/IEC 7812-1
  int sum = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    int digit = digits[digits.size() - 1 - i] - '0';
    if (i % 2 == 1) digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
    sum += digit;
  }
  return sum % 10 == 0;
}

// Ranges of the six leading digits, for cards of that many digits.
struct Issuer {
  int low, high;
  std::size_t digits;
};
constexpr Issuer issuers[] = {
    {400000, 499999, 16}, {510000, 559999, 16}, {222100, 272099, 16}, {340000, 349999, 15},
    {370000, 379999, 15}, {601100, 601199, 16}, {644000, 659999, 16}, {300000, 305999, 14},
    {360000, 369999, 14}, {380000, 389999, 14}, {352800, 358999, 16}, {620000, 629999, 16},
};

bool is_issued(std::string_view digits) {
  const int leading = std::stoi(std::string(digits.substr(0, 6)));
  return std::any_of(std::begin(issuers), std::end(issuers), [&](const Issuer& issuer) {
    return digits.size() == issuer.digits && leading >= issuer.low && leading <= issuer.high;
  });
}

}  // namespace

bool is_word(char c) { return is_digit(c) || is_upper(c) || (c >= 'a' && c <= 'z') || c == '_'; }

std::size_t secret_length(std::string_view text) {
  for (const Shape& shape : shapes) {
    if (text.substr(0, shape.prefix.size()) != shape.prefix) continue;
    const std::size_t rest = run(text, shape.prefix.size(), shape.letters);
    const std::size_t end = shape.prefix.size() + rest;
    const bool whole = end == text.size() || !is_word(text[end]);
    if (rest >= shape.least && whole) return end;
  }
  for (const auto length : {jwt_length, bearer_length, private_key_length}) {
    if (const std::size_t found = length(text)) return found;
  }
  return 0;
}

std::size_t card_length(std::string_view text) {
  constexpr std::size_t digits_max = 16;
  std::string digits;
  char separator = '\0';
  std::size_t end = 0;
  while (end < text.size()) {
    if (is_digit(text[end])) {
      if (digits.size() == digits_max) return 0;
      digits += text[end++];
      continue;
    }
    const bool groups = (text[end] == ' ' || text[end] == '-') && end > 0 &&
                        end + 1 < text.size() && is_digit(text[end + 1]) &&
                        (separator == '\0' || separator == text[end]);
    // Groups of four, or of Amex and Diners: four, six and the rest.
    const bool place =
        digits.size() == 4 || digits.size() == 8 || digits.size() == 10 || digits.size() == 12;
    if (!groups || !place) break;
    separator = text[end++];
  }
  const bool whole = end == text.size() || (!is_word(text[end]) && text[end] != '.');
  constexpr std::size_t digits_least = 14;
  if (!whole || digits.size() < digits_least) return 0;
  return is_issued(digits) && check_digit_holds(digits) ? end : 0;
}

}  // namespace culprit
