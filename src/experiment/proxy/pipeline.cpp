#include "experiment/proxy/pipeline.h"

#include <algorithm>

#include <xxhash.h>

#include "experiment/chance.h"
#include "experiment/proxy/timers.h"
#include "experiment/proxy/toxic_actions.h"

namespace culprit {
namespace {

// Chance of one toxic in one direction must not move when another one is added beside it.
std::uint64_t chance_stream(const Toxic& toxic) {
  return XXH3_64bits(toxic.name.data(), toxic.name.size()) * 2 +
         static_cast<std::uint64_t>(toxic.stream);
}

void leave_round(SharedToxic& shared, std::uint64_t connection) {
  const auto found = std::find(shared.waiting.begin(), shared.waiting.end(), connection);
  if (found == shared.waiting.end()) return;
  shared.waiting.erase(found);
  --shared.present;
}

bool may_go(const Stage& stage, Time now) {
  const auto& [parcel, round] = stage.held.front();
  return parcel.at <= now || (round != 0 && round < stage.shared->round);
}

}  // namespace

Duration Passing::milliseconds(std::string_view attribute) const {
  return from_seconds(number(attribute) * 1e-3);
}

Dice Passing::dice(std::uint64_t sequence) const {
  return dice_at({around.seed, around.connection, chance_stream(toxic()), sequence + 1});
}

void Passing::on(Parcel parcel) const { pipeline.pass(index + 1, std::move(parcel), around); }

void Passing::hold(Parcel parcel, Time due) const {
  const bool free = stage.held.empty() && due <= parcel.at;
  if (free) return on(std::move(parcel));
  // Never before the one that came before.
  if (!stage.held.empty() && stage.held.back().second == 0) {
    due = std::max(due, stage.held.back().first.at);
  }
  parcel.at = due;
  pipeline.bytes_held_ += parcel.bytes.size();
  stage.held.emplace_back(std::move(parcel), 0);
}

void Passing::hold_for_round(Parcel parcel, Time due) const {
  parcel.at = due;
  pipeline.bytes_held_ += parcel.bytes.size();
  stage.held.emplace_back(std::move(parcel), stage.shared->round);
}

void Passing::tell(const Parcel& parcel, std::string_view what, double amount) const {
  if (parcel.exchange) ++parcel.exchange->faults;
  if (around.journal == nullptr) return;
  around.journal->push_back({parcel.at, around.connection, stream, parcel.offset,
                             parcel.exchange ? parcel.exchange->number : 0, toxic().name,
                             std::string(what), amount});
}

void Passing::end(Time now, Parcel::Kind kind) const {
  stage.over = true;
  stage.held.clear();
  Parcel last;
  last.kind = kind;
  last.at = now;
  on(std::move(last));
}

Pipeline::Pipeline(Direction stream, std::span<const std::shared_ptr<SharedToxic>> toxics,
                   const ConnectionPlace& around, Time now)
    : stream_(stream) {
  for (const auto& shared : toxics) stages_.push_back(begin(shared, around, now));
}

Stage Pipeline::begin(const std::shared_ptr<SharedToxic>& shared, const ConnectionPlace& around,
                      Time now) const {
  Stage stage;
  stage.shared = shared;
  stage.began = now;
  const Toxic& toxic = shared->toxic;
  Dice dice = dice_at({around.seed, around.connection, chance_stream(toxic), 0});
  // Whom it does not hit, it does not touch: no alarm, no option of a socket, nothing.
  stage.hits = toxic.text("per") == "request" || dice.uniform() < toxic.toxicity;
  const ToxicAction& action = action_of(toxic.type);
  if (stage.hits && action.begin != nullptr) action.begin(stage, now);
  return stage;
}

void Pipeline::push(Parcel parcel, const ConnectionPlace& around) {
  pass(0, std::move(parcel), around);
}

void Pipeline::pass(std::size_t stage, Parcel parcel, const ConnectionPlace& around) {
  if (stage == stages_.size()) return out_.push_back(std::move(parcel));
  Stage& at = stages_[stage];
  if (at.over) return;
  const Passing passing{*this, stage, at, stream_, around};
  if (!at.hits || !applies(passing, parcel)) {
    const Time now = parcel.at;
    return passing.hold(std::move(parcel), now);
  }
  action_of(at.shared->toxic.type).pass(passing, std::move(parcel));
}

// The first of those that are held.
void Pipeline::let_go(const Passing& passing, Time now) {
  Stage& stage = passing.stage;
  auto [parcel, round] = std::move(stage.held.front());
  stage.held.pop_front();
  bytes_held_ -= parcel.bytes.size();
  const bool alone = round != 0 && round == stage.shared->round;  // the others did not come
  if (alone) leave_round(*stage.shared, passing.around.connection);
  parcel.at = std::min(parcel.at, now);  // a complete round ends early
  parcel.at = stage.released = std::max(stage.released, parcel.at);
  passing.on(std::move(parcel));
}

void Pipeline::advance(Time now, const ConnectionPlace& around) {
  for (std::size_t i = 0; i < stages_.size(); ++i) {
    Stage& stage = stages_[i];
    const Passing passing{*this, i, stage, stream_, around};
    while (!stage.held.empty() && may_go(stage, now)) let_go(passing, now);
    if (stage.alarm != no_time && stage.alarm <= now) {
      stage.alarm = no_time;
      action_of(stage.shared->toxic.type).ring(passing, now);
    }
  }
}

Time Pipeline::next_due() const {
  Time due = no_time;
  for (const Stage& stage : stages_) {
    due = earlier(due, stage.alarm);
    if (!stage.held.empty()) due = earlier(due, stage.held.front().first.at);
  }
  return due;
}

std::vector<Parcel> Pipeline::take_out() { return std::exchange(out_, {}); }

void Pipeline::change(std::span<const std::shared_ptr<SharedToxic>> toxics,
                      const ConnectionPlace& around, Time now) {
  std::deque<Stage> old = std::exchange(stages_, {});
  std::vector<std::size_t> next(old.size(), toxics.size());  // where parcels of the old ones go on
  for (std::size_t i = 0; i < toxics.size(); ++i) {
    const auto same = std::find_if(old.begin(), old.end(),
                                   [&](const Stage& stage) { return stage.shared == toxics[i]; });
    if (same == old.end()) {
      stages_.push_back(begin(toxics[i], around, now));
      continue;
    }
    std::fill_n(next.begin(), same - old.begin(),
                std::min(i, *std::min_element(next.begin(), next.end())));
    stages_.push_back(std::move(*same));
    same->shared.reset();
  }
  for (std::size_t i = old.size(); i-- > 0;) {  // the last toxic's parcels are the oldest
    if (old[i].shared) give_up(old[i], next[i], around, now);
  }
}

void Pipeline::give_up(Stage& gone, std::size_t next, const ConnectionPlace& around, Time now) {
  for (auto& [parcel, round] : gone.held) {
    bytes_held_ -= parcel.bytes.size();
    if (round != 0 && round == gone.shared->round) leave_round(*gone.shared, around.connection);
    parcel.at = now;
    pass(next, std::move(parcel), around);
  }
  // What it kept to itself is lost: the connection cannot go on (as with Toxiproxy).
  if (gone.hits && gone.shared->toxic.type == "timeout") {
    Parcel last;
    last.kind = Parcel::Kind::close;
    last.at = now;
    pass(next, std::move(last), around);
  }
}

}  // namespace culprit
