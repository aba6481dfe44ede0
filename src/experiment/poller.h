// A Poller waits, on one thread, until one of many sockets can be read or written, or an instant.
//
// Whoever owns a socket gives it a token and gets that back: there are no callbacks, so nothing is
// destroyed while it is being called. Tokens that were removed may still stand in the span of this
// wait; owners that use a slot again give it another token.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <sys/epoll.h>

#include "base/result.h"
#include "base/time.h"
#include "experiment/socket.h"

namespace culprit {

enum class Interest : std::uint8_t { none = 0, read = 1, write = 2, both = 3 };

struct Ready {
  std::uint64_t token = 0;
  bool readable = false;
  bool writable = false;
  bool broken = false;  // reset, or both sides are closed
};

class Poller {
 public:
  static Result<Poller> open();

  void add(const Socket& socket, std::uint64_t token, Interest interest);
  void change(const Socket& socket, std::uint64_t token, Interest interest);
  void remove(const Socket& socket);  // closing it does so too

  // Until something is ready, `until` (of monotonic_now()) is reached, or a signal comes; the span
  // is good until the next wait. no_time: for ever.
  std::span<const Ready> wait(Time until);

 private:
  explicit Poller(Socket epoll);

  Socket epoll_;
  std::vector<epoll_event> events_;
  std::vector<Ready> ready_;
};

// Of a clock that nobody sets; its beginning means nothing.
Time monotonic_now();

}  // namespace culprit
