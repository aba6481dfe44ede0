// A Pipeline lets the parcels of one direction of a connection pass its toxics, one after the
// other.
//
// It is a machine of states: it is given parcels and the time, and says what has come out and when
// it wants to be asked again. It owns no socket, reads no clock and starts no thread, so what a
// toxic does is tested on invented times, and ten thousand of them cost little. Parcels keep their
// order; each toxic gives them the time at which the one before let them go, so delays add up
// exactly, however late the proxy was woken.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "base/dice.h"
#include "base/time.h"
#include "experiment/proxy/exchange.h"
#include "experiment/proxy/toxic.h"

namespace culprit {

// A fault that was put into the traffic, for the journal.
struct Injection {
  Time at = no_time;
  std::uint64_t connection = 0;
  Direction stream = Direction::downstream;
  std::uint64_t offset = 0;    // of the byte of the direction at which it was
  std::uint64_t exchange = 0;  // 0: nobody looked at messages
  std::string toxic;
  std::string what;   // "delayed", "cut", "dropped" ...
  double amount = 0;  // ms of a delay, bytes of the rest
};

// What all connections of a toxic share.
struct SharedToxic {
  Toxic toxic;
  std::uint64_t chosen = 0;  // messages that it applied to, for `first`
  // Of barrier and reorder: messages that wait, by the number of the round they wait for.
  std::uint64_t round = 1;
  std::uint64_t present = 0;           // in this round
  std::vector<std::uint64_t> waiting;  // their connections, to be woken
};

// What a toxic needs to know of where it is, and what it says besides parcels.
struct ConnectionPlace {
  std::uint64_t seed = 0;
  std::uint64_t connection = 0;
  std::vector<Injection>* journal = nullptr;      // none: nobody wants to know
  std::vector<std::uint64_t>* to_wake = nullptr;  // connections whose parcels may go on now
  Dialogue* dialogue = nullptr;                   // none: nobody looks at messages
};

struct Passing;

// One toxic in one direction of one connection.
struct Stage {
  std::shared_ptr<SharedToxic> shared;
  bool hits = true;           // drawn for the connection
  bool hits_message = false;  // the one that is passing
  bool swallows = false;      // the rest of this message
  bool over = false;          // nothing passes any more
  Time began = no_time;
  Time alarm = no_time;       // when it acts by itself
  Time busy_until = no_time;  // the last parcel's time, or when the line is free
  std::uint64_t bytes = 0;    // that have passed, or are left
  bool lost_last = false;
  Time released = no_time;                            // the last one that was held
  std::deque<std::pair<Parcel, std::uint64_t>> held;  // with the round they wait for; 0: none
};

class Pipeline {
 public:
  Pipeline(Direction stream, std::span<const std::shared_ptr<SharedToxic>> toxics,
           const ConnectionPlace& around, Time now);

  void push(Parcel parcel, const ConnectionPlace& around);
  // Lets go what is due. Ask again at next_due().
  void advance(Time now, const ConnectionPlace& around);
  Time next_due() const;  // no_time: never

  std::vector<Parcel> take_out();
  std::size_t bytes_held() const { return bytes_held_; }
  // Other toxics from now on, in the same order; what those held that are gone goes on at once.
  void change(std::span<const std::shared_ptr<SharedToxic>> toxics, const ConnectionPlace& around,
              Time now);

 private:
  friend struct Passing;
  void let_go(const Passing& passing, Time now);
  void pass(std::size_t stage, Parcel parcel, const ConnectionPlace& around);
  void give_up(Stage& gone, std::size_t next, const ConnectionPlace& around, Time now);
  Stage begin(const std::shared_ptr<SharedToxic>& shared, const ConnectionPlace& around,
              Time now) const;

  Direction stream_;
  std::deque<Stage> stages_;
  std::vector<Parcel> out_;
  std::size_t bytes_held_ = 0;
};

}  // namespace culprit
