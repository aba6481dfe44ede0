// A TinyServer answers a load of a test, on a thread of its own, as the test says.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "experiment/http_message.h"
#include "experiment/poller.h"

namespace culprit {

// What it was asked: the head of a request, its body, how many it had before on that connection.
struct TinyRequest {
  std::string method;
  std::string target;
  std::map<std::string, std::string> headers;
  std::string body;
  std::size_t before = 0;
  Time at;
};

class TinyServer {
 public:
  // Bytes to send; empty: closes the connection.
  using Answer = std::function<std::string(const TinyRequest& request)>;

  explicit TinyServer(Answer answer)
      : answer_(std::move(answer)), listener_(listen_on({"127.0.0.1", 0}).value()) {
    thread_ = std::thread([this] { serve(); });
  }
  ~TinyServer() {
    stop_ = true;
    thread_.join();
  }

  std::uint16_t port() const { return listener_.port(); }
  std::vector<TinyRequest> seen() const {
    const std::lock_guard lock(mutex_);
    return seen_;
  }

 private:
  struct Client {
    Socket socket;
    std::string bytes;
    HttpFramer framer{HttpFramer::Side::request};
    TinyRequest request;
    std::size_t answered = 0;
  };

  void serve() {
    Poller poller = Poller::open().value();
    poller.add(listener_, 0, Interest::read);
    std::map<std::uint64_t, Client> clients;
    for (std::uint64_t next = 1; !stop_;) {
      for (const Ready& ready : poller.wait(monotonic_now() + std::chrono::milliseconds(20))) {
        if (ready.token == 0) {
          while (auto socket = accept_from(listener_)) {
            poller.add(*socket, next, Interest::read);
            clients[next++].socket = std::move(*socket);
          }
        } else if (const auto found = clients.find(ready.token);
                   found != clients.end() && !goes_on(found->second)) {
          clients.erase(found);
        }
      }
    }
  }

  bool goes_on(Client& client) {
    char buffer[4096];
    const Transfer transfer = client.socket.read(buffer);
    if (transfer.moved == Moved::nothing) return true;
    if (transfer.moved != Moved::some) return false;
    client.bytes.append(buffer, transfer.bytes);
    for (;;) {
      const HttpFramer::Piece piece = client.framer.next(client.bytes);
      if (piece.part == HttpFramer::Part::more) return true;
      if (piece.part == HttpFramer::Part::head) note(client);
      if (piece.part == HttpFramer::Part::body) client.request.body += piece.payload;
      client.bytes.erase(0, piece.bytes);
      if (piece.part == HttpFramer::Part::end && !answers(client)) return false;
    }
  }
  static void note(Client& client) {
    const HttpHead& head = client.framer.head();
    client.request = {std::string(head.method), std::string(head.target), {}, {},
                      client.answered,          monotonic_now()};
    for (const HttpHeader& one : head.headers) {
      client.request.headers[std::string(one.name)] = one.value;
    }
  }
  bool answers(Client& client) {
    {
      const std::lock_guard lock(mutex_);
      seen_.push_back(client.request);
    }
    const std::string reply = answer_(client.request);
    client.socket.write(reply);
    ++client.answered;
    return !reply.empty();
  }

  Answer answer_;
  Socket listener_;
  std::atomic<bool> stop_{false};
  mutable std::mutex mutex_;
  std::vector<TinyRequest> seen_;
  std::thread thread_;
};

inline std::string tiny_reply(int status, std::string_view body, std::string_view headers = "") {
  return fmt::format("HTTP/1.1 {} X\r\nContent-Length: {}\r\n{}\r\n{}", status, body.size(),
                     headers, body);
}

}  // namespace culprit
