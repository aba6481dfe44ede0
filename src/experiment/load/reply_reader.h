// A ReplyReader puts one reply together from the bytes of a connection as they arrive.
//
// A reply that arrives whole is read where it lies; only what is cut by the network, and only as
// much of it as its request's rules look at, is kept.
#pragma once

#include <string>
#include <string_view>

#include "experiment/http_message.h"
#include "experiment/load/load_script.h"

namespace culprit {

class ReplyReader {
 public:
  enum class State : std::uint8_t { waiting, whole, no_http };

  // A connection of its own begins.
  void begin();
  // The reply to this request is next; the step outlives it.
  void expect(const LoadStep& step);
  State take(std::string_view bytes);
  // The connection has ended: some replies end so.
  State end() const { return framer_.ends_with_connection() ? State::whole : State::waiting; }

  int status() const { return status_; }
  std::size_t bytes() const { return received_; }
  bool closes() const { return closes_; }  // nothing more can be asked of this connection
  const ReplyRules::Judgement& head() const { return head_; }
  // What the rules look at; good until the next take().
  std::string_view body() const { return body_.empty() ? view_ : std::string_view(body_); }

 private:
  State note(const HttpFramer::Piece& piece);
  void note_head();
  void note_body(std::string_view payload);
  void keep(std::string_view rest);

  HttpFramer framer_{HttpFramer::Side::reply};
  const LoadStep* step_ = nullptr;
  std::string held_;       // of a head that is not whole
  std::string body_;       // where it came in pieces
  std::string_view view_;  // where it came in one
  std::size_t received_ = 0;
  int status_ = 0;
  bool closes_ = false;
  ReplyRules::Judgement head_;
};

}  // namespace culprit
