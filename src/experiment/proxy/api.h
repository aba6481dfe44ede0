// The HTTP API of a ProxyServer: what Toxiproxy's version 2 answers, for its clients.
#pragma once

#include <string>
#include <string_view>

namespace culprit {

class ProxyServer;

struct ApiRequest {
  std::string_view method;
  std::string_view path;  // without a query
  std::string_view body;
  std::string_view agent;
};

struct ApiReply {
  int status = 200;
  std::string body;
  std::string_view type = "application/json";
};

ApiReply answer(ProxyServer& server, const ApiRequest& request);

// The reply as bytes of HTTP/1.1.
std::string wire_text(const ApiReply& reply);

}  // namespace culprit
