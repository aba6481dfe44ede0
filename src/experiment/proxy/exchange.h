// An Exchange is one request of a client with the reply to it.
//
// Of HTTP/1.1, as its framing says; of any other protocol a request is what the client sends until
// the server answers, and the reply what the server sends until the client speaks again. That is
// right for protocols in which both take turns (PostgreSQL's, Redis', SMTP), and is all that a
// barrier needs: which reply answers which bytes.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "base/time.h"
#include "experiment/http_message.h"
#include "experiment/proxy/toxic.h"

namespace culprit {

struct Exchange {
  std::uint64_t number = 0;  // of its connection, from 1
  bool http = false;
  std::string method;
  std::string target;
  std::string request;  // its first bytes, with head and body, up to request_bytes_max
  int status = 0;       // of the reply
  Time began = no_time;
  Time replied = no_time;    // the first byte of the reply, by the server
  Time delivered = no_time;  // the last byte of it, to the client
  std::uint64_t bytes_up = 0;
  std::uint64_t bytes_down = 0;
  std::string answer;        // of the proxy, in the server's place
  bool answered = false;     // by the proxy
  bool unasked = false;      // a duplicate's: the client never sees its reply
  std::uint64_t faults = 0;  // that were put into it

  static constexpr std::size_t request_bytes_max = 64 << 10;
};

// What is on its way in one direction.
struct Parcel {
  // end: of this direction; close and reset: of the whole connection.
  enum class Kind : std::uint8_t { bytes, end, close, reset };
  Kind kind = Kind::bytes;
  bool begins = false;       // a message: of HTTP its head, and nothing but that
  Time at = no_time;         // when it may go on
  std::uint64_t offset = 0;  // of its first byte, in its direction of the connection
  std::string bytes;
  std::shared_ptr<Exchange> exchange;  // none where nobody looks at messages
};

// A Dialogue cuts what both sides of a connection say into the messages of Exchanges.
class Dialogue {
 public:
  // Whole requests are gathered before they go on, up to Exchange::request_bytes_max.
  enum class Requests : std::uint8_t { passed, gathered };

  explicit Dialogue(Requests requests) : requests_(requests) {}
  void set(Requests requests) { requests_ = requests; }

  // Parcels of the same bytes, each within one message. An end or reset is passed on.
  std::vector<Parcel> cut(Direction stream, Parcel parcel);

  // A second request that nobody sees the reply of, right behind the last one.
  std::shared_ptr<Exchange> duplicate_of(const Exchange& exchange);
  // Answers of the proxy whose turn has come: those before them have their replies.
  std::vector<Parcel> due_answers();
  // Those that are over, with their replies delivered, since the last call.
  std::vector<std::shared_ptr<Exchange>> take_finished();
  // What is still under way, when the connection is over.
  std::vector<std::shared_ptr<Exchange>> unanswered() const;

 private:
  void cut_requests(std::vector<Parcel>& parcels, Time now);
  void cut_replies(std::vector<Parcel>& parcels, Time now);
  enum class Place : std::uint8_t { first, later };  // in its message
  void add(std::vector<Parcel>& parcels, Direction stream, std::string_view bytes, Place place,
           Time now);
  void turn_of_client(std::vector<Parcel>& parcels, std::string_view bytes, Time now);
  void turn_of_server(std::vector<Parcel>& parcels, std::string_view bytes, Time now);
  std::shared_ptr<Exchange> begin(Time now);
  void finish_front();
  void gather(std::vector<Parcel>& parcels);

  Requests requests_;
  HttpFramer up_{HttpFramer::Side::request};
  HttpFramer down_{HttpFramer::Side::reply};
  std::string held_up_, held_down_;  // that no message could be made of yet
  std::uint64_t offset_up_ = 0, offset_down_ = 0;
  std::uint64_t count_ = 0;
  std::shared_ptr<Exchange> asking_;               // whose request is coming in
  std::shared_ptr<Exchange> answering_;            // whose reply is
  std::deque<std::shared_ptr<Exchange>> waiting_;  // for replies, in order
  std::vector<std::shared_ptr<Exchange>> finished_;
  Parcel gathered_;
};

}  // namespace culprit
