// A Socket owns the descriptor of one end of a connection, or of a listener; it never blocks.
//
// What reading and writing come to is told in a word, because nearly all of it is no error: a peer
// that is slow, that closes, that vanishes. Errors are for what the user can act on: an address
// that is taken, a host that nobody knows.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <sys/socket.h>

#include "base/result.h"

namespace culprit {

struct Address {
  std::string host;  // a name or number; of a listener, empty: the loopback
  std::uint16_t port = 0;
};
// "127.0.0.1:80", "db:5432", "[::1]:80", ":80".
Result<Address> parse_address(std::string_view text);
std::string to_string(const Address& address);

// An Address as the kernel wants it.
struct Endpoint {
  sockaddr_storage bytes{};
  socklen_t size = 0;
};
// The first of its addresses. Errors: a name that nobody knows, and one that takes too long.
Result<Endpoint> resolve(const Address& address);

// What an attempt to move bytes came to.
enum class Moved : std::uint8_t {
  some,     // `bytes` of them
  nothing,  // not now
  end,      // the peer has said its last
  lost,     // the connection is gone
};
struct Transfer {
  Moved moved = Moved::nothing;
  std::size_t bytes = 0;
};

class Socket {
 public:
  explicit Socket(int descriptor = -1) : descriptor_(descriptor) {}
  Socket(Socket&& other) noexcept;
  Socket& operator=(Socket&& other) noexcept;
  ~Socket();

  int descriptor() const { return descriptor_; }
  explicit operator bool() const { return descriptor_ >= 0; }

  Transfer read(std::span<char> into) const;
  Transfer write(std::string_view bytes) const;
  void end_writing() const;  // FIN; what the peer sends is still read
  void reset();              // closes with RST: what is under way is lost
  void close();
  // Of a connection that was begun: 0 once it stands, else the errno that ended it.
  int connect_error() const;
  // Where it listens, or is connected from.
  std::uint16_t port() const;

 private:
  int descriptor_;
};

// Listens. Errors: the port is taken, or not for us.
Result<Socket> listen_on(const Address& address);
// The next connection that waits, or none.
std::optional<Socket> accept_from(const Socket& listener);
// Begins to connect; it stands once it can be written to and connect_error() is 0.
Result<Socket> connect_to(const Endpoint& endpoint);

}  // namespace culprit
