// A request over HTTP for what another server knows: one GET, bounded in bytes and in time.
//
// Nothing is sent but what the caller asks for; at most three redirects are followed, http and
// https only. A signal ends it.
#pragma once

#include <string>

#include "base/result.h"
#include "base/time.h"

namespace culprit {

struct HttpOptions {
  std::size_t bytes_max = 256 << 20;
  Duration connect_within = std::chrono::seconds(5);
  Duration answer_within = std::chrono::seconds(60);
};

struct HttpAnswer {
  long status = 0;  // 200, 404
  std::string body;
};

// Errors: unavailable (no such host, refused, too late, too much), interrupted.
Result<HttpAnswer> http_get(const std::string& url, const HttpOptions& options);

// As it stands in a query: "a|b" is "a%7Cb".
std::string url_escaped(std::string_view text);

}  // namespace culprit
