#include "contrast/slices.h"

namespace culprit {
namespace {

// As many as an engine takes at once: eight.
constexpr std::size_t slices_before = 3;
constexpr std::size_t slices_after = 5;

void cut(const Window& span, std::size_t parts, std::vector<Window>& windows) {
  const Duration length = (span.to - span.from) / static_cast<std::int64_t>(parts);
  for (std::size_t i = 0; i < parts; ++i) {
    const Time from = span.from + length * static_cast<std::int64_t>(i);
    windows.push_back({from, i + 1 == parts ? span.to : from + length});
  }
}

std::vector<Counts> sums(const std::vector<Counts>& windows, std::size_t befores) {
  std::vector<Counts> made(befores > 0 ? 2 : 1);
  for (std::size_t w = 0; w < windows.size(); ++w) {
    (w < befores ? made.front() : made.back()) += windows[w];
  }
  return made;
}

}  // namespace

Slices slices_of(const std::vector<Window>& spans) {
  Slices slices;
  if (spans.size() == 2) cut(spans.front(), slices_before, slices.windows);
  slices.befores = slices.windows.size();
  if (!spans.empty()) cut(spans.back(), slices_after, slices.windows);
  return slices;
}

FacetTally joined(FacetTally tally, const Slices& slices) {
  for (FacetValue& value : tally.values) value.windows = sums(value.windows, slices.befores);
  tally.other = sums(tally.other, slices.befores);
  tally.all = sums(tally.all, slices.befores);
  return tally;
}

}  // namespace culprit
