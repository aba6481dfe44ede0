// A LoadResult is what a load came to: counts, latencies and failures, by route and outcome.
//
// Every request that was due is in it, those that no connection was free for too. Latency runs from
// the instant at which a request was due, so that a server that stands still cannot hide how many
// it kept waiting; `service` runs from when it was sent.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "event/event.h"
#include "experiment/latency_histogram.h"

namespace culprit {

struct LoadOutcome {
  std::string text;  // "200", "200, not body contains ok", "timed out"
  Outcome outcome = Outcome::good;
  std::uint64_t count = 0;
  Duration mean{};
};

struct LoadRoute {
  std::string name;
  std::uint64_t requests = 0;
  std::uint64_t bad = 0;
  LatencyHistogram latency;
  std::vector<LoadOutcome> outcomes;  // the most frequent first
};

// A part of the time that the load took, all of one length.
struct LoadMoment {
  std::uint64_t requests = 0;  // that ended in it
  std::uint64_t bad = 0;
  Duration greatest{};  // latency of those
};

struct LoadResult {
  Time began = no_time;
  Duration elapsed{};  // to the end of the last request
  std::uint64_t requests = 0;
  std::uint64_t bad = 0;
  std::uint64_t answered = 0;     // with any status
  std::uint64_t bytes = 0;        // received
  std::uint64_t unfinished = 0;   // under way when it was interrupted
  std::uint64_t connections = 0;  // made
  std::uint64_t repeated = 0;     // sent again, since the server had just closed the connection
  std::string record_fault;       // why the record is not whole; empty: it is, or there is none
  bool interrupted = false;
  LatencyHistogram latency;
  LatencyHistogram service;
  LatencyHistogram lag;  // open loop: of sending, behind the plan, where a connection was free
  Duration release{};    // burst: from the first last byte to the last, at most
  std::vector<LoadRoute> routes;  // in the order of the plan
  std::vector<LoadMoment> timeline;
  Duration moment{};  // how long each is
};

}  // namespace culprit
