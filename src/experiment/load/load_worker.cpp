#include "experiment/load/load_worker.h"

#include <algorithm>

#include "experiment/chance.h"
#include "experiment/load/request_event.h"

namespace culprit {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t buffer_bytes = 64 << 10;  // what one read takes; shared by all connections
constexpr Duration pause_closed = 100ms;  // before a user whose request failed to connect retries
constexpr Duration pause_open = 10ms;     // and before a free connection is tried again
constexpr Duration pause_round = 100ms;   // before a burst that cannot connect is tried again
constexpr Duration settling = 5ms;        // for all but the last byte of a burst to arrive

// The connections of a thread.
std::size_t share(const LoadPlan& plan, ArrivalTimes::Part part) {
  return plan.connections / part.of + (part.number < plan.connections % part.of ? 1 : 0);
}

Duration moment_of(const LoadPlan& plan) {
  return std::max<Duration>(plan.duration / static_cast<int>(LoadTally::moments), 1ms);
}

}  // namespace

LoadWorker::LoadWorker(LoadGround& ground, ArrivalTimes::Part part, Poller poller)
    : ground_(ground),
      plan_(ground.plan),
      part_(part),
      arrivals_(ground.plan, part),
      poller_(std::move(poller)),
      stop_at_(ground.start + ground.plan.duration),
      buffer_(buffer_bytes),
      slots_(share(ground.plan, part)),
      next_sweep_(ground.start),
      sweep_every_(std::clamp<Duration>(ground.plan.timeout / 20, 1ms, 100ms)),
      tally_(ground.script.routes().size(), {ground.start, moment_of(ground.plan)}) {}

void LoadWorker::run() {
  if (plan_.pace == LoadPlan::Pace::open) {
    for (std::size_t i = slots_.size(); i-- > 0;) idle_.push_back(static_cast<std::uint32_t>(i));
  }
  if (plan_.pace == LoadPlan::Pace::closed) {
    for (std::uint32_t i = 0; i < slots_.size(); ++i) start_run(i, monotonic_now());
  }
  if (plan_.pace == LoadPlan::Pace::burst) start_round();
  for (Time now = monotonic_now(); !over(now); now = monotonic_now()) {
    start_due(now);
    for (const Ready& ready : poller_.wait(next_wake(now))) on_ready(ready);
  }
  under_way_ += due_.size();
  if (ground_.record != nullptr) ground_.record->append(lines_);
}

bool LoadWorker::over(Time now) const {
  if (ground_.stop.load(std::memory_order_relaxed)) return true;
  if (plan_.pace == LoadPlan::Pace::burst) return now >= stop_at_ && running_ == 0;
  // Arrivals that came due while this thread was held up are to be started still.
  if (plan_.pace == LoadPlan::Pace::open && ground_.start + arrivals_.next() < stop_at_) {
    return false;
  }
  return now >= stop_at_ && under_way_ == 0 && due_.empty();
}

Time LoadWorker::next_wake(Time now) const {
  Time wake = next_sweep_;
  if (now < stop_at_) wake = std::min(wake, stop_at_);
  if (!timers_.empty()) wake = std::min(wake, timers_.top().at);
  if (release_at_ != no_time) wake = std::min(wake, release_at_);
  if (plan_.pace == LoadPlan::Pace::burst && running_ == 0) wake = std::min(wake, round_at_);
  if (plan_.pace == LoadPlan::Pace::open) {
    const Time arrival = ground_.start + arrivals_.next();
    if (arrival < stop_at_) wake = std::min(wake, arrival);
  }
  return wake;
}

void LoadWorker::start_due(Time now) {
  while (!timers_.empty() && timers_.top().at <= now) {
    const Timer timer = timers_.top();
    timers_.pop();
    wake(timer.slot, timer.at);
  }
  if (plan_.pace == LoadPlan::Pace::open) start_arrivals(now);
  if (plan_.pace == LoadPlan::Pace::burst) watch_burst(now);
  if (!to_open_.empty()) open_queued();
  if (now >= next_sweep_) sweep(now);
}

void LoadWorker::start_arrivals(Time now) {
  for (;;) {
    const Time at = ground_.start + arrivals_.next();
    if (at > now || at >= stop_at_) return;
    arrivals_.pass();
    if (idle_.empty()) {
      due_.push_back(at);
      continue;
    }
    const std::uint32_t index = idle_.back();
    idle_.pop_back();
    const Slot& slot = slots_[index];
    const bool standing = slot.standing;
    start_run(index, at);
    if (standing && slot.state == State::asking) tally_.add_lag(slot.started - at);
  }
}

// A free connection takes what has waited longest.
void LoadWorker::become_free(std::uint32_t index) {
  if (due_.empty()) {
    idle_.push_back(index);
    return;
  }
  const Time intended = due_.front();
  due_.pop_front();
  start_run(index, intended);
}

