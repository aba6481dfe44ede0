// A Link is one client's connection with that to the upstream behind it.
//
// It moves bytes from one socket to the other, through toxics where there are any. It does not
// wait: the server tells it what is ready and what time it is, and asks it what it wants to wait
// for.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "experiment/poller.h"
#include "experiment/proxy/exchange.h"
#include "experiment/proxy/pipeline.h"
#include "experiment/socket.h"

namespace culprit {

// What links share: a place to read into, and what happens to be told of them.
struct LinkShared {
  std::uint64_t seed = 0;
  std::vector<char> buffer;            // whoever reads, reads into this
  std::vector<Injection> injections;   // since it was last emptied
  std::vector<std::uint64_t> to_wake;  // connections, as numbers
  bool journal = false;
};

class Link {
 public:
  using Toxics = std::vector<std::shared_ptr<SharedToxic>>;

  Link(std::uint64_t number, Socket client, LinkShared& shared);

  std::uint64_t number() const { return number_; }
  const Socket& client() const { return client_; }
  const Socket& server() const { return server_; }
  bool connected() const { return connected_; }
  bool over() const { return over_; }

  // Begins to connect, once `accept_delay` is over.
  void connect(const Endpoint& upstream);
  void connect_later(Time at) { connect_at_ = at; }
  Time connect_at() const { return connect_at_; }
  // The attempt has come to something.
  void finish_connecting();

  // These toxics from now on, both ways. `messages`: somebody looks at exchanges.
  enum class Messages : std::uint8_t { unseen, seen, seen_whole };
  void set_toxics(const Toxics& toxics, Messages messages, Time now);

  void read_client(Time now) { read(Direction::upstream, now); }
  void read_server(Time now) { read(Direction::downstream, now); }
  void write_client() { write(Direction::downstream); }
  void write_server() { write(Direction::upstream); }
  // What toxics hold and may let go now.
  void advance(Time now);
  Time next_due() const;  // no_time: never

  Interest client_interest() const;
  Interest server_interest() const;
  std::vector<std::shared_ptr<Exchange>> take_finished();
  std::vector<std::shared_ptr<Exchange>> unanswered() const;
  void close();

 private:
  // One direction: from its source to its target.
  struct Half {
    std::unique_ptr<Pipeline> pipeline;  // none: no toxics
    std::string pending;                 // to be written
    bool source_ended = false;
    bool ending = false;  // once nothing is pending, the target is told
    bool ended = false;
  };

  Half& half(Direction stream) { return halves_[static_cast<std::size_t>(stream)]; }
  const Half& half(Direction stream) const { return halves_[static_cast<std::size_t>(stream)]; }
  const Socket& source(Direction stream) const {
    return stream == Direction::upstream ? client_ : server_;
  }
  const Socket& target(Direction stream) const {
    return stream == Direction::upstream ? server_ : client_;
  }
  bool wants_more(Direction stream) const;

  void read(Direction stream, Time now);
  void write(Direction stream);
  void came(Direction stream, Parcel parcel);
  void through(Direction stream, Parcel parcel);
  void pump(Direction stream);
  void deliver(Direction stream, Parcel parcel);
  void send(Direction stream, std::string_view bytes);
  void finish(Direction stream);
  void close_when_written();
  void reset();
  ConnectionPlace around();

  std::uint64_t number_;
  LinkShared* shared_;
  Socket client_, server_;
  std::array<Half, 2> halves_;
  std::unique_ptr<Dialogue> dialogue_;  // none: nobody looks at messages
  std::uint64_t offsets_[2] = {0, 0};
  Time connect_at_ = no_time;
  bool connected_ = false;
  bool closing_ = false;  // once nothing is pending
  bool over_ = false;
};

}  // namespace culprit
