// A LoadTally counts, on one thread, the requests that ended; tallies of threads add up.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "experiment/load_result.h"

namespace culprit {

// How a request ended.
enum class Ending : std::uint8_t {
  answered,
  unconnected,  // no connection could be made
  closed,       // the server closed it before the reply was whole
  lost,         // it was reset
  timed_out,
  unsent,  // no connection became free in time
  no_http,
};

struct EndedRequest {
  std::size_t route = 0;
  std::size_t scenario = 0;
  std::size_t connection = 0;
  Ending ending = Ending::answered;
  int status = 0;                    // 0: none came
  const std::string* why = nullptr;  // the rule that did not hold, or what the system said
  Outcome outcome = Outcome::good;
  Time intended;  // these of monotonic_now()
  Time started;   // sent; no_time: it was not
  Time ended;
  std::size_t bytes = 0;
};
// "200, not body contains ok", "timed out".
std::string text_of(const EndedRequest& request);
// The part of it that says what went wrong; empty: nothing did.
std::string fault_of(const EndedRequest& request);

class LoadTally {
 public:
  // The time that a load takes is cut into so many moments of that length; what ends later counts
  // in the last.
  struct Timeline {
    Time start;
    Duration moment{};
  };
  static constexpr std::size_t moments = 60;  // as many cells as a line of text shows

  LoadTally(std::size_t routes, Timeline timeline);
  void add(const EndedRequest& request);
  void add_lag(Duration lag) { sum_.lag.add(lag); }
  // Of several threads, whose routes are the same.
  static LoadResult together(const std::vector<const LoadTally*>& parts,
                             std::span<const std::string> routes);

 private:
  struct Cell {
    EndedRequest like;  // ending, status, why and outcome count
    std::uint64_t count = 0;
    double seconds = 0;
  };
  struct Route {
    std::uint64_t requests = 0;
    std::uint64_t bad = 0;
    LatencyHistogram latency;
    std::vector<Cell> cells;
  };
  static Cell& cell_of(Route& route, const EndedRequest& request);
  static LoadRoute told(const Route& route, const std::string& name);

  Timeline timeline_;
  LoadResult sum_;
  Time last_;
  std::vector<Route> routes_;
};

}  // namespace culprit
