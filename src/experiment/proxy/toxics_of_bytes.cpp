// What toxics do that look at bytes only, and the table of all.
#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "experiment/proxy/toxic_actions.h"

namespace culprit {
namespace {

constexpr std::uint64_t segment_bytes = 1448;  // of TCP on an Ethernet of 1,500
constexpr Duration retransmission = std::chrono::milliseconds(200);  // Linux: TCP_RTO_MIN
constexpr int retransmissions_max = 6;                               // then 12.8 s have passed
constexpr std::uint64_t block_bytes = 4096;  // bits to turn are drawn for so many bytes at once
constexpr Duration slice_time = std::chrono::milliseconds(100);  // as Toxiproxy paces bandwidth
constexpr Duration for_ever = std::chrono::hours(24 * 365);

Duration of_milliseconds(double count) { return from_seconds(count * 1e-3); }

// In units of the jitter; around 0, but for pareto, whose tail is only above.
double jitter(std::string_view distribution, Dice dice) {
  const double one = dice.uniform();
  if (distribution == "normal") {  // Box and Muller, 1958
    return std::sqrt(-2 * std::log(1 - one)) * std::cos(2 * std::numbers::pi * dice.uniform());
  }
  constexpr double shape = 3;  // the least whole one with a finite variance
  if (distribution == "pareto") return std::pow(1 - one, -1 / shape) - 1;
  return 2 * one - 1;
}

// The first `size` bytes of a parcel as a parcel of their own.
Parcel split(Parcel& parcel, std::size_t size) {
  Parcel first = parcel;
  first.bytes.resize(size);
  parcel.bytes.erase(0, size);
  parcel.offset += size;
  parcel.begins = false;
  return first;
}

void pass_on(const Passing& passing, Parcel parcel) {
  const Time at = parcel.at;
  passing.hold(std::move(parcel), at);
}

void delay(const Passing& passing, Parcel parcel) {
  const double more = passing.number("jitter") *
                      jitter(passing.toxic().text("distribution"), passing.dice(parcel.offset));
  const double delay = std::max(0.0, passing.number("latency") + more);
  if (parcel.kind == Parcel::Kind::bytes) passing.tell(parcel, "delayed", delay);
  const Time due = parcel.at + of_milliseconds(delay);
  passing.hold(std::move(parcel), due);
}

void limit_rate(const Passing& passing, Parcel parcel) {
  const double bytes_a_second = passing.number("rate") * 1000;
  Time& free = passing.stage.busy_until;
  free = std::max(free, parcel.at);
  if (bytes_a_second <= 0) free = parcel.at + for_ever;
  const auto most = static_cast<std::size_t>(std::max(1.0, bytes_a_second * seconds(slice_time)));
  const Time came = parcel.at;
  while (parcel.bytes.size() > most) {
    Parcel slice = split(parcel, most);
    free += from_seconds(static_cast<double>(most) / std::max(bytes_a_second, 1.0));
    passing.hold(std::move(slice), free);
  }
  if (!parcel.bytes.empty()) {
    free += from_seconds(static_cast<double>(parcel.bytes.size()) / std::max(bytes_a_second, 1.0));
  }
  if (free > came) passing.tell(parcel, "delayed", seconds(free - came) * 1e3);
  passing.hold(std::move(parcel), free);
}

void close_slowly(const Passing& passing, Parcel parcel) {
  Time due = parcel.at;
  if (parcel.kind != Parcel::Kind::bytes) {
    due += passing.milliseconds("delay");
    passing.tell(parcel, "delayed", passing.number("delay"));
  }
  passing.hold(std::move(parcel), due);
}

void begin_timeout(Stage& stage, Time now) {
  const double timeout = stage.shared->toxic.number("timeout");
  if (timeout > 0) stage.alarm = now + of_milliseconds(timeout);
}

void drop(const Passing& passing, Parcel parcel) {
  passing.tell(parcel, "dropped", static_cast<double>(parcel.bytes.size()));
}

void close_now(const Passing& passing, Time now) {
  Parcel here;
  here.at = now;
  passing.tell(here, "closed", 0);
  passing.end(now, Parcel::Kind::close);
}

// As Toxiproxy: from the first bytes on, which nobody sees.
void drop_until_reset(const Passing& passing, Parcel parcel) {
  if (parcel.kind != Parcel::Kind::bytes) return passing.on(std::move(parcel));
  if (passing.stage.alarm == no_time) {
    passing.stage.alarm = parcel.at + passing.milliseconds("timeout");
  }
  drop(passing, std::move(parcel));
}

void reset_now(const Passing& passing, Time now) {
  Parcel here;
  here.at = now;
  passing.tell(here, "reset", 0);
  passing.end(now, Parcel::Kind::reset);
}

void slice(const Passing& passing, Parcel parcel) {
  const double average = std::max(1.0, passing.number("average_size"));
  const double variation = std::min(passing.number("size_variation"), average - 1);
  Time due = std::max(parcel.at, passing.stage.busy_until);
  std::size_t slices = 0;
  while (!parcel.bytes.empty()) {
    const double size = average + variation * (2 * passing.dice(parcel.offset).uniform() - 1);
    const auto cut = std::min(parcel.bytes.size(), static_cast<std::size_t>(std::max(1.0, size)));
    if (slices++ > 0) due += from_seconds(passing.number("delay") * 1e-6);
    passing.hold(split(parcel, cut), due);
  }
  passing.stage.busy_until = due;
  if (slices > 1) passing.tell(parcel, "sliced", static_cast<double>(slices));
  if (parcel.kind != Parcel::Kind::bytes) passing.hold(std::move(parcel), due);
}

void limit_bytes(const Passing& passing, Parcel parcel) {
  const auto most = static_cast<std::uint64_t>(passing.number("bytes"));
  const std::uint64_t left = most - std::min(most, passing.stage.bytes);
  passing.stage.bytes += parcel.bytes.size();
  if (parcel.bytes.size() <= left && passing.stage.bytes < most)
    return pass_on(passing, std::move(parcel));
  if (parcel.kind != Parcel::Kind::bytes) return pass_on(passing, std::move(parcel));
  const Time at = parcel.at;
  if (left > 0) passing.on(split(parcel, std::min<std::size_t>(left, parcel.bytes.size())));
  passing.tell(parcel, "cut", static_cast<double>(most));
  passing.end(at, Parcel::Kind::close);
}

// How long a segment is late: the time until it comes again, doubled for each loss (RFC 6298).
Duration lateness(const Passing& passing, std::uint64_t segment) {
  Dice dice = passing.dice(segment);
  const double rate = passing.number("loss_rate");
  const double correlation = std::min(1.0, passing.number("correlation"));
  const double after_last = passing.stage.lost_last ? 1.0 : 0.0;
  bool lost = dice.uniform() < correlation * after_last + (1 - correlation) * rate;
  passing.stage.lost_last = lost;
  Duration late = Duration::zero();
  for (int again = 0; lost && again < retransmissions_max; ++again) {
    late += retransmission * (1 << again);
    lost = dice.uniform() < rate;
  }
  return late;
}

void lose_packets(const Passing& passing, Parcel parcel) {
  while (!parcel.bytes.empty()) {
    const std::uint64_t segment = parcel.offset / segment_bytes;
    const std::uint64_t end = (segment + 1) * segment_bytes;
    Parcel one = split(parcel, std::min<std::size_t>(end - parcel.offset, parcel.bytes.size()));
    const Duration late = lateness(passing, segment);
    if (late > Duration::zero()) passing.tell(one, "lost", seconds(late) * 1e3);
    const Time due = one.at + late;
    passing.hold(std::move(one), due);
  }
  if (parcel.kind != Parcel::Kind::bytes) pass_on(passing, std::move(parcel));
}

// The places are those of a Poisson process over the stream's bytes, whatever pieces they come in.
void turn_bits(const Passing& passing, Parcel parcel) {
  const double rate = std::min(1.0, passing.number("rate"));
  const std::uint64_t end = parcel.offset + parcel.bytes.size();
  for (std::uint64_t block = parcel.offset / block_bytes; rate > 0 && block * block_bytes < end;
       ++block) {
    Dice dice = passing.dice(block);
    for (double at = 0; at < static_cast<double>(block_bytes); at += 1) {
      if (rate < 1) at += std::floor(std::log(1 - dice.uniform()) / std::log1p(-rate));
      const auto bit = static_cast<unsigned char>(1U << dice.below(8));
      if (at >= static_cast<double>(block_bytes)) break;
      const std::uint64_t place = block * block_bytes + static_cast<std::uint64_t>(at);
      if (place < parcel.offset || place >= end) continue;
      char& byte = parcel.bytes[place - parcel.offset];
      byte = static_cast<char>(static_cast<unsigned char>(byte) ^ bit);
      passing.tell(parcel, "corrupted", static_cast<double>(place));
    }
  }
  pass_on(passing, std::move(parcel));
}

void begin_half_close(Stage& stage, Time now) {
  stage.alarm = now + of_milliseconds(stage.shared->toxic.number("timeout"));
}

void close_half(const Passing& passing, Time now) {
  Parcel here;
  here.at = now;
  passing.tell(here, "half_closed", 0);
  passing.end(now, Parcel::Kind::end);
}

constexpr std::array table = {
    ToxicAction{"latency", nullptr, delay, nullptr},
    ToxicAction{"bandwidth", nullptr, limit_rate, nullptr},
    ToxicAction{"slow_close", nullptr, close_slowly, nullptr},
    ToxicAction{"timeout", begin_timeout, drop, close_now},
    ToxicAction{"reset_peer", nullptr, drop_until_reset, reset_now},
    ToxicAction{"slicer", nullptr, slice, nullptr},
    ToxicAction{"limit_data", nullptr, limit_bytes, nullptr},
    ToxicAction{"packet_loss", nullptr, lose_packets, nullptr},
    ToxicAction{"corrupt", nullptr, turn_bits, nullptr},
    ToxicAction{"half_close", begin_half_close, pass_on, close_half},
    // The server waits before it calls the upstream.
    ToxicAction{"accept_delay", nullptr, pass_on, nullptr},
    ToxicAction{"http_error", nullptr, answer_or_replace, nullptr},
    ToxicAction{"http_delay", nullptr, delay_message, nullptr},
    ToxicAction{"http_header", nullptr, change_header, nullptr},
    ToxicAction{"truncate_body", nullptr, truncate_body, nullptr},
    ToxicAction{"nth", nullptr, answer_or_replace, nullptr},
    ToxicAction{"barrier", nullptr, meet_at_barrier, nullptr},
    ToxicAction{"duplicate", nullptr, send_twice, nullptr},
    ToxicAction{"reorder", nullptr, let_next_go_first, nullptr},
};

}  // namespace

const ToxicAction& action_of(std::string_view type) {
  const auto* found = std::find_if(table.begin(), table.end(),
                                   [&](const ToxicAction& action) { return action.type == type; });
  VERIFY(found != table.end());
  return *found;
}

}  // namespace culprit
