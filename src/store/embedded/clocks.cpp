#include "store/embedded/clocks.h"

#include <algorithm>
#include <unordered_map>

namespace culprit {
namespace {

constexpr std::size_t units_most = 200'000;  // of more, every n-th is looked at
constexpr std::size_t sources_most = 16;     // of one unit

struct Sight {
  std::uint32_t unit = 0;
  std::uint32_t source = 0;
  std::int64_t time = 0;  // the first
};

// The first time of each unit in each source, by unit.
std::vector<Sight> first_sights(const Evidence& evidence) {
  const std::size_t step = evidence.units.size() / units_most + 1;
  std::vector<Sight> sights;
  std::unordered_map<std::uint32_t, std::size_t> of_source;  // unit: its place in `sights`
  std::uint32_t source = UINT32_MAX;
  for (const Block& block : evidence.blocks) {
    if (block.source != source) of_source.clear();
    source = block.source;
    for (std::size_t row = 0; row < block.rows(); ++row) {
      const std::uint32_t unit = block.units[row];
      if (unit == no_unit || unit % step != 0 || from_nanoseconds(block.times[row]) == no_time) {
        continue;
      }
      const auto [at, fresh] = of_source.try_emplace(unit, sights.size());
      if (fresh) sights.push_back({unit, source, block.times[row]});
      sights[at->second].time = std::min(sights[at->second].time, block.times[row]);
    }
  }
  std::sort(sights.begin(), sights.end(), [](const Sight& a, const Sight& b) {
    return a.unit != b.unit ? a.unit < b.unit : a.source < b.source;
  });
  return sights;
}

std::string span_text(Duration time) {
  const double all = seconds(time < Duration{0} ? -time : time);
  const auto whole = static_cast<std::int64_t>(all + 0.0005);
  if (whole >= 60) {
    std::string text;
    if (whole >= 3600) text += fmt::format("{} h ", whole / 3600);
    if (whole / 60 % 60 > 0) text += fmt::format("{} min ", whole / 60 % 60);
    if (whole % 60 > 0) text += fmt::format("{} s ", whole % 60);
    text.pop_back();
    return text;
  }
  return fmt::format("{:.3f} s", all);
}

}  // namespace

std::vector<OffSource> clock_offsets(const Evidence& evidence) {
  if (evidence.schema.unit.fields.empty() || evidence.sources.size() < 2) return {};
  const std::vector<Sight> sights = first_sights(evidence);
  SharedIds shared;
  for (std::size_t begin = 0; begin < sights.size();) {
    std::size_t end = begin + 1;
    while (end < sights.size() && sights[end].unit == sights[begin].unit) ++end;
    const std::size_t last = std::min(end, begin + sources_most);
    for (std::size_t a = begin; a < last; ++a) {
      for (std::size_t b = a + 1; b < last; ++b) {
        shared[{sights[a].source, sights[b].source}].emplace_back(sights[b].time - sights[a].time);
      }
    }
    begin = end;
  }
  // Times that name their zone are right rather than those that do not.
  std::vector<std::uint64_t> trust;
  for (const Source& source : evidence.sources)
    trust.push_back(source.dialect.zone_assumed ? 0 : 1);
  return off_sources(shared, trust);
}

std::string clock_text(const Evidence& evidence, const OffSource& off) {
  const ClockOffset& offset = off.offset;
  const bool ahead = offset.ahead > Duration{0};
  return fmt::format(
      "the {} of {} is {} {} {}, by {} values of {} in both (95%: {} to {})",
      offset.zone ? "zone" : "clock", evidence.sources[off.source].name, span_text(offset.ahead),
      ahead ? "ahead of" : "behind", evidence.sources[off.against].name, offset.ids,
      evidence.schema.unit.fields.front(), span_text(ahead ? offset.low : offset.high),
      span_text(ahead ? offset.high : offset.low));
}

}  // namespace culprit
