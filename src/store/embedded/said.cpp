// What lines say: how often each skeleton, by window, and where it stands.
#include <algorithm>

#include "store/embedded/embedded.h"
#include "store/embedded/parallel.h"

namespace culprit {

// What the rows of some neighbouring blocks say.
class Embedded::Sayings {
 public:
  // `mask`: null, where rows of any unit and of none count.
  Sayings(const Embedded& engine, const TemplateQuery& query, const Mask* mask)
      : engine_(engine), query_(query), mask_(mask), said_(engine.evidence_.skeletons.size()) {
    for (Said& said : said_) said.tally.events.resize(query.windows.size());
  }
  void add(const Block& block) {
    for (std::size_t row = 0; row < block.rows(); ++row) {
      const std::uint32_t unit = block.units[row];
      if (mask_ != nullptr && (unit == no_unit || (*mask_)[unit] == 0)) continue;
      add_row(block, row, said_[block.skeletons[row]]);
    }
  }
  // `later` is of blocks behind its own.
  void add(const Sayings& later) {
    for (std::size_t i = 0; i < said_.size(); ++i) {
      if (later.said_[i].tally.all_events > 0) said_[i].add(later.said_[i]);
    }
  }
  SkeletonTally take(std::size_t skeleton) { return std::move(said_[skeleton].tally); }

 private:
  struct Said {
    SkeletonTally tally;
    std::int64_t example_time = INT64_MAX;
    bool example_in_last = false;

    // Of the last window, then the earliest, then the first of all rows.
    void offer(Place place, std::int64_t time, bool in_last) {
      const bool better = in_last != example_in_last ? in_last : time < example_time;
      if (!better && tally.all_events > 0) return;
      tally.example = place;
      example_time = time;
      example_in_last = in_last;
    }
    void see(Time from, Time to) {
      if (from != no_time && (tally.first == no_time || from < tally.first)) tally.first = from;
      if (to != no_time) tally.last = std::max(tally.last, to);
    }
    void add(const Said& later) {
      const SkeletonTally& other = later.tally;
      offer(other.example, later.example_time, later.example_in_last);
      for (std::size_t w = 0; w < tally.events.size(); ++w) tally.events[w] += other.events[w];
      tally.all_events += other.all_events;
      tally.bad_events += other.bad_events;
      tally.level = std::max(tally.level, other.level);
      see(other.first, other.last);
    }
  };

  void add_row(const Block& block, std::size_t row, Said& said) const {
    const std::uint32_t unit = block.units[row];
    const double weight = engine_.row_weight(block, row);
    const std::int64_t nanoseconds = block.times[row];
    const Time time = from_nanoseconds(nanoseconds);
    SkeletonTally& tally = said.tally;
    bool in_last = false;
    for (std::size_t w = 0; w < tally.events.size(); ++w) {
      if (!query_.windows[w].contains(time)) continue;
      tally.events[w] += weight;
      in_last = w + 1 == tally.events.size();
    }
    said.offer(block.place(row), nanoseconds, in_last);
    tally.all_events += weight;
    if (unit != no_unit && engine_.evidence_.units.outcomes[unit] == 1) tally.bad_events += weight;
    tally.level = std::max(tally.level, block.level(row));
    said.see(time, time);
  }

  const Embedded& engine_;
  const TemplateQuery& query_;
  const Mask* mask_;
  std::vector<Said> said_;
};

std::vector<SkeletonTally> Embedded::templates(const TemplateQuery& query) {
  const bool all = query.where.op == Expr::Op::always;
  const Mask mask = all ? Mask{} : mask_of(query.where);
  const std::vector<Block>& blocks = evidence_.blocks;
  const std::size_t parts = std::max(1U, std::thread::hardware_concurrency());
  std::vector<Sayings> sayings(parts, Sayings(*this, query, all ? nullptr : &mask));
  in_parallel(parts, evidence_.rows(), [&](std::size_t part) {
    const std::size_t to = blocks.size() * (part + 1) / parts;
    for (std::size_t b = blocks.size() * part / parts; b < to; ++b) sayings[part].add(blocks[b]);
  });
  for (std::size_t part = 1; part < parts; ++part) sayings.front().add(sayings[part]);
  std::vector<SkeletonTally> tallies;
  for (std::size_t i = 1; i < evidence_.skeletons.size(); ++i) {  // 0: no message
    SkeletonTally tally = sayings.front().take(i);
    if (tally.all_events == 0) continue;
    tally.hash = evidence_.skeletons[i].hash;
    tally.text = evidence_.skeletons[i].text;
    tallies.push_back(std::move(tally));
  }
  return tallies;
}

}  // namespace culprit
