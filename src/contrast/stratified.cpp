#include "contrast/stratified.h"

#include <algorithm>
#include <cmath>

namespace culprit {

Stratified separation(const std::vector<Counts>& with, const std::vector<Counts>& without,
                      double dispersion) {
  Stratified found;
  double beyond = 0;
  for (std::size_t i = 0; i < std::min(with.size(), without.size()); ++i) {
    const double total = with[i].total + without[i].total;
    const double bad = with[i].bad + without[i].bad;
    if (total < 2) continue;
    beyond += with[i].bad - with[i].total * bad / total;
    found.variance +=
        with[i].total * without[i].total * bad * (total - bad) / (total * total * (total - 1));
  }
  if (found.variance > 0) found.z = beyond / std::sqrt(found.variance * std::max(1.0, dispersion));
  return found;
}

}  // namespace culprit
