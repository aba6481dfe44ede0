#include "experiment/load/reply_reader.h"

namespace culprit {
namespace {

constexpr std::size_t body_bytes_max = 16 << 20;  // that rules look at; what is beyond is dropped
constexpr std::size_t kept_bytes_max = 16 << 10;  // of a buffer, from one reply to the next

void emptied(std::string& buffer) {
  buffer.clear();
  if (buffer.capacity() > kept_bytes_max) buffer.shrink_to_fit();
}

}  // namespace

void ReplyReader::begin() {
  framer_ = HttpFramer(HttpFramer::Side::reply);
  emptied(held_);
}

void ReplyReader::expect(const LoadStep& step) {
  step_ = &step;
  if (step.head_only) framer_.expect_reply_to("HEAD");
  emptied(held_);
  emptied(body_);
  view_ = {};
  received_ = 0;
  status_ = 0;
  closes_ = false;
  head_ = {};
}

ReplyReader::State ReplyReader::take(std::string_view bytes) {
  received_ += bytes.size();
  if (!held_.empty()) {
    held_ += bytes;
    bytes = held_;
  }
  State state = State::waiting;
  while (state == State::waiting) {
    const HttpFramer::Piece piece = framer_.next(bytes);
    if (piece.part == HttpFramer::Part::more) break;
    bytes.remove_prefix(piece.bytes);
    state = note(piece);
  }
  if (state == State::waiting) keep(bytes);
  // Bytes behind the reply answer nothing that was asked.
  if (state == State::whole && !bytes.empty()) closes_ = true;
  return state;
}

ReplyReader::State ReplyReader::note(const HttpFramer::Piece& piece) {
  switch (piece.part) {
    case HttpFramer::Part::head: note_head(); return State::waiting;
    case HttpFramer::Part::body: note_body(piece.payload); return State::waiting;
    case HttpFramer::Part::end: return status_ >= 200 ? State::whole : State::waiting;
    default: return State::no_http;
  }
}

// 1xx says that the real one follows.
void ReplyReader::note_head() {
  const HttpHead& head = framer_.head();
  status_ = head.status;
  if (status_ < 200) return;
  closes_ = head.closes;
  if (step_->rules.needs_head()) head_ = step_->rules.of_head(head);
}

void ReplyReader::note_body(std::string_view payload) {
  if (payload.empty() || !step_->rules.needs_body()) return;
  if (view_.empty() && body_.empty()) {
    view_ = payload;
    return;
  }
  if (body_.empty()) body_ = view_;
  if (body_.size() < body_bytes_max) body_ += payload;
}

void ReplyReader::keep(std::string_view rest) {
  if (body_.empty()) body_ = view_;
  view_ = {};
  if (held_.empty())
    held_ = rest;
  else
    held_.erase(0, held_.size() - rest.size());
}

}  // namespace culprit
