#include "experiment/proxy/exchange.h"

#include <algorithm>

namespace culprit {
namespace {

void keep(std::string& text, std::string_view more) {
  text += more.substr(
      0, Exchange::request_bytes_max - std::min(text.size(), Exchange::request_bytes_max));
}

}  // namespace

std::vector<Parcel> Dialogue::cut(Direction stream, Parcel parcel) {
  std::vector<Parcel> parcels;
  const bool up = stream == Direction::upstream;
  (up ? held_up_ : held_down_) += parcel.bytes;
  up ? cut_requests(parcels, parcel.at) : cut_replies(parcels, parcel.at);
  if (parcel.kind == Parcel::Kind::bytes) return parcels;
  // What no message could be made of goes on as it came.
  std::string& held = up ? held_up_ : held_down_;
  if (!held.empty()) add(parcels, stream, std::exchange(held, {}), Place::later, parcel.at);
  if (up && !gathered_.bytes.empty()) parcels.push_back(std::exchange(gathered_, {}));
  if (!up && answering_) finish_front();
  parcel.bytes.clear();
  parcel.offset = up ? offset_up_ : offset_down_;
  parcels.push_back(std::move(parcel));
  return parcels;
}

void Dialogue::add(std::vector<Parcel>& parcels, Direction stream, std::string_view bytes,
                   Place place, Time now) {
  const bool up = stream == Direction::upstream;
  const std::shared_ptr<Exchange>& exchange = up ? asking_ : answering_;
  std::uint64_t& offset = up ? offset_up_ : offset_down_;
  Parcel parcel;
  parcel.begins = place == Place::first;
  parcel.at = now;
  parcel.offset = offset;
  parcel.bytes = bytes;
  parcel.exchange = exchange;
  offset += bytes.size();
  if (exchange) (up ? exchange->bytes_up : exchange->bytes_down) += bytes.size();
  if (up && exchange) keep(exchange->request, bytes);
  if (!up && exchange && exchange->unasked) return;
  parcels.push_back(std::move(parcel));
}

std::shared_ptr<Exchange> Dialogue::begin(Time now) {
  auto exchange = std::make_shared<Exchange>();
  exchange->number = ++count_;
  exchange->began = now;
  waiting_.push_back(exchange);
  return exchange;
}

void Dialogue::cut_requests(std::vector<Parcel>& parcels, Time now) {
  std::string_view left = held_up_;
  for (;;) {
    const HttpFramer::Piece piece = up_.next(left);
    const std::string_view bytes = left.substr(0, piece.bytes);
    if (piece.part == HttpFramer::Part::more) break;
    if (piece.part == HttpFramer::Part::head) {
      asking_ = begin(now);
      asking_->http = true;
      asking_->method = up_.head().method;
      asking_->target = up_.head().target;
      add(parcels, Direction::upstream, bytes, Place::first, now);
    }
    if (piece.part == HttpFramer::Part::body)
      add(parcels, Direction::upstream, bytes, Place::later, now);
    if (piece.part == HttpFramer::Part::end) asking_.reset();
    if (piece.part == HttpFramer::Part::opaque) turn_of_client(parcels, bytes, now);
    left.remove_prefix(piece.bytes);
  }
  held_up_.erase(0, held_up_.size() - left.size());
  if (requests_ == Requests::gathered) gather(parcels);
}

// A client that speaks again after the server did asks something new.
void Dialogue::turn_of_client(std::vector<Parcel>& parcels, std::string_view bytes, Time now) {
  const bool again = !asking_ || asking_->replied != no_time;
  if (again) {
    if (answering_ && !answering_->http) finish_front();
    asking_ = begin(now);
  }
  add(parcels, Direction::upstream, bytes, again ? Place::first : Place::later, now);
}

void Dialogue::cut_replies(std::vector<Parcel>& parcels, Time now) {
  std::string_view left = held_down_;
  for (;;) {
    const bool turns =
        !waiting_.empty() ? !waiting_.front()->http : answering_ && !answering_->http;
    if (turns && !left.empty()) {
      turn_of_server(parcels, left, now);
      left = {};
      break;
    }
    down_.expect_reply_to(waiting_.empty() ? "GET" : waiting_.front()->method);
    const HttpFramer::Piece piece = down_.next(left);
    const std::string_view bytes = left.substr(0, piece.bytes);
    if (piece.part == HttpFramer::Part::more) break;
    const bool final = piece.part == HttpFramer::Part::head &&
                       (down_.head().status >= 200 || down_.head().status == 101);
    if (final && !waiting_.empty()) {
      answering_ = waiting_.front();
      waiting_.pop_front();
      answering_->status = down_.head().status;
      answering_->replied = now;
    }
    if (piece.part != HttpFramer::Part::end)
      add(parcels, Direction::downstream, bytes, final ? Place::first : Place::later, now);
    if (piece.part == HttpFramer::Part::end && down_.head().status >= 200) finish_front();
    left.remove_prefix(piece.bytes);
  }
  held_down_.erase(0, held_down_.size() - left.size());
}

void Dialogue::turn_of_server(std::vector<Parcel>& parcels, std::string_view bytes, Time now) {
  const bool first = !waiting_.empty();
  if (first) {
    if (answering_) finish_front();
    answering_ = waiting_.front();
    waiting_.pop_front();
    answering_->replied = now;
  }
  add(parcels, Direction::downstream, bytes, first ? Place::first : Place::later, now);
}

void Dialogue::finish_front() {
  if (answering_) finished_.push_back(std::move(answering_));
  answering_.reset();
}

// Requests as one parcel each, once they are complete or as long as is looked at.
void Dialogue::gather(std::vector<Parcel>& parcels) {
  std::vector<Parcel> whole;
  const auto let_go = [&] {
    if (!gathered_.bytes.empty()) whole.push_back(std::exchange(gathered_, {}));
  };
  for (Parcel& parcel : parcels) {
    const bool open = !gathered_.bytes.empty() && !parcel.begins;
    if (open) {
      gathered_.bytes += parcel.bytes;
    } else {
      let_go();
      gathered_ = std::move(parcel);
    }
    const bool full = gathered_.bytes.size() >= Exchange::request_bytes_max;
    if (full || !gathered_.begins) let_go();
  }
  if (!asking_ || !asking_->http) let_go();
  parcels = std::move(whole);
}

std::shared_ptr<Exchange> Dialogue::duplicate_of(const Exchange& exchange) {
  auto second = std::make_shared<Exchange>(exchange);
  second->unasked = true;
  second->replied = no_time;
  const auto first = std::find_if(waiting_.begin(), waiting_.end(),
                                  [&](const auto& one) { return one->number == exchange.number; });
  if (first == waiting_.end()) return nullptr;  // it has its reply already
  waiting_.insert(first + 1, second);
  return second;
}

std::vector<Parcel> Dialogue::due_answers() {
  std::vector<Parcel> parcels;
  while (!answering_ && !waiting_.empty() && waiting_.front()->answered) {
    Parcel parcel;
    parcel.begins = true;
    parcel.offset = offset_down_;
    parcel.exchange = waiting_.front();
    parcel.bytes = parcel.exchange->answer;
    parcel.exchange->bytes_down = parcel.bytes.size();
    finished_.push_back(parcel.exchange);
    waiting_.pop_front();
    parcels.push_back(std::move(parcel));
  }
  return parcels;
}

std::vector<std::shared_ptr<Exchange>> Dialogue::take_finished() {
  std::vector<std::shared_ptr<Exchange>> taken;
  std::erase_if(finished_, [&](std::shared_ptr<Exchange>& exchange) {
    if (exchange.use_count() > 1) return false;  // a toxic holds parcels of it
    if (!exchange->unasked) taken.push_back(std::move(exchange));
    return true;
  });
  return taken;
}

std::vector<std::shared_ptr<Exchange>> Dialogue::unanswered() const {
  std::vector<std::shared_ptr<Exchange>> all = finished_;
  if (answering_) all.push_back(answering_);
  all.insert(all.end(), waiting_.begin(), waiting_.end());
  std::erase_if(all, [](const auto& exchange) { return exchange->unasked; });
  return all;
}

}  // namespace culprit
