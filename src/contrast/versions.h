// Versions are compared by what counts in them: `v1.9.0`, `release-1.9.0` and `shop:1.9.0` agree.
#pragma once

#include <string_view>

namespace culprit {

// "1.9.0" of "v1.9.0", "release-1.9.0", "payments-v1.9.0"; empty where there is no digit.
std::string_view version_number(std::string_view version);

// What stands before the number: "v", "release-", "payments-v".
std::string_view version_prefix(std::string_view version);

// Whether that says nothing about which of several products is meant: "", "v", "release-".
bool is_generic_prefix(std::string_view prefix);

// The tag of an image or the name of a reference: "registry.example/shop:v1.9.0" and
// "refs/tags/v1.9.0" mean v1.9.0.
std::string_view without_address(std::string_view version);

// 7 to 64 hexadecimal digits.
bool is_sha(std::string_view text);

// The same version, or one commit's sha with the beginning of it.
bool same_version(std::string_view a, std::string_view b);

}  // namespace culprit
