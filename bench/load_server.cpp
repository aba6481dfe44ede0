// A server that is faster than any client, to measure clients against: load_server PORT [STALL AT]
//
// One thread, one epoll; every request, told by its empty line and its Content-Length of none, gets
// the same 200 of a few bytes. With STALL and AT (seconds) it stands still for STALL seconds once,
// AT seconds after the first connection, as a server in a long collection of garbage does: what
// comes then waits in the kernel. PORT 0 takes a free one; it is printed.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <unordered_map>

#include "experiment/poller.h"

namespace culprit {
namespace {

constexpr std::string_view reply =
    "HTTP/1.1 200 OK\r\nServer: bench\r\nDate: Mon, 01 Jan 2024 00:00:00 GMT\r\n"
    "Content-Type: application/json\r\nContent-Length: 27\r\n\r\n{\"ok\":true,\"id\":\"a1b2c3d4\"}";

class Server {
 public:
  Server(Socket listener, Poller poller, Duration stall, Duration at)
      : listener_(std::move(listener)), poller_(std::move(poller)), stall_(stall), at_(at) {}

  void run() {
    poller_.add(listener_, 0, Interest::read);
    for (;;) {
      stand_still();
      for (const Ready& ready : poller_.wait(stall_at_)) {
        if (ready.token == 0)
          accept();
        else
          answer(ready.token);
      }
    }
  }

 private:
  void accept() {
    while (auto socket = accept_from(listener_)) {
      if (stall_at_ == no_time && stall_ > Duration::zero()) stall_at_ = monotonic_now() + at_;
      const auto token = static_cast<std::uint64_t>(socket->descriptor()) + 1;
      poller_.add(*socket, token, Interest::read);
      clients_.insert_or_assign(token, std::move(*socket));
    }
  }
  void stand_still() {
    if (stall_at_ == no_time || monotonic_now() < stall_at_) return;
    const Time until = monotonic_now() + stall_;
    while (monotonic_now() < until) {
      const timespec nap{0, 1'000'000};
      ::nanosleep(&nap, nullptr);
    }
    stall_at_ = no_time;
    stall_ = Duration::zero();
  }
  void answer(std::uint64_t token) {
    const auto found = clients_.find(token);
    if (found == clients_.end()) return;
    const Transfer transfer = found->second.read(buffer_);
    if (transfer.moved == Moved::nothing) return;
    if (transfer.moved != Moved::some) {
      clients_.erase(found);
      return;
    }
    const std::string_view bytes(buffer_.data(), transfer.bytes);
    if (bytes.ends_with("\r\n\r\n")) found->second.write(reply);
  }

  Socket listener_;
  Poller poller_;
  Duration stall_;
  Duration at_;
  Time stall_at_ = no_time;
  std::unordered_map<std::uint64_t, Socket> clients_;
  std::vector<char> buffer_ = std::vector<char>(64 << 10);
};

int run(int count, char** words) {
  const auto number = [&](int i) { return i < count ? std::atof(words[i]) : 0; };
  auto listener = listen_on({"127.0.0.1", static_cast<std::uint16_t>(number(1))});
  auto poller = Poller::open();
  if (!listener || !poller) return 1;
  std::printf("%d\n", listener->port());
  std::fflush(stdout);
  Server(std::move(listener).value(), std::move(poller).value(), from_seconds(number(2)),
         from_seconds(number(3)))
      .run();
  return 0;
}

}  // namespace
}  // namespace culprit

int main(int count, char** words) { return culprit::run(count, words); }
