// A Client speaks HTTP/1.1 to a port of this machine over one connection that it keeps.
//
// It reads answers that say their length, and nothing else. An answer that does not come within
// the time given is an error, and so is one that is not 200: what was asked may or may not have
// been done then.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace bank {

class Client {
 public:
  static culprit::Result<Client> connect(std::uint16_t port, std::chrono::milliseconds patience);
  Client(Client&& other) noexcept;
  Client& operator=(Client&&) = delete;
  ~Client();

  // The body of the answer.
  culprit::Result<std::string> post(std::string_view target, std::string_view trace_id,
                                    std::string_view body);
  culprit::Result<std::string> read(std::string_view target, std::string_view trace_id);

 private:
  explicit Client(int socket) : socket_(socket) {}
  culprit::Result<std::string> ask(std::string_view request);
  culprit::Result<std::string> answer();

  int socket_;  // -1: moved from
};

}  // namespace bank
