// The connections of those who manage a proxy: they ask by HTTP, on the proxy's own thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>

#include "experiment/poller.h"
#include "experiment/socket.h"

namespace culprit {

class ProxyServer;

class ApiConnections {
 public:
  Status listen(Poller& poller, const Address& address);
  void accept(Poller& poller);
  // One that is ready; `buffer` to read into.
  void handle(Poller& poller, const Ready& ready, std::span<char> buffer, ProxyServer& server);

 private:
  struct Connection {
    Socket socket;
    std::string in;
    std::string out;
    bool closes = false;
  };
  static bool answer_one(Connection& connection, ProxyServer& server);

  Socket listener_;
  std::uint64_t made_ = 0;
  std::unordered_map<std::uint64_t, Connection> connections_;
};

}  // namespace culprit
