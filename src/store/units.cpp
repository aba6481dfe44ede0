#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <unordered_map>

#include "event/roles.h"
#include "parse/skeleton.h"
#include "store/gather.h"

namespace culprit {
namespace {

constexpr Duration lifetime_max = std::chrono::minutes(10);  // at p99; DESIGN, "Units"
constexpr std::size_t values_max = 200'000;                  // of one field in all samples

// The kinds of correlation id in order of preference: what spans services comes first.
int kind_of(std::string_view name) {
  std::string lower;
  for (const char c : name) lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  const auto has = [&](std::string_view part) { return lower.find(part) != std::string::npos; };
  if (has("trace")) return 0;
  if (has("correl")) return 1;
  if (has("req")) return 2;
  if (has("job") || has("task")) return 3;
  return 4;
}

// How the values of one field behave over the samples.
struct Behaviour {
  struct Life {
    std::uint32_t count = 0;
    std::int64_t from = INT64_MAX;
    std::int64_t to = INT64_MIN;
    const void* source = nullptr;
    std::int64_t longest = 0;  // in another source: their clocks may differ
    std::int64_t span() const { return std::max(longest, to >= from ? to - from : 0); }
  };
  Role role = Role::none;
  std::uint64_t events = 0;
  std::uint64_t short_values = 0;  // too short to be an id
  std::unordered_map<std::string, Life> lives;

  void add(std::string_view value, Time time, const Source& source) {
    ++events;
    short_values += value.size() < 6 ? 1 : 0;
    if (lives.size() >= values_max) return;
    Life& life = lives[std::string(value)];
    ++life.count;
    if (time == no_time) return;
    if (life.source != &source) {
      life.longest = life.span();
      life.from = INT64_MAX;
      life.to = INT64_MIN;
      life.source = &source;
    }
    life.from = std::min(life.from, nanoseconds(time));
    life.to = std::max(life.to, nanoseconds(time));
  }

  Duration lifetime_p99() const {
    std::vector<std::int64_t> spans;
    for (const auto& [value, life] : lives) {
      spans.push_back(life.span());
    }
    if (spans.empty()) return Duration{0};
    const auto at = spans.begin() + static_cast<std::ptrdiff_t>((spans.size() - 1) * 99 / 100);
    std::nth_element(spans.begin(), at, spans.end());
    return Duration{*at};
  }

  // Most values stand on two or more events, and each is soon over.
  bool like_an_id() const {
    const auto repeated = static_cast<std::size_t>(std::count_if(
        lives.begin(), lives.end(), [](const auto& entry) { return entry.second.count >= 2; }));
    return lives.size() >= 20 && short_values * 10 < events && repeated * 2 > lives.size() &&
           events < lives.size() * 50 && lifetime_p99() < lifetime_max;
  }
};

using Behaviours = std::map<std::string, Behaviour, std::less<>>;

void observe(const Source& source, Behaviours& behaviours, std::uint64_t& events) {
  Scratch scratch;
  SkeletonScratch skeleton_scratch;
  Event event;
  std::string_view rest = source.sample;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos) break;  // the last line may be cut
    if (read_line(source.dialect, rest.substr(0, end), scratch, event) == Reading::event) {
      ++events;
      const auto add = [&](const Field& field) {
        if (!names_unit(field) || field.value.size() > 128) return;
        auto found = behaviours.find(field.name);
        if (found == behaviours.end()) {
          found = behaviours.emplace(std::string(field.name), Behaviour{}).first;
          found->second.role = role_of(field.name);
        }
        found->second.add(field.value, event.time, source);
      };
      for (const Field& field : event.fields) {
        if (field.value.data() != event.message.data()) add(field);
      }
      if (!event.message.empty()) {
        for (const Field& slot : skeleton_of(event.message, skeleton_scratch).slots) add(slot);
      }
    }
    rest.remove_prefix(end + 1);
  }
}

std::vector<std::string> named_ids(const Behaviours& behaviours, std::uint64_t& covered) {
  std::map<int, std::pair<std::uint64_t, std::vector<std::string>>> kinds;
  for (const auto& [name, behaviour] : behaviours) {
    if (behaviour.role != Role::correlation || behaviour.lifetime_p99() >= lifetime_max) continue;
    if (behaviour.lives.size() < 2) continue;
    auto& [events, names] = kinds[kind_of(name)];
    events += behaviour.events;
    names.push_back(name);
  }
  std::vector<std::string> best;
  covered = 0;
  for (auto& [kind, found] : kinds) {
    // A less preferred kind must reach twice as many events.
    if (best.empty() || found.first > covered * 2) {
      covered = found.first;
      best = std::move(found.second);
    }
  }
  std::stable_sort(best.begin(), best.end(), [](const std::string& a, const std::string& b) {
    return rank_in_role(a) < rank_in_role(b);
  });
  return best;
}

std::string id_by_behaviour(const Behaviours& behaviours, std::uint64_t events) {
  std::string best;
  std::uint64_t most = events / 4;  // it must stand on a quarter of the events at least
  for (const auto& [name, behaviour] : behaviours) {
    if (behaviour.role != Role::none || behaviour.events <= most) continue;
    if (!behaviour.like_an_id()) continue;
    best = name;
    most = behaviour.events;
  }
  return best;
}

}  // namespace

UnitRule find_units(const std::vector<Source>& sources, const GatherOptions& options) {
  if (options.unit_field == "line") return {{}, "given", false};
  if (!options.unit_field.empty()) return {{options.unit_field}, "given", false};
  Behaviours behaviours;
  std::uint64_t events = 0;
  for (const Source& source : sources) {
    if (source.counts()) observe(source, behaviours, events);
  }
  std::uint64_t covered = 0;
  std::vector<std::string> named = named_ids(behaviours, covered);
  // An id on a small part of the events joins nothing that matters.
  if (!named.empty() && covered * 5 >= events) return {std::move(named), "name", false};
  const std::string behaving = id_by_behaviour(behaviours, events);
  if (!behaving.empty()) return {{behaving}, "behaviour", false};
  return {{}, "line", false};
}

}  // namespace culprit
