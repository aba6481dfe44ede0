#include "experiment/proxy/api_connections.h"

#include "experiment/http_message.h"
#include "experiment/proxy/api.h"
#include "experiment/proxy/tokens.h"

namespace culprit {
namespace {

constexpr std::size_t body_bytes_max = 1 << 20;

}  // namespace

Status ApiConnections::listen(Poller& poller, const Address& address) {
  listener_ = TRY(listen_on(address));
  poller.add(listener_, token_of(Who::api_listener, 0), Interest::read);
  return ok();
}

void ApiConnections::accept(Poller& poller) {
  while (std::optional<Socket> socket = accept_from(listener_)) {
    const std::uint64_t number = ++made_;
    poller.add(*socket, token_of(Who::api, number), Interest::read);
    connections_.emplace(number, Connection{std::move(*socket), {}, {}, false});
  }
}

void ApiConnections::handle(Poller& poller, const Ready& ready, std::span<char> buffer,
                            ProxyServer& server) {
  const std::uint64_t number = ready.token >> who_bits;
  const auto found = connections_.find(number);
  if (found == connections_.end()) return;
  Connection& connection = found->second;
  bool over = false;
  if (ready.readable || ready.broken) {
    const Transfer transfer = connection.socket.read(buffer);
    over = transfer.moved == Moved::end || transfer.moved == Moved::lost;
    connection.in.append(buffer.data(), transfer.bytes);
    over |= connection.in.size() > body_bytes_max;
  }
  while (!over && answer_one(connection, server)) {
  }
  if (!connection.out.empty()) {
    const Transfer transfer = connection.socket.write(connection.out);
    over |= transfer.moved == Moved::lost;
    connection.out.erase(0, transfer.bytes);
  }
  over |= connection.closes && connection.out.empty();
  if (over) {
    connections_.erase(number);
  } else {
    poller.change(connection.socket, token_of(Who::api, number),
                  connection.out.empty() ? Interest::read : Interest::both);
  }
}

// The first request that is complete, if there is one.
bool ApiConnections::answer_one(Connection& connection, ProxyServer& server) {
  HttpFramer framer(HttpFramer::Side::request);
  std::string_view left = connection.in;
  std::string method, path, agent, body;
  for (;;) {
    const HttpFramer::Piece piece = framer.next(left);
    if (piece.part == HttpFramer::Part::more) return false;
    if (piece.part == HttpFramer::Part::opaque) {
      connection.closes = true;
      connection.in.clear();
      return false;
    }
    if (piece.part == HttpFramer::Part::head) {
      method = framer.head().method;
      path = framer.head().path();
      agent = framer.head().header("user-agent").value_or("");
      connection.closes = framer.head().closes;
    }
    body += piece.payload;
    left.remove_prefix(piece.bytes);
    if (piece.part == HttpFramer::Part::end) break;
  }
  connection.in.erase(0, connection.in.size() - left.size());
  connection.out += wire_text(answer(server, {method, path, body, agent}));
  return true;
}

}  // namespace culprit
