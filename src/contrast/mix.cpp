#include "contrast/mix.h"

#include <algorithm>
#include <cmath>

namespace culprit {
namespace {

constexpr double share_least = 0.5;  // of the rise that the shift must explain
constexpr double sure_z = 4;         // standard errors of the part's excess rate before
constexpr double rise_z = 3;         // of the whole's rise
constexpr double past_least = 1.5;   // times as bad before: below it a shift moves nothing

double rate(const Counts& counts) { return counts.total > 0 ? counts.bad / counts.total : 0; }
double variance(const Counts& counts) {
  return counts.total > 0 ? (counts.bad + 0.5) / (counts.total * counts.total) : 0;
}

Counts outside(const Counts& part, const Counts& whole) {
  return {whole.total - part.total, whole.bad - part.bad};
}

}  // namespace

std::optional<MixShift> find_mix_shift(std::span<const MixPart> parts, const Baseline& baseline) {
  const Counts& before = baseline.whole.before;
  const Counts& after = baseline.whole.after;
  if (!baseline.has_before || baseline.errors_only || before.total <= 0 || after.total <= 0) {
    return std::nullopt;
  }
  const double rise = rate(after) - rate(before);
  const double error = std::sqrt(baseline.dispersion * (variance(after) + variance(before)));
  if (rise < rise_z * error) return std::nullopt;
  std::optional<MixShift> best;
  for (const MixPart& part : parts) {
    const Counts rest = outside(part.counted->before, before);
    const double worse = rate(part.counted->before) - rate(rest);
    const double worse_error =
        std::sqrt(baseline.dispersion * (variance(part.counted->before) + variance(rest)));
    if (worse < sure_z * worse_error) continue;
    if (rate(part.counted->before) < past_least * rate(rest)) continue;
    const double grown =
        part.counted->after.total / after.total - part.counted->before.total / before.total;
    const double share = grown * worse / rise;
    if (share < share_least || (best && share <= best->share_of_rise)) continue;
    best = MixShift{*part.condition, *part.counted, share};
  }
  return best;
}

}  // namespace culprit
