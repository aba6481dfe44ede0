#include "experiment/load/wire.h"

#include <cstring>

namespace culprit {

Result<Wire> Wire::connect(const Endpoint& endpoint, const TlsContext* tls) {
  Wire made;
  made.socket_ = TRY(connect_to(endpoint));
  if (tls != nullptr) made.tls_ = tls->stream_over(made.socket_);
  return made;
}

Handshake Wire::begin() {
  if (!connected_) {
    error_ = socket_.connect_error();
    if (error_ != 0) return Handshake::failed;
    connected_ = true;
  }
  return tls_ ? tls_.shake() : Handshake::done;
}

void Wire::close() {
  tls_ = TlsStream();
  socket_.close();
  connected_ = false;
}

std::string Wire::fault() const {
  return error_ != 0 ? std::strerror(error_) : tls_ ? tls_.fault() : std::string("closed");
}

}  // namespace culprit
