// A LoadPlan says what is asked of a server, how fast, and what counts as a good reply.
//
// A plain value: flags, a TOML spec (load_spec.h) and a search over conditions all end in one, so a
// load can be printed, stored and run again. Text may hold {{name}}: a value captured by an earlier
// request of the scenario, `source.column` of a row of data, `iteration` (a number that no other
// run of a scenario has) or `connection`.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "event/expr.h"
#include "experiment/socket.h"

namespace culprit {

// Where requests go.
struct LoadTarget {
  Address address;
  bool tls = false;
  std::string authority;   // of the Host header: the port only where it is not the usual one
  std::string path = "/";  // of the URL, with its query
};
// "http://127.0.0.1:8080/pay?x=1", "https://shop". Errors: what is no such URL.
Result<LoadTarget> parse_load_target(std::string_view url);

// A value taken from a reply for later requests. Finding nothing is a bad outcome.
struct Capture {
  enum class From : std::uint8_t { header, body, json };
  std::string name;
  From from = From::body;
  std::string key;    // the header's name, or a path into JSON: "items[0].id"
  std::string regex;  // RE2: its first group, or all that it matches; empty: everything
};

struct StatusRange {
  int low = 0;
  int high = 0;
};

// What a good reply has.
struct Expectation {
  enum class Kind : std::uint8_t { status, header, contains, matches, json, within };
  Kind kind = Kind::status;
  std::string key;                    // the header's name, or a path into JSON
  std::string value;                  // a header's or JSON's: equal to it; a text, a pattern
  std::vector<StatusRange> statuses;  // any of them
  Duration within{};                  // from the start of the request to the end of the reply
};
// "status 2xx", "body matches ok|fine": as it stands in tables.
std::string to_string(const Expectation& expectation);

struct LoadHeader {
  std::string name;
  std::string value;
};

struct LoadRequest {
  std::string name;  // its row in the tables; requests of one name share it
  std::string method = "GET";
  std::string path = "/";
  std::vector<LoadHeader> headers;
  std::string body;
  std::vector<Capture> captures;
  std::vector<Expectation> expectations;
  Duration think{};  // between the reply before it, or the start, and the request
};

struct LoadScenario {
  std::string name;
  double weight = 1;  // how often it is run, beside the others
  std::vector<LoadRequest> requests;
};

// Rows of a file. Each run of a scenario has one row of each source.
struct LoadData {
  enum class Order : std::uint8_t { sequential, random };
  std::string name;
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;  // as many values as columns
  Order order = Order::sequential;
};

struct LoadPlan {
  enum class Pace : std::uint8_t {
    closed,  // each connection asks again once it has its reply
    open,    // requests start when they are due, whatever became of those before
    burst,   // one request of each connection, all released together by their last byte
  };
  enum class Arrivals : std::uint8_t { constant, poisson };
  enum class Certificates : std::uint8_t { verified, taken };

  LoadTarget target;
  std::vector<LoadScenario> scenarios;
  std::vector<LoadData> data;
  Pace pace = Pace::closed;
  std::size_t connections = 10;  // open: at most that many; what is due then waits for one
  double rate = 0;               // open: runs of scenarios that start in a second
  Arrivals arrivals = Arrivals::constant;
  Duration duration = std::chrono::seconds(10);  // burst: rounds until then; zero: one round
  std::size_t threads = 0;                       // zero: one for each processor
  std::uint64_t seed = 1;
  Duration timeout = std::chrono::seconds(10);
  Certificates certificates = Certificates::verified;
  std::optional<Expr> bad;  // of requests without an expected status; none: status >= 500
};

// A closed loop and a burst are as large as asked; the connections of an open loop only have to be
// more than the server keeps waiting at once.
std::size_t connections_by_default(LoadPlan::Pace pace);

// The fields of a request by which `bad` can be said.
std::span<const std::string_view> load_event_fields();

}  // namespace culprit
