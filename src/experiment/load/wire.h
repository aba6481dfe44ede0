// A Wire is one connection to the server, plain or over TLS, from its first packet on.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "experiment/load/tls_context.h"
#include "experiment/socket.h"

namespace culprit {

class Wire {
 public:
  Wire() = default;
  // `tls` may be nullptr: none; else it must outlive the wire.
  static Result<Wire> connect(const Endpoint& endpoint, const TlsContext* tls);

  const Socket& socket() const { return socket_; }
  explicit operator bool() const { return static_cast<bool>(socket_); }

  // To be called when the socket can be written to, then as it asks for.
  Handshake begin();
  Transfer read(std::span<char> into) { return tls_ ? tls_.read(into) : socket_.read(into); }
  Transfer write(std::string_view bytes) { return tls_ ? tls_.write(bytes) : socket_.write(bytes); }
  void close();
  // Why it could not begin: "Connection refused".
  std::string fault() const;
  bool connected() const { return connected_; }  // TCP; what fails then is TLS

 private:
  Socket socket_;
  TlsStream tls_;  // goes before its socket
  int error_ = 0;
  bool connected_ = false;
};

}  // namespace culprit
