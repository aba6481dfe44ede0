#include "client.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <utility>

namespace bank {
namespace {

using culprit::Error;
using culprit::Fault;
using culprit::Result;

// The answers of a bank are far below that.
constexpr std::size_t answer_bytes_max = 64 * 1024;
constexpr std::string_view head_end = "\r\n\r\n";

Error lost(std::string_view what) {
  return culprit::error(Fault::unavailable, "{}: {}", what, std::strerror(errno));
}

void limit(int socket, std::chrono::milliseconds patience) {
  const timeval time{.tv_sec = patience.count() / 1000, .tv_usec = patience.count() % 1000 * 1000};
  setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
  setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time);
  const int at_once = 1;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once);
}

// Of the body; an answer without a length is none that we can read.
Result<std::size_t> length(std::string_view head) {
  constexpr std::string_view name = "\r\nContent-Length: ";
  const std::size_t at = head.find(name);
  std::size_t bytes = 0;
  if (at != std::string_view::npos) {
    const char* const digits = head.data() + at + name.size();
    const auto [end, wrong] = std::from_chars(digits, head.data() + head.size(), bytes);
    if (wrong == std::errc{} && bytes <= answer_bytes_max) return bytes;
  }
  return culprit::error(Fault::malformed, "an answer without a length");
}

}  // namespace

Result<Client> Client::connect(std::uint16_t port, std::chrono::milliseconds patience) {
  const int made = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (made < 0) return lost("cannot make a socket");
  Client client(made);
  limit(made, patience);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(made, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return lost(fmt::format("cannot reach 127.0.0.1:{}", port));
  }
  return client;
}

Client::Client(Client&& other) noexcept : socket_(std::exchange(other.socket_, -1)) {}

Client::~Client() {
  if (socket_ >= 0) close(socket_);
}

Result<std::string> Client::post(std::string_view target, std::string_view trace_id,
                                 std::string_view body) {
  return ask(
      fmt::format("POST {} HTTP/1.1\r\nHost: bank\r\nX-Trace-Id: {}\r\n"
                  "Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
                  target, trace_id, body.size(), body));
}

Result<std::string> Client::read(std::string_view target, std::string_view trace_id) {
  return ask(
      fmt::format("GET {} HTTP/1.1\r\nHost: bank\r\nX-Trace-Id: {}\r\n\r\n", target, trace_id));
}

Result<std::string> Client::ask(std::string_view request) {
  while (!request.empty()) {
    const ssize_t sent = send(socket_, request.data(), request.size(), MSG_NOSIGNAL);
    if (sent < 0) return lost("the request could not be sent");
    request.remove_prefix(static_cast<std::size_t>(sent));
  }
  return answer();
}

Result<std::string> Client::answer() {
  std::string text;
  std::array<char, 4096> chunk;
  while (text.size() <= answer_bytes_max) {
    const ssize_t got = recv(socket_, chunk.data(), chunk.size(), 0);
    if (got < 0) return lost("no answer");
    if (got == 0) return culprit::error(Fault::unavailable, "the service hung up");
    text.append(chunk.data(), static_cast<std::size_t>(got));
    const std::size_t head = text.find(head_end);
    if (head == std::string::npos) continue;
    const std::size_t body = head + head_end.size();
    const std::size_t bytes = TRY(length(std::string_view(text).substr(0, head)));
    if (text.size() < body + bytes) continue;
    if (text.starts_with("HTTP/1.1 200 ")) return text.substr(body, bytes);
    return culprit::error(Fault::unavailable, "the service answers {} {}",
                          text.substr(0, text.find("\r\n")), text.substr(body, bytes));
  }
  return culprit::error(Fault::malformed, "an answer of more than {} bytes", answer_bytes_max);
}

}  // namespace bank
