// A LoadWorker is one thread of a load: its share of the connections, of the arrivals and of the
// counts, and nothing that it would have to share while it runs.
//
// Each connection stands for one user at a time: it runs a scenario, request by request, and is
// then free for the next run. Every request that is due ends in the tally, at the latest by its
// timeout, so that a run that is told to stop comes to its end by itself.
#pragma once

#include <atomic>
#include <deque>
#include <queue>
#include <set>

#include "experiment/event_file.h"
#include "experiment/load/arrivals.h"
#include "experiment/load/load_script.h"
#include "experiment/load/load_tally.h"
#include "experiment/load/reply_reader.h"
#include "experiment/load/wire.h"
#include "experiment/poller.h"

namespace culprit {

// What all threads of a load see.
struct LoadGround {
  LoadGround(const LoadPlan& of_plan, const LoadScript& of_script, const Endpoint& of_endpoint)
      : plan(of_plan), script(of_script), endpoint(of_endpoint) {}

  const LoadPlan& plan;
  const LoadScript& script;
  Endpoint endpoint;
  const TlsContext* tls = nullptr;  // nullptr: none
  EventFile* record = nullptr;      // nullptr: none
  Time start;                       // of monotonic_now()
  Duration clock{};                 // from there to the time of day
  std::uint64_t traces = 0;         // makes the ids of this load differ from those of any other
  std::atomic<bool> stop{false};    // at once, without waiting for replies
};

// What may be looked at while it runs.
struct LoadLive {
  alignas(64) std::atomic<std::uint64_t> requests{0};  // a line of the cache of its own
  std::atomic<std::uint64_t> bad{0};
};

class LoadWorker {
 public:
  LoadWorker(LoadGround& ground, ArrivalTimes::Part part, Poller poller);

  void run();

  const LoadLive& live() const { return live_; }
  const LoadTally& tally() const { return tally_; }
  std::uint64_t unfinished() const { return under_way_; }
  std::uint64_t connections() const { return connections_; }
  std::uint64_t repeated() const { return repeated_; }
  Duration release() const { return release_; }

 private:
  enum class State : std::uint8_t {
    idle,     // no run
    resting,  // a timer says when it goes on
    queued,   // until others have connected
    opening,
    holding,  // burst: all but the last byte is sent
    asking,
  };
  struct Slot {
    Wire wire;
    ReplyReader reply;
    State state = State::idle;
    std::uint32_t turn = 0;  // of the wire; tokens of those before are old
    bool standing = false;   // the wire has been connected
    bool answered = false;   // it has brought a reply
    bool again = false;      // this request is sent for the second time
    bool paused = false;     // resting after a failure, not between requests
    char last = 0;           // burst: the byte that is held
    std::uint32_t step = 0;
    std::size_t scenario = 0;
    std::vector<std::string> values;
    std::string unsent;
    TraceId trace;
    Time intended = no_time;
    Time since = no_time;    // timeouts run from here
    Time started = no_time;  // sent
  };
  struct Timer {
    Time at;
    std::uint32_t slot = 0;
    bool operator<(const Timer& other) const { return at > other.at; }  // the earliest on top
  };

  // The loop.
  bool over(Time now) const;
  Time next_wake(Time now) const;
  void start_due(Time now);
  void start_arrivals(Time now);
  void become_free(std::uint32_t index);
  void sweep(Time now);
  void expire_queue(Time now);

  // Runs of scenarios.
  void start_run(std::uint32_t index, Time intended);
  void rest(std::uint32_t index, Time until);
  void wake(std::uint32_t index, Time at);
  void next_request(std::uint32_t index, Time ended);
  void end_run(std::uint32_t index, Time now);

  // Requests.
  void want(std::uint32_t index, Time intended);
  void open(std::uint32_t index);
  void send(std::uint32_t index);
  void push(std::uint32_t index, std::string_view bytes);
  void flush(std::uint32_t index);
  void on_ready(const Ready& ready);
  void on_opening(std::uint32_t index);
  void on_begun(std::uint32_t index);
  void receive(std::uint32_t index);
  void on_closed(std::uint32_t index, Ending ending);
  void complete(std::uint32_t index);
  void fail(std::uint32_t index, Ending ending, const std::string* why);
  void finish(std::uint32_t index, EndedRequest request);
  void close(Slot& slot);
  void open_queued();

  // Bursts.
  void start_round();
  void watch_burst(Time now);
  void release_held();

  const LoadStep& step_of(const Slot& slot) const;
  EndedRequest request_of(std::uint32_t index) const;
  Outcome judged(const EndedRequest& request, const ReplyRules& rules) const;
  const std::string* kept(std::string text);
  std::uint64_t token(std::uint32_t index) const;

  LoadGround& ground_;
  const LoadPlan& plan_;
  ArrivalTimes::Part part_;
  ArrivalTimes arrivals_;
  Poller poller_;
  Time stop_at_;
  std::vector<char> buffer_;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> idle_;    // open: the last that became so is taken first
  std::deque<Time> due_;               // open: arrivals that wait for a connection
  std::deque<std::uint32_t> to_open_;  // connections that wait for others to stand
  std::priority_queue<Timer> timers_;
  std::set<std::string> texts_;  // what the system said, for the tally
  std::string lines_;            // for the record
  Time next_sweep_;
  Duration sweep_every_;
  std::size_t opening_ = 0;
  std::size_t under_way_ = 0;  // requests that are due and have not ended
  std::uint64_t runs_ = 0;
  std::uint64_t asked_ = 0;
  std::size_t running_ = 0;    // slots with a run
  std::size_t held_ = 0;       // burst
  Time release_at_ = no_time;  // burst; no_time: not all are held
  Time round_at_ = no_time;    // burst: when the next may begin
  Duration release_{};
  std::uint64_t connections_ = 0;
  std::uint64_t repeated_ = 0;
  LoadTally tally_;
  LoadLive live_;
};

}  // namespace culprit
