// The part of a LoadWorker that moves one request and its reply over a connection.
#include <algorithm>

#include "event/outcome.h"
#include "experiment/chance.h"
#include "experiment/load/load_worker.h"
#include "experiment/load/request_event.h"

namespace culprit {
namespace {

constexpr std::size_t opening_max = 128;  // at once: as many as every server's backlog takes
constexpr std::size_t lines_bytes_max = 64 << 10;
constexpr std::uint64_t stream_trace = 4;

}  // namespace

void LoadWorker::want(std::uint32_t index, Time intended) {
  Slot& slot = slots_[index];
  slot.intended = intended;
  slot.again = false;
  slot.started = no_time;
  slot.answered &= slot.standing;
  ++under_way_;
  if (ground_.record != nullptr) {
    Dice dice = dice_at({ground_.traces, part_.number, stream_trace, asked_++});
    slot.trace.high = dice.bits();
    slot.trace.low = dice.bits();
  }
  if (slot.standing)
    send(index);
  else
    open(index);
}

void LoadWorker::open(std::uint32_t index) {
  Slot& slot = slots_[index];
  slot.since = monotonic_now();
  if (opening_ >= opening_max) {
    slot.state = State::queued;
    to_open_.push_back(index);
    return;
  }
  auto wire = Wire::connect(ground_.endpoint, ground_.tls);
  if (!wire) return fail(index, Ending::unconnected, kept(wire.error().what));
  slot.wire = std::move(wire).value();
  slot.state = State::opening;
  ++opening_;
  poller_.add(slot.wire.socket(), token(index), Interest::write);
}

void LoadWorker::open_queued() {
  while (!to_open_.empty() && opening_ < opening_max) {
    const std::uint32_t index = to_open_.front();
    to_open_.pop_front();
    if (slots_[index].state == State::queued) open(index);
  }
}

std::uint64_t LoadWorker::token(std::uint32_t index) const {
  return (static_cast<std::uint64_t>(slots_[index].turn) << 32) | index;
}

void LoadWorker::on_ready(const Ready& ready) {
  const auto index = static_cast<std::uint32_t>(ready.token);
  if (ready.token != token(index)) return;
  Slot& slot = slots_[index];
  if (slot.state == State::opening) return on_opening(index);
  if (ready.writable && !slot.unsent.empty()) {
    flush(index);
    if (ready.token != token(index)) return;
  }
  if (ready.readable || ready.broken) receive(index);
}

void LoadWorker::on_opening(std::uint32_t index) {
  Slot& slot = slots_[index];
  switch (slot.wire.begin()) {
    case Handshake::wants_read:
      return poller_.change(slot.wire.socket(), token(index), Interest::read);
    case Handshake::wants_write:
      return poller_.change(slot.wire.socket(), token(index), Interest::write);
    case Handshake::failed: return fail(index, Ending::unconnected, kept(slot.wire.fault()));
    case Handshake::done: return on_begun(index);
  }
}

void LoadWorker::on_begun(std::uint32_t index) {
  Slot& slot = slots_[index];
  poller_.change(slot.wire.socket(), token(index), Interest::read);
  slot.standing = true;
  slot.answered = false;
  slot.reply.begin();
  ++connections_;
  --opening_;
  send(index);
}

void LoadWorker::send(std::uint32_t index) {
  Slot& slot = slots_[index];
  const LoadStep& step = step_of(slot);
  slot.reply.expect(step);
  slot.state = State::asking;
  slot.started = monotonic_now();
  slot.since = slot.started;
  const std::string made =
      step.whole.empty() ? ground_.script.request(step, slot.values, slot.trace) : std::string();
  const std::string_view bytes = step.whole.empty() ? std::string_view(made) : step.whole;
  if (plan_.pace != LoadPlan::Pace::burst) return push(index, bytes);
  slot.last = bytes.back();
  slot.state = State::holding;
  push(index, bytes.substr(0, bytes.size() - 1));
  if (slot.unsent.empty()) ++held_;
}

// What the system does not take at once is sent when it does. A connection that is gone tells so
// when it is read.
void LoadWorker::push(std::uint32_t index, std::string_view bytes) {
  Slot& slot = slots_[index];
  const Transfer transfer = slot.wire.write(bytes);
  bytes.remove_prefix(transfer.bytes);
  if (bytes.empty() || transfer.moved == Moved::lost) return;
  slot.unsent = bytes;
  poller_.change(slot.wire.socket(), token(index), Interest::both);
}

void LoadWorker::flush(std::uint32_t index) {
  Slot& slot = slots_[index];
  const Transfer transfer = slot.wire.write(slot.unsent);
  slot.unsent.erase(0, transfer.bytes);
  if (transfer.moved == Moved::lost) return on_closed(index, Ending::lost);
  if (!slot.unsent.empty()) return;
  poller_.change(slot.wire.socket(), token(index), Interest::read);
  if (slot.state == State::holding) ++held_;
}

void LoadWorker::receive(std::uint32_t index) {
  Slot& slot = slots_[index];
  for (;;) {
    const Transfer transfer = slot.wire.read(buffer_);
    if (transfer.moved == Moved::nothing) return;
    if (transfer.moved == Moved::lost) return on_closed(index, Ending::lost);
    if (transfer.moved == Moved::end) return on_closed(index, Ending::closed);
    // Nothing was asked: what the server says on its own answers nothing.
    if (slot.state != State::asking) return on_closed(index, Ending::no_http);
    switch (slot.reply.take({buffer_.data(), transfer.bytes})) {
      case ReplyReader::State::whole: return complete(index);
      case ReplyReader::State::no_http: return fail(index, Ending::no_http, nullptr);
      case ReplyReader::State::waiting: break;
    }
    // Without TLS the poller says whether there is more.
    if (ground_.tls == nullptr) return;
  }
}

void LoadWorker::on_closed(std::uint32_t index, Ending ending) {
  Slot& slot = slots_[index];
  if (slot.state != State::asking && slot.state != State::holding) return close(slot);
  if (ending == Ending::closed && slot.reply.end() == ReplyReader::State::whole) {
    return complete(index);
  }
  // A server may close a connection that it takes for idle while a request is on its way; asking
  // again is what RFC 9112, 9.3.1 has clients do.
  const bool crossed = slot.answered && slot.reply.bytes() == 0 && !slot.again;
  if (!crossed || !step_of(slot).repeatable) return fail(index, ending, nullptr);
  if (slot.state == State::holding && slot.unsent.empty()) --held_;
  close(slot);
  slot.again = true;
  ++repeated_;
  open(index);
}

EndedRequest LoadWorker::request_of(std::uint32_t index) const {
  const Slot& slot = slots_[index];
  EndedRequest request;
  request.route = step_of(slot).route;
  request.scenario = slot.scenario;
  request.connection = index * part_.of + part_.number;
  request.intended = slot.intended;
  request.started = slot.started;
  request.ended = monotonic_now();
  request.bytes = slot.reply.bytes();
  return request;
}

void LoadWorker::complete(std::uint32_t index) {
  Slot& slot = slots_[index];
  const ReplyRules& rules = step_of(slot).rules;
  EndedRequest request = request_of(index);
  request.status = slot.reply.status();
  const auto take = [&](const ReplyRules::Judgement& judgement) {
    for (const ReplyRules::Taken& taken : judgement.taken) slot.values[taken.slot] = taken.value;
    if (judgement.broken && request.why == nullptr) request.why = &rules.text(*judgement.broken);
  };
  if (rules.needs_head()) take(slot.reply.head());
  if (rules.judges_end()) {
    take(rules.of_body(slot.reply.body(), request.ended - request.intended));
  }
  request.outcome = judged(request, rules);
  slot.answered = true;
  if (slot.reply.closes()) {
    close(slot);
    slot.answered = true;  // a reply came: the next connection need not wait
  }
  finish(index, request);
}

Outcome LoadWorker::judged(const EndedRequest& request, const ReplyRules& rules) const {
  if (request.why != nullptr) return Outcome::bad;
  const bool fault = plan_.bad ? says_bad(*plan_.bad, request, ground_.script)
                               : !rules.expects_status() && request.status >= status_bad_min;
  return fault ? Outcome::bad : Outcome::good;
}

void LoadWorker::fail(std::uint32_t index, Ending ending, const std::string* why) {
  Slot& slot = slots_[index];
  EndedRequest request = request_of(index);
  request.ending = ending;
  request.why = why;
  request.outcome = Outcome::bad;
  if (slot.state == State::opening) --opening_;
  if (slot.state == State::holding && slot.unsent.empty()) --held_;
  if (slot.started == no_time) request.bytes = 0;
  close(slot);
  finish(index, request);
}

void LoadWorker::finish(std::uint32_t index, EndedRequest request) {
  --under_way_;
  tally_.add(request);
  live_.requests.store(live_.requests.load(std::memory_order_relaxed) + 1,
                       std::memory_order_relaxed);
  if (request.outcome == Outcome::bad) {
    live_.bad.store(live_.bad.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  }
  if (ground_.record != nullptr) {
    lines_ += event_line(request, ground_.script, slots_[index].trace, ground_.clock);
    if (lines_.size() >= lines_bytes_max) {
      ground_.record->append(lines_);
      lines_.clear();
    }
  }
  // Without a reply there is nothing to go on from.
  if (request.ending == Ending::answered)
    next_request(index, request.ended);
  else
    end_run(index, request.ended);
}

void LoadWorker::close(Slot& slot) {
  ++slot.turn;
  slot.wire.close();
  slot.standing = false;
  slot.answered = false;
  slot.unsent.clear();
}

}  // namespace culprit
