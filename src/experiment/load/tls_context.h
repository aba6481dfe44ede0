// A TlsContext makes the TLS of connections to one server: whom it trusts, and under which name the
// server has to show itself. A TlsStream is that of one connection, over its Socket.
//
// OpenSSL, without blocking: what cannot be done yet says what it waits for.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "experiment/load_plan.h"
#include "experiment/socket.h"

struct ssl_ctx_st;
struct ssl_st;

namespace culprit {

// How far the beginning of a connection is.
enum class Handshake : std::uint8_t { done, wants_read, wants_write, failed };

class TlsStream {
 public:
  TlsStream() = default;
  explicit operator bool() const { return stream_ != nullptr; }

  Handshake shake();
  Transfer read(std::span<char> into);
  Transfer write(std::string_view bytes);
  // Why it failed: "certificate verify failed: self-signed certificate".
  std::string fault() const;

 private:
  friend class TlsContext;
  struct Free {
    void operator()(ssl_st* stream) const;
  };
  std::unique_ptr<ssl_st, Free> stream_;
};

class TlsContext {
 public:
  static Result<TlsContext> open(std::string host, LoadPlan::Certificates certificates);
  // The socket must outlive the stream.
  TlsStream stream_over(const Socket& socket) const;

 private:
  struct Free {
    void operator()(ssl_ctx_st* context) const;
  };
  std::unique_ptr<ssl_ctx_st, Free> context_;
  std::string host_;
};

}  // namespace culprit
