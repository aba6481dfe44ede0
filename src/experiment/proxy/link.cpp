#include "experiment/proxy/link.h"

#include <algorithm>

#include "experiment/proxy/timers.h"

namespace culprit {
namespace {

// Held by toxics of one direction: what a delay of 100 ms holds at 160 MB/s.
constexpr std::size_t held_bytes_max = 16 << 20;
constexpr std::size_t pending_bytes_max = 1 << 20;
constexpr int reads_max = 4;  // of one connection before the others have their turn

Interest interest_in(bool reading, bool writing) {
  return static_cast<Interest>((reading ? 1 : 0) | (writing ? 2 : 0));
}

}  // namespace

Link::Link(std::uint64_t number, Socket client, LinkShared& shared)
    : number_(number), shared_(&shared), client_(std::move(client)) {}

ConnectionPlace Link::around() {
  return {shared_->seed, number_, shared_->journal ? &shared_->injections : nullptr,
          &shared_->to_wake, dialogue_.get()};
}

void Link::connect(const Endpoint& upstream) {
  connect_at_ = no_time;
  Result<Socket> socket = connect_to(upstream);
  if (!socket) return reset();
  server_ = std::move(*socket);
  if (server_.connect_error() != 0) finish_connecting();
}

void Link::finish_connecting() {
  if (server_.connect_error() != 0) return close();
  connected_ = true;
}

void Link::set_toxics(const Toxics& toxics, Messages messages, Time now) {
  const auto requests =
      messages == Messages::seen_whole ? Dialogue::Requests::gathered : Dialogue::Requests::passed;
  if (messages != Messages::unseen && !dialogue_) dialogue_ = std::make_unique<Dialogue>(requests);
  if (dialogue_) dialogue_->set(requests);
  for (const Direction stream : {Direction::upstream, Direction::downstream}) {
    Toxics own;
    std::copy_if(toxics.begin(), toxics.end(), std::back_inserter(own),
                 [&](const auto& shared) { return shared->toxic.stream == stream; });
    std::unique_ptr<Pipeline>& pipeline = half(stream).pipeline;
    if (pipeline) {
      pipeline->change(own, around(), now);
      pump(stream);
    } else if (!own.empty()) {
      pipeline = std::make_unique<Pipeline>(stream, own, around(), now);
    }
    if (own.empty()) pipeline.reset();
    if (over_) return;
  }
}

bool Link::wants_more(Direction stream) const {
  const Half& at = half(stream);
  const std::size_t held = at.pipeline ? at.pipeline->bytes_held() : 0;
  return connected_ && !at.source_ended && at.pending.size() < pending_bytes_max &&
         held < held_bytes_max;
}

void Link::read(Direction stream, Time now) {
  Half& at = half(stream);
  for (int turn = 0; turn < reads_max && !over_ && wants_more(stream); ++turn) {
    const Transfer transfer = source(stream).read(shared_->buffer);
    if (transfer.moved == Moved::nothing) return;
    if (transfer.moved == Moved::lost) return reset();
    at.source_ended = transfer.moved == Moved::end;
    const std::string_view bytes(shared_->buffer.data(), transfer.bytes);
    const bool plain = !at.pipeline && !dialogue_ && !at.source_ended;
    if (plain) {
      send(stream, bytes);
    } else {
      Parcel parcel;
      parcel.kind = at.source_ended ? Parcel::Kind::end : Parcel::Kind::bytes;
      parcel.at = now;
      parcel.bytes = bytes;
      came(stream, std::move(parcel));
    }
    if (transfer.bytes < shared_->buffer.size()) return;  // nothing more is there now
  }
}

// From the source, before toxics.
void Link::came(Direction stream, Parcel parcel) {
  if (!dialogue_) {
    std::uint64_t& offset = offsets_[static_cast<std::size_t>(stream)];
    parcel.offset = offset;
    offset += parcel.bytes.size();
    through(stream, std::move(parcel));
  } else {
    const Time now = parcel.at;
    for (Parcel& one : dialogue_->cut(stream, std::move(parcel))) through(stream, std::move(one));
    for (Parcel& answer : dialogue_->due_answers()) {
      answer.at = now;
      through(Direction::downstream, std::move(answer));
    }
    if (stream == Direction::upstream) pump(Direction::downstream);
  }
  pump(stream);
}

void Link::through(Direction stream, Parcel parcel) {
  if (half(stream).pipeline) return half(stream).pipeline->push(std::move(parcel), around());
  deliver(stream, std::move(parcel));
}

void Link::pump(Direction stream) {
  if (over_ || !half(stream).pipeline) return;
  for (Parcel& parcel : half(stream).pipeline->take_out()) {
    if (over_) return;
    deliver(stream, std::move(parcel));
  }
}

void Link::advance(Time now) {
  for (const Direction stream : {Direction::upstream, Direction::downstream}) {
    if (over_ || !half(stream).pipeline) continue;
    half(stream).pipeline->advance(now, around());
    pump(stream);
  }
}

Time Link::next_due() const {
  Time due = connect_at_;
  for (const Half& at : halves_) {
    if (at.pipeline) due = earlier(due, at.pipeline->next_due());
  }
  return due;
}

// To the target, behind all toxics.
void Link::deliver(Direction stream, Parcel parcel) {
  const bool reply = stream == Direction::downstream && parcel.exchange;
  if (reply) parcel.exchange->delivered = std::max(parcel.exchange->delivered, parcel.at);
  switch (parcel.kind) {
    case Parcel::Kind::bytes: return send(stream, parcel.bytes);
    case Parcel::Kind::end:
      half(stream).ending = true;
      if (half(stream).pending.empty()) finish(stream);
      return;
    case Parcel::Kind::close: return close_when_written();
    case Parcel::Kind::reset: return reset();
  }
}

void Link::send(Direction stream, std::string_view bytes) {
  Half& at = half(stream);
  if (at.ending || at.ended) return;
  if (at.pending.empty() && connected_) {
    const Transfer transfer = target(stream).write(bytes);
    if (transfer.moved == Moved::lost) return reset();
    bytes.remove_prefix(transfer.bytes);
  }
  if (!bytes.empty()) at.pending += bytes;
}

void Link::write(Direction stream) {
  Half& at = half(stream);
  if (over_) return;
  if (!at.pending.empty()) {
    const Transfer transfer = target(stream).write(at.pending);
    if (transfer.moved == Moved::lost) return reset();
    at.pending.erase(0, transfer.bytes);
    if (at.pending.empty()) at.pending.shrink_to_fit();  // at rest it costs nothing
  }
  if (closing_) return close_when_written();
  if (at.pending.empty() && at.ending && !at.ended) finish(stream);
}

void Link::close_when_written() {
  closing_ = true;
  for (Half& at : halves_) at.source_ended = at.ending = true;
  if (halves_[0].pending.empty() && halves_[1].pending.empty()) close();
}

void Link::finish(Direction stream) {
  half(stream).ended = true;
  target(stream).end_writing();
  if (halves_[0].ended && halves_[1].ended) over_ = true;
}

// One side is gone: the other learns it the same way.
void Link::reset() {
  over_ = true;
  client_.reset();
  server_.reset();
}

void Link::close() {
  over_ = true;
  client_.close();
  server_.close();
}

Interest Link::client_interest() const {
  return interest_in(wants_more(Direction::upstream), !half(Direction::downstream).pending.empty());
}

Interest Link::server_interest() const {
  if (!connected_) return Interest::write;
  return interest_in(wants_more(Direction::downstream), !half(Direction::upstream).pending.empty());
}

std::vector<std::shared_ptr<Exchange>> Link::take_finished() {
  if (!dialogue_) return {};
  return dialogue_->take_finished();
}

std::vector<std::shared_ptr<Exchange>> Link::unanswered() const {
  if (!dialogue_) return {};
  return dialogue_->unanswered();
}

}  // namespace culprit
