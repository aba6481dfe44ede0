// An HttpFramer cuts the bytes of one side of an HTTP/1.1 connection into messages, wherever the
// network has cut them.
//
// It is given what has arrived and says what the next bytes are; it keeps no bytes itself, so a
// proxy can pass on the very bytes that came, and a client can read a reply where it lies. RFC 9112
// framing: lengths, chunks, replies without a body, replies that end with the connection. What is
// not HTTP, or switches to something else, is `opaque` from there on, never an error: a proxy
// passes it on.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace culprit {

struct HttpHeader {
  std::string_view name;
  std::string_view value;  // without white space around it
};

// A view of the bytes it was read from.
struct HttpHead {
  std::string_view method;  // of a request
  std::string_view target;
  int status = 0;       // of a reply
  bool closes = false;  // no message follows this one
  std::vector<HttpHeader> headers;

  std::optional<std::string_view> header(std::string_view name) const;  // in any case
  std::string_view path() const;  // the target without its query
};

class HttpFramer {
 public:
  enum class Side : std::uint8_t { request, reply };
  enum class Part : std::uint8_t {
    more,    // nothing can be said without more bytes
    head,    // head() is right until the bytes are dropped
    body,    // `payload` of it; none in what frames a chunk
    end,     // of the message; no bytes
    opaque,  // not HTTP
  };
  struct Piece {
    Part part = Part::more;
    std::size_t bytes = 0;  // to drop from what was given before the next call
    std::string_view payload;
  };

  explicit HttpFramer(Side side) : side_(side) {}

  Piece next(std::string_view bytes);
  const HttpHead& head() const { return head_; }

  // Of the reply side: whether the next reply has a body depends on what was asked.
  void expect_reply_to(std::string_view method) { no_body_ = method == "HEAD"; }
  // Of the reply side: the connection has ended, and so has a body without a length.
  bool ends_with_connection() const { return state_ == State::until_close; }

 private:
  enum class State : std::uint8_t {
    head,
    counted,
    chunk_size,
    chunk,
    chunk_end,
    trailer,
    until_close,
    ended,
    opaque
  };

  Piece read_head(std::string_view bytes);
  Piece read_counted(std::string_view bytes, State after);
  Piece read_line(std::string_view bytes);
  State state_after_head();
  State body_of_reply();

  Side side_;
  State state_ = State::head;
  std::uint64_t left_ = 0;  // bytes of the body, or of this chunk
  HttpHead head_;
  bool no_body_ = false;  // of the next reply: asked with HEAD
};

}  // namespace culprit
