#include "experiment/socket.h"

#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>
#include <utility>

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>

namespace culprit {
namespace {

constexpr int backlog = 4096;  // as the kernel's own bound (net.core.somaxconn) since 5.4

Error bad_address(std::string_view text) {
  Error made = error(Fault::usage, "'{}' is not an address", text);
  made.advice = "HOST:PORT, for example 127.0.0.1:5432";
  return made;
}

Error cannot_listen(const Address& address, int code) {
  const Fault fault = code == EACCES ? Fault::denied : Fault::unavailable;
  Error made = error(fault, "cannot listen on {}: {}", to_string(address), std::strerror(code));
  if (code == EADDRINUSE) made.advice = "another program has that port; port 0 takes a free one";
  if (code == EACCES) made.advice = "ports below 1024 are for root";
  return made;
}

// Small messages are sent at once: a proxy that waits for more would add what it measures.
void send_at_once(int descriptor) {
  const int on = 1;
  ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

Transfer moved(ssize_t count) {
  if (count > 0) return {Moved::some, static_cast<std::size_t>(count)};
  if (count == 0) return {Moved::end, 0};
  if (errno == EAGAIN || errno == EINTR) return {Moved::nothing, 0};
  return {Moved::lost, 0};
}

}  // namespace

Result<Address> parse_address(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == text.npos) return bad_address(text);
  std::string_view host = text.substr(0, colon);
  const std::string_view digits = text.substr(colon + 1);
  Address address;
  const auto [end, code] =
      std::from_chars(digits.data(), digits.data() + digits.size(), address.port);
  if (code != std::errc() || end != digits.data() + digits.size()) return bad_address(text);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  address.host = host;
  return address;
}

std::string to_string(const Address& address) {
  const bool colons = address.host.find(':') != std::string::npos;
  const std::string host = address.host.empty() ? "127.0.0.1" : address.host;
  return colons ? fmt::format("[{}]:{}", host, address.port)
                : fmt::format("{}:{}", host, address.port);
}

Result<Endpoint> resolve(const Address& address) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const std::string host = address.host.empty() ? "127.0.0.1" : address.host;
  const int code =
      ::getaddrinfo(host.c_str(), std::to_string(address.port).c_str(), &hints, &found);
  if (code != 0) {
    Error made = error(Fault::unavailable, "nobody knows {}: {}", host, ::gai_strerror(code));
    made.advice = "check the name, or give the number";
    return made;
  }
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owned(found, ::freeaddrinfo);
  Endpoint endpoint;
  endpoint.size = found->ai_addrlen;
  std::memcpy(&endpoint.bytes, found->ai_addr, found->ai_addrlen);
  return endpoint;
}

Socket::Socket(Socket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

Socket& Socket::operator=(Socket&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

Socket::~Socket() { close(); }

Transfer Socket::read(std::span<char> into) const {
  return moved(::recv(descriptor_, into.data(), into.size(), 0));
}

Transfer Socket::write(std::string_view bytes) const {
  return moved(::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL));
}

void Socket::end_writing() const { ::shutdown(descriptor_, SHUT_WR); }

void Socket::reset() {
  const linger at_once{1, 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close();
}

void Socket::close() {
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
}

int Socket::connect_error() const {
  int code = 0;
  socklen_t size = sizeof code;
  ::getsockopt(descriptor_, SOL_SOCKET, SO_ERROR, &code, &size);
  return code;
}

std::uint16_t Socket::port() const {
  sockaddr_storage bytes{};
  socklen_t size = sizeof bytes;
  ::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&bytes), &size);
  const bool six = bytes.ss_family == AF_INET6;
  return ntohs(six ? reinterpret_cast<const sockaddr_in6&>(bytes).sin6_port
                   : reinterpret_cast<const sockaddr_in&>(bytes).sin_port);
}

Result<Socket> listen_on(const Address& address) {
  const Endpoint endpoint = TRY(resolve(address));
  Socket socket(::socket(endpoint.bytes.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket) return cannot_listen(address, errno);
  const int on = 1;
  ::setsockopt(socket.descriptor(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const auto* where = reinterpret_cast<const sockaddr*>(&endpoint.bytes);
  if (::bind(socket.descriptor(), where, endpoint.size) != 0) return cannot_listen(address, errno);
  if (::listen(socket.descriptor(), backlog) != 0) return cannot_listen(address, errno);
  return socket;
}

std::optional<Socket> accept_from(const Socket& listener) {
  Socket socket(::accept4(listener.descriptor(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (!socket) return std::nullopt;
  send_at_once(socket.descriptor());
  return socket;
}

Result<Socket> connect_to(const Endpoint& endpoint) {
  Socket socket(::socket(endpoint.bytes.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket) return error(Fault::unavailable, "no socket: {}", std::strerror(errno));
  send_at_once(socket.descriptor());
  const auto* where = reinterpret_cast<const sockaddr*>(&endpoint.bytes);
  if (::connect(socket.descriptor(), where, endpoint.size) != 0 && errno != EINPROGRESS) {
    return error(Fault::unavailable, "cannot connect: {}", std::strerror(errno));
  }
  return socket;
}

}  // namespace culprit
