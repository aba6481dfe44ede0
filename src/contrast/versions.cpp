#include "contrast/versions.h"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <string>

namespace culprit {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_alnum(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

}  // namespace

std::string_view version_number(std::string_view version) {
  for (std::size_t i = 0; i < version.size(); ++i) {
    if (!is_digit(version[i])) continue;
    if (i == 0) return version;
    const char before = version[i - 1];
    const bool after_v = (before == 'v' || before == 'V') && (i == 1 || !is_alnum(version[i - 2]));
    if (after_v || !is_alnum(before)) return version.substr(i);
  }
  const auto digit = std::find_if(version.begin(), version.end(), is_digit);
  return version.substr(static_cast<std::size_t>(digit - version.begin()));
}

std::string_view version_prefix(std::string_view version) {
  return version.substr(0, version.size() - version_number(version).size());
}

bool is_generic_prefix(std::string_view prefix) {
  std::string word;
  for (char c : prefix) {
    if (is_alnum(c)) word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  for (std::string_view known : {"", "v", "version", "release", "rel", "releasev", "r", "ver"}) {
    if (word == known) return true;
  }
  return false;
}

std::string_view without_address(std::string_view version) {
  for (std::string_view prefix : {"refs/tags/", "refs/heads/", "sha-", "sha256:"}) {
    if (version.substr(0, prefix.size()) == prefix) return version.substr(prefix.size());
  }
  const std::size_t colon = version.rfind(':');
  return colon == version.npos ? version : version.substr(colon + 1);
}

bool is_sha(std::string_view text) {
  return text.size() >= 7 && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
           return std::isxdigit(static_cast<unsigned char>(c)) != 0;
         });
}

bool same_version(std::string_view a, std::string_view b) {
  a = without_address(a);
  b = without_address(b);
  if (a.empty() || b.empty()) return false;
  if (a == b) return true;
  if (is_sha(a) && is_sha(b)) {
    const std::size_t common = std::min(a.size(), b.size());
    return a.substr(0, common) == b.substr(0, common);
  }
  const std::string_view prefix_a = version_prefix(a);
  const std::string_view prefix_b = version_prefix(b);
  const bool agree =
      prefix_a == prefix_b || is_generic_prefix(prefix_a) || is_generic_prefix(prefix_b);
  return agree && !version_number(a).empty() && version_number(a) == version_number(b);
}

}  // namespace culprit
