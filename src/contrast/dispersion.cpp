#include "contrast/dispersion.h"

#include <algorithm>
#include <cmath>

namespace culprit {
namespace {

struct Pearson {
  double sum = 0;
  double cells = 0;
};

// Squared residuals of groups of `width` buckets within one stretch. Groups expect at least half a
// failure, else single failures dominate the sum.
void add_stretch(Pearson& pearson, std::span<const Counts> counts, const Stretch& stretch,
                 std::size_t width) {
  const double rate = stretch.rate();
  if (rate <= 0 || rate >= 1) return;
  Counts group;
  std::size_t size = 0;
  for (std::size_t i = stretch.from; i < stretch.to; ++i) {
    group += counts[i];
    ++size;
    const double expected = group.total * rate;
    if (size < width || expected < 0.5) continue;
    const double residual = group.bad - expected;
    pearson.sum += residual * residual / (expected * (1 - rate));
    pearson.cells += 1;
    group = {};
    size = 0;
  }
}

}  // namespace

double dispersion_of(std::span<const Counts> counts, std::span<const Stretch> stretches) {
  double most = 1;
  for (const std::size_t width : {1U, 4U, 16U}) {
    Pearson pearson;
    for (const Stretch& stretch : stretches) add_stretch(pearson, counts, stretch, width);
    const double freedom = pearson.cells - static_cast<double>(stretches.size());
    if (freedom < 8) continue;  // too few cells to tell scatter from chance
    most = std::max(most, pearson.sum / freedom);
  }
  return most;
}

double log_scatter(std::span<const Counts> counts, std::span<const Stretch> stretches) {
  Stretch whole{0, counts.size(), 0, 0};
  Pearson around;
  for (const Stretch& stretch : stretches) {
    whole.total += stretch.total;
    whole.bad += stretch.bad;
    add_stretch(around, counts, stretch, 1);
  }
  Pearson one;
  add_stretch(one, counts, whole, 1);
  const double freedom = around.cells - static_cast<double>(stretches.size());
  if (freedom < 8) return 0;
  return one.cells * std::log(std::max(1.0, around.sum / freedom));
}

}  // namespace culprit
