// Masking takes secrets out of text before it is stored.
//
// What is hidden: the values of keys named for a secret (password, secret, token, api key, private
// or access key, credentials, cookie, authorization, also as the last words of longer names such
// as DB_PASSWORD or accessToken) in JSON, logfmt, headers, URLs, EXPR and command lines; passwords
// in URLs; tokens that are known by their shape (AWS, GitHub, GitLab, Slack, Stripe, Google, npm,
// PyPI, JWT, `sk-`, Bearer); private keys in PEM; numbers of payment cards. The value becomes
// `***`; everything around it stays. Names, addresses and ids stay too: a case is about them.
//
// It errs towards hiding: what follows a key up to the next space may be more than the secret. It
// takes time linear in the text.
#pragma once

#include <string>
#include <string_view>

namespace culprit {

std::string masked(std::string_view text);

// The same for JSON, which stays JSON: whole values and whole parts of strings are replaced.
// Lines of logs inside its strings are masked as text with their escapes.
std::string masked_json(std::string_view json);

// Whether a field of that name holds a secret.
bool names_secret(std::string_view name);

}  // namespace culprit