void LoadWorker::sweep(Time now) {
  next_sweep_ = now + sweep_every_;
  for (std::uint32_t i = 0; i < slots_.size(); ++i) {
    const State state = slots_[i].state;
    if (state == State::idle || state == State::resting) continue;
    if (now - slots_[i].since > plan_.timeout) fail(i, Ending::timed_out, nullptr);
  }
  expire_queue(now);
  if (ground_.record != nullptr) {
    ground_.record->append(lines_);
    lines_.clear();
  }
}

// What waited for a connection as long as it would have waited for a reply.
void LoadWorker::expire_queue(Time now) {
  while (!due_.empty() && now - due_.front() > plan_.timeout) {
    EndedRequest request;
    request.ending = Ending::unsent;
    request.scenario = ground_.script.scenario_of(runs_++ * part_.of + part_.number);
    request.route = ground_.script.scenarios()[request.scenario].steps.front().route;
    request.intended = due_.front();
    request.started = no_time;
    request.ended = now;
    request.outcome = Outcome::bad;
    tally_.add(request);
    if (ground_.record != nullptr) {
      lines_ += event_line(request, ground_.script, {}, ground_.clock);
    }
    due_.pop_front();
  }
}

void LoadWorker::start_run(std::uint32_t index, Time intended) {
  Slot& slot = slots_[index];
  const std::uint64_t run = runs_++ * part_.of + part_.number;
  slot.scenario = ground_.script.scenario_of(run);
  slot.step = 0;
  if (!ground_.script.plain()) {
    slot.values = ground_.script.values_at_start(run, index * part_.of + part_.number);
  }
  ++running_;
  const Duration think = step_of(slot).think;
  if (think > Duration::zero())
    rest(index, intended + think);
  else
    want(index, intended);
}

void LoadWorker::rest(std::uint32_t index, Time until) {
  slots_[index].state = State::resting;
  timers_.push({until, index});
}

void LoadWorker::wake(std::uint32_t index, Time at) {
  Slot& slot = slots_[index];
  if (!std::exchange(slot.paused, false)) {
    if (at < stop_at_ || plan_.pace == LoadPlan::Pace::burst) return want(index, at);
    --running_;
    slot.state = State::idle;
    return;
  }
  slot.state = State::idle;
  if (plan_.pace == LoadPlan::Pace::closed && at < stop_at_) start_run(index, at);
  if (plan_.pace == LoadPlan::Pace::open) become_free(index);
}

void LoadWorker::next_request(std::uint32_t index, Time ended) {
  Slot& slot = slots_[index];
  const bool last = slot.step + 1 >= ground_.script.scenarios()[slot.scenario].steps.size();
  const bool late = ended >= stop_at_ && plan_.pace != LoadPlan::Pace::burst;
  if (last || late) return end_run(index, ended);
  ++slot.step;
  const Duration think = step_of(slot).think;
  if (think > Duration::zero())
    rest(index, ended + think);
  else
    want(index, ended);
}

void LoadWorker::end_run(std::uint32_t index, Time now) {
  Slot& slot = slots_[index];
  --running_;
  slot.state = State::idle;
  if (plan_.pace == LoadPlan::Pace::burst) {
    round_at_ = slot.standing || slot.answered ? now : now + pause_round;
    return;
  }
  if (!slot.standing && !slot.answered) {
    slot.paused = true;
    rest(index, now + (plan_.pace == LoadPlan::Pace::closed ? pause_closed : pause_open));
    return;
  }
  if (plan_.pace == LoadPlan::Pace::closed) {
    if (now < stop_at_) start_run(index, now);
    return;
  }
  become_free(index);
}

void LoadWorker::start_round() {
  for (std::uint32_t i = 0; i < slots_.size(); ++i) start_run(i, monotonic_now());
}

// Once all that run are held, they are released together; once all have ended, it begins again.
void LoadWorker::watch_burst(Time now) {
  if (running_ == 0) {
    release_at_ = no_time;
    if (now >= round_at_ && now < stop_at_) start_round();
    return;
  }
  if (held_ < running_)
    release_at_ = no_time;
  else if (release_at_ == no_time)
    release_at_ = now + settling;
  else if (now >= release_at_)
    release_held();
}

// Nothing stands between one last byte and the next.
void LoadWorker::release_held() {
  release_at_ = no_time;
  held_ = 0;
  const Time first = monotonic_now();
  for (std::uint32_t i = 0; i < slots_.size(); ++i) {
    Slot& slot = slots_[i];
    if (slot.state != State::holding) continue;
    slot.started = monotonic_now();
    slot.intended = slot.started;
    slot.since = slot.started;
    slot.state = State::asking;
    push(i, {&slot.last, 1});
  }
  release_ = std::max(release_, monotonic_now() - first);
}

const LoadStep& LoadWorker::step_of(const Slot& slot) const {
  return ground_.script.scenarios()[slot.scenario].steps[slot.step];
}

const std::string* LoadWorker::kept(std::string text) {
  return &*texts_.insert(std::move(text)).first;
}

}  // namespace culprit
