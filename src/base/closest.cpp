#include "base/closest.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace culprit {
namespace {

std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string_view closest(std::string_view word, std::span<const std::string_view> names) {
  std::string_view best;
  std::size_t least = word.size() / 3 + 2;  // a third of the letters may be wrong
  for (const std::string_view name : names) {
    const std::size_t found = distance(word, name);
    if (found >= least) continue;
    least = found;
    best = name;
  }
  return best;
}

}  // namespace culprit
