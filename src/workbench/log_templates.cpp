#include "workbench/log_templates.h"

#include <algorithm>
#include <map>

#include "parse/skeleton.h"

namespace culprit {
namespace {

constexpr std::size_t advised = 3;
constexpr std::size_t text_columns = 60;
constexpr std::ptrdiff_t near = 7;  // of the nine characters of an id: mistyped, not another one

struct Seen {
  SkeletonScratch scratch;
  std::unordered_map<std::uint64_t, SkeletonTally> skeletons;
};

void add(Seen& seen, const Event& event) {
  if (event.message.empty()) return;
  const std::uint64_t hash = skeleton_of(event.message, seen.scratch).hash;
  SkeletonTally& tally = seen.skeletons[hash];
  if (tally.all_events == 0) {
    tally.hash = hash;
    tally.text = skeleton_text(event.message);
  }
  tally.all_events += 1;
  tally.level = std::max(tally.level, event.level);
}

std::vector<SkeletonTally> joined(std::vector<Seen> threads) {
  std::map<std::uint64_t, SkeletonTally> all;  // ordered, so that the answer does not depend on
                                               // which thread saw what
  for (Seen& seen : threads) {
    for (auto& [hash, tally] : seen.skeletons) {
      const auto [known, fresh] = all.try_emplace(hash, tally);
      if (fresh) continue;
      known->second.all_events += tally.all_events;
      known->second.level = std::max(known->second.level, tally.level);
    }
    seen.skeletons.clear();
  }
  std::vector<SkeletonTally> tallies;
  for (auto& [hash, tally] : all) tallies.push_back(std::move(tally));
  return tallies;
}

std::ptrdiff_t likeness(std::string_view a, std::string_view b) {
  std::ptrdiff_t same = 0;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) same += a[i] == b[i] ? 1 : 0;
  return same;
}

}  // namespace

Result<LogTemplates> LogTemplates::find(World& world, std::span<const Source> sources,
                                        const SweepOptions& options) {
  std::vector<Seen> threads(threads_of(options));
  TRY(sweep(world, sources, options, [&](unsigned thread, const Source&, const Event& event) {
    add(threads[thread], event);
  }));
  LogTemplates made;
  made.templates_ = merge_skeletons(joined(std::move(threads)));
  for (std::size_t i = 0; i < made.templates_.size(); ++i) {
    for (const std::uint64_t hash : made.templates_[i].skeletons) made.by_skeleton_[hash] = i;
  }
  return made;
}

const Template* LogTemplates::of(std::uint64_t skeleton) const {
  const auto found = by_skeleton_.find(skeleton);
  return found == by_skeleton_.end() ? nullptr : &templates_[found->second];
}

Result<std::unordered_set<std::uint64_t>> LogTemplates::skeletons_of(std::string_view id) const {
  for (const Template& one : templates_) {
    if (one.id == id) {
      return std::unordered_set<std::uint64_t>(one.skeletons.begin(), one.skeletons.end());
    }
  }
  return unknown(id);
}

Error LogTemplates::unknown(std::string_view id) const {
  if (templates_.empty()) {
    return error(Fault::usage, "there is no template {}: the sources hold no messages", id);
  }
  Error made = error(Fault::usage, "there is no template {} in these sources", id);
  std::vector<const Template*> order;
  for (const Template& one : templates_) order.push_back(&one);
  const auto rank = [&](const Template* one) {
    const std::ptrdiff_t like = likeness(one->id, id);
    return std::make_pair(like >= near ? like : 0, one->all_events);
  };
  std::stable_sort(order.begin(), order.end(),
                   [&](const Template* a, const Template* b) { return rank(a) > rank(b); });
  order.resize(std::min(order.size(), advised));
  for (const Template* one : order) {
    made.advice += fmt::format("{}--template {}   {} line{}: {}",
                               made.advice.empty() ? "" : "\n       ", one->id, one->all_events,
                               one->all_events == 1 ? "" : "s", one->text.substr(0, text_columns));
  }
  return made;
}

}  // namespace culprit
